import { planeTransform } from '../dct.ts';
import type { GridNetwork } from '../network.ts';
import { RIM_NODES } from '../package.ts';
import { cholesky, solveCholesky } from './dense.ts';

/** z = M^-1 r for an M near G + shift C; symmetric and positive definite. Overwrites z only. */
export type Preconditioner = (r: Float64Array, z: Float64Array) => void;

/**
 * The network without the rim is diagonal in the planes' cosine transform, but for the coupling between planes: one
 * tridiagonal system a mode. The rim joins edge cells only; its diagonal in the cosine basis is kept, and the uniform
 * modes of all planes are solved together with the rim's nodes, because most of the heat goes that way. What is left out
 * is smooth, so that conjugate gradients need some 15 steps whatever the grid.
 */
export function cosinePreconditioner(network: GridNetwork, shift: number): Preconditioner {
  const { planes, cells, grid, nodes } = network;
  const transform = planeTransform(planes.length, grid.rows, grid.columns);
  const { inverseDiagonal, lower } = factorModes(network, shift);
  const uniform = uniformSystem(network, shift);
  const joint = new Float64Array(uniform.size);
  const firstRim = planes.length * cells;
  const last = planes.length - 1;
  const solveModes = (z: Float64Array): void => {
    for (let p = 1; p <= last; p++) {
      for (let i = p * cells, end = i + cells; i < end; i++) z[i] += lower[i] * z[i - cells];
    }
    for (let i = last * cells; i < firstRim; i++) z[i] *= inverseDiagonal[i];
    for (let p = last - 1; p >= 0; p--) {
      // lower[i + cells] = toNext / pivot of plane p, which serves the way back too.
      for (let i = p * cells, end = i + cells; i < end; i++) {
        z[i] = z[i] * inverseDiagonal[i] + lower[i + cells] * z[i + cells];
      }
    }
  };
  return (r, z) => {
    z.set(r);
    transform.forward(z);
    for (let p = 0; p <= last; p++) joint[p] = z[p * cells];
    for (let i = firstRim; i < nodes; i++) joint[planes.length + i - firstRim] = z[i];
    solveModes(z);
    solveCholesky(uniform.factor, uniform.size, joint);
    for (let p = 0; p <= last; p++) z[p * cells] = joint[p];
    for (let i = firstRim; i < nodes; i++) z[i] = joint[planes.length + i - firstRim];
    transform.inverse(z);
  };
}

/** L D L^T of every mode's tridiagonal, mode by mode in the order of the transformed cells. */
function factorModes(network: GridNetwork, shift: number): { inverseDiagonal: Float64Array; lower: Float64Array } {
  const { planes, cells, grid } = network;
  const inverseDiagonal = new Float64Array(planes.length * cells);
  const lower = new Float64Array(planes.length * cells);
  const x = eigenvalues(grid.columns);
  const y = eigenvalues(grid.rows);
  const edgeX = edgeWeights(grid.columns);
  const edgeY = edgeWeights(grid.rows);
  planes.forEach((plane, p) => {
    const above = p === 0 ? 0 : planes[p - 1].toNext;
    const common = above + plane.toNext + plane.toAmbient + shift * plane.capacity;
    const [rimX, rimY] = [0, 2].map((side) =>
      network.rimLinks
        .filter((link) => link.plane === p && (link.side === side || link.side === side + 1))
        .reduce((sum, link) => sum + link.conductance, 0),
    );
    for (let row = 0, i = p * cells; row < grid.rows; row++) {
      for (let column = 0; column < grid.columns; column++, i++) {
        const lateral = plane.betweenColumns * x[column] + plane.betweenRows * y[row];
        let pivot = common + lateral + rimX * edgeX[column] + rimY * edgeY[row];
        if (p > 0) {
          lower[i] = above * inverseDiagonal[i - cells];
          pivot -= above * lower[i];
        }
        inverseDiagonal[i] = 1 / pivot;
      }
    }
  });
  return { inverseDiagonal, lower };
}

/** Of the path of n nodes with unit conductances: 2 - 2 cos(pi k / n). */
function eigenvalues(n: number): Float64Array {
  return Float64Array.from({ length: n }, (_, k) => 4 * Math.sin((Math.PI * k) / (2 * n)) ** 2);
}

/** The square of mode k at an end of the path: the part of the mode that sits in an edge cell. */
function edgeWeights(n: number): Float64Array {
  return Float64Array.from({ length: n }, (_, k) => {
    return k === 0 ? 1 / n : (2 / n) * Math.cos((Math.PI * k) / (2 * n)) ** 2;
  });
}

/** G + shift C seen by the uniform (normalised) field of each plane and by the rim's nodes. */
function uniformSystem(network: GridNetwork, shift: number): { size: number; factor: Float64Array } {
  const { planes, cells, grid, nodes, rimLinks, conductance, capacity } = network;
  const rim = nodes === planes.length * cells ? 0 : RIM_NODES;
  const size = planes.length + rim;
  const firstRim = planes.length * cells;
  const matrix = new Float64Array(size * size);
  const add = (i: number, j: number, value: number): void => {
    matrix[i * size + j] += value;
    if (i !== j) matrix[j * size + i] += value;
  };
  planes.forEach((plane, p) => {
    add(p, p, plane.toNext + plane.toAmbient + shift * plane.capacity + (p === 0 ? 0 : planes[p - 1].toNext));
    if (plane.toNext > 0) add(p, p + 1, -plane.toNext);
  });
  for (const { plane, side, node, conductance: g } of rimLinks) {
    const count = side < 2 ? grid.rows : grid.columns;
    add(plane, plane, (g * count) / cells);
    add(plane, planes.length + node - firstRim, (-g * count) / Math.sqrt(cells));
  }
  for (let i = 0; i < rim; i++) {
    const node = firstRim + i;
    add(planes.length + i, planes.length + i, conductance.diagonal[node] + shift * capacity[node]);
    for (let e = conductance.start[node]; e < conductance.start[node + 1]; e++) {
      const other = conductance.column[e];
      if (other > node) add(planes.length + i, planes.length + other - firstRim, -conductance.offDiagonal[e]);
    }
  }
  return { size, factor: cholesky(matrix, size) };
}
