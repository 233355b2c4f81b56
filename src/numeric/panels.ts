/** Rows of a row-major matrix: `count` of them, from element `at` on, `stride` apart. */
export interface Panel {
  readonly values: Float64Array;
  readonly at: number;
  readonly stride: number;
  readonly count: number;
}

/**
 * Number of elements of all rows that are processed before the next ones. Those of one panel then stay in the cache
 * while the rows of the other pass by. Rows go in small groups, so that each loaded element is used several times. It
 * is four times as fast here as vector by vector, which waits for memory.
 */
const STRETCH = 256;

/** y[j x b.count + u] = a_j . b_u over the first `length` elements. */
export function innerProducts(a: Panel, b: Panel, length: number, y: Float64Array): void {
  y.fill(0, 0, a.count * b.count);
  eachGroup(a, b, length, inner4x2, inner4x1, inner1x1, y);
}

/** b_u -= sum_j y[j x b.count + u] a_j over the first `length` elements; a and b do not overlap. */
export function subtractCombinations(a: Panel, y: Float64Array, b: Panel, length: number): void {
  eachGroup(a, b, length, subtract4x2, subtract4x1, subtract1x1, y);
}

/**
 * Combines rows i, i + n, ... of a with rows k, k + m, ... of b, `part` elements each. The results of the rows of a lie
 * `step` apart in y, from `to` on.
 */
type Kernel = (
  a: Float64Array,
  i: number,
  n: number,
  b: Float64Array,
  k: number,
  m: number,
  part: number,
  y: Float64Array,
  to: number,
  step: number,
) => void;

function eachGroup(
  a: Panel,
  b: Panel,
  length: number,
  group: Kernel,
  column: Kernel,
  single: Kernel,
  y: Float64Array,
): void {
  const [n, m, step] = [a.stride, b.stride, b.count];
  const grouped = a.count - (a.count % 4);
  for (let from = 0; from < length; from += STRETCH) {
    const part = Math.min(STRETCH, length - from);
    const [first, other] = [a.at + from, b.at + from];
    for (let j = 0; j < grouped; j += 4) {
      let u = 0;
      for (; u + 2 <= step; u += 2) {
        group(a.values, first + j * n, n, b.values, other + u * m, m, part, y, j * step + u, step);
      }
      if (u < step) column(a.values, first + j * n, n, b.values, other + u * m, m, part, y, j * step + u, step);
    }
    for (let j = grouped; j < a.count; j++) {
      for (let u = 0; u < step; u++) {
        single(a.values, first + j * n, n, b.values, other + u * m, m, part, y, j * step + u, step);
      }
    }
  }
}

function inner4x2(
  a: Float64Array,
  i: number,
  n: number,
  b: Float64Array,
  k: number,
  m: number,
  part: number,
  y: Float64Array,
  to: number,
  step: number,
): void {
  let [s0, s1, s2, s3, t0, t1, t2, t3] = [0, 0, 0, 0, 0, 0, 0, 0];
  for (let i1 = i + n, i2 = i1 + n, i3 = i2 + n, l = k + m, end = k + part; k < end; k++, l++, i++, i1++, i2++, i3++) {
    const p = b[k];
    const q = b[l];
    const v0 = a[i];
    s0 += v0 * p;
    t0 += v0 * q;
    const v1 = a[i1];
    s1 += v1 * p;
    t1 += v1 * q;
    const v2 = a[i2];
    s2 += v2 * p;
    t2 += v2 * q;
    const v3 = a[i3];
    s3 += v3 * p;
    t3 += v3 * q;
  }
  y[to] += s0;
  y[to + 1] += t0;
  y[to + step] += s1;
  y[to + step + 1] += t1;
  y[to + 2 * step] += s2;
  y[to + 2 * step + 1] += t2;
  y[to + 3 * step] += s3;
  y[to + 3 * step + 1] += t3;
}

function inner4x1(
  a: Float64Array,
  i: number,
  n: number,
  b: Float64Array,
  k: number,
  _m: number,
  part: number,
  y: Float64Array,
  to: number,
  step: number,
): void {
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  for (let i1 = i + n, i2 = i1 + n, i3 = i2 + n, end = k + part; k < end; k++, i++, i1++, i2++, i3++) {
    const p = b[k];
    s0 += a[i] * p;
    s1 += a[i1] * p;
    s2 += a[i2] * p;
    s3 += a[i3] * p;
  }
  y[to] += s0;
  y[to + step] += s1;
  y[to + 2 * step] += s2;
  y[to + 3 * step] += s3;
}

function inner1x1(
  a: Float64Array,
  i: number,
  _n: number,
  b: Float64Array,
  k: number,
  _m: number,
  part: number,
  y: Float64Array,
  to: number,
): void {
  let sum = 0;
  for (const end = k + part; k < end; k++, i++) sum += a[i] * b[k];
  y[to] += sum;
}

function subtract4x2(
  a: Float64Array,
  i: number,
  n: number,
  b: Float64Array,
  k: number,
  m: number,
  part: number,
  y: Float64Array,
  to: number,
  step: number,
): void {
  const [s0, s1, s2, s3] = [y[to], y[to + step], y[to + 2 * step], y[to + 3 * step]];
  const [t0, t1, t2, t3] = [y[to + 1], y[to + step + 1], y[to + 2 * step + 1], y[to + 3 * step + 1]];
  for (let i1 = i + n, i2 = i1 + n, i3 = i2 + n, l = k + m, end = k + part; k < end; k++, l++, i++, i1++, i2++, i3++) {
    const v0 = a[i];
    const v1 = a[i1];
    const v2 = a[i2];
    const v3 = a[i3];
    b[k] -= s0 * v0 + s1 * v1 + (s2 * v2 + s3 * v3);
    b[l] -= t0 * v0 + t1 * v1 + (t2 * v2 + t3 * v3);
  }
}

function subtract4x1(
  a: Float64Array,
  i: number,
  n: number,
  b: Float64Array,
  k: number,
  _m: number,
  part: number,
  y: Float64Array,
  to: number,
  step: number,
): void {
  const [s0, s1, s2, s3] = [y[to], y[to + step], y[to + 2 * step], y[to + 3 * step]];
  for (let i1 = i + n, i2 = i1 + n, i3 = i2 + n, end = k + part; k < end; k++, i++, i1++, i2++, i3++) {
    b[k] -= s0 * a[i] + s1 * a[i1] + (s2 * a[i2] + s3 * a[i3]);
  }
}

function subtract1x1(
  a: Float64Array,
  i: number,
  _n: number,
  b: Float64Array,
  k: number,
  _m: number,
  part: number,
  y: Float64Array,
  to: number,
): void {
  const factor = y[to];
  for (const end = k + part; k < end; k++, i++) b[k] -= factor * a[i];
}

/** x . y of two vectors of one length. */
export function dot(x: Float64Array, y: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += x[i] * y[i];
  return sum;
}
