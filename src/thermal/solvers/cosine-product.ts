import { type CosineNetwork, type EdgeLink, type EdgePair, type RimEdges, toPrevious } from './cosine-network.ts';

/** y = A x in the cosine basis, for the planes from one on and the rim; x and y are different arrays. */
export type CosineProduct = (x: Float64Array, y: Float64Array) => void;

/**
 * A is G between different nodes and in the links of the rim; else it has the given diagonal, by node. Holds scratch
 * memory of two lines.
 */
export function cosineProduct(
  { network, edges, rim, rimNodes }: CosineNetwork,
  diagonal: Float64Array,
  fromPlane: number,
): CosineProduct {
  const { planes, cells, grid, nodes } = network;
  const firstRim = nodes - rimNodes;
  const even = new Float64Array(grid.columns);
  const odd = new Float64Array(grid.columns);
  return (x, y) => {
    for (let i = firstRim, e = 0; i < nodes; i++) {
      let sum = diagonal[i] * x[i];
      for (let j = firstRim; j < nodes; j++) sum += rim[e++] * x[j];
      y[i] = sum;
    }
    for (let p = fromPlane; p < planes.length; p++) {
      const above = p === fromPlane ? 0 : toPrevious(planes, p);
      planeProduct(diagonal, above, planes[p].toNext, x, y, p * cells, cells);
      const rimEdges = edges[p];
      if (rimEdges) addRim(rimEdges, x, y, p * cells, even, odd);
    }
  };
}

/** Within a plane and to its neighbours; conductance 0 to one that is not there. */
function planeProduct(
  diagonal: Float64Array,
  above: number,
  below: number,
  x: Float64Array,
  y: Float64Array,
  first: number,
  cells: number,
): void {
  const end = first + cells;
  // Without a neighbour, the plane itself stands in for it: 0 times whatever it holds.
  const up = above === 0 ? 0 : cells;
  const down = below === 0 ? 0 : cells;
  for (let i = first; i < end; i++) y[i] = diagonal[i] * x[i] - (above * x[i - up] + below * x[i + down]);
}

/**
 * Adds the links between a plane's edges and the rim: temperatures at the edges (as modes along them), from these the
 * heat that leaves there, which is handed back to all modes across. Even modes across are alike at both ends, odd ones
 * opposite.
 */
function addRim(
  { westEast, northSouth }: RimEdges,
  x: Float64Array,
  y: Float64Array,
  first: number,
  even: Float64Array,
  odd: Float64Array,
): void {
  const columns = westEast.trace.length;
  const rows = northSouth.trace.length;
  even.fill(0);
  odd.fill(0);
  for (let row = 0, at = first; row < rows; row++, at += columns) {
    addAcrossRow(westEast, x, y, at, row === 0, northSouth.trace[row], row % 2 === 0 ? even : odd);
  }
  for (let column = 0; column < columns; column++) {
    const north = even[column] + odd[column];
    const south = even[column] - odd[column];
    const atNorth = northSouth.first * north + (column === 0 ? exchange(northSouth.firstLinks, north, x, y) : 0);
    const atSouth = northSouth.last * south + (column === 0 ? exchange(northSouth.lastLinks, south, x, y) : 0);
    even[column] = atNorth + atSouth;
    odd[column] = atNorth - atSouth;
  }
  for (let row = 0, at = first; row < rows; row++, at += columns) {
    const trace = northSouth.trace[row];
    const flow = row % 2 === 0 ? even : odd;
    for (let column = 0, i = at; column < columns; column++, i++) y[i] += trace * flow[column];
  }
}

/**
 * West and east of one row of modes; only the uniform one of the edge reaches the nodes. On the way, the row times `trace`
 * is added to `sum`.
 */
function addAcrossRow(
  pair: EdgePair,
  x: Float64Array,
  y: Float64Array,
  at: number,
  uniform: boolean,
  trace: number,
  sum: Float64Array,
): void {
  const across = pair.trace;
  const pairs = across.length - (across.length % 2);
  let even = 0;
  let odd = 0;
  for (let k = 0, i = at; k < pairs; k += 2, i += 2) {
    const a = x[i];
    const b = x[i + 1];
    even += across[k] * a;
    odd += across[k + 1] * b;
    sum[k] += trace * a;
    sum[k + 1] += trace * b;
  }
  if (pairs < across.length) {
    even += across[pairs] * x[at + pairs];
    sum[pairs] += trace * x[at + pairs];
  }
  const atFirst = pair.first * (even + odd) + (uniform ? exchange(pair.firstLinks, even + odd, x, y) : 0);
  const atLast = pair.last * (even - odd) + (uniform ? exchange(pair.lastLinks, even - odd, x, y) : 0);
  even = atFirst + atLast;
  odd = atFirst - atLast;
  for (let k = 0, i = at; k < pairs; k += 2, i += 2) {
    y[i] += even * across[k];
    y[i + 1] += odd * across[k + 1];
  }
  if (pairs < across.length) y[at + pairs] += even * across[pairs];
}

/** Between an edge's uniform mode and its nodes; returns what the nodes take off the edge's outflow. */
function exchange(links: readonly EdgeLink[], edge: number, x: Float64Array, y: Float64Array): number {
  let back = 0;
  for (const { node, conductance } of links) {
    y[node] -= conductance * edge;
    back -= conductance * x[node];
  }
  return back;
}
