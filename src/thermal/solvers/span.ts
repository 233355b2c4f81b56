import { type Basis, extendBasis, norm, normalise, panelOf, remove, wholeGroups } from './basis.ts';
import { innerProducts, subtractCombinations } from './panels.ts';

/** y = A x, with a symmetric and positive definite A; x and y are different arrays. */
export type Apply = (x: Float64Array, y: Float64Array) => void;

/**
 * Independent vectors v_j: first an orthonormal basis, then vectors of length 1 as they came. Their inner products M are
 * kept as the factor of M = L L^T, which does what making them orthogonal would, with a fraction of the arithmetic. It
 * finds their new parts with an error of some 1e-16 / part^2, which is one of the dynamics in the weakest directions; what
 * the orthonormal ones say (the steady state, the balance of heat) remains as exact as they are.
 */
export interface Span {
  readonly basis: Basis;
  /** So many are orthonormal. */
  exact: number;
  /** L and, of v_i . A v_j, the lower triangle; rows of `order` elements. */
  readonly factor: Float64Array;
  readonly image: Float64Array;
  readonly order: number;
  readonly apply: Apply;
}

/** Of an inner product, and of the square of a new part. */
const ROUNDING = 1e-16;
const TOLERABLE = 1e-4;

/** Of a vector of which no more is left, the rest is rounding. */
const NOTHING_NEW = 1e-12;

/** The span of an orthonormal basis, which may grow up to `order` vectors. */
export function spanOf(basis: Basis, order: number, apply: Apply): Span {
  const span = {
    basis,
    exact: basis.size,
    factor: new Float64Array(order * order),
    image: new Float64Array(order * order),
    order,
    apply,
  };
  for (let j = 0; j < basis.size; j++) span.factor[j * order + j] = 1;
  addImages(span, 0);
  return span;
}

/**
 * Adds the vectors, of the `count` ones that were written behind the basis' own, of which more than `threshold` of the
 * norm is new.
 */
export function extendSpan(span: Span, count: number, threshold: number): void {
  const { basis } = span;
  const whole = Float64Array.from({ length: count }, (_, u) => norm(basis, basis.size + u));
  const least = whole.map(() => threshold);
  for (let done = 0; done < count; ) {
    const known = basis.size;
    remove(basis, 0, span.exact, known, count - done);
    for (let u = 0; u < count - done; u++) least[done + u] *= whole[done + u] / normalise(basis, known + u, known + u);
    whole.fill(1);
    const seen = extendFactor(span, least.subarray(done));
    done += seen;
    if (done === count) addImages(span, known);
    else makeExact(span);
    basis.rows.copyWithin(basis.size * basis.n, (known + seen) * basis.n, (known + seen + count - done) * basis.n);
  }
}

/**
 * Extends L by vectors of length 1 behind the basis' own, leaving out those whose new part is not above its `least`; returns
 * after how many rounding calls for `makeExact`.
 */
function extendFactor({ basis, exact, factor, order }: Span, least: Float64Array): number {
  const { n, rows, size: known } = basis;
  const count = least.length;
  const block = panelOf(basis, known, count);
  const products = new Float64Array((known + count) * count);
  innerProducts(panelOf(basis, 0, known + count), block, extent(block.values, block.at, n, count), products);
  const kept: number[] = [];
  for (let u = 0; u < count; u++) {
    const at = basis.size * order;
    for (let i = 0; i < basis.size; i++) {
      const from = i < known ? i : known + kept[i - known];
      factor[at + i] = (products[from * count + u] - dot(factor, at, i * order, i)) / factor[i * order + i];
    }
    const square = 1 - dot(factor, at, at, basis.size);
    const error = ROUNDING * (1 + weightOf(factor, order, basis.size));
    if (basis.size > exact && error > TOLERABLE * Math.max(square, least[u] ** 2)) return u;
    if (!(square > least[u] ** 2)) continue;
    factor[at + basis.size] = Math.sqrt(square);
    rows.copyWithin(basis.size * n, (known + u) * n, (known + u + 1) * n);
    kept.push(u);
    basis.size++;
  }
  return count;
}

/** Sum of the squared weights with which the first `size` vectors make up what is not new in the next. */
function weightOf(factor: Float64Array, order: number, size: number): number {
  const rest = factor.slice(size * order, size * order + size);
  let sum = 0;
  for (let i = size - 1; i >= 0; i--) {
    const weight = rest[i] / factor[i * order + i];
    sum += weight * weight;
    for (let j = 0, at = i * order; j < i; j++) rest[j] -= weight * factor[at + j];
  }
  return sum;
}

/** Makes all vectors orthonormal. */
export function makeExact(span: Span): void {
  const { basis, exact } = span;
  const count = basis.size - exact;
  basis.size = exact;
  extendExactly(span, count, NOTHING_NEW);
}

/** What `extendSpan` does, with vectors that are made orthonormal, if all others are. */
export function extendExactly(span: Span, count: number, threshold: number): void {
  const { basis, exact, factor, order } = span;
  extendBasis(basis, count, threshold);
  span.exact = basis.size;
  for (let i = exact; i < basis.size; i++) {
    factor.fill(0, i * order, i * order + i);
    factor[i * order + i] = 1;
  }
  addImages(span, exact);
}

/** Projections of A on the vectors from `first` on and all before. */
function addImages({ basis, image, order, apply }: Span, first: number): void {
  const { n, rows, size } = basis;
  const count = size - first;
  const values = new Float64Array(count * n);
  for (let u = 0; u < count; u++) {
    apply(rows.subarray((first + u) * n, (first + u + 1) * n), values.subarray(u * n, (u + 1) * n));
  }
  const y = new Float64Array(wholeGroups(size) * count);
  const images = { values, at: 0, stride: n, count };
  innerProducts(panelOf(basis, 0, wholeGroups(size)), images, extent(values, 0, n, count), y);
  for (let u = 0, at = first * order; u < count; u++, at += order) {
    for (let i = 0; i <= first + u; i++) image[at + i] = y[i * count + u];
  }
}

/** A in the orthonormal basis that the span's columns stand for: L^-1 (V^T A V) L^-T, row-major. */
export function projected({ basis: { size }, factor, image, order }: Span): Float64Array {
  const whole = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) whole[i * size + j] = whole[j * size + i] = image[i * order + j];
  }
  const half = transposed(forward(factor, order, whole, size), size, size);
  return forward(factor, order, half, size);
}

/** L^-T X for X of `size` rows and columns, in place: from that orthonormal basis to the span's vectors. */
export function combinations({ basis: { size }, factor, order }: Span, x: Float64Array): Float64Array {
  for (let i = size - 1; i >= 0; i--) {
    const rest = size - 1 - i;
    const weights = Float64Array.from({ length: rest }, (_, j) => factor[(i + 1 + j) * order + i]);
    eliminateRow(x, size, i + 1, rest, weights, i, factor[i * order + i]);
  }
  return x;
}

/** L^-1 X, in place. */
function forward(factor: Float64Array, order: number, x: Float64Array, size: number): Float64Array {
  for (let i = 0; i < size; i++) {
    eliminateRow(x, size, 0, i, factor.subarray(i * order, i * order + i), i, factor[i * order + i]);
  }
  return x;
}

/** Row `to` less the weighted `count` rows from `first` on, over the pivot. */
function eliminateRow(
  x: Float64Array,
  size: number,
  first: number,
  count: number,
  weights: Float64Array,
  to: number,
  pivot: number,
): void {
  const row = { values: x, at: to * size, stride: size, count: 1 };
  subtractCombinations({ values: x, at: first * size, stride: size, count }, weights, row, size);
  for (let j = to * size, end = j + size; j < end; j++) x[j] /= pivot;
}

export function transposed(a: Float64Array, rows: number, columns: number): Float64Array {
  const t = new Float64Array(rows * columns);
  for (let j = 0, at = 0; j < columns; j++) for (let i = j; at < (j + 1) * rows; i += columns) t[at++] = a[i];
  return t;
}

/** Elements up to which any of the rows is not 0. */
function extent(values: Float64Array, at: number, n: number, count: number): number {
  let most = 0;
  for (let u = 0; u < count; u++) {
    let last = n - 1;
    while (last >= most && values[at + u * n + last] === 0) last--;
    most = last + 1 > most ? last + 1 : most;
  }
  return most;
}

function dot(x: Float64Array, i: number, j: number, count: number): number {
  let sum = 0;
  for (const end = i + count; i < end; i++, j++) sum += x[i] * x[j];
  return sum;
}
