export type { PlaneWaves } from './plane-waves.ts';
export * from './short-waves.ts';
