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

/** Number of vectors in a panel that is fastest to process. Vectors behind the basis fill up the last panel. */
const GROUP = 4;

/** Number of vectors that are orthogonalised together. */
const TOGETHER = 8;

function wholeGroups(count: number): number {
  return Math.ceil(count / GROUP) * GROUP;
}

/** Vectors j to j + count. */
export function panelOf({ n, rows }: Basis, first: number, count: number): Panel {
  return { values: rows, at: first * n, stride: n, count };
}

/**
 * Extends the basis by the new parts of the vectors written behind it. A vector whose new part is not longer than
 * `least` is left out. Block Gram-Schmidt, run twice, is as good as exact ("twice is enough", Parlett 1980).
 */
export function extendBasis(basis: Basis, least: Float64Array): void {
  const { n, rows } = basis;
  const count = least.length;
  for (let u = 0, first = basis.size; u < count; u += TOGETHER) {
    const some = Math.min(TOGETHER, count - u);
    rows.copyWithin(basis.size * n, (first + u) * n, (first + u + some) * n);
    extendBySome(basis, least.subarray(u, u + some));
  }
}

function extendBySome(basis: Basis, least: Float64Array): void {
  const known = basis.size;
  remove(basis, 0, known, known, least.length);
  for (let u = 0; u < least.length; u++) {
    remove(basis, known, basis.size, known + u, 1);
    if (!(norm(basis, known + u) > least[u])) continue;
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

/** Subtracts the components along vectors `from` to `to` from the `count` vectors from `first` on. `first` is at least `to`. */
function remove(basis: Basis, from: number, to: number, first: number, count: number): void {
  const some = to - from;
  const kept = panelOf(basis, from, wholeGroups(some));
  const y = new Float64Array(kept.count * count);
  const panel = panelOf(basis, first, count);
  innerProducts(kept, panel, basis.n, y);
  y.fill(0, some * count);
  subtractCombinations(kept, y, panel, basis.n);
}

/** Moves vector j to index `to` and scales it to length 1, unless it is 0. */
function normalise(basis: Basis, j: number, to: number): void {
  const { n, rows } = basis;
  const length = norm(basis, j);
  const scale = length > 0 ? 1 / length : 0;
  for (let i = 0, from = j * n, at = to * n; i < n; i++) rows[at + i] = rows[from + i] * scale;
}

export function norm({ n, rows }: Basis, j: number): number {
  let sum = 0;
  for (let i = j * n, end = i + n; i < end; i++) sum += rows[i] * rows[i];
  return Math.sqrt(sum);
}
