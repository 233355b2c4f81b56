export { type CompareRequest, compare, type Executor, type Job, Lab, type Outcome } from './compare/index.ts';
export { type DataflowPlant, isothermModel, type SystolicCost, type SystolicMapping } from './joint/index.ts';
export * from './metrics/index.ts';
export {
  bestSchedule,
  type Change,
  criticalSpeed,
  leastEnergy,
  leastPeriod,
  leastSpeeds,
  type Rest,
  type Schedule,
  type ScheduleProblem,
  type ThermalArray,
  type ThermalBound,
  type ThermalLeakage,
  type ThermalProblem,
  type TimedJob,
  type Unmeetable,
} from './oracle/index.ts';
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
} from './scaling.ts';
export {
  SCALING_EXPONENTS,
  type ScalingChoice,
  type ScalingRow,
  type ScalingStudy,
  scalingStudy,
} from './scaling-study.ts';
export { designConfig, designDramWords, SCALING_SCRATCHPAD_BYTES } from './scaling-words.ts';
