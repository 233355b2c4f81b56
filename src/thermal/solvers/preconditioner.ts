import { cholesky, solveCholesky } from '../../numeric/dense.ts';
import { type CosineNetwork, toPrevious } from './cosine-network.ts';

/** z = M^-1 r, for the planes from the first joined to the rim on, and the rim; symmetric and positive definite. */
export type Preconditioner = (r: Float64Array, z: Float64Array) => void;

/** G + shift C in the cosine basis, where the planes above the first that joins the rim have been eliminated. */
export interface EliminatedNetwork {
  /** By node: all of the diagonal that remains but for the rim's links; of the planes above, the pivots. */
  readonly diagonal: Float64Array;
  /** Takes the planes above out of b, in place. */
  eliminate(b: Float64Array): void;
  /** Puts the planes above into x, from the planes below and what `eliminate` left in b; they may be the same array. */
  substitute(b: Float64Array, x: Float64Array): void;
}

export function eliminatePlanes(
  { network: { planes, cells, capacity }, diagonal: plain, firstJoined }: CosineNetwork,
  shift: number,
): EliminatedNetwork {
  const diagonal = plain.map((value, i) => value + shift * capacity[i]);
  const last = planes.length - 1;
  // Without a rim, the last plane is eliminated too: nothing is left.
  const eliminated = Math.min(firstJoined, last);
  for (let p = 1; p <= eliminated; p++) {
    const g2 = planes[p - 1].toNext ** 2;
    for (let i = p * cells, end = i + cells; i < end; i++) diagonal[i] -= g2 / diagonal[i - cells];
  }
  return {
    diagonal,
    eliminate(b) {
      for (let p = 1; p <= eliminated; p++) {
        const g = planes[p - 1].toNext;
        for (let i = p * cells, end = i + cells; i < end; i++) b[i] += (g / diagonal[i - cells]) * b[i - cells];
      }
    },
    substitute(b, x) {
      for (let p = firstJoined - 1; p >= 0; p--) {
        const g = planes[p].toNext;
        const below = g === 0 ? 0 : cells;
        for (let i = p * cells, end = i + cells; i < end; i++) x[i] = (b[i] + g * x[i + below]) / diagonal[i];
      }
    },
  };
}

/**
 * The planes are diagonal in their cosine transform, but for the coupling between them: one tridiagonal system a mode. The
 * rim joins edge cells only; its diagonal in the cosine basis is kept, and the uniform modes of all planes are solved
 * together with the rim's nodes, because most of the heat goes that way. The part left out is smooth, so that conjugate
 * gradients need some 15 steps whatever the grid.
 */
export function cosinePreconditioner(cosine: CosineNetwork, diagonal: Float64Array): Preconditioner {
  const { network, firstJoined, rimNodes } = cosine;
  const { planes, cells, nodes } = network;
  const { inverseDiagonal, lower } = factorModes(cosine, diagonal);
  const uniform = uniformSystem(cosine, diagonal);
  const count = planes.length - firstJoined;
  const joint = new Float64Array(uniform.size);
  const first = firstJoined * cells;
  const last = (planes.length - 1) * cells;
  return (r, z) => {
    for (let p = 0; p < count; p++) joint[p] = r[first + p * cells];
    for (let i = 0; i < rimNodes; i++) joint[count + i] = r[nodes - rimNodes + i];
    solveModes(inverseDiagonal, lower, r, z, first, last, cells);
    solveCholesky(uniform.factor, uniform.size, joint);
    for (let p = 0; p < count; p++) z[first + p * cells] = joint[p];
    for (let i = 0; i < rimNodes; i++) z[nodes - rimNodes + i] = joint[count + i];
  };
}

/** Down from the plane at node `first` to that at `last`, and back. `lower` counts from `first`. */
function solveModes(
  inverse: Float64Array,
  lower: Float64Array,
  r: Float64Array,
  z: Float64Array,
  first: number,
  last: number,
  cells: number,
): void {
  for (let i = first, end = first + cells; i < end; i++) z[i] = r[i];
  for (let i = first + cells, k = cells, end = last + cells; i < end; i++, k++) z[i] = r[i] + lower[k] * z[i - cells];
  for (let i = last, k = last - first, end = last + cells; i < end; i++, k++) z[i] *= inverse[k];
  // lower = conductance to the plane above / pivot above, which serves the way back too.
  for (let i = last - 1, k = last - first - 1; i >= first; i--, k--) {
    z[i] = z[i] * inverse[k] + lower[k + cells] * z[i + cells];
  }
}

/** L D L^T of every mode's tridiagonal, from the first joined plane on. */
function factorModes(
  { network: { planes, cells, grid }, firstJoined, edges }: CosineNetwork,
  diagonal: Float64Array,
): { inverseDiagonal: Float64Array; lower: Float64Array } {
  const inverseDiagonal = new Float64Array((planes.length - firstJoined) * cells);
  const lower = new Float64Array(inverseDiagonal.length);
  for (let p = firstJoined, k = 0; p < planes.length; p++) {
    const above = p === firstJoined ? 0 : toPrevious(planes, p);
    const [alongX, alongY] = [edges[p]?.westEast, edges[p]?.northSouth].map((pair) =>
      pair?.trace.map((value) => (pair.first + pair.last) * value * value),
    );
    for (let row = 0; row < grid.rows; row++) {
      for (let column = 0; column < grid.columns; column++, k++) {
        let pivot = diagonal[firstJoined * cells + k];
        if (alongX && alongY) pivot += alongX[column] + alongY[row];
        if (above > 0) {
          lower[k] = above * inverseDiagonal[k - cells];
          pivot -= above * lower[k];
        }
        inverseDiagonal[k] = 1 / pivot;
      }
    }
  }
  return { inverseDiagonal, lower };
}

/** The part of the matrix between the rim's nodes and the uniform modes of the planes from the first joined on. */
function uniformSystem(
  { network: { planes, cells, nodes }, firstJoined, edges, rim, rimNodes }: CosineNetwork,
  diagonal: Float64Array,
): { size: number; factor: Float64Array } {
  const count = planes.length - firstJoined;
  const size = count + rimNodes;
  const firstRim = nodes - rimNodes;
  const matrix = new Float64Array(size * size);
  const add = (i: number, j: number, value: number): void => {
    matrix[i * size + j] += value;
    if (i !== j) matrix[j * size + i] += value;
  };
  for (let p = 0; p < count; p++) {
    add(p, p, diagonal[(firstJoined + p) * cells]);
    if (p > 0) add(p - 1, p, -toPrevious(planes, firstJoined + p));
    const edge = edges[firstJoined + p];
    for (const pair of edge ? [edge.westEast, edge.northSouth] : []) {
      const [trace] = pair.trace;
      add(p, p, (pair.first + pair.last) * trace * trace);
      for (const { node, conductance } of [...pair.firstLinks, ...pair.lastLinks]) {
        add(p, count + node - firstRim, -conductance * trace);
      }
    }
  }
  for (let i = 0; i < rimNodes; i++) {
    add(count + i, count + i, diagonal[firstRim + i]);
    for (let j = 0; j < i; j++) add(count + i, count + j, rim[i * rimNodes + j]);
  }
  return { size, factor: cholesky(matrix, size) };
}
