/** Conductances between pairs of nodes, collected edge by edge. The arrays may be longer than the number of edges. */
export interface EdgeList {
  from: Int32Array;
  to: Int32Array;
  conductance: Float64Array;
  count: number;
}

export function edgeList(capacity = 64): EdgeList {
  return {
    from: new Int32Array(capacity),
    to: new Int32Array(capacity),
    conductance: new Float64Array(capacity),
    count: 0,
  };
}

/** Joins nodes i and j by g W/K; g = 0 does not join them. */
export function addConductance(edges: EdgeList, i: number, j: number, g: number): void {
  if (g === 0) return;
  if (edges.count === edges.from.length) grow(edges);
  edges.from[edges.count] = i;
  edges.to[edges.count] = j;
  edges.conductance[edges.count++] = g;
}

function grow(edges: EdgeList): void {
  const { from, to, conductance, count } = edges;
  Object.assign(edges, edgeList(2 * count), { count });
  edges.from.set(from);
  edges.to.set(to);
  edges.conductance.set(conductance);
}

/**
 * The conductance matrix G of n nodes: G[i][i] = `diagonal[i]`, the sum of the node's conductances (to the ambient
 * included); G[i][column[e]] = -offDiagonal[e] for e in [start[i], start[i + 1]). Symmetric, positive definite if every
 * node has a path to the ambient.
 */
export interface ConductanceMatrix {
  readonly diagonal: Float64Array;
  readonly start: Int32Array;
  readonly column: Int32Array;
  readonly offDiagonal: Float64Array;
}

export function conductanceMatrix(edges: EdgeList, toAmbient: Float64Array): ConductanceMatrix {
  const n = toAmbient.length;
  const { from, to, conductance, count } = edges;
  const diagonal = Float64Array.from(toAmbient);
  const start = new Int32Array(n + 1);
  for (let e = 0; e < count; e++) {
    start[from[e] + 1]++;
    start[to[e] + 1]++;
  }
  for (let i = 0; i < n; i++) start[i + 1] += start[i];
  const next = start.slice(0, n);
  const column = new Int32Array(2 * count);
  const offDiagonal = new Float64Array(2 * count);
  for (let e = 0; e < count; e++) {
    const i = from[e];
    const j = to[e];
    const g = conductance[e];
    diagonal[i] += g;
    diagonal[j] += g;
    column[next[i]] = j;
    offDiagonal[next[i]++] = g;
    column[next[j]] = i;
    offDiagonal[next[j]++] = g;
  }
  return { diagonal, start, column, offDiagonal };
}

/** The same matrix with the conductances that join the same two nodes summed. */
export function withoutRepeats({ diagonal, start, column, offDiagonal }: ConductanceMatrix): ConductanceMatrix {
  const n = diagonal.length;
  const starts = new Int32Array(n + 1);
  const columns = new Int32Array(column.length);
  const values = new Float64Array(column.length);
  const placeOf = new Int32Array(n).fill(-1);
  let count = 0;
  for (let i = 0; i < n; i++) {
    for (let e = start[i]; e < start[i + 1]; e++) {
      const j = column[e];
      if (placeOf[j] < starts[i]) {
        placeOf[j] = count;
        columns[count++] = j;
      }
      values[placeOf[j]] += offDiagonal[e];
    }
    starts[i + 1] = count;
  }
  return { diagonal, start: starts, column: columns.slice(0, count), offDiagonal: values.slice(0, count) };
}

/** y = (G + shift diag(c)) x. */
export function applyConductance(
  { diagonal, start, column, offDiagonal }: ConductanceMatrix,
  shift: number,
  c: Float64Array,
  x: Float64Array,
  y: Float64Array,
): void {
  const n = diagonal.length;
  let e = 0;
  for (let i = 0; i < n; i++) {
    let sum = (diagonal[i] + shift * c[i]) * x[i];
    for (const end = start[i + 1]; e < end; e++) sum -= offDiagonal[e] * x[column[e]];
    y[i] = sum;
  }
}
