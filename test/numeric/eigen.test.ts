/**
 * Eigenvalues of matrices whose inverse is known entry by entry: D B D with B = tridiag(-1, 2, -1) of order n and D a diagonal over
 * many decades. B^-1 at (i, j), i <= j from 1, is i (n + 1 - j) / (n + 1); the eigenvalues of the inverse are the reciprocals.
 */
import { describe, expect, test } from 'vitest';
import { positiveEigen } from '../../src/numeric/eigen.ts';
import { smallSymmetricEigen } from '../../src/numeric/symmetric-eigen.ts';
import { largestDifference } from '../thermal/support.ts';

type Entry = (i: number, j: number) => number;

const matrix = (n: number, entry: Entry): Float64Array =>
  Float64Array.from({ length: n * n }, (_, e) => entry(Math.floor(e / n), e % n));

/** D B D, and its inverse, for D with these entries. */
function graded(n: number, scale: (i: number) => number) {
  const b: Entry = (i, j) => (i === j ? 2 : Math.abs(i - j) === 1 ? -1 : 0);
  const inverseOfB: Entry = (i, j) => ((Math.min(i, j) + 1) * (n - Math.max(i, j))) / (n + 1);
  return {
    direct: matrix(n, (i, j) => b(i, j) * scale(i) * scale(j)),
    inverse: matrix(n, (i, j) => inverseOfB(i, j) / scale(i) / scale(j)),
  };
}

/** What products of all pairs of vectors differ from 1 (with themselves) and 0. */
function largestSkew(vectors: Float64Array, n: number): number {
  let worst = 0;
  for (let p = 0; p < n; p++) {
    for (let q = 0; q <= p; q++) {
      let product = p === q ? -1 : 0;
      for (let i = 0; i < n; i++) product += vectors[p * n + i] * vectors[q * n + i];
      worst = Math.max(worst, Math.abs(product));
    }
  }
  return worst;
}

// The large one starts its rotations from tridiagonal eigenvectors.
describe.each([
  { what: 'of order 9 over 16 decades', n: 9, scale: (i: number) => 10 ** -i, digits: 12, skew: 5e-14 },
  {
    what: 'of order 240 over 12 decades',
    n: 240,
    scale: (i: number) => 10 ** ((-6 * i) / 240),
    digits: 9,
    skew: 1e-12,
  },
])('a matrix $what', ({ n, scale, digits, skew }) => {
  const { direct, inverse } = graded(n, scale);
  const { values, vectors } = positiveEigen(direct.slice(), n);

  test('the smallest eigenvalue is as exact as the largest: each times that of the inverse is 1', () => {
    const reciprocals = positiveEigen(inverse, n).values;
    for (let i = 0; i < n; i++) expect(values[i] * reciprocals[n - 1 - i]).toBeCloseTo(1, digits);
  });

  test('vectors are orthonormal', () => {
    expect(largestSkew(vectors, n)).toBeLessThan(skew);
  });

  test('and solve A v = value v', () => {
    for (let p = 0; p < n; p++) {
      const v = vectors.subarray(p * n, (p + 1) * n);
      const image = v.map((_, i) => v.reduce((sum, x, j) => sum + direct[i * n + j] * x, 0));
      const scaled = v.map((x) => values[p] * x);
      expect(largestDifference(image, scaled)).toBeLessThan(1e-14);
    }
  });
});

test('small symmetric matrices: the values of tridiag(-1, 2, -1), plus 0 and twice 5 apart from it', () => {
  // 4 sin^2(pi k / (2 (n + 1))) for k = 1..n; a block of its own has a row that no other one touches, and a double value.
  const n = 20;
  const size = n + 3;
  const a = matrix(size, (i, j) => {
    if (i >= n || j >= n) return i === j && i > n ? 5 : 0;
    return i === j ? 2 : Math.abs(i - j) === 1 ? -1 : 0;
  });
  const { values, vectors } = smallSymmetricEigen(a, size);
  const exact = [
    0,
    5,
    5,
    ...Array.from({ length: n }, (_, k) => 4 * Math.sin((Math.PI * (k + 1)) / (2 * (n + 1))) ** 2),
  ];
  expect(largestDifference(values.slice().sort(), Float64Array.from(exact).sort())).toBeLessThan(1e-14 * 10);
  expect(largestSkew(vectors, size)).toBeLessThan(1e-13);
  for (let j = 0; j < size; j++) {
    const v = vectors.subarray(j * size, (j + 1) * size);
    const image = v.map((_, i) => v.reduce((sum, value, k) => sum + a[i * size + k] * value, 0));
    expect(
      largestDifference(
        image,
        v.map((value) => values[j] * value),
      ),
    ).toBeLessThan(1e-13);
  }
});

test('small symmetric matrices: a full one of order 40 is its vectors and values again', () => {
  const n = 40;
  const a = matrix(n, (i, j) => Math.cos(1 + i * j) + Math.cos(1 + j * i) + (i === j ? i : 0));
  const { values, vectors } = smallSymmetricEigen(a, n);
  const again = matrix(n, (i, j) =>
    values.reduce((sum, value, k) => sum + value * vectors[k * n + i] * vectors[k * n + j], 0),
  );
  expect(largestDifference(again, a)).toBeLessThan(1e-12);
});
