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
