/** The steady gain against the recursion of the filter, step by step, which is slow and obviously right. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { steadyGain } from '../../../src/thermal/observer/gain.ts';
import { lawOptions } from '../../tier.ts';

type Matrix = readonly (readonly number[])[];

const times = (a: Matrix, b: Matrix): Matrix =>
  a.map((row) => b[0].map((_, j) => row.reduce((sum, value, k) => sum + value * b[k][j], 0)));
const turned = (a: Matrix): Matrix => a[0].map((_, j) => a.map((row) => row[j]));
const plus = (a: Matrix, b: Matrix, factor = 1): Matrix =>
  a.map((row, i) => row.map((value, j) => value + factor * b[i][j]));
const diagonal = (values: readonly number[]): Matrix =>
  values.map((value, i) => values.map((_, j) => (i === j ? value : 0)));

/** The inverse of a matrix of order 2. */
function inverse([[a, b], [c, d]]: Matrix): Matrix {
  const det = a * d - b * c;
  return [
    [d / det, -b / det],
    [-c / det, a / det],
  ];
}

/** Kalman (1960): predict, then correct, until nothing changes. */
function byRecursion(
  decay: readonly number[],
  disturbance: Matrix,
  output: Matrix,
  variance: readonly number[],
): Matrix {
  const f = diagonal(decay);
  const q = times(disturbance, turned(disturbance));
  let gain: Matrix = [];
  let covariance: Matrix = q;
  for (let step = 0; step < 3000; step++) {
    const innovation = plus(times(times(output, covariance), turned(output)), diagonal(variance));
    gain = times(times(covariance, turned(output)), inverse(innovation));
    const corrected = plus(covariance, times(times(gain, output), covariance), -1);
    covariance = plus(times(times(f, corrected), turned(f)), q);
  }
  return gain;
}

const number = (min: number, max: number) => fc.double({ min, max, noNaN: true });
const matrix = (rows: number, columns: number) =>
  fc.array(fc.array(number(-2, 2), { minLength: columns, maxLength: columns }), { minLength: rows, maxLength: rows });

test('the gain of doubling is that of 3000 steps of the filter', () => {
  const cases = fc.record({
    decay: fc.array(number(0, 0.99), { minLength: 3, maxLength: 3 }),
    disturbance: matrix(3, 2),
    output: matrix(2, 3),
    variance: fc.array(number(0.1, 2), { minLength: 2, maxLength: 2 }),
  });
  fc.assert(
    fc.property(cases, ({ decay, disturbance, output, variance }) => {
      const gain = steadyGain({
        decay: Float64Array.from(decay),
        disturbance: Float64Array.from(disturbance.flat()),
        output: Float64Array.from(output.flat()),
        readingVariance: Float64Array.from(variance),
      });
      byRecursion(decay, disturbance, output, variance)
        .flat()
        .forEach((value, i) => {
          expect(gain[i]).toBeCloseTo(value, 6);
        });
    }),
    lawOptions(100, 10),
  );
});
