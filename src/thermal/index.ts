export type { ConductanceMatrix } from '../numeric/sparse.ts';
export {
  type AreaItem,
  type AutoFloorplanOptions,
  autoFloorplan,
  type RegionGrid,
  type TileGrid,
} from './floorplan/auto-floorplan.ts';
export {
  type Block,
  type DieSize,
  type Floorplan,
  type FloorplanOptions,
  makeFloorplan,
} from './floorplan/floorplan.ts';
export { type BlockMap, type BlockMean, type Grid, mapBlocks, type SparseRows } from './floorplan/grid-map.ts';
export {
  type FieldGradient,
  type FieldPeak,
  type FieldPlace,
  fieldPeak,
  type HotCells,
  type HotCriterion,
  hotCells,
  largestGradient,
  localDifference,
  type TemperatureField,
  type TemperatureTrace,
  timeToHotSpot,
} from './floorplan/metrics.ts';
export {
  type LeakageModel,
  type LeakageOptions,
  type LeakySteadyState,
  type LeakyStepOptions,
  type LeakyStepper,
  leakyStepper,
  steadyWithLeakage,
} from './leakage.ts';
export { hotspotStack } from './network/hotspot-stack.ts';
export {
  buildNetwork,
  type GridNetwork,
  type Plane,
  type RimLink,
  type ThermalNetwork,
} from './network/network.ts';
export type { Convection, Overhang, ThermalLayer, ThermalStack } from './network/stack.ts';
export {
  designObserver,
  Observer,
  type ObserverDesign,
  type ObserverOptions,
  type ObserverState,
} from './observer/observer.ts';
export { blockTemperatures, fieldTemperatures, nodeSources, packageTemperatures } from './reduced/field.ts';
export { type ModalTransient, modalTransient, steadyResistance, stepResponse } from './reduced/modal.ts';
export { type PartsOfStep, PartwiseTransient, ticksIn } from './reduced/modal-parts.ts';
export { type IntervalPeak, peakWithin, timeToExceed } from './reduced/modal-peak.ts';
export { cachedModel, type ResultCache } from './reduced/model-cache.ts';
export { type ReducedModel, type ReducedModelOptions, reduceNetwork } from './reduced/reduced-model.ts';
export { hotspotRules, type NetworkRules, physicalRules } from './rules/index.ts';
export { backwardEuler } from './solvers/backward-euler.ts';
export { chooseSolver, type SolverPlan, type ThermalProblem } from './solvers/choose.ts';
export { type CosineCgOptions, cosineCg } from './solvers/cosine-cg.ts';
export type { SolverFor } from './solvers/nodal.ts';
export {
  analyseNetwork,
  type CholeskyAnalysis,
  type CholeskyOptions,
  choleskySteady,
  factorNetwork,
} from './solvers/sparse-cholesky.ts';
export type { SteadyReport, SteadySolver } from './solvers/steady.ts';
export { type TrBdf2Options, trBdf2 } from './solvers/tr-bdf2.ts';
export type { TransientSolver } from './solvers/transient.ts';
