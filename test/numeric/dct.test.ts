import { expect, test } from 'vitest';
import { planeTransform } from '../../src/numeric/dct.ts';
import { fft } from '../../src/numeric/fft.ts';
import { largestDifference } from '../thermal/support.ts';

function wave(n: number): Float64Array {
  return Float64Array.from({ length: n }, (_, i) => Math.sin(1.3 * i + 0.2 * i * i) + 0.5);
}

test.each([1, 2, 3, 4, 5, 6, 8, 12, 15, 17, 31, 34, 49, 64, 100, 127, 254])(
  'the transform of length %i is that of the definition',
  (n) => {
    const plan = fft(n);
    const [re, im] = [wave(n), wave(n).reverse()];
    plan.inRe.set(re);
    plan.inIm.set(im);
    plan.run();
    for (let k = 0; k < n; k++) {
      let [a, b] = [0, 0];
      for (let j = 0; j < n; j++) {
        const angle = (-2 * Math.PI * ((j * k) % n)) / n;
        a += re[j] * Math.cos(angle) - im[j] * Math.sin(angle);
        b += re[j] * Math.sin(angle) + im[j] * Math.cos(angle);
      }
      expect(plan.outRe[k]).toBeCloseTo(a, 10);
      expect(plan.outIm[k]).toBeCloseTo(b, 10);
    }
  },
);

test.each([
  [1, 1, 1],
  [1, 1, 7],
  [2, 3, 5],
  [3, 8, 6],
  [4, 16, 16],
  [2, 17, 19],
])('%i planes of %i x %i: orthonormal, and by the definition', (planes, rows, columns) => {
  const transform = planeTransform(planes, rows, columns);
  const x = wave(planes * rows * columns);
  const y = x.slice();
  transform.forward(y);
  const basis = (n: number, k: number, i: number): number =>
    Math.sqrt((k === 0 ? 1 : 2) / n) * Math.cos((Math.PI * k * (2 * i + 1)) / (2 * n));
  const expected = y.map((_, at) => {
    const plane = Math.floor(at / (rows * columns)) * rows * columns;
    const [kRow, kColumn] = [Math.floor((at - plane) / columns), (at - plane) % columns];
    let sum = 0;
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        sum += x[plane + row * columns + column] * basis(rows, kRow, row) * basis(columns, kColumn, column);
      }
    }
    return sum;
  });
  expect(largestDifference(y, expected)).toBeLessThan(1e-12);
  transform.inverse(y);
  expect(largestDifference(y, x)).toBeLessThan(1e-12);
});
