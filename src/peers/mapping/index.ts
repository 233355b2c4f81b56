export { type ConfuciuxRequest, confuciuxFiles } from './confuciux.ts';
export { searchNetwork } from './gamma.ts';
export type { GammaRequest } from './gamma-proof.ts';
export { evaluateNetwork } from './maestro.ts';
export type { MapOutcome } from './outcome.ts';
export { SEARCHES, type SearchName, type SearchRequest, searchFiles } from './search.ts';
export { evaluateFiles, hasMapping } from './timeloop.ts';
