export { evaluateNetwork } from './maestro.ts';
export type { MapOutcome } from './outcome.ts';
export { evaluateFiles } from './timeloop.ts';
