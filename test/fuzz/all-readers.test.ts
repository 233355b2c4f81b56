import { expect } from 'vitest';
import { longTest } from '../tier.ts';
import { fuzz } from './fuzz.ts';

/** `FUZZ_MUTANTS=2000000 FUZZ_SEED=7 npm run test:long -- test/fuzz` is the switch for a night. */
const MUTANTS = Number(process.env.FUZZ_MUTANTS ?? 50_000);
const SEED = Number(process.env.FUZZ_SEED ?? 12_012);

longTest(`${MUTANTS} damaged texts are read or refused with a place, within 2 s of CPU time`, { timeout: 0 }, () => {
  process.stdout.write(`fuzz: ${MUTANTS} mutants, FUZZ_SEED=${SEED}\n`);
  const tally = fuzz(SEED, MUTANTS);
  process.stdout.write(`fuzz: ${JSON.stringify(tally)}\n`);
  expect(tally.accepted + tally.refused).toBe(MUTANTS);
  expect(tally.placed).toBe(tally.diagnostics);
});
