export { evaluateNetwork } from './evaluate.ts';
export type { GammaRequest } from './proof.ts';
export { searchNetwork } from './search.ts';
