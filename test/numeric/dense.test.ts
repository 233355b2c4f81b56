import { expect, test } from 'vitest';
import { cholesky, factorInPlace, solveCholesky, solveInPlace } from '../../src/numeric/dense.ts';

/** Positive definite: the Hilbert matrix with 1 added to its diagonal. */
function matrix(n: number): Float64Array {
  return Float64Array.from({ length: n * n }, (_, at) => {
    const [i, j] = [Math.floor(at / n), at % n];
    return 1 / (i + j + 1) + (i === j ? 1 : 0);
  });
}

// Orders around a block of 24 rows, and one of several blocks.
test.each([1, 2, 23, 24, 25, 50, 131])('order %i in blocks: as row by row, and the equations hold', (n) => {
  const a = matrix(n);
  const plain = cholesky(a, n);
  const inBlocks = a.slice();
  factorInPlace(inBlocks, n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) expect(inBlocks[i * n + j]).toBeCloseTo(plain[i * n + j], 13);
  }
  const b = Float64Array.from({ length: n }, (_, i) => Math.cos(i));
  const [x, y] = [b.slice(), b.slice()];
  solveInPlace(inBlocks, n, x);
  solveCholesky(plain, n, y);
  for (let i = 0; i < n; i++) {
    let sum = 0;
    for (let j = 0; j < n; j++) sum += a[i * n + j] * x[j];
    expect(sum).toBeCloseTo(b[i], 12);
    expect(x[i]).toBeCloseTo(y[i], 12);
  }
});
