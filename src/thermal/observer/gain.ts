import { solveGeneral } from '../../numeric/dense.ts';
import { addProduct } from '../../numeric/matrix-product.ts';
import { transposed } from '../../numeric/projection.ts';

/** The known part of a linear model with n states, m inputs and m readings, step by step. Matrices are row-major. */
export interface NoisyModel {
  /** n: factors of the states in one step, each from 0 to below 1. */
  readonly decay: Float64Array;
  /** n x m: what the error of each input adds to the states in one step, as a standard deviation. */
  readonly disturbance: Float64Array;
  /** m x n: what each reading shows of the states. */
  readonly output: Float64Array;
  /** m: variance of the error of each reading, above 0. */
  readonly readingVariance: Float64Array;
}

/** Each doubling covers twice as many steps; after 60 even the slowest state of a package has settled. */
const MOST_DOUBLINGS = 60;
const SETTLED = 1e-9;

/**
 * The steady gain of the Kalman filter, n x m: state += gain (reading - what the state predicts of it). Its covariance solves the
 * discrete algebraic Riccati equation, by the structure-preserving doubling algorithm (Chu, Fan, Lin, Wang, Int. J. Control 77(8), 2004).
 */
export function steadyGain({ decay, disturbance, output, readingVariance }: NoisyModel): Float64Array {
  const n = decay.length;
  const m = readingVariance.length;
  const byColumn = transposed(output, m, n);
  const weighted = output.map((value, i) => value / readingVariance[Math.floor(i / n)]);
  const covariance = settled(
    diagonal(decay),
    product(byColumn, weighted, n, m, n),
    product(disturbance, transposed(disturbance, n, m), n, m, n),
    n,
  );
  const cross = product(output, covariance, m, n, n);
  const sum = product(cross, byColumn, m, n, m);
  for (let u = 0; u < m; u++) sum[u * m + u] += readingVariance[u];
  // gain = P C^T S^-1, and both S and P are symmetric: row i of the gain solves S x = (C P) column i.
  return transposed(solveGeneral(sum, m, cross, n), m, n);
}

/** X of X = A^T X (I + G X)^-1 A + H, n x n. */
function settled(a: Float64Array, g: Float64Array, h: Float64Array, n: number): Float64Array {
  let [step, gain, covariance] = [a, g, h];
  for (let k = 0; k < MOST_DOUBLINGS; k++) {
    const w = product(gain, covariance, n, n, n);
    for (let i = 0; i < n; i++) w[i * n + i] += 1;
    const solved = solveGeneral(w, n, sideBySide(step, gain, n), 2 * n);
    const [ofStep, ofGain] = halves(solved, n);
    const back = transposed(step, n, n);
    const grown = product(back, product(covariance, ofStep, n, n, n), n, n, n);
    const more = product(product(step, ofGain, n, n, n), back, n, n, n);
    gain = symmetric(added(gain, more), n);
    const next = symmetric(added(covariance, grown), n);
    const change = largest(grown);
    step = product(step, ofStep, n, n, n);
    covariance = next;
    if (change <= SETTLED * largest(next)) break;
  }
  return covariance;
}

function product(a: Float64Array, b: Float64Array, rows: number, inner: number, columns: number): Float64Array {
  const c = new Float64Array(rows * columns);
  const block = (values: Float64Array, stride: number) => ({ values, at: 0, stride });
  addProduct(block(a, inner), block(b, columns), block(c, columns), rows, inner, columns);
  return c;
}

function diagonal(values: Float64Array): Float64Array {
  const n = values.length;
  const matrix = new Float64Array(n * n);
  for (let i = 0; i < n; i++) matrix[i * n + i] = values[i];
  return matrix;
}

function sideBySide(a: Float64Array, b: Float64Array, n: number): Float64Array {
  const both = new Float64Array(2 * n * n);
  for (let i = 0; i < n; i++) {
    both.set(a.subarray(i * n, (i + 1) * n), 2 * i * n);
    both.set(b.subarray(i * n, (i + 1) * n), (2 * i + 1) * n);
  }
  return both;
}

function halves(both: Float64Array, n: number): readonly [Float64Array, Float64Array] {
  const [a, b] = [new Float64Array(n * n), new Float64Array(n * n)];
  for (let i = 0; i < n; i++) {
    a.set(both.subarray(2 * i * n, (2 * i + 1) * n), i * n);
    b.set(both.subarray((2 * i + 1) * n, (2 * i + 2) * n), i * n);
  }
  return [a, b];
}

function added(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((value, i) => value + b[i]);
}

/** Rounding would let the halves drift apart. */
function symmetric(a: Float64Array, n: number): Float64Array {
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      const mean = (a[i * n + j] + a[j * n + i]) / 2;
      a[i * n + j] = mean;
      a[j * n + i] = mean;
    }
  }
  return a;
}

function largest(values: Float64Array): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}
