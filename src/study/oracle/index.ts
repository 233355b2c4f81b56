export { type CheapestWay, cheapestWay } from './cheapest.ts';
export { type Dag, DagBuilder } from './dag.ts';
export { type LagrangeBound, lagrangeBound, TIME_ROUNDING, type TooTight } from './lagrange.ts';
export type { Change, Rest, ScheduleProblem } from './problem.ts';
export { type Repeated, repeatedSchedule } from './repeated.ts';
export { bestSchedule, type Schedule, type Unmeetable } from './schedule.ts';
export { criticalSpeed, leastSpeeds, type TimedJob } from './speeds.ts';
export type { ThermalArray, ThermalBound, ThermalLeakage, ThermalProblem } from './steady.ts';
export { leastEnergy, leastPeriod } from './thermal-bound.ts';
