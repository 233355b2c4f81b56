export { COUNTER_INDEX, COUNTERS, type Counter, type Counts, zeroCounts } from '../base/counters.ts';
export {
  type ArrayClocks,
  type ArraySize,
  type FoldChoice,
  type FoldShape,
  type MemoryConfig,
  OPERANDS,
  type Operand,
  type SystolicConfig,
} from './config.ts';
export { DATAFLOWS, type Dataflow, findDataflow } from './dataflows/index.ts';
export { type FitProblem, fitProblems } from './fits.ts';
export { activeCycles } from './fold-events.ts';
export { edgeFold, type FoldKind } from './fold-kind.ts';
export { type FoldGrid, type FoldIndex, foldGrid, type Slices, slices } from './folds.ts';
export { scheduleNetwork } from './kept-results.ts';
export { orderName } from './memory/next-use/index.ts';
export {
  type ChoiceProblem,
  choiceProblems,
  DEFAULT_MEMORY_MODEL,
  MEMORY_CHOICES,
  MEMORY_MODELS,
  type MemoryChoice,
  type MemoryModel,
  memoryModel,
  modelOf,
  readMemoryModel,
} from './memory-model.ts';
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
export { oncePerShape } from './repeats.ts';
export { type LayerSchedule, scheduleLayer, scheduleWorkload } from './schedule.ts';
export { buildStages, type LayerTime, layerTimes, stageCounts, stageTimes, stageTiming } from './stages.ts';
export { courseAfter, type QueueClocks, type QueueCourse } from './time/queue-change.ts';
export type { QueuedOperand, QueuedReads, StageRun } from './time/stage-run.ts';
export { computeSeconds, stageSeconds } from './time/stage-time.ts';
