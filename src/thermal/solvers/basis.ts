/**
 * An orthonormal basis that grows vector by vector; vector j is row j of `rows` (length n each). Gram-Schmidt twice over,
 * which is as good as exact ("twice is enough", Parlett 1980), four rows at a time because memory is the bottleneck.
 */
export interface Basis {
  readonly n: number;
  readonly rows: Float64Array;
  size: number;
}

export function emptyBasis(n: number, capacity: number): Basis {
  return { n, rows: new Float64Array(n * capacity), size: 0 };
}

/**
 * Adds what is new in x (destroyed); nothing if that is less than `threshold` of its norm. Returns whether it was added.
 */
export function extendBasis(basis: Basis, x: Float64Array, threshold: number): boolean {
  const whole = norm(x);
  if (whole === 0) return false;
  removeProjection(basis, x);
  const remainder = norm(x);
  if (!(remainder > threshold * whole)) return false;
  removeProjection(basis, x);
  const scale = 1 / norm(x);
  const at = basis.size * basis.n;
  for (let i = 0; i < basis.n; i++) basis.rows[at + i] = x[i] * scale;
  basis.size++;
  return true;
}

/** y[j] = row j . x for all rows. */
export function projections(basis: Basis, x: Float64Array, y: Float64Array): void {
  const { n, rows, size } = basis;
  let j = 0;
  for (; j + 4 <= size; j += 4) {
    let s0 = 0;
    let s1 = 0;
    let s2 = 0;
    let s3 = 0;
    for (let i = 0, a = j * n, b = a + n, c = b + n, d = c + n; i < n; i++, a++, b++, c++, d++) {
      const value = x[i];
      s0 += rows[a] * value;
      s1 += rows[b] * value;
      s2 += rows[c] * value;
      s3 += rows[d] * value;
    }
    y[j] = s0;
    y[j + 1] = s1;
    y[j + 2] = s2;
    y[j + 3] = s3;
  }
  for (; j < size; j++) {
    let sum = 0;
    for (let i = 0, a = j * n; i < n; i++, a++) sum += rows[a] * x[i];
    y[j] = sum;
  }
}

function removeProjection(basis: Basis, x: Float64Array): void {
  const { n, rows, size } = basis;
  const y = new Float64Array(size);
  projections(basis, x, y);
  let j = 0;
  for (; j + 4 <= size; j += 4) {
    const [y0, y1, y2, y3] = [y[j], y[j + 1], y[j + 2], y[j + 3]];
    for (let i = 0, a = j * n, b = a + n, c = b + n, d = c + n; i < n; i++, a++, b++, c++, d++) {
      x[i] -= y0 * rows[a] + y1 * rows[b] + (y2 * rows[c] + y3 * rows[d]);
    }
  }
  for (; j < size; j++) {
    for (let i = 0, a = j * n; i < n; i++, a++) x[i] -= y[j] * rows[a];
  }
}

function norm(x: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += x[i] * x[i];
  return Math.sqrt(sum);
}
