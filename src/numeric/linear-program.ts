/** Minimise cost . x with x >= 0, matrix x <= limit and equalMatrix x = equal. Matrices are dense, row by row. */
export interface LinearProgram {
  readonly cost: readonly number[];
  readonly matrix: readonly (readonly number[])[];
  readonly limit: readonly number[];
  readonly equalMatrix: readonly (readonly number[])[];
  readonly equal: readonly number[];
}

const ROUNDING = 1e-11;

/**
 * The solution of a small linear program by the simplex method in two phases, with Bland's rule, so that it ends (Bland,
 * Mathematics of Operations Research 2, 1977). Null if no x is feasible. The program must be bounded.
 */
export function solveLinearProgram(program: LinearProgram): Float64Array | null {
  const { cost, matrix, limit, equalMatrix, equal } = program;
  const n = cost.length;
  const slacks = matrix.length;
  const rows = slacks + equalMatrix.length;
  const width = n + slacks + rows + 1;
  // Columns: x, slacks, artificial variables, right-hand side.
  const table = Array.from({ length: rows }, (_, r) => {
    const row = new Float64Array(width);
    const isLimit = r < slacks;
    row.set(isLimit ? matrix[r] : equalMatrix[r - slacks]);
    if (isLimit) row[n + r] = 1;
    row[width - 1] = isLimit ? limit[r] : equal[r - slacks];
    if (row[width - 1] < 0) for (let c = 0; c < width; c++) row[c] = -row[c];
    row[n + slacks + r] = 1;
    return row;
  });
  const basis = table.map((_, r) => n + slacks + r);
  const artificial = new Float64Array(width - 1).fill(1, n + slacks);
  minimise(table, basis, artificial, width - 1);
  const infeasible = basis.reduce((sum, column, r) => sum + (column >= n + slacks ? table[r][width - 1] : 0), 0);
  const scale = Math.max(1, ...limit.map(Math.abs), ...equal.map(Math.abs));
  if (infeasible > ROUNDING * scale * rows) return null;
  dropArtificial(table, basis, n + slacks);
  const costs = new Float64Array(width - 1);
  costs.set(cost);
  minimise(table, basis, costs, n + slacks);
  const x = new Float64Array(n);
  basis.forEach((column, r) => {
    if (column < n) x[column] = table[r][width - 1];
  });
  return x;
}

/** Takes artificial variables, which are zero now, out of the basis, so that they stay zero. A row without others is redundant. */
function dropArtificial(table: readonly Float64Array[], basis: number[], columns: number): void {
  basis.forEach((column, row) => {
    if (column < columns) return;
    const other = table[row].findIndex((value, c) => c < columns && Math.abs(value) > ROUNDING);
    if (other < 0) return;
    pivot(table, row, other);
    basis[row] = other;
  });
}

/** Pivots until no column below `columns` lowers the cost. */
function minimise(table: Float64Array[], basis: number[], cost: Float64Array, columns: number): void {
  const right = cost.length;
  for (;;) {
    const reduced = (column: number): number => {
      return cost[column] - basis.reduce((sum, b, r) => sum + cost[b] * table[r][column], 0);
    };
    let enter = 0;
    while (enter < columns && !(reduced(enter) < -ROUNDING)) enter++;
    if (enter === columns) return;
    let leave = -1;
    for (let r = 0; r < table.length; r++) {
      if (table[r][enter] <= ROUNDING) continue;
      const ratio = table[r][right] / table[r][enter];
      const least = leave < 0 ? Number.POSITIVE_INFINITY : table[leave][right] / table[leave][enter];
      if (ratio < least || (ratio === least && basis[r] < basis[leave])) leave = r;
    }
    if (leave < 0) return;
    pivot(table, leave, enter);
    basis[leave] = enter;
  }
}

function pivot(table: readonly Float64Array[], row: number, column: number): void {
  const own = table[row];
  const factor = own[column];
  for (let c = 0; c < own.length; c++) own[c] /= factor;
  for (const other of table) {
    const times = other[column];
    if (other === own || times === 0) continue;
    for (let c = 0; c < own.length; c++) other[c] -= times * own[c];
  }
}
