export { type Formulation, formulationOf } from './formulation.ts';
export { hotspotRules } from './hotspot.ts';
export { physicalRules } from './physical.ts';
export type { NetworkRules } from './rules.ts';
export { networkRules } from './rules-of.ts';
