export { backwardEuler } from './backward-euler.ts';
export { chooseSolver, modesPlan, type SolverPlan } from './choose.ts';
export { cosineCg } from './cosine-cg.ts';
export { exponentialTransient } from './exponential.ts';
export { metered, PlanTooSlow, WorkMeter } from './meter.ts';
export { choleskyFor, type SolverFor } from './nodal.ts';
export type { SteadySolver } from './steady.ts';
export type { TransientSolver } from './transient.ts';
