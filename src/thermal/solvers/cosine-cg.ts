import { transformOperations } from '../../numeric/fft.ts';
import type { GridNetwork } from '../network/network.ts';
import { type CosineNetwork, cosineNetwork, fromCosine, toCosine } from './cosine-network.ts';
import { cosineProduct } from './cosine-product.ts';
import { cosinePreconditioner, eliminatePlanes } from './preconditioner.ts';
import { notConverged, type SteadyReport, type SteadySolver } from './steady.ts';

export interface CosineCgOptions {
  /** 1/s; 0 (default) is the steady state. */
  readonly shift?: number;
  /** Stop when |residual| <= tolerance |source|; default 1e-10, which leaves some 1e-10 K. */
  readonly tolerance?: number;
}

/** Multiply-adds of a solution in the cosine basis, whose steps work on `joined` of the nodes. */
export function solutionWork(nodes: number, joined: number, iterations: number): number {
  return SUBSTITUTION * nodes + STEP * joined * (iterations + 1);
}

/** Elimination and substitution; a step's product, preconditioner and vectors; a node. */
const SUBSTITUTION = 6;
const STEP = 14;

/** Multiply-adds of the cosine transform of all nodes. */
export function transformWork(nodes: number, { rows, columns }: GridNetwork['grid']): number {
  return nodes * (transformOperations(rows) + transformOperations(columns));
}

/** Far more than the 15 or so of any network seen. */
const MOST_ITERATIONS = 500;

/**
 * Conjugate gradients with the cosine preconditioner: for full fields at any grid size, set-up in milliseconds, memory of
 * a dozen fields. Errors: `solver-not-converged`.
 */
export function cosineCg(network: GridNetwork, { shift = 0, tolerance = 1e-10 }: CosineCgOptions = {}): SteadySolver {
  const cosine = cosineNetwork(network);
  const solver = transformedCg(cosine, shift, tolerance);
  const b = new Float64Array(network.nodes);
  const transforms = 3 * transformWork(network.nodes, network.grid);
  return {
    solve(source, rise) {
      b.set(source);
      toCosine(cosine, b);
      toCosine(cosine, rise);
      const report = solver.solve(b, rise);
      fromCosine(cosine, rise);
      return { ...report, operations: report.operations + transforms };
    },
  };
}

/**
 * The same with source and rise in the cosine basis, where it all happens. The planes above those that join the rim are
 * eliminated, mode by mode, and a step works on the others: no step needs a transform. The tolerance is of what
 * elimination leaves of the source, which at high shifts is much less than all of it.
 */
export function transformedCg(cosine: CosineNetwork, shift: number, tolerance: number): SteadySolver {
  const { network, firstJoined } = cosine;
  const first = firstJoined * network.cells;
  const { diagonal, eliminate, substitute } = eliminatePlanes(cosine, shift);
  const product = cosineProduct(cosine, diagonal, firstJoined);
  const precondition = cosinePreconditioner(cosine, diagonal);
  const [r, z, d, q] = Array.from({ length: 4 }, () => new Float64Array(network.nodes));

  const solve = (source: Float64Array, x: Float64Array): SteadyReport => {
    const whole = Math.sqrt(dot(source, source, 0));
    r.set(source);
    eliminate(r);
    const left = Math.sqrt(dot(r, r, first));
    const goal = tolerance * left;
    if (!(left > 0)) x.fill(left, first);
    product(x, q);
    for (let i = first; i < r.length; i++) r[i] -= q[i];
    let rz = 0;
    let iterations = 0;
    let residual = Math.sqrt(dot(r, r, first));
    for (; residual > goal && iterations < MOST_ITERATIONS; iterations++) {
      precondition(r, z);
      const before = rz;
      rz = dot(r, z, first);
      advance(d, z, iterations === 0 ? 0 : rz / before, first);
      product(d, q);
      residual = Math.sqrt(descend(x, r, d, q, rz / dot(d, q, first), first));
    }
    if (!(residual <= goal)) notConverged(residual / left, tolerance);
    substitute(r, x);
    const operations = solutionWork(network.nodes, network.nodes - first, iterations);
    return { iterations, residual: whole > 0 ? residual / whole : 0, operations };
  };
  return { solve };
}

/** d = z + beta d. */
function advance(d: Float64Array, z: Float64Array, beta: number, first: number): void {
  for (let i = first; i < d.length; i++) d[i] = z[i] + beta * d[i];
}

/** x += alpha d, r -= alpha q; returns |r|^2. */
function descend(
  x: Float64Array,
  r: Float64Array,
  d: Float64Array,
  q: Float64Array,
  alpha: number,
  first: number,
): number {
  let sum = 0;
  for (let i = first; i < r.length; i++) {
    x[i] += alpha * d[i];
    const left = r[i] - alpha * q[i];
    r[i] = left;
    sum += left * left;
  }
  return sum;
}

/** From `first` on; two sums, because one would wait for its own additions. */
function dot(x: Float64Array, y: Float64Array, first: number): number {
  let [even, odd] = [0, 0];
  let i = first;
  for (const last = x.length - 1; i < last; i += 2) {
    even += x[i] * y[i];
    odd += x[i + 1] * y[i + 1];
  }
  return even + (i < x.length ? x[i] * y[i] : 0) + odd;
}
