import type { Eigen } from './eigen.ts';
import { innerProducts } from './panels.ts';
import { roughEigenvectors } from './tridiagonal.ts';

/**
 * Eigenvalues and orthonormal eigenvectors (one a row) of a symmetric matrix of order n (row-major), in no order. Values are Rayleigh
 * quotients: errors are some 1e-16 of the largest.
 */
export function symmetricEigen(a: Float64Array, n: number): Eigen {
  const vectors = roughEigenvectors(a.slice(), n);
  const rows = (values: Float64Array) => ({ values, at: 0, stride: n, count: n });
  const images = new Float64Array(n * n);
  innerProducts(rows(vectors), rows(a), n, images);
  const values = new Float64Array(n);
  for (let j = 0; j < n; j++) {
    for (let i = j * n; i < (j + 1) * n; i++) values[j] += vectors[i] * images[i];
  }
  return { values, vectors };
}

/** By value, the smallest first. */
export function ascending({ values, vectors }: Eigen): Eigen {
  const n = values.length;
  const order = Array.from(values.keys()).sort((i, j) => values[i] - values[j] || i - j);
  const sorted = new Float64Array(n * n);
  order.forEach((from, to) => {
    sorted.set(vectors.subarray(from * n, (from + 1) * n), to * n);
  });
  return { values: Float64Array.from(order, (j) => values[j]), vectors: sorted };
}

/** A value beside the diagonal counts as 0 below this part of the largest on it so far. */
const EPSILON = 2 ** -52;

/**
 * Eigenvalues and orthonormal eigenvectors (one a row) of a symmetric matrix of order n (row-major), in no order: by reflections to a
 * tridiagonal matrix, and implicit QL (Bowdler, Martin, Reinsch and Wilkinson, Numer. Math. 11, 1968). It takes more operations than
 * `symmetricEigen`, but little code: up to an order of some 150 that is the most of the time of a program that has just begun. Errors
 * are some 1e-15 of the largest value.
 */
export function smallSymmetricEigen(matrix: Float64Array, n: number): Eigen {
  const a = matrix.slice();
  const beside = new Float64Array(n);
  const reflectors = new Float64Array(n * n);
  const half = new Float64Array(n);
  for (let k = 0; k + 1 < n; k++) beside[k] = reflect(a, n, k, reflectors, half);
  const values = Float64Array.from({ length: n }, (_, i) => a[i * n + i]);
  const vectors = new Float64Array(n * n);
  for (let i = 0; i < n; i++) vectors[i * n + i] = 1;
  for (let k = n - 2; k >= 0; k--) {
    if (half[k] > 0) for (let i = k + 1; i < n; i++) mirror(vectors, i * n, reflectors, k * n, half[k], k + 1, n);
  }
  for (let l = 0; l < n; l++) diagonalise(values, beside, vectors, n, l);
  return { values, vectors };
}

/** Clears row and column k beyond the next entry, which it returns: A = H A H with H = 1 - v v' / half. */
function reflect(a: Float64Array, n: number, k: number, v: Float64Array, half: Float64Array): number {
  const row = k * n;
  const length = Math.sqrt(product(a, row, a, row, k + 1, n));
  const first = a[row + k + 1];
  const next = first > 0 ? -length : length;
  if (length === Math.abs(first)) return first;
  copy(a, row, v, row, k + 1, n);
  v[row + k + 1] -= next;
  half[k] = length * (length + Math.abs(first));
  const image = new Float64Array(n);
  for (let i = k + 1; i < n; i++) image[i] = product(a, i * n, v, row, k + 1, n) / half[k];
  const part = product(image, 0, v, row, k + 1, n) / (2 * half[k]);
  add(image, 0, -part, v, row, k + 1, n);
  for (let i = k + 1; i < n; i++) {
    add(a, i * n, -v[row + i], image, 0, k + 1, n);
    add(a, i * n, -image[i], v, row, k + 1, n);
  }
  return next;
}

/** x (1 - v v' / half). */
function mirror(
  x: Float64Array,
  at: number,
  v: Float64Array,
  of: number,
  half: number,
  from: number,
  to: number,
): void {
  add(x, at, -product(x, at, v, of, from, to) / half, v, of, from, to);
}

/** Sweeps from the first row that is not joined to the next one up to row l, until row l is joined to none. */
function diagonalise(d: Float64Array, e: Float64Array, vectors: Float64Array, n: number, l: number): void {
  for (;;) {
    let m = l;
    while (m + 1 < n && Math.abs(e[m]) > EPSILON * (Math.abs(d[m]) + Math.abs(d[m + 1]))) m++;
    if (m === l || Number.isNaN(d[l])) return;
    sweep(d, e, vectors, n, l, m);
  }
}

/** One implicit step of QL with Wilkinson's shift. */
function sweep(d: Float64Array, e: Float64Array, vectors: Float64Array, n: number, l: number, m: number): void {
  const apart = (d[l + 1] - d[l]) / (2 * e[l]);
  const root = Math.sqrt(apart * apart + 1);
  let g = d[m] - d[l] + e[l] / (apart + (apart < 0 ? -root : root));
  let [s, c, p] = [1, 1, 0];
  for (let i = m - 1; i >= l; i--) {
    const f = s * e[i];
    const b = c * e[i];
    const r = Math.sqrt(f * f + g * g);
    e[i + 1] = r;
    if (r === 0) {
      d[i + 1] -= p;
      e[m] = 0;
      return;
    }
    s = f / r;
    c = g / r;
    g = d[i + 1] - p;
    const t = (d[i] - g) * s + 2 * c * b;
    p = s * t;
    d[i + 1] = g + p;
    g = c * t - b;
    rotate(vectors, i * n, n, c, s);
  }
  d[l] -= p;
  e[l] = g;
  e[m] = 0;
}

/** Rotates a row and the next one. */
function rotate(x: Float64Array, at: number, n: number, c: number, s: number): void {
  for (let i = at, j = at + n; i < at + n; i++, j++) {
    const below = x[j];
    x[j] = s * x[i] + c * below;
    x[i] = c * x[i] - s * below;
  }
}

function product(x: Float64Array, at: number, y: Float64Array, of: number, from: number, to: number): number {
  let sum = 0;
  for (let i = from; i < to; i++) sum += x[at + i] * y[of + i];
  return sum;
}

function add(x: Float64Array, at: number, times: number, y: Float64Array, of: number, from: number, to: number): void {
  for (let i = from; i < to; i++) x[at + i] += times * y[of + i];
}

function copy(x: Float64Array, at: number, y: Float64Array, to: number, from: number, end: number): void {
  for (let i = from; i < end; i++) y[to + i] = x[at + i];
}
