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
