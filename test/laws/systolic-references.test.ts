import { test } from 'vitest';
import { RUNS, SEED } from './arbitraries.ts';
import { closedFormEqualsMemoryReference, closedFormEqualsPeGrid } from './systolic-references.ts';

console.log(`seed ${SEED}: repeat a failure with LAW_SEED=${SEED} npm test`);

test('cycles, counts and output of the schedule are those of a grid of PEs', () => closedFormEqualsPeGrid(RUNS));
test('DRAM words, stages and stage times are those of the word-stepped reference', () =>
  closedFormEqualsMemoryReference(RUNS));
