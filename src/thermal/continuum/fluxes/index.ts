export * from './interface-solver.ts';
