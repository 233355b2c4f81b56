/** Eigenvalues in ascending order; eigenvector j is row j of `vectors` (n x n, orthonormal rows). */
export interface Eigen {
  readonly values: Float64Array;
  readonly vectors: Float64Array;
}

/** Quadratic convergence needs about 8 sweeps; the limit only ends a loop that met NaN. */
const MOST_SWEEPS = 60;

/**
 * Symmetric eigenproblem of order n (row-major; destroyed) by cyclic Jacobi rotations (Golub and Van Loan, Matrix
 * Computations, section 8.5). Dearer than QL, but on positive definite matrices small eigenvalues keep their relative
 * accuracy (Demmel and Veselic, 1992), and ours span seven decades.
 */
export function symmetricEigen(a: Float64Array, n: number): Eigen {
  const v = new Float64Array(n * n);
  for (let i = 0; i < n; i++) v[i * n + i] = 1;
  for (let sweep = 0; sweep < MOST_SWEEPS; sweep++) {
    let rotations = 0;
    for (let p = 0; p < n - 1; p++) {
      for (let q = p + 1; q < n; q++) {
        const off = a[p * n + q];
        // Relative to both diagonal entries, so that small eigenvalues are not lost beside large ones.
        if (Math.abs(off) <= 1e-16 * Math.sqrt(Math.abs(a[p * n + p] * a[q * n + q]))) continue;
        rotate(a, v, n, p, q);
        rotations++;
      }
    }
    if (rotations === 0) break;
  }
  return sorted(a, v, n);
}

/** Annihilates a[p][q]; rows p and q are updated and mirrored into the columns. */
function rotate(a: Float64Array, v: Float64Array, n: number, p: number, q: number): void {
  const app = a[p * n + p];
  const aqq = a[q * n + q];
  const apq = a[p * n + q];
  const theta = (aqq - app) / (2 * apq);
  const t = Math.sign(theta || 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const c = 1 / Math.sqrt(t * t + 1);
  const s = t * c;
  for (let k = 0, i = p * n, j = q * n; k < n; k++, i++, j++) {
    const x = a[i];
    const y = a[j];
    const xNew = c * x - s * y;
    const yNew = s * x + c * y;
    a[i] = xNew;
    a[j] = yNew;
    a[k * n + p] = xNew;
    a[k * n + q] = yNew;
    const vx = v[i];
    const vy = v[j];
    v[i] = c * vx - s * vy;
    v[j] = s * vx + c * vy;
  }
  a[p * n + p] = app - t * apq;
  a[q * n + q] = aqq + t * apq;
  a[p * n + q] = 0;
  a[q * n + p] = 0;
}

function sorted(a: Float64Array, v: Float64Array, n: number): Eigen {
  const order = Array.from({ length: n }, (_, i) => i).sort((i, j) => a[i * n + i] - a[j * n + j] || i - j);
  const vectors = new Float64Array(n * n);
  order.forEach((from, to) => {
    vectors.set(v.subarray(from * n, (from + 1) * n), to * n);
  });
  return { values: Float64Array.from(order, (i) => a[i * n + i]), vectors };
}
