/** Eigenvalues in ascending order; eigenvector j is row j of `vectors` (n x n, orthonormal rows). */
export interface Eigen {
  readonly values: Float64Array;
  readonly vectors: Float64Array;
}

/** Quadratic convergence needs about 6 sweeps; the limit only ends a loop that met NaN. */
const MOST_SWEEPS = 60;

/**
 * Eigenproblem of a symmetric positive definite matrix of order n (row-major; destroyed): A = L L^T with pivoting, and
 * rotations that make the columns of L orthogonal, whose squared lengths are then the eigenvalues (Veselic and Hari, A
 * note on a one-sided Jacobi algorithm, Numer. Math. 56, 1989). Small eigenvalues keep their relative accuracy, which they
 * do not by QL, and ours span seven decades.
 */
export function positiveEigen(a: Float64Array, n: number): Eigen {
  const columns = pivotedCholesky(a, n);
  for (let sweep = 0; sweep < MOST_SWEEPS; sweep++) {
    let rotations = 0;
    for (let p = 0; p < n - 1; p++) {
      for (let q = p + 1; q < n; q++) if (orthogonalise(columns, n, p * n, q * n)) rotations++;
    }
    if (rotations === 0) break;
  }
  return sorted(columns, n);
}

/** The columns of L, one a row, in the order of the pivots; their elements in that of A. */
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

/** Rotates two rows to be orthogonal; false if they are, to rounding. */
function orthogonalise(w: Float64Array, n: number, p: number, q: number): boolean {
  let [pp, qq, pq] = [0, 0, 0];
  for (let i = p, j = q, end = p + n; i < end; i++, j++) {
    const x = w[i];
    const y = w[j];
    pp += x * x;
    qq += y * y;
    pq += x * y;
  }
  if (!(Math.abs(pq) > 1e-16 * n * Math.sqrt(pp * qq))) return false;
  const theta = (qq - pp) / (2 * pq);
  const t = Math.sign(theta || 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const c = 1 / Math.sqrt(t * t + 1);
  const s = t * c;
  for (let i = p, j = q, end = p + n; i < end; i++, j++) {
    const x = w[i];
    const y = w[j];
    w[i] = c * x - s * y;
    w[j] = s * x + c * y;
  }
  return true;
}

function sorted(columns: Float64Array, n: number): Eigen {
  const squares = Float64Array.from({ length: n }, (_, j) =>
    columns.subarray(j * n, (j + 1) * n).reduce((sum, x) => sum + x * x, 0),
  );
  const order = Array.from(squares, (_, j) => j).sort((i, j) => squares[i] - squares[j] || i - j);
  const vectors = new Float64Array(n * n);
  order.forEach((from, to) => {
    const length = Math.sqrt(squares[from]);
    for (let i = 0; i < n; i++) vectors[to * n + i] = columns[from * n + i] / length;
  });
  return { values: Float64Array.from(order, (j) => squares[j]), vectors };
}
