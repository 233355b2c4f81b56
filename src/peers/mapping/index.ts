export { type ConfuciuxRequest, confuciuxFiles } from './confuciux.ts';
export { evaluateNetwork, type GammaRequest, searchNetwork } from './maestro/index.ts';
export type { MapOutcome } from './outcome.ts';
export { SEARCHES, type SearchName, type SearchRequest, searchFiles } from './search.ts';
export { evaluateFiles, hasMapping } from './timeloop.ts';
