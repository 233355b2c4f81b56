import { type LeakageModel, leakyStepper } from '../leakage.ts';
import { backwardEuler } from '../solvers/backward-euler.ts';
import { exponentialTransient } from '../solvers/exponential.ts';
import { hotspotModel } from './build.ts';
import { hasNaturalConvection, packageConvection, SINK_ABOVE_AMBIENT_K } from './convection.ts';
import { readUnits, sinkTemperature } from './field.ts';
import type { HotspotModel } from './model.ts';
import type { HotspotProblem } from './problem.ts';
import { leakageOf } from './steady.ts';

/** A model in time, sample by sample, from a field of rises. */
export interface HotspotTransient {
  /** The network of the last step: natural convection changes it. */
  readonly model: HotspotModel;
  /** By node, K above ambient; overwritten by the next step. */
  readonly rise: Float64Array;
  /** Advances by the sampling interval under power by unit, W. */
  step(powerW: Float64Array): void;
}

/** `exact`: no error of time steps. `backward-euler`: one implicit step a sample. */
export type HotspotIntegration = 'exact' | 'backward-euler';

/**
 * The transient from `start`. With natural convection the resistance follows the sink, sample by sample as in HotSpot (its
 * default build): the network of a sample has the resistance of the sink's temperature before it. Leakage follows the
 * units' temperatures within a sample; HotSpot's transients have none, so neither has the `hotspot` model. Errors:
 * `thermal-runaway`, `out-of-range`.
 */
export function hotspotTransient(
  problem: HotspotProblem,
  model: HotspotModel,
  start: Float64Array,
  integration: HotspotIntegration,
): HotspotTransient {
  const { sampling_intvl, leakage_used } = problem.options;
  const leaky = leakage_used === 1 && model.mode === 'physical';
  const advance = (of: HotspotModel): Advance => steps(of, integration, leaky ? leakageOf(problem) : null);
  const rise = start.slice();
  if (!hasNaturalConvection(problem)) {
    const stepped = advance(model);
    return { model, rise, step: (powerW) => stepped(powerW, sampling_intvl, rise) };
  }
  const cooled = { model, rise, step };
  function step(powerW: Float64Array): void {
    cooled.model = hotspotModel(problem, model.mode, convectionAt(problem, model, rise));
    advance(cooled.model)(powerW, sampling_intvl, rise);
  }
  return cooled;
}

/** Replaces `rise` by that at the end of a sample. */
type Advance = (powerW: Float64Array, durationS: number, rise: Float64Array) => void;

function steps(model: HotspotModel, integration: HotspotIntegration, leakage: LeakageModel | null): Advance {
  const { network, power, units } = model;
  // Leakage follows the mean temperature where it enters, whatever is read in the end.
  const map = { spread: power, mean: power };
  const solver = (integration === 'exact' ? exponentialTransient : backwardEuler)(network, map);
  const stepper = leakage
    ? leakyStepper(solver, leakage, { names: units, longestStepS: Number.POSITIVE_INFINITY })
    : solver;
  return (powerW, durationS, rise) => {
    solver.state.set(rise);
    solver.refresh();
    stepper.step(powerW, durationS);
    rise.set(solver.state);
  };
}

function convectionAt({ options, packageModel }: HotspotProblem, model: HotspotModel, rise: Float64Array): number {
  const sinkK = Math.max(sinkTemperature(model, rise), options.ambient + SINK_ABOVE_AMBIENT_K);
  return packageConvection(packageModel!, options, model.mode, sinkK);
}

/** Temperatures of the units at the end of the last step, K. */
export function unitTemperatures({ model, rise }: HotspotTransient): Float64Array {
  return readUnits(model, rise);
}

/** Temperatures of all cells of HotSpot's layers, K; empty for the block model. */
export function cellTemperatures({ grid, network }: HotspotModel, rise: Float64Array): Float64Array {
  const cells = grid ? grid.layers * grid.rows * grid.columns : 0;
  return rise.slice(0, cells).map((value) => value + network.ambientK);
}
