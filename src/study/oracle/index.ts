export { type CheapestWay, cheapestWay } from './cheapest.ts';
export { type Dag, DagBuilder } from './dag.ts';
export { type LagrangeBound, lagrangeBound, type TooTight } from './lagrange.ts';
export {
  bestSchedule,
  type Change,
  type Rest,
  type Schedule,
  type ScheduleProblem,
  type Unmeetable,
} from './schedule.ts';
export { type LayerArcs, layerArcs } from './schedule-graph.ts';
export { criticalSpeed, leastSpeeds, type TimedJob } from './speeds.ts';
export type { ThermalArray, ThermalBound, ThermalLeakage, ThermalProblem } from './steady.ts';
export { leastEnergy, leastPeriod } from './thermal-bound.ts';
