import { fail } from '../../errors.ts';
import { applyRows, applyTransposed, type SparseRows } from '../grid-map.ts';
import type { ThermalNetwork } from '../network.ts';
import type { SteadySolver } from './steady.ts';
import type { TransientSolver } from './transient.ts';

/** Makes a solver of (G + shift C) rise = source for one network; called once a shift. */
export type SolverOfShift = (shift: number) => SteadySolver;

/** What a transient is driven by and read off: rows of units over all nodes. */
export interface UnitMap {
  readonly power: SparseRows;
  readonly reading: SparseRows;
}

export interface ExponentialTransient extends TransientSolver {
  /** Rises by node, K: the state itself. */
  readonly state: Float64Array;
}

/**
 * Degree of the polynomial, and its pole in units of 1/step. The largest error on z >= 0 is 1.5e-9; it falls by about 1 + sqrt(2)
 * a degree at best (Saff, Schoenhage and Varga 1976).
 */
const DEGREE = 20;
const POLE = 18;

/**
 * The whole network in time, exact but for 1.5e-9 of the distance from the steady state, whatever the step:
 * rise(t + h) = steady + exp(-h A)(rise(t) - steady) with A = C^-1 G, where exp(-z) is a Chebyshev series in
 * (z - a) / (z + a), so that one factorisation serves for all terms. Starts at ambient; set `state` and call `refresh` for
 * another start. Errors: `out-of-range` for a step that is not above 0.
 */
export function exponentialTransient(
  network: ThermalNetwork,
  { power, reading }: UnitMap,
  solverOf: SolverOfShift,
): ExponentialTransient {
  const { nodes, capacity, ambientK } = network;
  const make = (): Float64Array => new Float64Array(nodes);
  const [state, source, slope, steady, delta, sum, now, last] = [make(), make(), make(), make(), make(), make(), make(), make()];
  const units = reading.start.length - 1;
  const temperatureK = new Float64Array(units).fill(ambientK);
  const changeW = new Float64Array(power.start.length - 1);
  const direct = solverOf(0);
  const shifted = new Map<number, SteadySolver>();
  let heatOutJ = 0;

  const solverFor = (durationS: number): SteadySolver => {
    const known = shifted.get(durationS);
    if (known) return known;
    if (!(durationS > 0 && Number.isFinite(durationS))) fail('out-of-range', `a thermal step of ${durationS} s`);
    const oldest = shifted.keys().next();
    if (shifted.size >= KEPT_DURATIONS && !oldest.done) shifted.delete(oldest.value);
    const made = solverOf(POLE / durationS);
    shifted.set(durationS, made);
    return made;
  };

  /** out = (A h - a)(A h + a)^-1 x = x - 2 a (G + a/h C)^-1 C/h x. */
  const transform = (solver: SteadySolver, durationS: number, x: Float64Array, out: Float64Array): void => {
    for (let i = 0; i < nodes; i++) source[i] = ((2 * POLE) / durationS) * capacity[i] * x[i];
    out.fill(0);
    solver.solve(source, out);
    for (let i = 0; i < nodes; i++) out[i] = x[i] - out[i];
  };

  /** x = exp(-h A) x, term by term: T_(k+1) = 2 t T_k - T_(k-1). */
  const decay = (x: Float64Array, durationS: number): void => {
    const solver = solverFor(durationS);
    let [before, current, next] = [last, now, delta];
    before.set(x);
    transform(solver, durationS, x, current);
    for (let i = 0; i < nodes; i++) sum[i] = SERIES[0] * before[i] + SERIES[1] * current[i];
    for (let k = 2; k <= DEGREE; k++) {
      transform(solver, durationS, current, next);
      for (let i = 0; i < nodes; i++) {
        next[i] = 2 * next[i] - before[i];
        sum[i] += SERIES[k] * next[i];
      }
      [before, current, next] = [current, next, before];
    }
    x.set(sum);
  };

  /** The field that follows power rising by `changeW` a step without transient: steady[t] + t slope. */
  const follow = (powerW: Float64Array, durationS: number, rising: boolean): void => {
    source.fill(0);
    if (rising) {
      for (let u = 0; u < changeW.length; u++) delta[u] = changeW[u] / durationS;
      applyTransposed(power, delta, source, 0);
      direct.solve(source, slope.fill(0));
      for (let i = 0; i < nodes; i++) source[i] = -capacity[i] * slope[i];
    }
    applyTransposed(power, powerW, source, 0);
    direct.solve(source, steady);
  };

  const storedHeatJ = (): number => {
    let heat = 0;
    for (let i = 0; i < nodes; i++) heat += capacity[i] * state[i];
    return heat;
  };

  const refresh = (): void => {
    applyRows(reading, state, 0, temperatureK);
    for (let u = 0; u < units; u++) temperatureK[u] += ambientK;
  };

  const step = (powerW: Float64Array, durationS: number, endPowerW?: Float64Array): void => {
    let heatInJ = storedHeatJ();
    for (let u = 0; u < changeW.length; u++) {
      changeW[u] = endPowerW ? endPowerW[u] - powerW[u] : 0;
      heatInJ += (powerW[u] + changeW[u] / 2) * durationS;
    }
    follow(powerW, durationS, endPowerW !== undefined);
    for (let i = 0; i < nodes; i++) state[i] -= steady[i];
    decay(state, durationS);
    for (let i = 0; i < nodes; i++) state[i] += steady[i] + (endPowerW ? durationS * slope[i] : 0);
    heatOutJ = heatInJ - storedHeatJ();
    refresh();
  };
  return {
    state,
    temperatureK,
    get heatOutJ() {
      return heatOutJ;
    },
    storedHeatJ,
    step,
    refresh,
  };
}

/** A trace uses one, a leakage loop's substeps a handful. */
const KEPT_DURATIONS = 8;

/** Chebyshev coefficients of exp(-z), z = a (1 + t) / (1 - t), by quadrature at the zeros of a far higher degree. */
const SERIES = chebyshevSeries();

function chebyshevSeries(): Float64Array {
  const points = 512;
  const series = new Float64Array(DEGREE + 1);
  for (let j = 0; j < points; j++) {
    const angle = (Math.PI * (j + 0.5)) / points;
    // (1 + t) / (1 - t) at t = cos(angle).
    const value = Math.exp(-POLE / Math.tan(angle / 2) ** 2);
    for (let k = 0; k <= DEGREE; k++) series[k] += ((k === 0 ? 1 : 2) / points) * value * Math.cos(k * angle);
  }
  return series;
}
