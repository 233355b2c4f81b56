export {
  type Difference,
  type LayerEnergies,
  layerEnergies,
  type RunDifferences,
  runDifferences,
} from '../run-differences.ts';
export { compare } from './compare.ts';
export { parseUncertain, type Uncertainty } from './draws.ts';
export { type Executor, type Job, jobWork, type Outcome, type Stage } from './jobs.ts';
export { executorKnowing } from './known-run.ts';
export { Lab } from './lab.ts';
export { ASSIGNMENTS, type Assignment, type Marks, marksOf } from './marking.ts';
export { type CompareRequest, EXPERIMENT_POLICY } from './request.ts';
export { combinations, parseSweep, type Sweep, spanOf, valuesOf } from './sweeps.ts';
