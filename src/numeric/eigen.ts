import { innerProducts, subtractCombinations } from './panels.ts';
import { transposed } from './projection.ts';
import { roughEigenvectors } from './tridiagonal.ts';

/** Eigenvalues in ascending order; eigenvector j is row j of `vectors` (n x n, orthonormal rows). */
export interface Eigen {
  readonly values: Float64Array;
  readonly vectors: Float64Array;
}

/** From this order on, an approximate start costs less than the sweeps it saves (two remain of ten). */
const WORTH_A_START = 200;

/** Most sweeps. Quadratic convergence needs about 6, or 10 at order 400; the limit only ends a loop that met NaN. */
const MOST_SWEEPS = 60;

/**
 * Eigenproblem of a symmetric positive definite matrix of order n (row-major; destroyed). It factors A = L L^T with
 * pivoting and rotates the columns of L until they are orthogonal; their squared lengths are the eigenvalues (Veselic
 * and Hari, A note on a one-sided Jacobi algorithm, Numer. Math. 56, 1989). Unlike QL, this keeps the relative accuracy
 * of small eigenvalues, and ours span seven decades.
 */
export function positiveEigen(a: Float64Array, n: number): Eigen {
  const factor = pivotedCholesky(a, n);
  const columns = n < WORTH_A_START ? factor : nearlyOrthogonal(factor, n);
  for (let sweep = 0; sweep < MOST_SWEEPS; sweep++) {
    let rotations = 0;
    const squares = rowSquares(columns, n);
    for (let p = 0; p < n - 1; p++) {
      for (let q = p + 1; q < n; q++) if (orthogonalise(columns, squares, n, p, q)) rotations++;
    }
    if (rotations === 0) break;
  }
  return sorted(columns, n);
}

/**
 * The columns (one per row), rotated by the approximate eigenvectors of their inner products. A factor that is
 * orthogonal up to rounding keeps the relative accuracy of all singular values, however good it is as a start.
 */
function nearlyOrthogonal(columns: Float64Array, n: number): Float64Array {
  const all = { values: columns, at: 0, stride: n, count: n };
  const products = new Float64Array(n * n);
  innerProducts(all, all, n, products);
  const vectors = roughEigenvectors(products, n);
  const turned = new Float64Array(n * n);
  for (let i = 0; i < vectors.length; i++) vectors[i] = -vectors[i];
  subtractCombinations(all, transposed(vectors, n, n), { ...all, values: turned }, n);
  return turned;
}

/** The columns of L, one per row, in the order of the pivots. Their elements are in the order of A. */
function pivotedCholesky(a: Float64Array, n: number): Float64Array {
  const columns = new Float64Array(n * n);
  const left = new Set(Array.from({ length: n }, (_, i) => i));
  for (let step = 0; step < n; step++) {
    let pivot = -1;
    for (const i of left) if (pivot < 0 || a[i * n + i] > a[pivot * n + pivot]) pivot = i;
    left.delete(pivot);
    const at = step * n;
    const root = Math.sqrt(a[pivot * n + pivot]);
    columns[at + pivot] = root;
    for (const i of left) columns[at + i] = a[pivot * n + i] / root;
    for (const i of left) {
      const factor = columns[at + i];
      for (let j = 0; j < n; j++) a[i * n + j] -= factor * columns[at + j];
    }
  }
  return columns;
}

/**
 * Rotates rows p and q to be orthogonal and updates their squared lengths. Returns false if they are orthogonal up to
 * rounding.
 */
function orthogonalise(w: Float64Array, squares: Float64Array, n: number, p: number, q: number): boolean {
  const product = rowProduct(w, p * n, q * n, n);
  if (!(Math.abs(product) > 1e-16 * n * Math.sqrt(squares[p] * squares[q]))) return false;
  const theta = (squares[q] - squares[p]) / (2 * product);
  const t = Math.sign(theta || 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const c = 1 / Math.sqrt(t * t + 1);
  const s = t * c;
  for (let i = p * n, j = q * n, end = i + n; i < end; i++, j++) {
    const x = w[i];
    const y = w[j];
    w[i] = c * x - s * y;
    w[j] = s * x + c * y;
  }
  // The shorter row gets shorter, and subtraction would lose its digits.
  const change = t * product;
  squares[p] = change > 0 ? rowProduct(w, p * n, p * n, n) : squares[p] - change;
  squares[q] = change < 0 ? rowProduct(w, q * n, q * n, n) : squares[q] + change;
  return true;
}

/** Inner product of two rows. It uses four sums, because a single one would wait for its own additions. */
function rowProduct(w: Float64Array, p: number, q: number, n: number): number {
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  let i = p;
  let j = q;
  for (const end = p + n - 3; i < end; i += 4, j += 4) {
    s0 += w[i] * w[j];
    s1 += w[i + 1] * w[j + 1];
    s2 += w[i + 2] * w[j + 2];
    s3 += w[i + 3] * w[j + 3];
  }
  for (const end = p + n; i < end; i++, j++) s0 += w[i] * w[j];
  return s0 + s1 + (s2 + s3);
}

function rowSquares(w: Float64Array, n: number): Float64Array {
  return Float64Array.from({ length: n }, (_, j) => rowProduct(w, j * n, j * n, n));
}

function sorted(columns: Float64Array, n: number): Eigen {
  const squares = rowSquares(columns, n);
  const order = Array.from(squares, (_, j) => j).sort((i, j) => squares[i] - squares[j] || i - j);
  const vectors = new Float64Array(n * n);
  order.forEach((from, to) => {
    const length = Math.sqrt(squares[from]);
    for (let i = 0; i < n; i++) vectors[to * n + i] = columns[from * n + i] / length;
  });
  return { values: Float64Array.from(order, (j) => squares[j]), vectors };
}
