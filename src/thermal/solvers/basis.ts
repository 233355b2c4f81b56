import { innerProducts, type Panel, subtractCombinations } from './panels.ts';

/** An orthonormal basis that grows; vector j is row j of `rows` (length n each). The rows after them are free. */
export interface Basis {
  readonly n: number;
  readonly rows: Float64Array;
  size: number;
}

export function emptyBasis(n: number, capacity: number): Basis {
  return { n, rows: new Float64Array(n * (capacity + GROUP)), size: 0 };
}

/** Panels of so many vectors are worked off fastest; what stands behind the basis' own fills up the last. */
const GROUP = 4;

/** So many vectors are made orthogonal at once. */
const TOGETHER = 8;

export function wholeGroups(count: number): number {
  return Math.ceil(count / GROUP) * GROUP;
}

/** Vectors j to j + count. */
export function panelOf({ n, rows }: Basis, first: number, count: number): Panel {
  return { values: rows, at: first * n, stride: n, count };
}

/**
 * Adds what is new in the `count` vectors that were written behind the basis' own; those of which less than `threshold` of
 * the norm is new are left out. Gram-Schmidt by blocks, twice over, which is as good as exact ("twice is enough", Parlett
 * 1980).
 */
export function extendBasis(basis: Basis, count: number, threshold: number): void {
  const { n, rows } = basis;
  for (let u = 0, first = basis.size; u < count; u += TOGETHER) {
    const some = Math.min(TOGETHER, count - u);
    rows.copyWithin(basis.size * n, (first + u) * n, (first + u + some) * n);
    extendBySome(basis, some, threshold);
  }
}

function extendBySome(basis: Basis, count: number, threshold: number): void {
  const known = basis.size;
  const whole = Float64Array.from({ length: count }, (_, u) => norm(basis, known + u));
  remove(basis, 0, known, known, count);
  for (let u = 0; u < count; u++) {
    remove(basis, known, basis.size, known + u, 1);
    if (!(norm(basis, known + u) > threshold * whole[u])) continue;
    remove(basis, known, basis.size, known + u, 1);
    normalise(basis, known + u, basis.size++);
  }
  const added = basis.size - known;
  remove(basis, 0, known, known, added);
  for (let j = known; j < basis.size; j++) {
    remove(basis, known, j, j, 1);
    normalise(basis, j, j);
  }
}

/** Takes vectors `from` to `to` out of the `count` ones from `first` on, which is not before `to`. */
export function remove(basis: Basis, from: number, to: number, first: number, count: number): void {
  const some = to - from;
  const kept = panelOf(basis, from, wholeGroups(some));
  const y = new Float64Array(kept.count * count);
  const panel = panelOf(basis, first, count);
  innerProducts(kept, panel, basis.n, y);
  y.fill(0, some * count);
  subtractCombinations(kept, y, panel, basis.n);
}

/** Moves vector j to place `to`, with length 1 unless it is 0; returns the length it had. */
export function normalise(basis: Basis, j: number, to: number): number {
  const { n, rows } = basis;
  const length = norm(basis, j);
  const scale = length > 0 ? 1 / length : 0;
  for (let i = 0, from = j * n, at = to * n; i < n; i++) rows[at + i] = rows[from + i] * scale;
  return length;
}

export function norm({ n, rows }: Basis, j: number): number {
  let sum = 0;
  for (let i = j * n, end = i + n; i < end; i++) sum += rows[i] * rows[i];
  return Math.sqrt(sum);
}
