export { evaluateNetwork } from './maestro.ts';
export type { MapOutcome } from './outcome.ts';
export { type SearchRequest, searchFiles } from './search.ts';
export { evaluateFiles, hasMapping } from './timeloop.ts';
