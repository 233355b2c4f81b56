export { COUNTER_INDEX, COUNTERS, type Counter, type Counts, zeroCounts } from '../base/counters.ts';
export {
  type ArrayClocks,
  type ArraySize,
  type FoldShape,
  type MemoryConfig,
  OPERANDS,
  type Operand,
  type SystolicConfig,
} from './config.ts';
export { DATAFLOWS, type Dataflow, findDataflow } from './dataflows/index.ts';
export { type FitProblem, fitProblems } from './fits.ts';
export { activeCycles } from './fold-events.ts';
export { type FoldGrid, type FoldIndex, foldGrid, type Slices, slices } from './folds.ts';
export {
  arrayStages,
  type PartitionedLayer,
  type Partitions,
  partitionedMisfits,
  partitionedProgress,
  partLayers,
  type Reduction,
  SPLITS,
  type Split,
  type Step,
  schedulePartitioned,
  stepsOf,
} from './partition.ts';
export { type LayerProgress, layerProgress } from './progress.ts';
export { type LayerSchedule, scheduleLayer, scheduleWorkload } from './schedule.ts';
export {
  buildStages,
  computeSeconds,
  type LayerTime,
  layerTimes,
  type StageRun,
  stageCounts,
  stageSeconds,
} from './stages.ts';
