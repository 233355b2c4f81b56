export { type CoupledWaves, coupledSizes, coupledWaves, reduceCoupled, wavesOf } from './coupled-waves.ts';
export { ownSteadyRises, startSteady, waveCellReader, waveReader, waveTransient } from './model.ts';
export type { WaveTransient } from './wave-transient.ts';
