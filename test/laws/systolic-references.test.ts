import { test } from 'vitest';
import { lawOptions, SEED } from '../tier.ts';
import { closedFormEqualsMemoryReference, closedFormEqualsPeGrid } from './systolic-references.ts';

console.log(`seed ${SEED}: repeat a failure with LAW_SEED=${SEED} npm test`);

test('cycles, counts and output of the schedule are those of a grid of PEs', () =>
  closedFormEqualsPeGrid(lawOptions(1000, 20)));
test('DRAM words, stages and stage times are those of the word-stepped reference', () =>
  closedFormEqualsMemoryReference(lawOptions(1000, 12)));
