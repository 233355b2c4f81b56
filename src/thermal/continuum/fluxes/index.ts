export type { NearFluxes } from './equations.ts';
export * from './interface-solver.ts';
export { numbersOf, PARITIES, type Parity } from './matrix.ts';
export { fluxesIn } from './near.ts';
