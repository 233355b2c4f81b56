import { addProduct } from './matrix-product.ts';
import { innerProducts } from './panels.ts';

/** Cholesky factor L (row-major, lower triangle) of a symmetric positive definite matrix of order n: A = L L^T. */
export function cholesky(a: Float64Array, n: number): Float64Array {
  const l = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = a[i * n + j];
      for (let k = 0; k < j; k++) sum -= l[i * n + k] * l[j * n + k];
      l[i * n + j] = i === j ? Math.sqrt(sum) : sum / l[j * n + j];
    }
  }
  return l;
}

/** Solves L L^T x = b in place of b, which it returns. */
export function solveCholesky(l: Float64Array, n: number, x: Float64Array): Float64Array {
  for (let i = 0; i < n; i++) {
    let sum = x[i];
    for (let k = 0; k < i; k++) sum -= l[i * n + k] * x[k];
    x[i] = sum / l[i * n + i];
  }
  for (let i = n - 1; i >= 0; i--) {
    let sum = x[i];
    for (let k = i + 1; k < n; k++) sum -= l[k * n + i] * x[k];
    x[i] = sum / l[i * n + i];
  }
  return x;
}

/**
 * Solves A X = B in place of B (n x columns, row-major; one column by default), which it returns; A, of order n and row-major, is
 * destroyed. Gauss with pivots from the column.
 */
export function solveGeneral(a: Float64Array, n: number, x: Float64Array, columns = 1): Float64Array {
  for (let k = 0; k < n; k++) {
    let pivot = k;
    for (let i = k + 1; i < n; i++) if (Math.abs(a[i * n + k]) > Math.abs(a[pivot * n + k])) pivot = i;
    if (pivot !== k) {
      swapRows(a, n, k, pivot);
      swapRows(x, columns, k, pivot);
    }
    for (let i = k + 1; i < n; i++) {
      const factor = a[i * n + k] / a[k * n + k];
      if (factor === 0) continue;
      for (let j = k + 1; j < n; j++) a[i * n + j] -= factor * a[k * n + j];
      for (let j = 0; j < columns; j++) x[i * columns + j] -= factor * x[k * columns + j];
    }
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) {
      const factor = a[i * n + k];
      for (let j = 0; j < columns; j++) x[i * columns + j] -= factor * x[k * columns + j];
    }
    for (let j = 0; j < columns; j++) x[i * columns + j] /= a[i * n + i];
  }
  return x;
}

function swapRows(a: Float64Array, width: number, i: number, k: number): void {
  const row = a.slice(k * width, (k + 1) * width);
  a.copyWithin(k * width, i * width, (i + 1) * width);
  a.set(row, i * width);
}

/** Rows that are factored together. */
const BLOCK = 24;

/** The same as `cholesky` in place of the lower triangle, in blocks: for orders of hundreds. */
export function factorInPlace(a: Float64Array, n: number): void {
  const products = new Float64Array(BLOCK * BLOCK);
  const panel = (row: number, count: number) => ({ values: a, at: row * n, stride: n, count });
  for (let from = 0; from < n; from += BLOCK) {
    const rows = Math.min(BLOCK, n - from);
    for (let left = 0; left <= from; left += BLOCK) {
      const columns = Math.min(BLOCK, n - left);
      innerProducts(panel(from, rows), panel(left, columns), left, products);
      for (let i = 0; i < rows; i++) {
        const row = (from + i) * n;
        const most = left === from ? i + 1 : columns;
        for (let j = 0; j < most; j++) {
          const other = (left + j) * n;
          let sum = a[row + left + j] - products[i * columns + j];
          for (let k = left; k < left + j; k++) sum -= a[row + k] * a[other + k];
          a[row + left + j] = left + j === from + i ? Math.sqrt(sum) : sum / a[other + left + j];
        }
      }
    }
  }
}

/** Solves L L^T x = b in place of b, by rows of L. */
export function solveInPlace(l: Float64Array, n: number, x: Float64Array): void {
  for (let i = 0; i < n; i++) {
    let [sum, more] = [x[i], 0];
    let k = 0;
    for (let at = i * n; k + 1 < i; k += 2, at += 2) {
      sum -= l[at] * x[k];
      more -= l[at + 1] * x[k + 1];
    }
    if (k < i) sum -= l[i * n + k] * x[k];
    x[i] = (sum + more) / l[i * n + i];
  }
  for (let i = n - 1; i >= 0; i--) {
    const value = x[i] / l[i * n + i];
    x[i] = value;
    for (let k = 0, at = i * n; k < i; k++, at++) x[k] -= l[at] * value;
  }
}

/** Solves L x = b in place for `count` right sides, one a row of `x`. */
export function forwardRows(l: Float64Array, n: number, x: Float64Array, count: number): void {
  const products = new Float64Array(count * BLOCK);
  const sides = { values: x, at: 0, stride: n, count };
  for (let from = 0; from < n; from += BLOCK) {
    const end = Math.min(n, from + BLOCK);
    const width = end - from;
    innerProducts(sides, { values: l, at: from * n, stride: n, count: width }, from, products);
    for (let r = 0, at = 0; r < count; r++, at += n) {
      for (let i = from; i < end; i++) {
        let sum = x[at + i] - products[r * width + i - from];
        for (let k = from; k < i; k++) sum -= l[i * n + k] * x[at + k];
        x[at + i] = sum / l[i * n + i];
      }
    }
  }
}

/** Solves L^T x = b likewise. */
export function backwardRows(l: Float64Array, n: number, x: Float64Array, count: number): void {
  const minus = new Float64Array(count * BLOCK);
  for (let end = n; end > 0; ) {
    const from = BLOCK * (Math.ceil(end / BLOCK) - 1);
    const width = end - from;
    for (let r = 0, at = 0; r < count; r++, at += n) {
      for (let i = end - 1; i >= from; i--) {
        const value = x[at + i] / l[i * n + i];
        x[at + i] = value;
        for (let k = from; k < i; k++) x[at + k] -= l[i * n + k] * value;
        minus[r * width + i - from] = -value;
      }
    }
    const solved = { values: minus, at: 0, stride: width };
    addProduct(solved, { values: l, at: from * n, stride: n }, { values: x, at: 0, stride: n }, count, width, from);
    end = from;
  }
}
