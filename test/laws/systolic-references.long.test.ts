import { test } from 'vitest';
import { SEED } from './arbitraries.ts';
import { closedFormEqualsMemoryReference, closedFormEqualsPeGrid } from './systolic-references.ts';

console.log(`seed ${SEED}: repeat a failure with LAW_SEED=${SEED} npm run test:long`);

test('1,000 random products on the PE grid', () => closedFormEqualsPeGrid(1000));
test('1,000 random networks on the word-stepped memory reference', () => closedFormEqualsMemoryReference(1000));
