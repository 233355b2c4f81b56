export { DATAFLOWS, type Dataflow, findDataflow } from './dataflows/index.ts';
export { type LayerProgress, layerProgress } from './progress.ts';
export { type LayerSchedule, scheduleLayer, scheduleWorkload } from './schedule.ts';
export { buildStages, type LayerTime, layerTimes, type StageRun, stageSeconds } from './stages.ts';
export type { ArraySize, MemoryConfig, Operand, OperatingPoint, SystolicConfig } from './types.ts';
