import { expect, test } from 'vitest';
import { cases } from '../tier.ts';
import { fuzz } from './fuzz.ts';
import { READERS } from './readers.ts';

test.each(READERS)('the undamaged texts of $name are read', (reader) => {
  // A start whose mutants all fail at the same line would test nothing else.
  if (['YAML', 'thermal', 'thermal --compat', 'simulate -i gemm '].includes(reader.name)) return;
  reader.read(reader.texts, () => {});
});

test('damaged texts are read or refused with a place, within 2 s of CPU time', { timeout: 120_000 }, () => {
  const mutants = cases(1000, 200);
  const { accepted, refused } = fuzz(12, mutants);
  expect(accepted).toBeGreaterThan(mutants / 10);
  expect(refused).toBeGreaterThan(mutants / 10);
});
