import { fail } from '../../base/errors.ts';
import type { LeakageModel } from '../../thermal/index.ts';
import type { SteadySolver } from '../../thermal/solvers/index.ts';
import { hotspotModel } from './build.ts';
import { hasNaturalConvection, startConvection } from './convection.ts';
import { unitSources } from './field.ts';
import type { HotspotProblem } from './input/problem.ts';
import type { HotspotModel, HotspotSteadyState, LeakyState } from './model.ts';

// HotSpot 7.0: leakage.c.
const LEAKAGE_W_PER_M2 = 1.5e4;
const LEAKAGE_PER_K = 0.036;
const LEAKAGE_AT_K = 383.15;

export const MOST_CONVECTION_PASSES = 100;

/** The model with another resistance of the convection, K/W. */
export type ModelAt = (convectionKPerW: number) => HotspotModel;

/**
 * The steady state under powers of the model's units, with the leakage of -leakage_used and the natural convection of
 * the package model. `hotspot` runs both loops as HotSpot does, which stop early. `physical` finds the fixed point of
 * leakage by Newton's method (`steadyWithLeakage`), with each unit's leakage at its mean temperature; its natural
 * convection has the resistance that is consistent with the sink's temperature. HotSpot's loop begins at `fromKPerW`,
 * the resistance at the end of a preceding transient. `solverFor` is called once per model; `modelAt` makes the models of
 * other resistances. Errors: `thermal-runaway`, `solver-not-converged`, those of `hotspotModel`.
 */
export function hotspotSteady(
  problem: HotspotProblem,
  model: HotspotModel,
  powerW: ArrayLike<number>,
  solverFor: (model: HotspotModel) => SteadySolver,
  fromKPerW: number | null = null,
  modelAt: ModelAt = (resistance) => hotspotModel(problem, model.rules, resistance),
): HotspotSteadyState {
  const solve = (one: HotspotModel, convectionKPerW: number): HotspotSteadyState => {
    const state = leakySteady(problem, one, Float64Array.from(powerW), solverFor(one));
    return { model: one, convectionKPerW, ...state };
  };
  if (!hasNaturalConvection(problem)) return solve(model, startConvection(problem, model.rules));
  const solveAt = (resistance: number): HotspotSteadyState => {
    return solve(modelAt(resistance), resistance);
  };
  return model.rules.naturalSteady(problem, solveAt, fromKPerW ?? startConvection(problem, model.rules));
}

export function convectionNotSettled(resistance: number): never {
  return fail('solver-not-converged', `natural convection did not settle; ${resistance.toPrecision(4)} K/W at the end`);
}

/** Leakage of each unit in W at its temperature: HotSpot's example model, by area. */
export function leakageOf({ layers }: HotspotProblem): LeakageModel {
  const powered = layers.filter(({ power }) => power).flatMap(({ floorplan }) => floorplan.blocks);
  const areaM2 = powered.map(({ widthM, heightM }) => widthM * heightM);
  return (temperatureK, powerW) => {
    for (let u = 0; u < powerW.length; u++) {
      powerW[u] = LEAKAGE_W_PER_M2 * areaM2[u] * Math.exp(LEAKAGE_PER_K * (temperatureK[u] - LEAKAGE_AT_K));
    }
  };
}

function leakySteady(
  problem: HotspotProblem,
  model: HotspotModel,
  powerW: Float64Array,
  solver: SteadySolver,
): LeakyState {
  if (problem.options.leakage_used === 1) return model.rules.leakySteady(model, powerW, leakageOf(problem), solver);
  const rise = new Float64Array(model.nodes);
  solver.solve(unitSources(model, powerW), rise);
  return { rise, leakageW: new Float64Array(powerW.length) };
}

export function added(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((value, u) => value + b[u]);
}
