export { type CompareRequest, compare } from './compare.ts';
export type { Executor, Job, Outcome } from './jobs.ts';
export { Lab } from './lab.ts';
export { combinations, parseSweep, type Sweep, spanOf, valuesOf } from './sweeps.ts';
