export { compare } from './compare.ts';
export type { Executor, Job, Outcome } from './jobs.ts';
export { Lab } from './lab.ts';
export type { CompareRequest } from './request.ts';
export { combinations, parseSweep, type Sweep, spanOf, valuesOf } from './sweeps.ts';
