import type { BlockMap } from '../floorplan/grid-map.ts';
import type { ThermalNetwork } from '../network/network.ts';
import { checkDuration, choleskyFor, keepSolvers, NodalField, type SolverFor } from './nodal.ts';
import type { SteadySolver } from './steady.ts';
import type { TransientSolver } from './transient.ts';

/**
 * Degree of the series for exp(-z), and its pole in units of 1/step: the largest error on z >= 0 is 1.5e-9. No polynomial
 * over one real pole falls faster than by 1 + sqrt(2) a degree (Andersson 1981).
 */
const DEGREE = 20;
const POLE = 18;

/** Factors of durations kept, beside that of the steady state: some 10 MB each at 64 x 64 x 4. */
const KEPT_DURATIONS = 8;

/**
 * The whole network in time, starting at ambient: exact but for 1.5e-9 of the distance to the steady state, whatever the
 * duration, at 21 solutions a step and one factorisation a duration. rise(t + h) = steady + exp(-h A)(rise(t) - steady),
 * A = C^-1 G, with exp(-z) as a Chebyshev series in (z - a) / (z + a). Power that
 * changes over a step counts with its mean, which is of second order. Heat that left is what balances the rest. Errors:
 * `out-of-range` for a step that is not above 0; those of the solver.
 */
export function exponentialTransient(
  network: ThermalNetwork,
  map: BlockMap,
  options: { readonly solverFor?: SolverFor } = {},
): TransientSolver {
  return new ExponentialTransient(network, map, options.solverFor ?? choleskyFor(network));
}

class ExponentialTransient extends NodalField implements TransientSolver {
  heatOutJ = 0;
  private readonly steadySolver: SteadySolver;
  private readonly solverFor: SolverFor;
  private readonly source: Float64Array;
  private readonly steady: Float64Array;
  private readonly sum: Float64Array;
  private readonly terms: [Float64Array, Float64Array, Float64Array];

  constructor(network: ThermalNetwork, map: BlockMap, solverFor: SolverFor) {
    super(network, map);
    this.steadySolver = solverFor(0);
    this.solverFor = keepSolvers(solverFor, KEPT_DURATIONS);
    const make = (): Float64Array => new Float64Array(network.nodes);
    [this.source, this.steady, this.sum] = [make(), make(), make()];
    this.terms = [make(), make(), make()];
  }

  step(powerW: Float64Array, durationS: number, endPowerW?: Float64Array): void {
    checkDuration(durationS);
    const { state, steady } = this;
    const before = this.storedHeatJ();
    const heatInJ = durationS * this.sourcesOfMean(powerW, endPowerW);
    this.steadySolver.solve(this.source, steady);
    for (let i = 0; i < state.length; i++) state[i] -= steady[i];
    this.decay(durationS);
    for (let i = 0; i < state.length; i++) state[i] += steady[i];
    this.heatOutJ = heatInJ + before - this.storedHeatJ();
    this.refresh();
  }

  /** Fills `source`; returns the power that enters, W. */
  private sourcesOfMean(powerW: Float64Array, endPowerW = powerW): number {
    const { source, sum } = this;
    this.sources(powerW, source);
    this.sources(endPowerW, sum);
    let totalW = 0;
    for (let i = 0; i < source.length; i++) {
      source[i] = (source[i] + sum[i]) / 2;
      totalW += source[i];
    }
    return totalW;
  }

  /** state = exp(-h A) state, by T_(k+1) = 2 t T_k - T_(k-1). */
  private decay(durationS: number): void {
    const { state, sum } = this;
    const solver = this.solverFor(POLE / durationS);
    const series = seriesOfDecay();
    let [last, now, next] = this.terms;
    last.set(state);
    this.transform(solver, durationS, last, now);
    for (let i = 0; i < sum.length; i++) sum[i] = series[0] * last[i] + series[1] * now[i];
    for (let k = 2; k <= DEGREE; k++) {
      this.transform(solver, durationS, now, next);
      for (let i = 0; i < sum.length; i++) {
        next[i] = 2 * next[i] - last[i];
        sum[i] += series[k] * next[i];
      }
      [last, now, next] = [now, next, last];
    }
    state.set(sum);
  }

  /** out = (h A - a)(h A + a)^-1 x = x - 2 (G + a/h C)^-1 (a/h C) x. */
  private transform(solver: SteadySolver, durationS: number, x: Float64Array, out: Float64Array): void {
    const { source, network } = this;
    const scale = (2 * POLE) / durationS;
    for (let i = 0; i < x.length; i++) source[i] = scale * network.capacity[i] * x[i];
    out.fill(0);
    solver.solve(source, out);
    for (let i = 0; i < x.length; i++) out[i] = x[i] - out[i];
  }
}

let kept: Float64Array | undefined;

/** Chebyshev coefficients of exp(-z), z = a (1 + t) / (1 - t): a mean over the zeros of a far higher degree. */
function seriesOfDecay(): Float64Array {
  kept ??= chebyshevSeries(512);
  return kept;
}

function chebyshevSeries(points: number): Float64Array {
  const series = new Float64Array(DEGREE + 1);
  for (let j = 0; j < points; j++) {
    const angle = (Math.PI * (j + 0.5)) / points;
    // (1 + t) / (1 - t) at t = cos(angle).
    const value = Math.exp(-POLE / Math.tan(angle / 2) ** 2);
    for (let k = 0; k <= DEGREE; k++) series[k] += ((k === 0 ? 1 : 2) / points) * value * Math.cos(k * angle);
  }
  return series;
}
