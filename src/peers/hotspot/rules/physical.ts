import { InputError } from '../../../base/errors.ts';
import { applyRows } from '../../../thermal/floorplan/index.ts';
import { type LeakageModel, steadyWithLeakage } from '../../../thermal/index.ts';
import { physicalRules } from '../../../thermal/rules/index.ts';
import type { SteadySolver } from '../../../thermal/solvers/index.ts';
import { packageConvection } from '../convection.ts';
import { sinkTemperature, unitSources } from '../field.ts';
import type { HotspotProblem } from '../input/problem.ts';
import { mixedCells } from '../materials.ts';
import type { HotspotModel, HotspotRules, HotspotSteadyState, LeakyState, SolveAt } from '../model.ts';
import { added, convectionNotSettled, MOST_CONVECTION_PASSES } from '../steady.ts';

/** The physics that HotSpot's files describe. */
export const physicalProgramRules: HotspotRules = {
  network: physicalRules,
  convection: { pi: Math.PI, finLength: (_, finHeightM) => finHeightM, finsBlockAir: true },
  cellMaterials: mixedCells,
  detailedIsLateral: false,
  leakySteady,
  naturalSteady,
  alwaysReadsStart: true,
  leaksInTime: true,
  fillsGaps: true,
  sampleLabel: (k) => k + 1,
  throttled: (_, all) => all,
};

/** Relative tolerance of the sink's rise above ambient. */
const CONVECTION_TOLERANCE = 1e-10;
/** Rise above ambient at which the search starts. */
const HOTTEST_SINK_K = 1000;

/**
 * Finds the root of e(y) = ln(rise of the sink under the resistance at y) - y, where y = ln(rise at which the
 * resistance is taken), by secants within a bracket. e falls, because a warmer sink is cooled better. The search
 * therefore starts from a hot sink. If leakage runs away at some y, the root, if there is one, lies above it.
 */
function naturalSteady({ options, packageModel }: HotspotProblem, solveAt: SolveAt): HotspotSteadyState {
  let [low, high] = [Number.NEGATIVE_INFINITY, Math.log(HOTTEST_SINK_K)];
  let [y, before, errorBefore] = [high, Number.NaN, Number.NaN];
  for (let pass = 0; pass < MOST_CONVECTION_PASSES; pass++) {
    const resistance = packageConvection(
      packageModel!,
      options,
      physicalProgramRules.convection,
      options.ambient + Math.exp(y),
    );
    const state = y === high ? solveAt(resistance) : unlessRunaway(() => solveAt(resistance));
    const error = state ? sinkLog(state) - y : Number.POSITIVE_INFINITY;
    // Without power any resistance satisfies the equation.
    if (state && (Math.abs(error) < CONVECTION_TOLERANCE || error === Number.NEGATIVE_INFINITY)) return state;
    if (error > 0) low = y;
    else high = y;
    const secant = y - (error * (y - before)) / (error - errorBefore);
    const middle = Number.isFinite(low) ? (low + high) / 2 : y + error / 2;
    [before, errorBefore] = [y, error];
    y = secant > low && secant < high ? secant : middle;
  }
  return convectionNotSettled(options.r_convec);
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

/** Newton's method finds the fixed point, with each unit's leakage at its mean temperature. */
function leakySteady(
  model: HotspotModel,
  powerW: Float64Array,
  leakage: LeakageModel,
  solver: SteadySolver,
): LeakyState {
  const rise = new Float64Array(model.nodes);
  const resistance = unitResistance(model, solver);
  const { leakageW } = steadyWithLeakage(resistance, model.ambientK, powerW, leakage, { names: model.units });
  solver.solve(unitSources(model, added(powerW, leakageW)), rise);
  return { rise, leakageW };
}

/** Mean temperature rise of unit u (row) for 1 W in unit v (column): units x units, K/W. */
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
