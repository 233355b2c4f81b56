/** Most QL steps per eigenvalue. Two suffice; the limit only ends a loop that met NaN. */
const MOST_STEPS = 60;

/**
 * Orthonormal approximations of the eigenvectors of a symmetric matrix of order n (row-major; destroyed), one per row.
 * Householder reflections make it tridiagonal; implicit QL steps with Wilkinson's shift diagonalise it (Golub and Van
 * Loan, Matrix Computations, 8.3). Errors are some 1e-16 of the largest eigenvalue over the distance to the next, which
 * is a good start for more accurate methods.
 */
export function roughEigenvectors(a: Float64Array, n: number): Float64Array {
  const diagonal = new Float64Array(n);
  const beside = new Float64Array(n);
  const scales = reduce(a, n, diagonal, beside);
  const vectors = reflections(a, n, scales);
  diagonalise(diagonal, beside, vectors, n);
  return vectors;
}

/**
 * Reduces to tridiagonal form; `beside[k]` joins k and k + 1. Reflection k is I - scale v v^T; v stays in row k of `a`
 * from column k + 1 on. Returns the scales.
 */
function reduce(a: Float64Array, n: number, diagonal: Float64Array, beside: Float64Array): Float64Array {
  const scales = new Float64Array(n);
  const p = new Float64Array(n);
  for (let k = 0; k < n - 1; k++) {
    const v = a.subarray(k * n, (k + 1) * n);
    diagonal[k] = v[k];
    const length = Math.sqrt(dot(v, 0, v, 0, k + 1, n));
    const alpha = v[k + 1] > 0 ? -length : length;
    beside[k] = alpha;
    if (length === 0 || k === n - 2) {
      beside[k] = v[k + 1];
      continue;
    }
    v[k + 1] -= alpha;
    // |v|^2 / 2 = length^2 - alpha v_before.
    const scale = 1 / (-alpha * v[k + 1]);
    scales[k] = scale;
    for (let i = k + 1; i < n; i++) p[i] = scale * dot(a, i * n, v, 0, k + 1, n);
    const half = (scale / 2) * dot(p, 0, v, 0, k + 1, n);
    for (let i = k + 1; i < n; i++) p[i] -= half * v[i];
    for (let i = k + 1, at = i * n; i < n; i++, at += n) {
      const vi = v[i];
      const pi = p[i];
      for (let j = k + 1; j < n; j++) a[at + j] -= vi * p[j] + pi * v[j];
    }
  }
  diagonal[n - 1] = a[n * n - 1];
  return scales;
}

/** The transposed product of the reflections. Row j is the vector that they turn into unit vector j. */
function reflections(a: Float64Array, n: number, scales: Float64Array): Float64Array {
  const q = new Float64Array(n * n);
  for (let i = 0; i < n; i++) q[i * n + i] = 1;
  // Rows of Q^T = H_(n-3) ... H_0, starting with the last reflection. Each reflection changes only the block behind it.
  for (let k = n - 3; k >= 0; k--) {
    const scale = scales[k];
    if (scale === 0) continue;
    const from = k * n;
    let i = k + 1;
    for (; i + 1 < n; i += 2) reflectTwo(q, i * n, n, a, from, k + 1, scale);
    if (i === n - 1) {
      const weight = scale * dot(q, i * n, a, from, k + 1, n);
      for (let j = k + 1, at = i * n; j < n; j++) q[at + j] -= weight * a[from + j];
    }
  }
  return q;
}

/** A row and the next one, both of n elements, less their parts along a vector: each element of that is loaded once for both. */
function reflectTwo(
  q: Float64Array,
  at: number,
  n: number,
  v: Float64Array,
  from: number,
  first: number,
  scale: number,
): void {
  const next = at + n;
  let [even, odd, evenOfNext, oddOfNext] = [0, 0, 0, 0];
  let j = first;
  for (; j < n - 1; j += 2) {
    const x = v[from + j];
    const y = v[from + j + 1];
    even += q[at + j] * x;
    odd += q[at + j + 1] * y;
    evenOfNext += q[next + j] * x;
    oddOfNext += q[next + j + 1] * y;
  }
  const last = j < n ? v[from + j] : 0;
  const weight = scale * (even + odd + (j < n ? q[at + j] * last : 0));
  const weightOfNext = scale * (evenOfNext + oddOfNext + (j < n ? q[next + j] * last : 0));
  for (j = first; j < n; j++) {
    const x = v[from + j];
    q[at + j] -= weight * x;
    q[next + j] -= weightOfNext * x;
  }
}

/** Rotations that are kept before they are applied: they stay in the cache while the vectors pass by. */
const KEPT_ROTATIONS = 8192;

/** Plane rotations of neighbouring vectors, in runs from one vector up to another. */
interface Rotations {
  readonly c: Float64Array;
  readonly s: Float64Array;
  count: number;
  /** By run: the vector it starts from, counted down; and the place after its last rotation. */
  readonly from: number[];
  readonly end: number[];
}

/** Implicit QL on vectors one a row. */
function diagonalise(d: Float64Array, e: Float64Array, vectors: Float64Array, n: number): void {
  const capacity = KEPT_ROTATIONS + n;
  const kept: Rotations = { c: new Float64Array(capacity), s: new Float64Array(capacity), count: 0, from: [], end: [] };
  transpose(vectors, n);
  for (let l = 0; l < n; l++) {
    for (let step = 0; step < MOST_STEPS; step++) {
      let m = l;
      while (m < n - 1 && Math.abs(e[m]) > Number.EPSILON * (Math.abs(d[m]) + Math.abs(d[m + 1]))) m++;
      if (m === l) break;
      stepUp(d, e, kept, n, l, m);
      if (kept.count >= KEPT_ROTATIONS) rotate(vectors, n, kept);
    }
  }
  rotate(vectors, n, kept);
  transpose(vectors, n);
}

/** One step on the vectors from l to m. */
function stepUp(d: Float64Array, e: Float64Array, kept: Rotations, n: number, l: number, m: number): void {
  const half = (d[l + 1] - d[l]) / (2 * e[l]);
  const root = Math.sqrt(half * half + 1);
  let g = d[m] - d[l] + e[l] / (half + (half < 0 ? -root : root));
  let s = 1;
  let c = 1;
  let shift = 0;
  kept.from.push(m);
  let count = kept.count;
  for (let i = m - 1; i >= l; i--) {
    const f = s * e[i];
    const b = c * e[i];
    const r = Math.sqrt(f * f + g * g);
    if (i + 1 < m) e[i + 1] = r;
    if (r === 0) {
      d[i + 1] -= shift;
      e[m] = m < n - 1 ? 0 : e[m];
      kept.end.push(count);
      kept.count = count;
      return;
    }
    s = f / r;
    c = g / r;
    const before = d[i + 1] - shift;
    const t = (d[i] - before) * s + 2 * c * b;
    shift = s * t;
    d[i + 1] = before + shift;
    g = c * t - b;
    kept.c[count] = c;
    kept.s[count] = s;
    count++;
  }
  kept.end.push(count);
  kept.count = count;
  d[l] -= shift;
  e[l] = g;
  if (m < n - 1) e[m] = 0;
}

/** Applies the rotations to vectors that are columns, three of their elements at a time, and forgets them. */
function rotate(x: Float64Array, n: number, kept: Rotations): void {
  let row = 0;
  for (; row + 3 <= n; row += 3) rotateRows(x, row * n, n, kept);
  for (; row < n; row++) rotateRow(x, row * n, kept);
  kept.count = 0;
  kept.from.length = 0;
  kept.end.length = 0;
}

/**
 * Two runs at a time where both begin at one vector: the second follows one vector behind the first, so that an element is loaded and
 * kept once for both.
 */
function rotateRows(x: Float64Array, at: number, n: number, kept: Rotations): void {
  const { from, end } = kept;
  let first = 0;
  for (let run = 0; run < from.length; run++) {
    const length = end[run] - first;
    const isPair = run + 1 < from.length && from[run + 1] === from[run] && length > 0;
    const second = isPair ? end[run + 1] - end[run] : 0;
    // The second run may end one vector before the first.
    if (isPair && (second === length || second === length - 1) && second > 0) {
      rotatePair(x, at + from[run], n, kept, first, end[run], length === second);
      run++;
    } else for (let row = 0; row < 3; row++) rotateRun(x, at + row * n + from[run], kept, first, end[run]);
    first = end[run];
  }
}

function rotatePair(
  x: Float64Array,
  at: number,
  n: number,
  { c: cs, s: ss }: Rotations,
  first: number,
  last: number,
  isWhole: boolean,
): void {
  let i0 = at - 1;
  let i1 = i0 + n;
  let i2 = i1 + n;
  const c = cs[first];
  const s = ss[first];
  let g0 = s * x[i0] + c * x[i0 + 1];
  let g1 = s * x[i1] + c * x[i1 + 1];
  let g2 = s * x[i2] + c * x[i2 + 1];
  let f0 = c * x[i0] - s * x[i0 + 1];
  let f1 = c * x[i1] - s * x[i1 + 1];
  let f2 = c * x[i2] - s * x[i2 + 1];
  for (let k = first + 1, l = last; k < last; k++, l++) {
    const c = cs[k];
    const s = ss[k];
    const d = cs[l];
    const t = ss[l];
    const y0 = x[i0 - 1];
    const y1 = x[i1 - 1];
    const y2 = x[i2 - 1];
    const z0 = s * y0 + c * f0;
    const z1 = s * y1 + c * f1;
    const z2 = s * y2 + c * f2;
    f0 = c * y0 - s * f0;
    f1 = c * y1 - s * f1;
    f2 = c * y2 - s * f2;
    x[i0 + 1] = t * z0 + d * g0;
    x[i1 + 1] = t * z1 + d * g1;
    x[i2 + 1] = t * z2 + d * g2;
    g0 = d * z0 - t * g0;
    g1 = d * z1 - t * g1;
    g2 = d * z2 - t * g2;
    i0--;
    i1--;
    i2--;
  }
  if (isWhole) {
    const l = 2 * last - first - 1;
    const [d, t] = [cs[l], ss[l]];
    x[i0 + 1] = t * f0 + d * g0;
    x[i1 + 1] = t * f1 + d * g1;
    x[i2 + 1] = t * f2 + d * g2;
    x[i0] = d * f0 - t * g0;
    x[i1] = d * f1 - t * g1;
    x[i2] = d * f2 - t * g2;
    return;
  }
  [x[i0 + 1], x[i1 + 1], x[i2 + 1]] = [g0, g1, g2];
  [x[i0], x[i1], x[i2]] = [f0, f1, f2];
}

function rotateRow(x: Float64Array, at: number, kept: Rotations): void {
  kept.from.forEach((vector, run) => {
    rotateRun(x, at + vector, kept, run === 0 ? 0 : kept.end[run - 1], kept.end[run]);
  });
}

function rotateRun(x: Float64Array, at: number, { c, s }: Rotations, first: number, last: number): void {
  let i = at;
  let f = x[i];
  for (let k = first; k < last; k++) {
    const y = x[i - 1];
    x[i--] = s[k] * y + c[k] * f;
    f = c[k] * y - s[k] * f;
  }
  x[i] = f;
}

/** In place. */
function transpose(x: Float64Array, n: number): void {
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      const value = x[i * n + j];
      x[i * n + j] = x[j * n + i];
      x[j * n + i] = value;
    }
  }
}

function dot(x: Float64Array, at: number, y: Float64Array, from: number, first: number, end: number): number {
  let [even, odd] = [0, 0];
  let j = first;
  for (; j < end - 1; j += 2) {
    even += x[at + j] * y[from + j];
    odd += x[at + j + 1] * y[from + j + 1];
  }
  return even + odd + (j < end ? x[at + j] * y[from + j] : 0);
}
