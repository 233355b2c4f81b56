export { type ConfuciuxRequest, confuciuxFiles } from './confuciux.ts';
export { type GammaRequest, searchNetwork } from './gamma.ts';
export { evaluateNetwork } from './maestro.ts';
export type { MapOutcome } from './outcome.ts';
export { SEARCHES, type SearchName, type SearchRequest, searchFiles } from './search.ts';
export { evaluateFiles, hasMapping } from './timeloop.ts';
