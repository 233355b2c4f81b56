/** Which of some fields are kept, by their inner products alone. */
import { describe, expect, test } from 'vitest';
import { independentFields } from '../../src/numeric/independent.ts';
import { largestDifference } from '../thermal/support.ts';

/** Fields as mixtures of orthonormal ones: their products are those of the mixtures, so L of L L^T = products is known. */
function productsOf(mixtures: readonly (readonly number[])[]): Float64Array {
  const n = mixtures.length;
  return Float64Array.from({ length: n * n }, (_, e) => {
    const [a, b] = [mixtures[Math.floor(e / n)], mixtures[e % n]];
    return a.reduce((sum, x, i) => sum + x * b[i], 0);
  });
}

const threshold = (share: number, count: number): Float64Array => new Float64Array(count).fill(share);

describe('fields picked by their inner products', () => {
  // Of length 10, of which 1e-5 is new beside the two before it.
  const HARDLY_NEW = [6, 8, 1e-4];
  const BEFORE = [
    [1, 0, 0],
    [3, 4, 0],
  ];

  test('are those of which more than the threshold is new, and L is that of the definition', () => {
    const found = independentFields(productsOf([...BEFORE, HARDLY_NEW, [0, 1, 2]]), 1, threshold(1e-3, 4))!;
    expect([...found.kept]).toEqual([0, 1, 3]);
    const rows = [[1, 0, 0], [3, 4, 0], [0, 1, 2]]; // biome-ignore format: a matrix
    expect(largestDifference(found.factor, rows.flat())).toBeLessThan(1e-14);
  });

  test('are all under a smaller threshold', () => {
    const found = independentFields(productsOf([...BEFORE, HARDLY_NEW]), 1, threshold(1e-6, 3))!;
    expect([...found.kept]).toEqual([0, 1, 2]);
  });

  test('are none if what counts is lost in rounding', () => {
    // The part of 1e-9 is 1e-18 in the products.
    expect(independentFields(productsOf([[1, 0], [1, 1e-9]]), 1, threshold(1e-10, 2))).toBeNull(); // biome-ignore format: a matrix
  });
});
