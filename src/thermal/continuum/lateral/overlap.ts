import { addProduct } from '../../../numeric/matrix-product.ts';
import type { LateralModes, Overlap } from './modes.ts';

/** Along both sides of two bodies; modes of a body are numbered y-mode x count of x-modes + x-mode. */
export interface PlaneOverlap {
  readonly x: Overlap;
  readonly y: Overlap;
  readonly smaller: number;
  readonly larger: number;
  readonly scratch: Float64Array;
}

export function planeOverlap(x: Overlap, y: Overlap): PlaneOverlap {
  const most = Math.max(x.larger.count, x.smaller.count) * Math.max(y.larger.count, y.smaller.count);
  return {
    x,
    y,
    smaller: x.smaller.count * y.smaller.count,
    larger: x.larger.count * y.larger.count,
    scratch: new Float64Array(most),
  };
}

/** u = T q: what a field over the smaller body, 0 around it, is in the modes of the larger one. */
export function toLarger({ x, y, scratch }: PlaneOverlap, q: Float64Array, u: Float64Array): void {
  const rows = y.smaller.count;
  columnsTimes(q, x.smaller, x.up, x.larger, rows, scratch);
  u.fill(0);
  rowsTimes(y.down, y.larger, y.smaller, scratch, x.larger.count, u);
}

/** q = T' u: what a field over the larger body is, within the smaller one, in the modes of that. */
export function toSmaller({ x, y, scratch }: PlaneOverlap, u: Float64Array, q: Float64Array): void {
  const rows = y.smaller.count;
  const columns = x.larger.count;
  scratch.fill(0, 0, rows * columns);
  rowsTimes(y.up, y.smaller, y.larger, u, columns, scratch);
  columnsTimes(scratch, x.larger, x.down, x.smaller, rows, q);
}

/** out = a B for a of `rows` rows, by parity of the columns. */
function columnsTimes(
  a: Float64Array,
  from: LateralModes,
  b: Float64Array,
  to: LateralModes,
  rows: number,
  out: Float64Array,
): void {
  out.fill(0, 0, rows * to.count);
  for (const isOdd of [false, true]) {
    const [i, j] = isOdd ? [from.even, to.even] : [0, 0];
    const [inner, columns] = isOdd ? [from.count - i, to.count - j] : [from.even, to.even];
    const right = { values: b, at: i * to.count + j, stride: to.count };
    const left = { values: a, at: i, stride: from.count };
    addProduct(left, right, { values: out, at: j, stride: to.count }, rows, inner, columns);
  }
}

/** out += A b for b with so many columns, by parity of the rows. */
function rowsTimes(
  a: Float64Array,
  to: LateralModes,
  from: LateralModes,
  b: Float64Array,
  columns: number,
  out: Float64Array,
): void {
  for (const isOdd of [false, true]) {
    const [i, j] = isOdd ? [to.even, from.even] : [0, 0];
    const [rows, inner] = isOdd ? [to.count - i, from.count - j] : [to.even, from.even];
    const left = { values: a, at: i * from.count + j, stride: from.count };
    const right = { values: b, at: j * columns, stride: columns };
    addProduct(left, right, { values: out, at: i * columns, stride: columns }, rows, inner, columns);
  }
}
