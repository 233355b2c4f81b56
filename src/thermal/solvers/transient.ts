/**
 * Advances temperatures under power that is constant, or changes linearly, over each step. The state is in plain sight,
 * may be copied out and set back, and is all that the future depends on.
 */
export interface TransientSolver {
  /** Modal amplitudes, nodal rises or whatever the solver advances. */
  readonly state: Float64Array;
  /** Block temperatures, K, at the end of the last step; overwritten by the next. */
  readonly temperatureK: Float64Array;
  /** Heat that left to the ambient during the last step, J above what leaves at ambient temperature (0). */
  readonly heatOutJ: number;
  /** Heat stored above ambient, J. */
  storedHeatJ(): number;
  /**
   * Advances by `durationS` > 0 under `powerW` per block; with `endPowerW`, under power that changes linearly from the
   * one to the other.
   */
  step(powerW: Float64Array, durationS: number, endPowerW?: Float64Array): void;
  /**
   * Adds to the step just made what it would have answered to power that rises over it linearly from 0 to `changeW`.
   * Only solvers for which this is cheaper than stepping again have it.
   */
  correct?(changeW: Float64Array): void;
  /** Recomputes the temperatures after `state` was set. */
  refresh(): void;
}
