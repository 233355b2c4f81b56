import { fail } from '../base/errors.ts';
import type { TransientSolver } from './solvers/transient.ts';

/**
 * Power that depends on temperature: fills `powerW[u]` for `temperatureK[u]`, block by block, each on its own temperature
 * only. Must be pure, and should not fall as the temperature rises.
 */
export type LeakageModel = (temperatureK: Float64Array, powerW: Float64Array) => void;

/** Names blocks in messages. */
export interface LeakageOptions {
  readonly names?: readonly string[];
  /** Steady: stop when no temperature changes by more, K; default 1e-9. */
  readonly toleranceK?: number;
}

export interface LeakySteadyState {
  readonly temperatureK: Float64Array;
  readonly leakageW: Float64Array;
  readonly iterations: number;
  /** Largest eigenvalue of R diag(dP/dT), the loop gain of heat and leakage. The state is stable because it is below 1. */
  readonly spectralRadius: number;
}

/** Newton needs 4 or so, more close to runaway only. */
const MOST_ITERATIONS = 50;

/** No die survives this; powers may overflow beyond it. */
const HIGHEST_K = 5000;

/** Step of the numeric slope of leakage, K: exponential leakage errs by 1e-8 relative. */
const SLOPE_STEP_K = 0.01;

/**
 * The coolest steady state T = T_ambient + R (p + P(T)), by Newton's method from the leak-free state. `resistance` is
 * m x m in K/W. Leakage that grows faster and faster makes the iteration rise monotonically to the solution, so that a
 * spectral radius of 1 on the way proves that there is none. Errors: `thermal-runaway`, with the radius, the hottest block
 * and its temperature; nothing is ever clamped.
 */
export function steadyWithLeakage(
  resistance: Float64Array,
  ambientK: number,
  powerW: Float64Array,
  leakage: LeakageModel,
  options: LeakageOptions = {},
): LeakySteadyState {
  const { toleranceK = 1e-9, names } = options;
  const m = powerW.length;
  const t = addHeat(resistance, powerW, new Float64Array(m).fill(ambientK));
  const leakageW = new Float64Array(m);
  const totalW = new Float64Array(m);
  for (let iterations = 1; ; iterations++) {
    leakage(t, leakageW);
    const slope = slopeOf(leakage, t);
    const radius = spectralRadius(resistance, slope);
    for (let u = 0; u < m; u++) totalW[u] = powerW[u] + leakageW[u];
    // Residual F = T_ambient + R (p + P(T)) - T; solve (1 - R P') dT = F.
    const change = addHeat(
      resistance,
      totalW,
      t.map((value) => ambientK - value),
    );
    if (!(radius < 1) || iterations > MOST_ITERATIONS || !change.every(Number.isFinite)) runaway(t, radius, names);
    solveInPlace(loopMatrix(resistance, slope), change);
    let largest = 0;
    for (let u = 0; u < m; u++) {
      t[u] += change[u];
      largest = Math.max(largest, Math.abs(change[u]));
    }
    if (!(Math.max(...t) < HIGHEST_K)) runaway(t, radius, names);
    if (largest <= toleranceK) {
      leakage(t, leakageW);
      return { temperatureK: t, leakageW, iterations, spectralRadius: spectralRadius(resistance, slopeOf(leakage, t)) };
    }
  }
}

function runaway(t: Float64Array, radius: number, names?: readonly string[]): never {
  const hottest = t.indexOf(Math.max(...t));
  const where = names?.[hottest] ?? `block ${hottest}`;
  const gain = Number.isFinite(radius) ? `a loop gain of ${radius.toPrecision(4)}` : 'an unbounded loop gain';
  fail('thermal-runaway', `thermal runaway: ${gain} with ${where} at ${t[hottest].toFixed(2)} K`, {
    expected: 'less power, less leakage or better cooling: the gain of R dP/dT must stay below 1',
  });
}

/** t + R p, in place of t. */
function addHeat(resistance: Float64Array, powerW: Float64Array, t: Float64Array): Float64Array {
  const m = powerW.length;
  for (let u = 0; u < m; u++) for (let v = 0; v < m; v++) t[u] += resistance[u * m + v] * powerW[v];
  return t;
}

function slopeOf(leakage: LeakageModel, t: Float64Array): Float64Array {
  const above = new Float64Array(t.length);
  const below = new Float64Array(t.length);
  leakage(
    t.map((value) => value + SLOPE_STEP_K),
    above,
  );
  leakage(
    t.map((value) => value - SLOPE_STEP_K),
    below,
  );
  return above.map((value, u) => (value - below[u]) / (2 * SLOPE_STEP_K));
}

function loopMatrix(resistance: Float64Array, slope: Float64Array): Float64Array {
  const m = slope.length;
  return resistance.map((r, at) => (Math.floor(at / m) === at % m ? 1 : 0) - r * slope[at % m]);
}

/**
 * Spectral radius of R diag(slope), not negative, by power iteration with the bounds of Collatz and Wielandt; stops when
 * they agree to 1e-6 or both lie on the same side of 1 and agree to 1 %.
 */
export function spectralRadius(resistance: Float64Array, slope: Float64Array): number {
  const m = slope.length;
  let x = new Float64Array(m).fill(1);
  let lowest = 0;
  let highest = Number.POSITIVE_INFINITY;
  for (let k = 0; k < 500; k++) {
    const weighted = x.map((value, v) => Math.max(0, slope[v]) * value);
    const y = addHeat(resistance, weighted, new Float64Array(m));
    lowest = Math.min(...y.map((value, u) => value / x[u]));
    highest = Math.max(...y.map((value, u) => value / x[u]));
    const norm = Math.max(...y);
    if (!(norm > 0 && Number.isFinite(norm))) return norm;
    x = y.map((value) => value / norm);
    const decided = lowest > 1 || highest < 1;
    if (highest - lowest <= (decided ? 1e-2 : 1e-6) * highest) break;
  }
  return (lowest + highest) / 2;
}

/** Gaussian elimination with row exchanges; destroys a, overwrites b with the solution. */
function solveInPlace(a: Float64Array, b: Float64Array): void {
  const n = b.length;
  for (let k = 0; k < n; k++) {
    let pivot = k;
    for (let i = k + 1; i < n; i++) if (Math.abs(a[i * n + k]) > Math.abs(a[pivot * n + k])) pivot = i;
    if (pivot !== k) {
      for (let j = k; j < n; j++) [a[k * n + j], a[pivot * n + j]] = [a[pivot * n + j], a[k * n + j]];
      [b[k], b[pivot]] = [b[pivot], b[k]];
    }
    for (let i = k + 1; i < n; i++) {
      const factor = a[i * n + k] / a[k * n + k];
      for (let j = k; j < n; j++) a[i * n + j] -= factor * a[k * n + j];
      b[i] -= factor * b[k];
    }
  }
  for (let k = n - 1; k >= 0; k--) {
    for (let j = k + 1; j < n; j++) b[k] -= a[k * n + j] * b[j];
    b[k] /= a[k * n + k];
  }
}

export interface LeakyStepOptions {
  /** Largest difference of predictor and corrector that a substep may leave, K; default 0.02. */
  readonly toleranceK?: number;
  /** Longest substep, s; default 1 ms. */
  readonly longestStepS?: number;
  /** Told after every substep how much of the step is behind, s; the solver is there. To find peaks inside of long steps. */
  readonly onSubstep?: (elapsedS: number) => void;
  readonly names?: readonly string[];
}

/** Steps a transient solver under power plus leakage. */
export interface LeakyStepper {
  /** Mean leakage of each block over the last step, W: exactly what the solver was given. */
  readonly leakageW: Float64Array;
  /** Heat that left to the ambient during the last step, J. */
  readonly heatOutJ: number;
  /** Substeps of the last step. */
  readonly substeps: number;
  /** Advances by `durationS` under block powers that are held, and leakage that follows the temperature. */
  step(powerW: Float64Array, durationS: number): void;
}

/** A step of the loop is halved at most this often: 2^-30 of a second is far below any thermal rate. */
const MOST_HALVINGS = 30;

/**
 * Predictor (leakage held) and corrector (leakage linear from its value at the start to that at the predicted end); their
 * difference estimates the predictor's error, far above the corrector's. Substeps that miss the tolerance are halved, and
 * doubled again later, afresh in every step: the outcome depends on the solver's state and the arguments only. Errors:
 * `thermal-runaway` when temperatures leave all bounds.
 */
export function leakyStepper(
  solver: TransientSolver,
  leakage: LeakageModel,
  options: LeakyStepOptions = {},
): LeakyStepper {
  const { toleranceK = 0.02, longestStepS = 1e-3, names, onSubstep } = options;
  const m = solver.temperatureK.length;
  const make = (): Float64Array => new Float64Array(m);
  const [leakageW, startW, endW, totalW, changeW, predictedK] = [make(), make(), make(), make(), make(), make()];
  const stateBefore = new Float64Array(solver.state.length);
  let heatOutJ = 0;
  let substeps = 0;

  /** One substep; returns whether it was good enough, having undone it otherwise. */
  const substep = (powerW: Float64Array, h: number, force: boolean): boolean => {
    const { temperatureK, state } = solver;
    stateBefore.set(state);
    leakage(temperatureK, startW);
    for (let u = 0; u < m; u++) totalW[u] = powerW[u] + startW[u];
    solver.step(totalW, h);
    predictedK.set(temperatureK);
    leakage(predictedK, endW);
    if (solver.correct) {
      for (let u = 0; u < m; u++) changeW[u] = endW[u] - startW[u];
      solver.correct(changeW);
    } else {
      for (let u = 0; u < m; u++) changeW[u] = powerW[u] + endW[u];
      state.set(stateBefore);
      solver.step(totalW, h, changeW);
    }
    let error = 0;
    let highest = 0;
    for (let u = 0; u < m; u++) {
      error = Math.max(error, Math.abs(temperatureK[u] - predictedK[u]));
      highest = Math.max(highest, temperatureK[u]);
    }
    if (error <= toleranceK && highest < HIGHEST_K) return true;
    if (force || !(highest < HIGHEST_K)) runaway(temperatureK, Number.NaN, names);
    state.set(stateBefore);
    solver.refresh();
    return false;
  };

  const step = (powerW: Float64Array, durationS: number): void => {
    const parts = Math.max(1, Math.ceil(durationS / longestStepS));
    const longest = durationS / parts;
    leakageW.fill(0);
    heatOutJ = 0;
    substeps = 0;
    // Time in units of the smallest substep, so that the parts add up to the whole without rounding.
    const unit = 2 ** -MOST_HALVINGS;
    let size = 1;
    for (let done = 0; done < parts; ) {
      if (!substep(powerW, size * longest, size === unit)) {
        size /= 2;
        continue;
      }
      substeps++;
      for (let u = 0; u < m; u++) leakageW[u] += ((startW[u] + endW[u]) / 2) * (size / parts);
      heatOutJ += solver.heatOutJ;
      done += size;
      onSubstep?.(done * longest);
      // A longer step only where it ends on its own raster.
      if (size < 1 && Number.isInteger(done / (2 * size))) size *= 2;
    }
  };
  return {
    step,
    leakageW,
    get heatOutJ() {
      return heatOutJ;
    },
    get substeps() {
      return substeps;
    },
  };
}
