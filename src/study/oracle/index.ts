export { type CheapestWay, cheapestWay } from './cheapest.ts';
export { type Dag, DagBuilder } from './dag.ts';
export { type LagrangeBound, lagrangeBound, TIME_ROUNDING, type TooTight } from './lagrange.ts';
export {
  bestSchedule,
  type Change,
  type Rest,
  type Schedule,
  type ScheduleProblem,
  type Unmeetable,
} from './schedule.ts';
export { criticalSpeed, leastSpeeds, type TimedJob } from './speeds.ts';
export type { ThermalArray, ThermalBound, ThermalLeakage, ThermalProblem } from './steady.ts';
export { leastEnergy, leastPeriod } from './thermal-bound.ts';
