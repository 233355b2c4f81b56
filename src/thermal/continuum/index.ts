export type { Resolution } from './bodies.ts';
export { MANY_SOURCES } from './expansion.ts';
export {
  type ContinuumNetwork,
  type ContinuumReduction,
  continuumNetwork,
  continuumSteady,
  type LayerBlocks,
  reduceContinuumNetwork,
} from './network.ts';
export { type ChosenNetwork, chooseNetwork, type ResolutionError } from './resolution.ts';
