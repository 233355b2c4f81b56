import type { ConductanceMatrix } from './sparse.ts';

/** Solves M z = r, where M is near to the matrix it was made of. */
export type Precondition = (r: Float64Array, z: Float64Array) => void;

/** The part of what is left out of the factors that goes to the diagonal: all of it would let pivots vanish (van der Vorst 1989). */
const KEPT_SUMS = 0.97;

/**
 * Modified incomplete Cholesky factors of G + shift diag(c) without fill (Gustafsson, BIT 18, 1978), M = (D + L) D^-1 (D + L)^T. Needs
 * conductances that are not negative. Node numbers that follow planes and lines do best.
 */
export function incompleteCholesky(matrix: ConductanceMatrix, shift: number, c: Float64Array): Precondition {
  const { lower, upper } = triangles(matrix);
  const { diagonal } = matrix;
  const n = diagonal.length;
  const inverse = new Float64Array(n);
  const above = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    for (let e = upper.start[i]; e < upper.start[i + 1]; e++) above[i] += upper.value[e];
    let pivot = diagonal[i] + shift * c[i];
    for (let e = lower.start[i]; e < lower.start[i + 1]; e++) {
      const [k, g] = [lower.column[e], lower.value[e]];
      pivot -= g * inverse[k] * (g + KEPT_SUMS * (above[k] - g));
    }
    inverse[i] = 1 / pivot;
  }
  return (r, z) => {
    for (let i = 0, e = 0; i < n; i++) {
      let sum = r[i];
      for (const end = lower.start[i + 1]; e < end; e++) sum += lower.value[e] * z[lower.column[e]];
      z[i] = sum * inverse[i];
    }
    for (let i = n - 1, e = upper.value.length - 1; i >= 0; i--) {
      let sum = 0;
      for (const end = upper.start[i]; e >= end; e--) sum += upper.value[e] * z[upper.column[e]];
      z[i] += sum * inverse[i];
    }
  };
}

/** Conductances by row: of the columns before the row, or of those after it. */
interface Triangle {
  readonly start: Int32Array;
  readonly column: Int32Array;
  readonly value: Float64Array;
}

function triangles({ start, column, offDiagonal }: ConductanceMatrix): { lower: Triangle; upper: Triangle } {
  const n = start.length - 1;
  const make = (): Triangle => ({
    start: new Int32Array(n + 1),
    column: new Int32Array(column.length / 2),
    value: new Float64Array(column.length / 2),
  });
  const [lower, upper] = [make(), make()];
  let [below, beyond] = [0, 0];
  for (let i = 0; i < n; i++) {
    for (let e = start[i]; e < start[i + 1]; e++) {
      const isBelow = column[e] < i;
      const [to, at] = isBelow ? [lower, below++] : [upper, beyond++];
      to.column[at] = column[e];
      to.value[at] = offDiagonal[e];
    }
    lower.start[i + 1] = below;
    upper.start[i + 1] = beyond;
  }
  return { lower, upper };
}
