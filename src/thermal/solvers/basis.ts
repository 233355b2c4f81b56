import { innerProducts, type Panel, subtractCombinations } from './panels.ts';

/** An orthonormal basis that grows; vector j is row j of `rows` (length n each). The rows after them are free. */
export interface Basis {
  readonly n: number;
  readonly rows: Float64Array;
  size: number;
}

export function emptyBasis(n: number, capacity: number): Basis {
  return { n, rows: new Float64Array(n * capacity), size: 0 };
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
  const known = basis.size;
  const whole = Float64Array.from({ length: count }, (_, u) => norm(basis, known + u));
  removeKnown(basis, known, count);
  for (let u = 0; u < count; u++) {
    removeAmong(basis, known, basis.size, known + u);
    if (!(norm(basis, known + u) > threshold * whole[u])) continue;
    removeAmong(basis, known, basis.size, known + u);
    normalise(basis, known + u, basis.size++);
  }
  const added = basis.size - known;
  removeKnown(basis, known, added);
  for (let j = known; j < basis.size; j++) {
    removeAmong(basis, known, j, j);
    normalise(basis, j, j);
  }
}

/** Takes the first `known` vectors out of the `count` next ones. */
function removeKnown(basis: Basis, known: number, count: number): void {
  const y = new Float64Array(known * count);
  const [kept, panel] = [panelOf(basis, 0, known), panelOf(basis, known, count)];
  innerProducts(kept, panel, basis.n, y);
  subtractCombinations(kept, y, panel, basis.n);
}

/** Takes vectors `from` to `to` out of vector j. */
function removeAmong(basis: Basis, from: number, to: number, j: number): void {
  const y = new Float64Array(to - from);
  const [kept, panel] = [panelOf(basis, from, to - from), panelOf(basis, j, 1)];
  innerProducts(kept, panel, basis.n, y);
  subtractCombinations(kept, y, panel, basis.n);
}

/** Moves vector j to place `to`, with length 1. */
function normalise(basis: Basis, j: number, to: number): void {
  const { n, rows } = basis;
  const scale = 1 / norm(basis, j);
  for (let i = 0, from = j * n, at = to * n; i < n; i++) rows[at + i] = rows[from + i] * scale;
}

function norm({ n, rows }: Basis, j: number): number {
  let sum = 0;
  for (let i = j * n, end = i + n; i < end; i++) sum += rows[i] * rows[i];
  return Math.sqrt(sum);
}
