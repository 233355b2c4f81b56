/**
 * The two tiers of the tests: `npm test` is quick, `npm run test:long` runs the same files in full. What differs between
 * them is said by the helpers here, at the place where it differs.
 */
import { test } from 'vitest';

/** Set by vitest.long.config.ts. */
export const LONG = process.env.TEST_TIER === 'long';

/** The seed of this run, printed by fast-check when a law fails; set LAW_SEED to repeat one. */
export const SEED = Number(process.env.LAW_SEED ?? 20_261_121);

/** Random cases of a law in the long tier, if the law does not say. */
export const RUNS = Number(process.env.LAW_RUNS ?? 200);

/** Random cases of a law: all of them in the long tier, an eighth in the quick one if nothing else is given. */
export function cases(all: number, quick = Math.ceil(all / 8)): number {
  return LONG ? all : quick;
}

/** What `fc.assert` is to do: so many cases in the long tier, and in the quick one. */
export const lawOptions = (all = RUNS, quick?: number) => ({ numRuns: cases(all, quick), seed: SEED });

/** Rows of a table: all of them in the long tier; in the quick one `quick` of them, from the first on at even distances. */
export function someOf<Row>(rows: readonly Row[], quick: number): readonly Row[] {
  if (LONG || rows.length <= quick) return rows;
  return Array.from({ length: quick }, (_, i) => rows[Math.floor((i * rows.length) / quick)]);
}

/** A test too slow for every change: skipped, and counted as skipped, in the quick tier. */
export const longTest = test.skipIf(!LONG);
