export { DATAFLOWS, type Dataflow, findDataflow } from './dataflows/index.ts';
export { type LayerProgress, layerProgress } from './progress.ts';
export { type LayerSchedule, scheduleLayer, scheduleWorkload } from './schedule.ts';
export { buildStages, type LayerTime, layerTimes, type StageRun, stageCounts, stageSeconds } from './stages.ts';
export type { ArraySize, FoldShape, MemoryConfig, Operand, OperatingPoint, SystolicConfig } from './types.ts';
