import { fail, InputError } from '../../base/errors.ts';
import { applyRows } from '../../thermal/floorplan/index.ts';
import { type LeakageModel, steadyWithLeakage } from '../../thermal/index.ts';
import type { ThermalNetwork } from '../../thermal/network/index.ts';
import type { SteadySolver } from '../../thermal/solvers/index.ts';
import { hotspotModel } from './build.ts';
import { hasNaturalConvection, packageConvection, SINK_ABOVE_AMBIENT_K, startConvection } from './convection.ts';
import { readUnits, sinkTemperature, unitSources } from './field.ts';
import type { HotspotModel } from './model.ts';
import type { HotspotProblem } from './problem.ts';

export interface HotspotSteadyState {
  /** The model whose state this is: the given one, unless natural convection has changed its resistance. */
  readonly model: HotspotModel;
  /** By node, K. */
  readonly rise: Float64Array;
  /** By unit, W; 0 without -leakage_used. */
  readonly leakageW: Float64Array;
  readonly convectionKPerW: number;
}

// HotSpot 7.0: leakage.c, and the stopping rules of its loops.
const LEAKAGE_W_PER_M2 = 1.5e4;
const LEAKAGE_PER_K = 0.036;
const LEAKAGE_AT_K = 383.15;
const HOTSPOT_LEAKAGE_K = 0.01;
const HOTSPOT_LEAKAGE_PASSES = 101;
const HOTSPOT_CONVECTION_K_PER_W = 0.01;

/** Of the sink's rise above ambient, in the physical loop. */
const CONVECTION_TOLERANCE = 1e-10;
const MOST_CONVECTION_PASSES = 100;
/** Above ambient: where the physical loop starts. */
const HOTTEST_SINK_K = 1000;

/**
 * The steady state under powers of the model's units, with the leakage of -leakage_used and the natural convection of the
 * package model. `hotspot`: both loops as HotSpot runs them, which end early. `physical`: leakage is Newton's fixed point
 * (`steadyWithLeakage`), each unit's at its mean temperature; natural convection has the resistance at which the sink is
 * as warm as that resistance makes it. HotSpot's loop begins at `fromKPerW`, the resistance that a transient before it ended
 * with. `solverFor` is called once a network. Errors: `thermal-runaway`, `solver-not-converged`, those of `hotspotModel`.
 */
export function hotspotSteady(
  problem: HotspotProblem,
  model: HotspotModel,
  powerW: ArrayLike<number>,
  solverFor: (network: ThermalNetwork) => SteadySolver,
  fromKPerW: number | null = null,
): HotspotSteadyState {
  const solve = (one: HotspotModel, convectionKPerW: number): HotspotSteadyState => {
    const state = leakySteady(problem, one, Float64Array.from(powerW), solverFor(one.network));
    return { model: one, convectionKPerW, ...state };
  };
  const solveFirst = (): HotspotSteadyState => solve(model, startConvection(problem, model.mode));
  if (!hasNaturalConvection(problem)) return solveFirst();
  const solveAt = (resistance: number): HotspotSteadyState => {
    return solve(hotspotModel(problem, model.mode, resistance), resistance);
  };
  return model.mode === 'hotspot'
    ? hotspotConvection(problem, fromKPerW === null ? solveFirst() : solveAt(fromKPerW), solveAt)
    : physicalConvection(problem, solveAt);
}

/** HotSpot's loop reports the state before the last change of the resistance. */
function hotspotConvection(
  { options, packageModel }: HotspotProblem,
  first: HotspotSteadyState,
  solveAt: (resistance: number) => HotspotSteadyState,
): HotspotSteadyState {
  let state = first;
  for (let pass = 0; pass < MOST_CONVECTION_PASSES; pass++) {
    const sinkK = sinkTemperature(state.model, state.rise) + SINK_ABOVE_AMBIENT_K;
    const resistance = packageConvection(packageModel!, options, 'hotspot', sinkK);
    if (Math.abs(resistance - state.convectionKPerW) < HOTSPOT_CONVECTION_K_PER_W) return state;
    state = solveAt(resistance);
  }
  return notConverged(state.convectionKPerW);
}

/**
 * The root of e(y) = ln(the sink's rise, as the resistance gives it) - y over y = ln(the rise that the resistance is taken
 * at), by secants within a bracket. e falls: a warmer sink is cooled better. So the search starts from a hot sink, and
 * leakage that runs away at some y only says that the root, if any, lies above.
 */
function physicalConvection(
  { options, packageModel }: HotspotProblem,
  solveAt: (resistance: number) => HotspotSteadyState,
): HotspotSteadyState {
  let [low, high] = [Number.NEGATIVE_INFINITY, Math.log(HOTTEST_SINK_K)];
  let [y, before, errorBefore] = [high, Number.NaN, Number.NaN];
  for (let pass = 0; pass < MOST_CONVECTION_PASSES; pass++) {
    const resistance = packageConvection(packageModel!, options, 'physical', options.ambient + Math.exp(y));
    const state = y === high ? solveAt(resistance) : unlessRunaway(() => solveAt(resistance));
    const error = state ? sinkLog(state) - y : Number.POSITIVE_INFINITY;
    // Without power any resistance will do.
    if (state && (Math.abs(error) < CONVECTION_TOLERANCE || error === Number.NEGATIVE_INFINITY)) return state;
    if (error > 0) low = y;
    else high = y;
    const secant = y - (error * (y - before)) / (error - errorBefore);
    const middle = Number.isFinite(low) ? (low + high) / 2 : y + error / 2;
    [before, errorBefore] = [y, error];
    y = secant > low && secant < high ? secant : middle;
  }
  return notConverged(options.r_convec);
}

function unlessRunaway<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch (error) {
    if (error instanceof InputError && error.diagnostics[0].code === 'thermal-runaway') return undefined;
    throw error;
  }
}

function sinkLog({ model, rise }: HotspotSteadyState): number {
  return Math.log(sinkTemperature(model, rise) - model.ambientK);
}

function notConverged(resistance: number): never {
  return fail('solver-not-converged', `natural convection did not settle; ${resistance.toPrecision(4)} K/W at the end`);
}

/** W of each unit at its temperature: HotSpot's example of leakage, by area. */
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
): Pick<HotspotSteadyState, 'rise' | 'leakageW'> {
  const rise = new Float64Array(model.nodes);
  const none = new Float64Array(powerW.length);
  if (problem.options.leakage_used === 1) {
    const leakage = leakageOf(problem);
    if (model.mode === 'hotspot') return hotspotLeakage(model, powerW, leakage, solver);
    const resistance = unitResistance(model, solver);
    const options = { names: model.units };
    const { leakageW } = steadyWithLeakage(resistance, model.ambientK, powerW, leakage, options);
    solver.solve(unitSources(model, added(powerW, leakageW)), rise);
    return { rise, leakageW };
  }
  solver.solve(unitSources(model, powerW), rise);
  return { rise, leakageW: none };
}

/** From 0 K on, which hardly leaks, until no unit is hotter by 0.01 K than in the pass before. */
function hotspotLeakage(
  model: HotspotModel,
  powerW: Float64Array,
  leakage: LeakageModel,
  solver: SteadySolver,
): Pick<HotspotSteadyState, 'rise' | 'leakageW'> {
  const rise = new Float64Array(model.nodes);
  const leakageW = new Float64Array(powerW.length);
  let temperatureK = new Float64Array(powerW.length);
  for (let pass = 0; pass < HOTSPOT_LEAKAGE_PASSES; pass++) {
    leakage(temperatureK, leakageW);
    const source = unitSources(model, added(powerW, leakageW));
    if (!source.every(Number.isFinite)) break;
    solver.solve(source, rise);
    const before = temperatureK;
    temperatureK = Float64Array.from(readUnits(model, rise));
    if (temperatureK.every((value, u) => value - before[u] < HOTSPOT_LEAKAGE_K)) return { rise, leakageW };
  }
  const hottest = temperatureK.indexOf(Math.max(...temperatureK));
  const where = `${model.units[hottest]} at ${temperatureK[hottest].toPrecision(5)} K`;
  return fail('thermal-runaway', `thermal runaway: leakage and temperature have not settled, with ${where}`, {
    expected: 'less power, less leakage or better cooling',
  });
}

/** Mean temperature of unit u (row) for 1 W in unit v (column), units x units, K/W. */
function unitResistance(model: HotspotModel, solver: SteadySolver): Float64Array {
  const units = model.units.length;
  const resistance = new Float64Array(units * units);
  const powerW = new Float64Array(units);
  const rise = new Float64Array(model.nodes);
  const means = new Float64Array(units);
  for (let v = 0; v < units; v++) {
    powerW.fill(0);
    powerW[v] = 1;
    solver.solve(unitSources(model, powerW), rise);
    applyRows(model.power, rise, 0, means);
    for (let u = 0; u < units; u++) resistance[u * units + v] = means[u];
  }
  return resistance;
}

function added(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((value, u) => value + b[u]);
}
