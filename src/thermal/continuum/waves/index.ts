export { type CoupledWaves, coupledSizes, coupledWaves, reduceCoupled, wavesOf } from './coupled-waves.ts';
export { cellReader, ownSteadyRises, startSteady, waveReader, waveTransient } from './model.ts';
export type { WaveTransient } from './wave-transient.ts';
