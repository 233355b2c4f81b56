import { incompleteCholesky } from '../../numeric/incomplete-cholesky.ts';
import { applyConductance } from '../../numeric/sparse.ts';
import { notConverged, type SteadyReport, type SteadySolver } from '../solvers/steady.ts';
import type { ElementNetwork } from './network.ts';

/** Some 60 are usual in steady states, and fewer at shifts. */
const MOST_ITERATIONS = 3000;

/** Multiply-adds of an iteration a node, besides those with a matrix and its factors. */
const VECTORS = 6;

/**
 * Conjugate gradients for (G + shift C) rise = source, preconditioned with incomplete factors of the `linear` network. The tolerance is that of the
 * residual, relative to the source. Errors: `solver-not-converged`.
 */
export function elementCg(network: ElementNetwork, shift: number, tolerance: number): SteadySolver {
  const { nodes, conductance, linear, capacity } = network;
  const precondition = incompleteCholesky(linear, shift, capacity);
  const [r, z, d, q] = Array.from({ length: 4 }, () => new Float64Array(nodes));
  const step = conductance.offDiagonal.length + linear.offDiagonal.length + VECTORS * nodes;
  const solve = (source: Float64Array, x: Float64Array): SteadyReport => {
    const whole = Math.sqrt(dot(source, source));
    applyConductance(conductance, shift, capacity, x, q);
    for (let i = 0; i < nodes; i++) r[i] = source[i] - q[i];
    let residual = Math.sqrt(dot(r, r));
    let iterations = 0;
    for (let rz = 0; residual > tolerance * whole && iterations < MOST_ITERATIONS; iterations++) {
      precondition(r, z);
      const before = rz;
      rz = dot(r, z);
      const beta = iterations === 0 ? 0 : rz / before;
      for (let i = 0; i < nodes; i++) d[i] = z[i] + beta * d[i];
      applyConductance(conductance, shift, capacity, d, q);
      const alpha = rz / dot(d, q);
      for (let i = 0; i < nodes; i++) {
        x[i] += alpha * d[i];
        r[i] -= alpha * q[i];
      }
      residual = Math.sqrt(dot(r, r));
    }
    if (!(residual <= tolerance * whole)) notConverged(residual / whole, tolerance);
    const operations = iterations * step + conductance.offDiagonal.length;
    return { iterations, residual: whole > 0 ? residual / whole : 0, operations };
  };
  return { solve };
}

function dot(x: Float64Array, y: Float64Array): number {
  let [even, odd] = [0, 0];
  const last = x.length - 1;
  for (let i = 0; i < last; i += 2) {
    even += x[i] * y[i];
    odd += x[i + 1] * y[i + 1];
  }
  return even + odd + (x.length % 2 === 1 ? x[last] * y[last] : 0);
}
