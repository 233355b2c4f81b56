export * from './interface-solver.ts';
export { numbersOf, PARITIES, type Parity } from './matrix.ts';
