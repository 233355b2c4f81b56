import { test } from 'vitest';
import { RUNS } from './arbitraries.ts';
import { closedFormEqualsMemoryReference, closedFormEqualsPeGrid } from './systolic-references.ts';

test('cycles, counts and output of the schedule are those of a grid of PEs', () => closedFormEqualsPeGrid(RUNS));
test('DRAM words, stages and stage times are those of the word-stepped reference', () =>
  closedFormEqualsMemoryReference(RUNS));
