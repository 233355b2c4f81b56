export type { Resolution } from './bodies.ts';
export { MANY_SOURCES } from './expansion.ts';
export {
  type ContinuumNetwork,
  type ContinuumReduction,
  continuumNetwork,
  continuumSteady,
  reduceContinuumNetwork,
} from './network.ts';
export { CHOICE_LENGTH, type ChosenNetwork, chooseNetwork, type ResolutionError } from './resolution.ts';
export type { LayerBlocks } from './sources.ts';
export { MANY_RECTANGLES } from './tail.ts';
export {
  coupledSizes,
  reduceCoupled,
  startSteady,
  type WaveTransient,
  waveCellReader,
  waveReader,
  waveTransient,
} from './waves/index.ts';
