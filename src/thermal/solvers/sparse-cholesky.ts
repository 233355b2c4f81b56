import { fail } from '../../base/errors.ts';
import { factorPanel, subtractProducts } from '../../numeric/cholesky/front.ts';
import { type Symbolic, symbolicFactor } from '../../numeric/cholesky/symbolic.ts';
import { applyConductance } from '../../numeric/sparse.ts';
import type { ThermalNetwork } from '../network/network.ts';
import type { SteadySolver } from './steady.ts';

export interface CholeskyOptions {
  /** 1/s; 0 (default) is the steady state. */
  readonly shift?: number;
}

/** The part that factorisations of one network at several shifts share. */
export interface CholeskyAnalysis {
  readonly network: ThermalNetwork;
  readonly symbolic: Symbolic;
}

/**
 * Sparse Cholesky of any network: exact to rounding whatever its conductances, at the price of memory (some 90 doubles a
 * node at 64 x 64 x 4). Errors: `singular-network`.
 */
export function choleskySteady(network: ThermalNetwork, { shift = 0 }: CholeskyOptions = {}): SteadySolver {
  return factorNetwork(analyseNetwork(network), shift);
}

/** Finds the order of elimination and the places of the factor's entries once, for factorisations at any shift. */
export function analyseNetwork(network: ThermalNetwork): CholeskyAnalysis {
  return { network, symbolic: symbolicFactor(network.conductance) };
}

/**
 * Multifrontal factorisation (Duff and Reid 1983) of G + shift C. Errors: `singular-network` if some nodes have neither a
 * path to the ambient nor a capacity under the shift, for conductances that are not finite, and for pivots not above 0.
 */
export function factorNetwork({ network, symbolic }: CholeskyAnalysis, shift: number): SteadySolver {
  checkGrounded(network, shift);
  const { nodes, conductance, capacity } = network;
  const l = assemble(network, symbolic, shift);
  const inverse = new Float64Array(nodes);
  const failed = eliminate(symbolic, l, inverse);
  if (failed >= 0) fail('singular-network', `thermal node ${failed} is left with no positive conductance`);
  const x = new Float64Array(nodes);
  const { order } = symbolic;
  let due = factorWork(symbolic);
  return {
    solve(source, rise) {
      for (let k = 0; k < nodes; k++) x[k] = source[order[k]];
      forward(symbolic, l, inverse, x);
      backward(symbolic, l, inverse, x);
      for (let k = 0; k < nodes; k++) rise[order[k]] = x[k];
      applyConductance(conductance, shift, capacity, rise, x);
      const residual = relativeResidual(source, x);
      if (!(residual < LARGEST_RESIDUAL)) {
        fail('solver-not-converged', `the thermal solver left ${residual} of the source`, {
          expected: 'finite powers',
        });
      }
      const operations = due + solutionWork(symbolic);
      due = 0;
      return { iterations: 1, residual, operations };
    },
  };
}

/** Multiply-adds of a factor, by the sizes of its fronts. */
function factorWork({ first, rowStart }: Symbolic): number {
  let sum = 0;
  for (let s = 0; s + 1 < first.length; s++) {
    const columns = first[s + 1] - first[s];
    const rows = rowStart[s + 1] - rowStart[s];
    sum += columns ** 3 / 6 + (columns * rows * (columns + rows)) / 2;
  }
  return sum;
}

/** Multiply-adds of a solution. Each waits for memory, about as long as two of a factor. */
function solutionWork({ panel }: Symbolic): number {
  return 4 * panel[panel.length - 1];
}

/** Rounding leaves 1e-9 at worst; this is for powers that are not finite. */
const LARGEST_RESIDUAL = 1e-6;

function relativeResidual(source: Float64Array, applied: Float64Array): number {
  let left = 0;
  let all = 0;
  for (let i = 0; i < source.length; i++) {
    left += (source[i] - applied[i]) ** 2;
    all += source[i] ** 2;
  }
  return left === 0 ? 0 : Math.sqrt(left / all);
}

/** Every connected set of nodes must have a way to the ambient, or store heat under the shift. */
function checkGrounded({ nodes, conductance, toAmbient, capacity }: ThermalNetwork, shift: number): void {
  const { start, column, offDiagonal, diagonal } = conductance;
  const seen = new Uint8Array(nodes);
  const queue = new Int32Array(nodes);
  let floating = 0;
  let example = -1;
  for (let from = 0; from < nodes; from++) {
    if (seen[from]) continue;
    let count = 1;
    let grounded = false;
    queue[0] = from;
    seen[from] = 1;
    for (let q = 0; q < count; q++) {
      const i = queue[q];
      if (!Number.isFinite(diagonal[i] + shift * capacity[i])) {
        fail(
          'singular-network',
          `thermal node ${i} has a conductance of ${diagonal[i]} W/K, a capacity of ${capacity[i]} J/K`,
        );
      }
      if (toAmbient[i] + shift * capacity[i] > 0) grounded = true;
      for (let e = start[i]; e < start[i + 1]; e++) {
        if (seen[column[e]] || !(offDiagonal[e] > 0)) continue;
        seen[column[e]] = 1;
        queue[count++] = column[e];
      }
    }
    if (grounded) continue;
    floating += count;
    if (example < 0) example = from;
  }
  if (floating === 0) return;
  const what = floating === 1 ? `thermal node ${example} has` : `${floating} thermal nodes, such as ${example}, have`;
  fail('singular-network', `${what} no path to the ambient`, {
    expected: 'a conductance to the ambient in every part',
  });
}

/** G + shift C in the panels of L. */
function assemble({ nodes, conductance, capacity }: ThermalNetwork, symbolic: Symbolic, shift: number): Float64Array {
  const { diagonalPlace, edgePlace, panel } = symbolic;
  const { diagonal, offDiagonal } = conductance;
  const l = new Float64Array(panel[panel.length - 1]);
  for (let i = 0; i < nodes; i++) l[diagonalPlace[i]] = diagonal[i] + shift * capacity[i];
  // Two edges may join the same nodes.
  for (let e = 0; e < edgePlace.length; e++) if (edgePlace[e] >= 0) l[edgePlace[e]] -= offDiagonal[e];
  return l;
}

/** Factors the panels in place, children first. Returns the node of the first pivot that is not above 0, or -1. */
function eliminate(symbolic: Symbolic, l: Float64Array, inverse: Float64Array): number {
  const { first, children, rowStart, panel, order, inParent } = symbolic;
  const stack = new Float64Array(symbolic.stackSize);
  const update = new Float64Array(symbolic.updateSize);
  const waiting: number[] = [];
  let height = 0;
  for (let s = 0; s + 1 < first.length; s++) {
    const columns = first[s + 1] - first[s];
    const below = rowStart[s + 1] - rowStart[s];
    const size = (below * (below + 1)) / 2;
    update.fill(0, 0, size);
    for (let c = 0; c < children[s]; c++) {
      const child = waiting.pop()!;
      const count = rowStart[child + 1] - rowStart[child];
      height -= (count * (count + 1)) / 2;
      extendAdd(stack, height, inParent, rowStart[child], count, l, panel[s], columns, update);
    }
    const failed = factorPanel(l, panel[s], columns + below, columns, inverse, first[s]);
    if (failed >= 0) return order[first[s] + failed];
    subtractProducts(l, panel[s], columns + below, columns, update, 0);
    stack.set(update.subarray(0, size), height);
    height += size;
    waiting.push(s);
  }
  return -1;
}

/** Adds a child's update matrix (lower triangle of order `count`, at `from`) to its parent's panel and update matrix. */
function extendAdd(
  stack: Float64Array,
  from: number,
  inParent: Int32Array,
  firstRow: number,
  count: number,
  l: Float64Array,
  at: number,
  columns: number,
  update: Float64Array,
): void {
  let inPanel = 0;
  while (inPanel < count && inParent[firstRow + inPanel] < columns) inPanel++;
  for (let i = 0; i < count; i++) {
    const place = inParent[firstRow + i];
    const row = at + place * columns;
    const shared = Math.min(i + 1, inPanel);
    for (let j = 0; j < shared; j++) l[row + inParent[firstRow + j]] += stack[from++];
    const rest = place - columns;
    const to = (rest * (rest + 1)) / 2 - columns;
    for (let j = shared; j <= i; j++) update[to + inParent[firstRow + j]] += stack[from++];
  }
}

/** Solves L y = x in place. */
function forward(
  { first, rowStart, rows, panel }: Symbolic,
  l: Float64Array,
  inverse: Float64Array,
  x: Float64Array,
): void {
  for (let s = 0; s + 1 < first.length; s++) {
    const c = first[s];
    const columns = first[s + 1] - c;
    let at = panel[s];
    for (let i = 0; i < columns; i++, at += columns) {
      let sum = x[c + i];
      for (let k = 0; k < i; k++) sum -= l[at + k] * x[c + k];
      x[c + i] = sum * inverse[c + i];
    }
    let r = rowStart[s];
    const end = rowStart[s + 1];
    for (; r + 3 < end; r += 4, at += 4 * columns) {
      let s0 = 0;
      let s1 = 0;
      let s2 = 0;
      let s3 = 0;
      for (let k = 0, a = at; k < columns; k++, a++) {
        const value = x[c + k];
        s0 += l[a] * value;
        s1 += l[a + columns] * value;
        s2 += l[a + 2 * columns] * value;
        s3 += l[a + 3 * columns] * value;
      }
      x[rows[r]] -= s0;
      x[rows[r + 1]] -= s1;
      x[rows[r + 2]] -= s2;
      x[rows[r + 3]] -= s3;
    }
    for (; r < end; r++, at += columns) {
      let sum = 0;
      for (let k = 0; k < columns; k++) sum += l[at + k] * x[c + k];
      x[rows[r]] -= sum;
    }
  }
}

/** Solves L^T y = x in place. */
function backward(
  { first, rowStart, rows, panel }: Symbolic,
  l: Float64Array,
  inverse: Float64Array,
  x: Float64Array,
): void {
  for (let s = first.length - 2; s >= 0; s--) {
    const c = first[s];
    const columns = first[s + 1] - c;
    let r = rowStart[s];
    let at = panel[s] + columns * columns;
    const end = rowStart[s + 1];
    for (; r + 3 < end; r += 4, at += 4 * columns) {
      const x0 = x[rows[r]];
      const x1 = x[rows[r + 1]];
      const x2 = x[rows[r + 2]];
      const x3 = x[rows[r + 3]];
      for (let k = 0, a = at; k < columns; k++, a++) {
        x[c + k] -= l[a] * x0 + l[a + columns] * x1 + (l[a + 2 * columns] * x2 + l[a + 3 * columns] * x3);
      }
    }
    for (; r < end; r++, at += columns) {
      const value = x[rows[r]];
      for (let k = 0; k < columns; k++) x[c + k] -= l[at + k] * value;
    }
    at = panel[s] + columns * columns;
    for (let i = columns - 1; i >= 0; i--) {
      at -= columns;
      const value = x[c + i] * inverse[c + i];
      x[c + i] = value;
      for (let k = 0; k < i; k++) x[c + k] -= l[at + k] * value;
    }
  }
}
