import type { BlockMap, SparseRows } from '../grid-map.ts';
import { type LeakageModel, leakyStepper } from '../leakage.ts';
import { cachedModel, type ResultCache } from '../model-cache.ts';
import { isGridNetwork, type ThermalNetwork } from '../network.ts';
import { backwardEuler } from '../solvers/backward-euler.ts';
import type { SolverPlan } from '../solvers/choose.ts';
import { cosineCg } from '../solvers/cosine-cg.ts';
import { exponentialTransient } from '../solvers/exponential.ts';
import { modalTransient } from '../solvers/modal.ts';
import { choleskyFor, type SolverFor } from '../solvers/nodal.ts';
import { type ReducedModel, type ReducedModelOptions, reduceNetwork } from '../solvers/reduced-model.ts';
import type { TransientSolver } from '../solvers/transient.ts';
import { hotspotModel } from './build.ts';
import { hasNaturalConvection, packageConvection, SINK_ABOVE_AMBIENT_K } from './convection.ts';
import { readUnits, sinkTemperature, unitReadings } from './field.ts';
import type { HotspotModel } from './model.ts';
import type { HotspotProblem } from './problem.ts';
import { leakageOf } from './steady.ts';

/** A model in time, sample by sample. */
export interface HotspotTransient {
  /** The network of the last step, and its resistance to the ambient, K/W, if natural convection changes them. */
  readonly model: HotspotModel;
  readonly convectionKPerW: number | null;
  /** Advances by the sampling interval under power by unit, W. */
  step(powerW: Float64Array): void;
  /** Temperatures of the units, K. */
  unitsK(): Float64Array;
  /** Temperatures of all cells of HotSpot's layers, K; empty for the block model, or if fields were not asked for. */
  cellsK(): Float64Array;
}

export interface HotspotTransientOptions {
  readonly plan: SolverPlan;
  readonly cache?: ResultCache | undefined;
  /** Told of the temperatures of the units inside of each sample too, and how far into it: to find peaks. */
  readonly onLook?: ((elapsedS: number, unitsK: Float64Array) => void) | undefined;
}

/**
 * Shares of a sample after which one looks, with `onLook`: ends at 1/64, 1/16, 1/4 and 1, because temperatures turn soon after
 * power has jumped. A backward Euler step cannot be divided.
 */
const LOOKS = [1 / 64, 3 / 64, 12 / 64, 48 / 64];
const WHOLE = [1];

/**
 * The transient from a field of rises. With natural convection the resistance follows the sink, sample by sample as in
 * HotSpot (its default build): the network of a sample has the resistance of the sink's temperature before it. Leakage
 * follows the units' temperatures within a sample; HotSpot's transients have none, so neither has the `hotspot` model.
 * Errors: `thermal-runaway`, `out-of-range`.
 */
export function hotspotTransient(
  problem: HotspotProblem,
  model: HotspotModel,
  start: Float64Array,
  options: HotspotTransientOptions,
): HotspotTransient {
  const { plan, onLook } = options;
  const { leakage_used, sampling_intvl } = problem.options;
  const leakage = leakage_used === 1 && model.mode === 'physical' ? leakageOf(problem) : null;
  if (plan.transient === 'modal') return modalSteps(problem, model, start, leakage, options);
  const advance = (of: HotspotModel): Advance => nodalSteps(of, plan.transient === 'backward-euler', leakage);
  const rise = start.slice();
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
      transient.model = hotspotModel(problem, model.mode, transient.convectionKPerW);
    }
    const stepped = fixed ?? advance(transient.model);
    inParts(parts, sampling_intvl, (durationS, elapsedS) => {
      stepped(powerW, durationS, rise);
      onLook?.(elapsedS, readUnits(transient.model, rise));
    });
  }
  return transient;
}

/** Shifted systems: by cosines for planes of alike cells, to a relative residual; else by Cholesky, to rounding. */
export function shiftedSolvers(network: ThermalNetwork, tolerance = TIGHT): SolverFor {
  return isGridNetwork(network) ? (shift) => cosineCg(network, { shift, tolerance }) : choleskyFor(network);
}

/** A step in time has 21 solutions whose errors add up. */
const TIGHT = 1e-12;

/** Whether a reduced model can tell what is wanted of this model's units. */
export function isReducible(problem: HotspotProblem, model: HotspotModel): boolean {
  if (model.readingMode !== 'mean') return false;
  // Leakage follows the mean where power enters; the model would have to tell that beside what is read.
  return problem.options.leakage_used === 0 || model.mode === 'hotspot' || isSame(unitReadings(model), model.power);
}

function isSame(a: SparseRows, b: SparseRows): boolean {
  const same = (x: ArrayLike<number>, y: ArrayLike<number>): boolean =>
    x.length === y.length && Array.from(x).every((value, i) => value === y[i]);
  return same(a.start, b.start) && same(a.index, b.index) && same(a.weight, b.weight);
}

/** Replaces `rise` by that at the end of a sample. */
type Advance = (powerW: Float64Array, durationS: number, rise: Float64Array) => void;

function nodalSteps(model: HotspotModel, implicit: boolean, leakage: LeakageModel | null): Advance {
  const { network, power } = model;
  // Leakage follows the mean temperature where it enters, whatever is read in the end.
  const map = { spread: power, mean: power };
  const options = { solverFor: shiftedSolvers(network) };
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
  start: Float64Array,
  leakage: LeakageModel | null,
  { plan, cache, onLook }: HotspotTransientOptions,
): HotspotTransient {
  // A uniform start is that of 1 K, so that one model serves them all.
  const uniform = start.every((value) => value === start[0]);
  const [field, amplitude] = uniform ? [new Float64Array(start.length).fill(1), start[0]] : [start, 1];
  const starts = uniform && amplitude === 0 ? [] : [field];
  const reduced = reducedModelOf(problem, model, starts, plan.fine, cache);
  const solver = modalTransient(reduced);
  for (let i = 0; starts.length > 0 && i < reduced.modes; i++) solver.state[i] = amplitude * reduced.starts![i];
  solver.refresh();
  const stepper = withLeakage(solver, model, leakage);
  return {
    model,
    convectionKPerW: null,
    step: (powerW) =>
      inParts(onLook ? LOOKS : WHOLE, problem.options.sampling_intvl, (durationS, elapsedS) => {
        stepper.step(powerW, durationS);
        onLook?.(elapsedS, solver.temperatureK);
      }),
    unitsK: () => solver.temperatureK,
    cellsK: () => new Float64Array(0),
  };
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

/** For 1e-5 K, on HotSpot's 16 x 16 networks. */
const FINE: ReducedModelOptions = { shiftRatio: 3, newEnough: 1e-5 };

function reducedModelOf(
  problem: HotspotProblem,
  model: HotspotModel,
  starts: readonly Float64Array[],
  fine: boolean,
  cache: ResultCache | undefined,
): ReducedModel {
  const { network, units, mode } = model;
  const shape = { blocks: units.length, fieldNodes: 0, starts: starts.length, ambientK: network.ambientK };
  const uniform = starts.every((field) => field.every((value) => value === 1));
  const facts = [mode, fine, networkFacts(problem), starts.length, uniform || starts.map((field) => [...field])];
  return cachedModel(cache, facts, shape, () => {
    const map: BlockMap = { spread: model.power, mean: unitReadings(model) };
    const options = { ...(fine && FINE), starts };
    if (isGridNetwork(network)) return reduceNetwork(network, map, options);
    return reduceNetwork(network, map, { ...options, solver: choleskyFor(network) });
  });
}

/** All that the network and what is read of it depend on, and little else. */
function networkFacts({ options, layers, packageModel }: HotspotProblem): unknown {
  const ofNetwork = Object.entries(options).filter(([key]) => !NOT_OF_NETWORK.has(key));
  const plain = layers.map(({ floorplan, blocks, ...layer }) => {
    const shapes = floorplan.blocks.map(({ leftM, bottomM, widthM, heightM }) => [leftM, bottomM, widthM, heightM]);
    const materials = blocks.map(({ heatCapacityJPerM3K, resistivityMKPerW }) => [
      heatCapacityJPerM3K ?? null,
      resistivityMKPerW ?? null,
    ]);
    return { ...layer, shapes, materials };
  });
  return [ofNetwork, plain, packageModel];
}

const NOT_OF_NETWORK: ReadonlySet<string> = new Set([
  ...['init_file', 'init_temp', 'steady_file', 'sampling_intvl', 'base_proc_freq', 'dtm_used', 'thermal_threshold'],
  ...['grid_steady_file', 'grid_transient_file', 'grid_layer_file', 'materials_file', 'package_config_file'],
]);

function convectionAt({ options, packageModel }: HotspotProblem, model: HotspotModel, rise: Float64Array): number {
  const sinkK = Math.max(sinkTemperature(model, rise), options.ambient + SINK_ABOVE_AMBIENT_K);
  return packageConvection(packageModel!, options, model.mode, sinkK);
}

/** Temperatures of all cells of HotSpot's layers, K; empty for the block model. */
export function cellTemperatures({ grid, network }: HotspotModel, rise: Float64Array): Float64Array {
  const cells = grid ? grid.layers * grid.rows * grid.columns : 0;
  return rise.slice(0, cells).map((value) => value + network.ambientK);
}
