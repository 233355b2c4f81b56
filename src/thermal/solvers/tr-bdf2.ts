import { fail } from '../../base/errors.ts';
import { applyConductance } from '../../numeric/sparse.ts';
import type { BlockMap } from '../floorplan/grid-map.ts';
import type { ThermalNetwork } from '../network/network.ts';
import { checkDuration, choleskyFor, keepSolvers, NodalField, type SolverFor } from './nodal.ts';
import type { TransientSolver } from './transient.ts';

export interface TrBdf2Options {
  /** Largest estimated error of a substep at any node, K; a step adds up several. Default 1e-3. Infinity: every step is taken whole. */
  readonly toleranceK?: number;
  /** By default Cholesky; conjugate gradients need less memory where there is a preconditioner. */
  readonly solverFor?: SolverFor;
}

/** With gamma = 2 - sqrt 2 both stages have the matrix C + D h G (Hosea and Shampine 1996, with their d and w). */
const GAMMA = 2 - Math.SQRT2;
const D = GAMMA / 2;
const W = Math.SQRT2 / 4;
/** The second stage starts from TO_MIDDLE times the middle less TO_START times the start. */
const TO_MIDDLE = 1 / (GAMMA * (2 - GAMMA));
const TO_START = TO_MIDDLE - 1;
/** Weights of third order less those of the step. */
const ERROR_START = (1 - 4 * W) / 3;
const ERROR_MIDDLE = 1 / 3;
const ERROR_END = (-2 * D) / 3;

/** Substeps are the step halved this often at most, so that their places in it are exact. */
const MOST_HALVINGS = 45;
/** A substep of twice the length has 8 times the error: lengthened below this part of the tolerance. */
const LENGTHEN_BELOW = 1 / 16;
/** Solvers kept: one a size of substep, some 10 MB each at 64 x 64 x 4. */
const KEPT_SIZES = 8;

/**
 * TR-BDF2 (Bank et al. 1985), starting at ambient: second order, L-stable, so power jumps leave no ringing. A step is cut
 * into substeps of its length over powers of two, whose factors are shared, by an embedded estimate of third order. For
 * any network and any number of blocks. Heat is conserved to rounding, under constant and under ramped power. Errors:
 * `out-of-range` for a step that is not above 0; `solver-not-converged` for a tolerance out of reach; the solver's own.
 */
export function trBdf2(network: ThermalNetwork, map: BlockMap, options: TrBdf2Options = {}): TransientSolver {
  const { toleranceK = 1e-3, solverFor = choleskyFor(network) } = options;
  return new TrBdf2(network, map, toleranceK, solverFor);
}

class TrBdf2 extends NodalField implements TransientSolver {
  heatOutJ = 0;
  private readonly toleranceK: number;
  private readonly solverFor: SolverFor;
  private firstHalvings = 0;
  /** By node: sources at the step's start and their change over it, W. */
  private readonly source: Float64Array;
  private readonly change: Float64Array;
  private readonly middle: Float64Array;
  private readonly end: Float64Array;
  private readonly error: Float64Array;
  private readonly right: Float64Array;
  /** Net power into each node at the substep's start, W. */
  private readonly inflow: Float64Array;

  constructor(network: ThermalNetwork, map: BlockMap, toleranceK: number, solverFor: SolverFor) {
    super(network, map);
    this.toleranceK = toleranceK;
    this.solverFor = keepSolvers(solverFor, KEPT_SIZES);
    const field = (): Float64Array => new Float64Array(network.nodes);
    [this.source, this.change, this.middle, this.end] = [field(), field(), field(), field()];
    [this.error, this.right, this.inflow] = [field(), field(), field()];
  }

  step(powerW: Float64Array, durationS: number, endPowerW = powerW): void {
    checkDuration(durationS);
    const { source, change } = this;
    this.sources(powerW, source);
    this.sources(endPowerW, change);
    for (let i = 0; i < change.length; i++) change[i] -= source[i];
    this.heatOutJ = 0;
    let halvings = this.firstHalvings;
    // Binary fractions: exact.
    for (let done = 0; done < 1; ) {
      const part = 2 ** -halvings;
      const error = this.substep(done, part, durationS);
      if (error > this.toleranceK) {
        // Third order, where it holds: one halving takes an eighth.
        halvings += Math.max(1, Math.floor(Math.log2(error / this.toleranceK) / 3));
        if (halvings > MOST_HALVINGS) fail('solver-not-converged', `no thermal step reaches ${this.toleranceK} K`);
        continue;
      }
      const lengthen = halvings > 0 && error < LENGTHEN_BELOW * this.toleranceK;
      // The next step is likely to begin as this one did.
      if (done === 0) this.firstHalvings = lengthen ? halvings - 1 : halvings;
      done += part;
      this.accept(part * durationS);
      if (lengthen && Number.isInteger(done / (2 * part))) halvings--;
    }
    this.refresh();
  }

  /** Computes `middle` and `end` of the substep from `done` over `part` of the step; returns its largest error, K. */
  private substep(done: number, part: number, durationS: number): number {
    const { network, state, source, change, middle, end, right, inflow } = this;
    const { capacity, conductance, nodes } = network;
    const shift = 1 / (D * part * durationS);
    const solver = this.solverFor(shift);
    const toMiddle = done + GAMMA * part;
    const toEnd = done + part;
    applyConductance(conductance, 0, capacity, state, inflow);
    for (let i = 0; i < nodes; i++) {
      inflow[i] = source[i] + done * change[i] - inflow[i];
      right[i] = shift * capacity[i] * state[i] + inflow[i] + source[i] + toMiddle * change[i];
    }
    middle.set(state);
    solver.solve(right, middle);
    for (let i = 0; i < nodes; i++) {
      const start = TO_MIDDLE * middle[i] - TO_START * state[i];
      right[i] = shift * capacity[i] * start + source[i] + toEnd * change[i];
    }
    end.set(middle);
    solver.solve(right, end);
    return this.toleranceK === Number.POSITIVE_INFINITY ? 0 : this.largestError(shift);
  }

  /** The estimate passed through the step's own matrix, without which stiff parts would be far overestimated. */
  private largestError(shift: number): number {
    const { network, state, middle, end, right, inflow, error } = this;
    const { capacity, nodes } = network;
    for (let i = 0; i < nodes; i++) {
      const rate = shift * capacity[i];
      const atMiddle = rate * (middle[i] - state[i]) - inflow[i];
      const atEnd = rate * (end[i] - TO_MIDDLE * middle[i] + TO_START * state[i]);
      right[i] = (ERROR_START * inflow[i] + ERROR_MIDDLE * atMiddle + ERROR_END * atEnd) / D;
    }
    error.fill(0);
    this.solverFor(shift).solve(right, error);
    let largest = 0;
    for (let i = 0; i < nodes; i++) largest = Math.max(largest, Math.abs(error[i]));
    return largest;
  }

  private accept(durationS: number): void {
    const { state, middle, end } = this;
    const outW = W * (this.outflowW(state) + this.outflowW(middle)) + D * this.outflowW(end);
    this.heatOutJ += durationS * outW;
    state.set(end);
  }
}
