import { fail } from '../../errors.ts';
import type { GridNetwork } from '../network.ts';
import { applyConductance } from '../sparse.ts';
import { cosinePreconditioner } from './preconditioner.ts';
import type { SteadyReport, SteadySolver } from './steady.ts';

export interface CosineCgOptions {
  /** 1/s; 0 (default) is the steady state. */
  readonly shift?: number;
  /** Stop when |residual| <= tolerance |source|; default 1e-10, which leaves some 1e-10 K. */
  readonly tolerance?: number;
}

/** Far more than the 15 or so of any network seen. */
const MOST_ITERATIONS = 500;

/**
 * Conjugate gradients with the cosine preconditioner: for full fields at any grid size, set-up in milliseconds, memory of
 * a dozen fields. Errors: `solver-not-converged`.
 */
export function cosineCg(network: GridNetwork, options: CosineCgOptions = {}): SteadySolver {
  const { shift = 0, tolerance = 1e-10 } = options;
  const { conductance, capacity, nodes } = network;
  const precondition = cosinePreconditioner(network, shift);
  const r = new Float64Array(nodes);
  const z = new Float64Array(nodes);
  const d = new Float64Array(nodes);
  const q = new Float64Array(nodes);

  const solve = (source: Float64Array, x: Float64Array): SteadyReport => {
    const goal = tolerance * Math.sqrt(dot(source, source));
    if (goal === 0) x.fill(0);
    applyConductance(conductance, shift, capacity, x, q);
    for (let i = 0; i < nodes; i++) r[i] = source[i] - q[i];
    let rz = 0;
    let iterations = 0;
    let residual = Math.sqrt(dot(r, r));
    for (; residual > goal && iterations < MOST_ITERATIONS; iterations++) {
      precondition(r, z);
      const before = rz;
      rz = dot(r, z);
      const beta = iterations === 0 ? 0 : rz / before;
      for (let i = 0; i < nodes; i++) d[i] = z[i] + beta * d[i];
      applyConductance(conductance, shift, capacity, d, q);
      const alpha = rz / dot(d, q);
      let sum = 0;
      for (let i = 0; i < nodes; i++) {
        x[i] += alpha * d[i];
        r[i] -= alpha * q[i];
        sum += r[i] * r[i];
      }
      residual = Math.sqrt(sum);
    }
    const relative = goal > 0 ? (residual / goal) * tolerance : 0;
    if (!(residual <= goal)) {
      const message = `the thermal solver stopped ${relative.toExponential(1)} from its goal ${tolerance}`;
      fail('solver-not-converged', message, {
        expected: 'finite powers, and layers whose conductances are comparable',
      });
    }
    return { iterations, residual: relative };
  };
  return { solve };
}

function dot(x: Float64Array, y: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += x[i] * y[i];
  return sum;
}
