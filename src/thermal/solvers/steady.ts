import { fail } from '../../base/errors.ts';

/** How a steady solution was reached. */
export interface SteadyReport {
  readonly iterations: number;
  /** |b - A x| / |b|, in the 2-norm. */
  readonly residual: number;
  /** Multiply-adds, counted; the factor's with those of its first solution. */
  readonly operations: number;
}

/**
 * Solves (G + shift C) rise = source for the network it was made for. `source` holds W by node; `rise`, K above ambient by
 * node, is read as a first guess and overwritten. Holds scratch memory but no state: calls do not influence each other.
 */
export interface SteadySolver {
  solve(source: Float64Array, rise: Float64Array): SteadyReport;
}

/** The end of iterations above their goal, both relative residuals. Error: `solver-not-converged`. */
export function notConverged(residual: number, tolerance: number): never {
  const message = `the thermal solver stopped at a residual of ${residual.toExponential(1)}, above its goal ${tolerance}`;
  return fail('solver-not-converged', message, {
    expected: 'finite powers, and layers whose conductances are comparable',
  });
}
