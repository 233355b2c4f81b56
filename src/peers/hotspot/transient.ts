import { elementCg, isElementNetwork } from '../../thermal/elements/index.ts';
import { applyRows } from '../../thermal/floorplan/index.ts';
import { type LeakageModel, leakyStepper } from '../../thermal/index.ts';
import { isGridNetwork, type ThermalNetwork } from '../../thermal/network/index.ts';
import { blockReader, fieldTemperatures, modalTransient, type ResultCache } from '../../thermal/reduced/index.ts';
import {
  backwardEuler,
  choleskyFor,
  cosineCg,
  exponentialTransient,
  metered,
  PlanTooSlow,
  type SolverFor,
  type SolverPlan,
  type TransientSolver,
  WorkMeter,
} from '../../thermal/solvers/index.ts';
import { hotspotModel } from './build.ts';
import { hasNaturalConvection, packageConvection, SINK_ABOVE_AMBIENT_K } from './convection.ts';
import { readUnits, sinkTemperature } from './field.ts';
import type { HotspotStart } from './initial.ts';
import type { HotspotProblem } from './input/problem.ts';
import type { HotspotModel } from './model.ts';
import { reducedModelOf, waveStepsOf } from './reduced.ts';
import { leakageOf } from './steady.ts';

/** A model that advances in time, sample by sample. */
export interface HotspotTransient {
  /** The network of the last step and its resistance to the ambient, K/W. Natural convection changes both. */
  readonly model: HotspotModel;
  readonly convectionKPerW: number | null;
  /** Advances by one sampling interval under power by unit, W. */
  step(powerW: Float64Array): void;
  /** Temperatures of the units, K. */
  unitsK(): Float64Array;
  /** Temperatures in K of all cells of HotSpot's layers, or of the first layer only; empty if they were not requested. */
  cellsK(): Float64Array;
}

export interface HotspotTransientOptions {
  readonly plan: SolverPlan;
  /** The layers whose cells are read: the first, or all. A reduced model of a network has only the cells of the first layer. */
  readonly fields?: 'die' | 'all' | undefined;
  readonly cache?: ResultCache | undefined;
  /** Receives the unit temperatures inside each sample too, with the time since its start, to find peaks. */
  readonly onLook?: ((elapsedS: number, unitsK: Float64Array) => void) | undefined;
}

/**
 * The shares of a sample between looks. With `onLook` they end at 1/64, 1/16, 1/4 and 1, because temperatures turn soon
 * after a jump of the power. A backward Euler step cannot be divided.
 */
const LOOKS = [1 / 64, 3 / 64, 12 / 64, 48 / 64];
const WHOLE = [1];

/**
 * The transient from a start. With natural convection the resistance follows the sink sample by sample, as in HotSpot
 * (its default build): the network of a sample has the resistance at the sink's temperature before it. Leakage follows
 * the units' temperatures within a sample. HotSpot's transients have no leakage, so the `hotspot` model has none
 * either. A plan that has taken as much work as the other one would is left for that. Errors: `thermal-runaway`, `out-of-range`.
 */
export function hotspotTransient(
  problem: HotspotProblem,
  model: HotspotModel,
  start: HotspotStart,
  options: HotspotTransientOptions,
): HotspotTransient {
  const { plan } = options;
  const { leakage_used } = problem.options;
  const leakage = leakage_used === 1 && model.rules.leaksInTime ? leakageOf(problem) : null;
  const meter = Number.isFinite(plan.limit) ? new WorkMeter(plan.limit) : undefined;
  const inNodes = (of?: WorkMeter): HotspotTransient => nodalTransient(problem, model, start, leakage, options, of);
  const inModes = (look = options.onLook, of?: WorkMeter): HotspotTransient =>
    modalSteps(problem, model, start, leakage, { ...options, onLook: look }, of);
  if (plan.transient === 'waves') return waveSteps(problem, model, start, leakage, options);
  if (plan.transient === 'modal') return modalOrNodal(() => inModes(options.onLook, meter), inNodes);
  return meter ? nodalThenModal(inNodes(meter), meter, options.onLook, inModes) : inNodes();
}

/** Steps of a reduced model, or of nodes if it takes too much work to make. */
function modalOrNodal(modal: () => HotspotTransient, nodal: () => HotspotTransient): HotspotTransient {
  try {
    return modal();
  } catch (error) {
    if (!(error instanceof PlanTooSlow)) throw error;
    return nodal();
  }
}

/** Steps of nodes until they have taken too much work, then those of a reduced model, which begins with the samples so far. */
function nodalThenModal(
  nodal: HotspotTransient,
  meter: WorkMeter,
  onLook: HotspotTransientOptions['onLook'],
  modal: (onLook: HotspotTransientOptions['onLook']) => HotspotTransient,
): HotspotTransient {
  let now = nodal;
  const past: Float64Array[] = [];
  // Samples that are repeated have been looked at.
  let isRepeated = false;
  const look: typeof onLook = onLook && ((elapsedS, unitsK) => !isRepeated && onLook(elapsedS, unitsK));
  return {
    get model() {
      return now.model;
    },
    get convectionKPerW() {
      return now.convectionKPerW;
    },
    step(powerW) {
      if (now === nodal && meter.isOver) {
        now = modal(look);
        isRepeated = true;
        for (const before of past.splice(0)) now.step(before);
        isRepeated = false;
      }
      if (now === nodal) past.push(powerW.slice());
      now.step(powerW);
    },
    unitsK: () => now.unitsK(),
    cellsK: () => now.cellsK(),
  };
}

function nodalTransient(
  problem: HotspotProblem,
  model: HotspotModel,
  start: HotspotStart,
  leakage: LeakageModel | null,
  { plan, onLook }: HotspotTransientOptions,
  meter?: WorkMeter,
): HotspotTransient {
  const { sampling_intvl } = problem.options;
  const advance = (of: HotspotModel): Advance => nodalSteps(of, plan.transient === 'backward-euler', leakage, meter);
  const rise = start.rise();
  const parts = onLook && plan.transient !== 'backward-euler' ? LOOKS : WHOLE;
  const transient = {
    model,
    convectionKPerW: null as number | null,
    step,
    unitsK: () => readUnits(transient.model, rise),
    cellsK: () => cellTemperatures(transient.model, rise),
  };
  const fixed = hasNaturalConvection(problem) ? null : advance(model);
  function step(powerW: Float64Array): void {
    if (!fixed) {
      transient.convectionKPerW = convectionAt(problem, model, rise);
      transient.model = hotspotModel(problem, model.rules, transient.convectionKPerW);
    }
    const stepped = fixed ?? advance(transient.model);
    inParts(parts, sampling_intvl, (durationS, elapsedS) => {
      stepped(powerW, durationS, rise);
      onLook?.(elapsedS, readUnits(transient.model, rise));
    });
  }
  return transient;
}

/**
 * Solvers of shifted systems. Planes of equal cells use cosine transforms and iterate to a relative residual, as elements do; other
 * networks use Cholesky, exact up to rounding.
 */
export function shiftedSolvers(network: ThermalNetwork, tolerance = TIGHT): SolverFor {
  if (isGridNetwork(network)) return (shift) => cosineCg(network, { shift, tolerance });
  return isElementNetwork(network) ? (shift) => elementCg(network, shift, tolerance) : choleskyFor(network);
}

/** Relative residual of a solution. One step in time takes 21 solutions, whose errors add up. */
const TIGHT = 1e-12;

/** Replaces `rise` by the rise at the end of a sample. */
type Advance = (powerW: Float64Array, durationS: number, rise: Float64Array) => void;

function nodalSteps(
  model: HotspotModel,
  implicit: boolean,
  leakage: LeakageModel | null,
  meter: WorkMeter | undefined,
): Advance {
  const { network, power } = model;
  // Leakage follows the mean temperature where it enters, whichever temperatures are reported.
  const map = { spread: power, mean: power };
  const plain = shiftedSolvers(network);
  const solverFor: SolverFor = (shift) => (meter ? metered(plain(shift), meter, false) : plain(shift));
  const options = { solverFor };
  const solver = implicit ? backwardEuler(network, map, options) : exponentialTransient(network, map, options);
  const stepper = withLeakage(solver, model, leakage);
  return (powerW, durationS, rise) => {
    solver.state.set(rise);
    solver.refresh();
    stepper.step(powerW, durationS);
    rise.set(solver.state);
  };
}

function modalSteps(
  problem: HotspotProblem,
  model: HotspotModel,
  start: HotspotStart,
  leakage: LeakageModel | null,
  { plan, cache, onLook, fields }: HotspotTransientOptions,
  meter?: WorkMeter,
): HotspotTransient {
  const reduced = reducedModelOf(problem, model, start, plan.fine, fields, cache, meter);
  const { readings } = reduced;
  // Leakage follows the means; without it, only what is read is computed.
  const isOnlyRead = readings !== undefined && leakage === null;
  const solver = modalTransient(isOnlyRead ? { ...reduced, output: readings } : reduced);
  const amplitude = start.uniformK ?? 1;
  for (let i = 0; reduced.starts && i < reduced.modes; i++) solver.state[i] = amplitude * reduced.starts[i];
  solver.refresh();
  const stepper = withLeakage(solver, model, leakage);
  const { rows = 0, columns = 0, layers = 0 } = (fields && model.grid) || {};
  const cells = new Float64Array(rows * columns * (fields === 'all' ? layers : 1));
  const read = readings && !isOnlyRead && blockReader(reduced);
  const unitsK = (): Float64Array => (read ? read(solver.state) : solver.temperatureK);
  return {
    model,
    convectionKPerW: null,
    step: sampleStep(problem, stepper, unitsK, onLook),
    unitsK,
    cellsK() {
      if (fields) fieldTemperatures(reduced, solver.state, cells);
      return cells;
    },
  };
}

function waveSteps(
  problem: HotspotProblem,
  model: HotspotModel,
  start: HotspotStart,
  leakage: LeakageModel | null,
  { cache, onLook }: HotspotTransientOptions,
): HotspotTransient {
  const { transient, unitsK, cellsK } = waveStepsOf(problem, model, start, leakage !== null, cache);
  const stepper = withLeakage(transient, model, leakage);
  return {
    model,
    convectionKPerW: null,
    step: sampleStep(problem, stepper, unitsK, onLook),
    unitsK,
    cellsK,
  };
}

/** A step of one sample, in parts if somebody looks at the units within it. */
function sampleStep(
  { options }: HotspotProblem,
  stepper: ReturnType<typeof withLeakage>,
  unitsK: () => Float64Array,
  onLook: HotspotTransientOptions['onLook'],
): HotspotTransient['step'] {
  return (powerW) =>
    inParts(onLook ? LOOKS : WHOLE, options.sampling_intvl, (durationS, elapsedS) => {
      stepper.step(powerW, durationS);
      onLook?.(elapsedS, unitsK());
    });
}

function inParts(
  parts: readonly number[],
  intervalS: number,
  step: (durationS: number, elapsedS: number) => void,
): void {
  let elapsedS = 0;
  for (const part of parts) {
    elapsedS += part * intervalS;
    step(part * intervalS, elapsedS);
  }
}

function withLeakage(solver: TransientSolver, { units }: HotspotModel, leakage: LeakageModel | null) {
  if (!leakage) return solver;
  return leakyStepper(solver, leakage, { names: units, longestStepS: Number.POSITIVE_INFINITY });
}

function convectionAt({ options, packageModel }: HotspotProblem, model: HotspotModel, rise: Float64Array): number {
  const sinkK = Math.max(sinkTemperature(model, rise), options.ambient + SINK_ABOVE_AMBIENT_K);
  return packageConvection(packageModel!, options, model.rules.convection, sinkK);
}

/** Temperatures of all cells of HotSpot's layers, K; empty for the block model. */
export function cellTemperatures({ grid, cells: rows, ambientK }: HotspotModel, rise: Float64Array): Float64Array {
  const cells = grid ? grid.layers * grid.rows * grid.columns : 0;
  if (rows) {
    const read = new Float64Array(cells);
    applyRows(rows, rise, 0, read);
    return read.map((value) => value + ambientK);
  }
  return rise.slice(0, cells).map((value) => value + ambientK);
}
