import { expect } from 'vitest';
import { longTest } from '../tier.ts';
import { fuzz } from './fuzz.ts';
import { READERS } from './readers.ts';

/** `FUZZ_MUTANTS=2000000 FUZZ_SEED=7 npm run test:long -- test/fuzz` is the switch for a night. */
const MUTANTS = Number(process.env.FUZZ_MUTANTS ?? 50_000);
/** `FUZZ_READERS=energy` tries only the readers whose names match. */
const CHOSEN = READERS.filter(({ name }) => new RegExp(process.env.FUZZ_READERS ?? '').test(name));
const SEED = Number(process.env.FUZZ_SEED ?? 12_012);

longTest(`${MUTANTS} damaged texts are read or refused with a place, within 2 s of CPU time`, { timeout: 0 }, () => {
  process.stdout.write(`fuzz: ${MUTANTS} mutants, FUZZ_SEED=${SEED}\n`);
  const tally = fuzz(SEED, MUTANTS, CHOSEN);
  process.stdout.write(`fuzz: ${JSON.stringify(tally)}\n`);
  expect(tally.accepted + tally.refused).toBe(MUTANTS);
  expect(tally.placed).toBe(tally.diagnostics);
});
