export {
  arraysOf,
  designCycles,
  designsOf,
  type Extents,
  extentsOf,
  fastestDesign,
  foldCount,
  foldCycles,
  type ScalingDesign,
  type ScalingModel,
  SMALLEST_SIDE,
  scaleOutCycles,
  scaleUpCycles,
  unlimitedCycles,
} from '../study/scaling.ts';
export {
  SCALING_EXPONENTS,
  type ScalingChoice,
  type ScalingRow,
  type ScalingStudy,
  scalingStudy,
} from '../study/scaling-study.ts';
export { designConfig, designDramWords, SCALING_SCRATCHPAD_BYTES } from '../study/scaling-words.ts';
export { DATAFLOWS, type Dataflow, findDataflow } from './dataflows/index.ts';
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
export type { ArraySize, FoldShape, MemoryConfig, Operand, OperatingPoint, SystolicConfig } from './types.ts';
