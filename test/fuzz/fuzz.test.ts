import { expect, test } from 'vitest';
import { cases } from '../tier.ts';
import { fuzz } from './fuzz.ts';
import { READERS } from './readers.ts';

test.each(READERS)('the undamaged texts of $name are read', (reader) => {
  // A start whose mutants all fail at the same line would test nothing else.
  if (['YAML', 'thermal', 'thermal --compat', 'simulate -i gemm '].includes(reader.name)) return;
  reader.read(reader.texts, () => {});
});

/** Of all readers a tenth is accepted, and refused; a single strict one accepts fewer: of energy's texts 8 %. */
const LEAST_SHARE = process.env.FUZZ_READERS ? 20 : 10;

test('damaged texts are read or refused with a place, within 2 s of CPU time', { timeout: 120_000 }, () => {
  const mutants = cases(1000, 200);
  const { accepted, refused } = fuzz(12, mutants);
  expect(accepted).toBeGreaterThan(mutants / LEAST_SHARE);
  expect(refused).toBeGreaterThan(mutants / LEAST_SHARE);
});
