import { innerProducts, type Panel, subtractCombinations } from './panels.ts';

/**
 * Independent fields v_j and the data of the network's projection on them. Coordinates are x = C^(1/2) rise, in which G
 * becomes A = C^(-1/2) G C^(-1/2). The first field is the uniform one, with length 1. Row-major.
 */
export interface Projection {
  readonly size: number;
  /** size x size: the factor L of V^T V = L L^T, and the lower triangle of V^T A V. */
  readonly factor: Float64Array;
  readonly image: Float64Array;
  /** size x sources and size x readers: the products of the fields with these. */
  readonly input: Float64Array;
  readonly readings: Float64Array;
  /** The first elements of each field, as many as the caller requested. */
  readonly keptNodes: Panel;
}

/** y = A x; x and y are different arrays. */
export type Apply = (x: Float64Array, y: Float64Array) => void;

/** A in the orthonormal basis of the fields: L^-1 (V^T A V) L^-T, size x size. */
export function projected({ size, factor, image }: Projection): Float64Array {
  const whole = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) whole[i * size + j] = whole[j * size + i] = image[i * size + j];
  }
  const half = transposed(forward(factor, whole, size), size, size);
  return forward(factor, half, size);
}

/** Turns X, of `size` rows and columns, in place into L^-T X: from that orthonormal basis to the fields. */
export function combinations({ size, factor }: Projection, x: Float64Array): Float64Array {
  for (let i = size - 1; i >= 0; i--) {
    const rest = size - 1 - i;
    const weights = Float64Array.from({ length: rest }, (_, j) => factor[(i + 1 + j) * size + i]);
    eliminateRow(x, size, i + 1, rest, weights, i, factor[i * size + i]);
  }
  return x;
}

/** L^-1 X, in place. */
function forward(factor: Float64Array, x: Float64Array, size: number): Float64Array {
  for (let i = 0; i < size; i++) {
    eliminateRow(x, size, 0, i, factor.subarray(i * size, i * size + i), i, factor[i * size + i]);
  }
  return x;
}

/** Subtracts the weighted `count` rows from `first` on from row `to`, and divides it by the pivot. */
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

/** Transposes a matrix of `rows` x `columns`. */
export function transposed(a: Float64Array, rows: number, columns: number): Float64Array {
  const t = new Float64Array(rows * columns);
  for (let j = 0, at = 0; j < columns; j++) for (let i = j; at < (j + 1) * rows; i += columns) t[at++] = a[i];
  return t;
}

/** a_j . b_u over the first `length` elements, a.count x b.count. */
export function products(a: Panel, b: Panel, length: number): Float64Array {
  const y = new Float64Array(a.count * b.count);
  innerProducts(a, b, length, y);
  return y;
}

/** Number of columns of a symmetric matrix of products that are computed together. */
const TOGETHER = 8;

/** v_i . A v_j for the rows of a panel, count x count; A is symmetric, by default the identity. */
export function symmetricProducts(v: Panel, length: number, apply?: Apply): Float64Array {
  const { values, at, stride, count } = v;
  const matrix = new Float64Array(count * count);
  const images = new Float64Array(apply ? TOGETHER * length : 0);
  for (let first = 0; first < count; first += TOGETHER) {
    const some = Math.min(TOGETHER, count - first);
    let block: Panel = { values, at: at + first * stride, stride, count: some };
    if (apply) {
      for (let u = 0, from = block.at; u < some; u++, from += stride) {
        apply(values.subarray(from, from + length), images.subarray(u * length, (u + 1) * length));
      }
      block = { values: images, at: 0, stride: length, count: some };
    }
    const y = products({ ...v, count: first + some }, block, length);
    for (let i = 0, from = 0; i < first + some; i++) {
      for (let j = first; j < first + some; j++) matrix[i * count + j] = matrix[j * count + i] = y[from++];
    }
  }
  return matrix;
}
