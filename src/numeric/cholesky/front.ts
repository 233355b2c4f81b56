/**
 * Dense kernels of the multifrontal factorisation. A panel is `rows` x `columns` of L, row-major, at `at`: its first
 * `columns` rows are the pivots' own. Sums run over four rows and two columns at a time, for the registers.
 */

/**
 * Factors a panel in place; writes the reciprocal pivots to inverse[first..]. Returns the panel column of the first pivot
 * that is not above 0, or -1.
 */
export function factorPanel(
  l: Float64Array,
  at: number,
  rows: number,
  columns: number,
  inverse: Float64Array,
  first: number,
): number {
  let i = 0;
  for (; i + 4 <= columns; i += 4) {
    fourRows(l, at, i, i, columns, inverse, first);
    for (let j = i; j < i + 4; j++) if (!pivotRow(l, at, j, i, columns, inverse, first)) return j;
  }
  for (let j = i; j < columns; j++) {
    oneRow(l, at, j, 0, i, columns, inverse, first);
    if (!pivotRow(l, at, j, i, columns, inverse, first)) return j;
  }
  for (i = columns; i + 4 <= rows; i += 4) fourRows(l, at, i, columns, columns, inverse, first);
  for (; i < rows; i++) oneRow(l, at, i, 0, columns, columns, inverse, first);
  return -1;
}

/** Entries from column `from` to the diagonal of pivot row j. */
function pivotRow(
  l: Float64Array,
  at: number,
  j: number,
  from: number,
  columns: number,
  inverse: Float64Array,
  first: number,
): boolean {
  oneRow(l, at, j, from, j, columns, inverse, first);
  const row = at + j * columns;
  const pivot = l[row + j] - dot(l, row, row, j);
  if (!(pivot > 0 && pivot < Number.POSITIVE_INFINITY)) return false;
  l[row + j] = Math.sqrt(pivot);
  inverse[first + j] = 1 / l[row + j];
  return true;
}

/** Row i of L in columns [from, to). */
function oneRow(
  l: Float64Array,
  at: number,
  i: number,
  from: number,
  to: number,
  columns: number,
  inverse: Float64Array,
  first: number,
): void {
  const row = at + i * columns;
  for (let j = from; j < to; j++) l[row + j] = (l[row + j] - dot(l, row, at + j * columns, j)) * inverse[first + j];
}

function dot(l: Float64Array, a: number, b: number, count: number): number {
  let even = 0;
  let odd = 0;
  let k = 0;
  for (; k + 1 < count; k += 2) {
    even += l[a + k] * l[b + k];
    odd += l[a + k + 1] * l[b + k + 1];
  }
  if (k < count) even += l[a + k] * l[b + k];
  return even + odd;
}

/** Rows i to i + 3 of L in columns [0, to). */
function fourRows(
  l: Float64Array,
  at: number,
  i: number,
  to: number,
  columns: number,
  inverse: Float64Array,
  first: number,
): void {
  const r0 = at + i * columns;
  const r1 = r0 + columns;
  const r2 = r1 + columns;
  const r3 = r2 + columns;
  let j = 0;
  for (; j + 1 < to; j += 2) {
    const p = at + j * columns;
    const q = p + columns;
    let a0 = l[r0 + j];
    let a1 = l[r1 + j];
    let a2 = l[r2 + j];
    let a3 = l[r3 + j];
    let b0 = l[r0 + j + 1];
    let b1 = l[r1 + j + 1];
    let b2 = l[r2 + j + 1];
    let b3 = l[r3 + j + 1];
    for (let k = 0; k < j; k++) {
      const x = l[p + k];
      const y = l[q + k];
      a0 -= l[r0 + k] * x;
      b0 -= l[r0 + k] * y;
      a1 -= l[r1 + k] * x;
      b1 -= l[r1 + k] * y;
      a2 -= l[r2 + k] * x;
      b2 -= l[r2 + k] * y;
      a3 -= l[r3 + k] * x;
      b3 -= l[r3 + k] * y;
    }
    const u = inverse[first + j];
    const v = inverse[first + j + 1];
    const corner = l[q + j];
    l[r0 + j] = a0 *= u;
    l[r1 + j] = a1 *= u;
    l[r2 + j] = a2 *= u;
    l[r3 + j] = a3 *= u;
    l[r0 + j + 1] = (b0 - a0 * corner) * v;
    l[r1 + j + 1] = (b1 - a1 * corner) * v;
    l[r2 + j + 1] = (b2 - a2 * corner) * v;
    l[r3 + j + 1] = (b3 - a3 * corner) * v;
  }
  if (j < to) for (let r = i; r < i + 4; r++) oneRow(l, at, r, j, to, columns, inverse, first);
}

/**
 * Subtracts from the update matrix (lower triangle, row after row, at `to`) the products of the panel's rows below its
 * pivots.
 */
export function subtractProducts(
  l: Float64Array,
  at: number,
  rows: number,
  columns: number,
  update: Float64Array,
  to: number,
): void {
  const below = rows - columns;
  const first = at + columns * columns;
  let i = 0;
  for (; i + 4 <= below; i += 4) {
    productsOfFour(l, first, i, columns, update, to);
    for (let r = i; r < i + 4; r++) productsOfOne(l, first, r, i, columns, update, to);
  }
  for (; i < below; i++) productsOfOne(l, first, i, 0, columns, update, to);
}

/** Row i of the update matrix from column `from` to the diagonal. */
function productsOfOne(
  l: Float64Array,
  at: number,
  i: number,
  from: number,
  columns: number,
  update: Float64Array,
  to: number,
): void {
  const row = to + (i * (i + 1)) / 2;
  for (let j = from; j <= i; j++) update[row + j] -= dot(l, at + i * columns, at + j * columns, columns);
}

/** Rows i to i + 3 of the update matrix in columns [0, i), i a multiple of 4. */
function productsOfFour(
  l: Float64Array,
  at: number,
  i: number,
  columns: number,
  update: Float64Array,
  to: number,
): void {
  const r0 = at + i * columns;
  const r1 = r0 + columns;
  const r2 = r1 + columns;
  const r3 = r2 + columns;
  const t0 = to + (i * (i + 1)) / 2;
  const t1 = t0 + i + 1;
  const t2 = t1 + i + 2;
  const t3 = t2 + i + 3;
  for (let j = 0; j < i; j += 2) {
    const p = at + j * columns;
    const q = p + columns;
    let a0 = 0;
    let a1 = 0;
    let a2 = 0;
    let a3 = 0;
    let b0 = 0;
    let b1 = 0;
    let b2 = 0;
    let b3 = 0;
    for (let k = 0; k < columns; k++) {
      const x = l[p + k];
      const y = l[q + k];
      a0 += l[r0 + k] * x;
      b0 += l[r0 + k] * y;
      a1 += l[r1 + k] * x;
      b1 += l[r1 + k] * y;
      a2 += l[r2 + k] * x;
      b2 += l[r2 + k] * y;
      a3 += l[r3 + k] * x;
      b3 += l[r3 + k] * y;
    }
    update[t0 + j] -= a0;
    update[t0 + j + 1] -= b0;
    update[t1 + j] -= a1;
    update[t1 + j + 1] -= b1;
    update[t2 + j] -= a2;
    update[t2 + j + 1] -= b2;
    update[t3 + j] -= a3;
    update[t3 + j + 1] -= b3;
  }
}
