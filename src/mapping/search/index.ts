export { searchExactly, searchExactlyInSteps } from './exactly.ts';
export {
  type Cost,
  isBetter,
  OBJECTIVES,
  type Objective,
  type ObjectiveName,
  objectiveOf,
} from './objective.ts';
export type { Found, Progress, SearchLimits, SearchResult } from './result.ts';
export {
  type SampleLimits,
  searchAtRandom,
  searchAtRandomInSteps,
  searchByClimbing,
  searchGenetically,
  searchGeneticallyInSteps,
} from './sampled.ts';
export { type Mapspace, mapspaceOf } from './space.ts';
export { simpleBound, spaceBound } from './space-bound.ts';
export { drained, type Steps } from './steps.ts';
export { type Reason, whyNoMapping } from './why.ts';
