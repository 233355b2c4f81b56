import { type Fft, fft } from './fft.ts';

/**
 * The orthonormal two-dimensional cosine transform (DCT-II) of `planes` planes of rows x columns, in place; `inverse` is
 * its transpose. It diagonalises conduction in a homogeneous plane with adiabatic edges.
 */
export interface PlaneTransform {
  forward(x: Float64Array): void;
  inverse(x: Float64Array): void;
}

export function planeTransform(planes: number, rows: number, columns: number): PlaneTransform {
  const alongRow = lineTransform(columns);
  const alongColumn = rows === columns ? alongRow : lineTransform(rows);
  const cells = rows * columns;
  const each = (line: Lines, x: Float64Array, first: number, count: number, next: number, stride: number): void => {
    for (let k = 0; k < count; k += 2) line(x, first + k * next, k + 1 < count ? next : 0, stride);
  };
  const columnsOf = (line: Lines, x: Float64Array): void => {
    for (let p = 0; p < planes; p++) each(line, x, p * cells, columns, 1, columns);
  };
  return {
    forward(x) {
      each(alongRow.forward, x, 0, planes * rows, columns, 1);
      columnsOf(alongColumn.forward, x);
    },
    inverse(x) {
      columnsOf(alongColumn.inverse, x);
      each(alongRow.inverse, x, 0, planes * rows, columns, 1);
    },
  };
}

/** Transforms the line of elements x[at + i stride] and, unless `next` is 0, the line `next` further, in place. */
type Lines = (x: Float64Array, at: number, next: number, stride: number) => void;

/**
 * DCT-II of two real lines in one complex FFT of the same length (Makhoul, A fast cosine transform in one and two
 * dimensions, IEEE Trans. ASSP 28, 1980): even elements forwards then odd ones backwards, transform, rotate.
 */
function lineTransform(n: number): { forward: Lines; inverse: Lines } {
  const transform = fft(n);
  const order = Int32Array.from({ length: n }, (_, i) => (2 * i < n ? 2 * i : 2 * (n - i) - 1));
  // The rotation exp(-i pi k / 2n) with the orthonormal scale of each direction.
  const rotation = (of: (angle: number) => number, first: number, other: number): Float64Array =>
    Float64Array.from({ length: n }, (_, k) => of((Math.PI * k) / (2 * n)) * (k === 0 ? first : other));
  const scale = Math.sqrt(1 / n);
  const cos = rotation(Math.cos, scale / 2, scale * Math.SQRT1_2);
  const sin = rotation(Math.sin, scale / 2, scale * Math.SQRT1_2);
  const inverseCos = rotation(Math.cos, scale, scale * Math.SQRT1_2);
  const inverseSin = rotation(Math.sin, scale, scale * Math.SQRT1_2);
  return {
    forward: (x, at, next, stride) => forwardPair(transform, order, cos, sin, x, at, next, stride),
    inverse: (x, at, next, stride) => inversePair(transform, order, inverseCos, inverseSin, x, at, next, stride),
  };
}

function forwardPair(
  { inRe, inIm, outRe, outIm, run }: Fft,
  order: Int32Array,
  cos: Float64Array,
  sin: Float64Array,
  x: Float64Array,
  at: number,
  next: number,
  stride: number,
): void {
  const n = order.length;
  for (let i = 0; i < n; i++) {
    const from = at + order[i] * stride;
    inRe[i] = x[from];
    inIm[i] = x[from + next];
  }
  run();
  for (let k = 0, to = at; k < n; k++, to += stride) {
    const mirror = k === 0 ? 0 : n - k;
    const c = cos[k];
    const s = sin[k];
    x[to + next] = c * (outIm[k] + outIm[mirror]) - s * (outRe[k] - outRe[mirror]);
    x[to] = c * (outRe[k] + outRe[mirror]) + s * (outIm[k] - outIm[mirror]);
  }
}

/** The inverse FFT is the conjugate of the forward FFT of the conjugate, hence the signs of the imaginary parts. */
function inversePair(
  { inRe, inIm, outRe, outIm, run }: Fft,
  order: Int32Array,
  cos: Float64Array,
  sin: Float64Array,
  x: Float64Array,
  at: number,
  next: number,
  stride: number,
): void {
  const n = order.length;
  inRe[0] = cos[0] * x[at];
  inIm[0] = -cos[0] * x[at + next];
  for (let k = 1, from = at + stride, mirror = at + (n - 1) * stride; k < n; k++, from += stride, mirror -= stride) {
    const c = cos[k];
    const s = sin[k];
    inRe[k] = c * x[from] + s * x[mirror] - (s * x[from + next] - c * x[mirror + next]);
    inIm[k] = -(s * x[from] - c * x[mirror] + c * x[from + next] + s * x[mirror + next]);
  }
  run();
  for (let i = 0; i < n; i++) {
    const to = at + order[i] * stride;
    x[to + next] = -outIm[i];
    x[to] = outRe[i];
  }
}
