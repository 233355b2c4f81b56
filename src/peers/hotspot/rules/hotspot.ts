import { fail } from '../../../base/errors.ts';
import type { LeakageModel } from '../../../thermal/index.ts';
import { hotspotRules } from '../../../thermal/rules/index.ts';
import type { SteadySolver } from '../../../thermal/solvers/index.ts';
import { packageConvection, SINK_ABOVE_AMBIENT_K } from '../convection.ts';
import { readUnits, sinkTemperature, unitSources } from '../field.ts';
import type { HotspotProblem } from '../input/problem.ts';
import { hotspotCells } from '../materials.ts';
import type { HotspotModel, HotspotRules, HotspotSteadyState, LeakyState, SolveAt } from '../model.ts';
import { added, convectionNotSettled, MOST_CONVECTION_PASSES } from '../steady.ts';

/** The rules of HotSpot 7.0, with every peculiarity. */
export const hotspotProgramRules: HotspotRules = {
  network: hotspotRules,
  convection: {
    // biome-ignore lint/suspicious/noApproximativeNumericConstant: HotSpot's own
    pi: 3.1416,
    finLength: (sinkSideM) => sinkSideM,
    finsBlockAir: false,
  },
  cellMaterials: hotspotCells,
  detailedIsLateral: true,
  leakySteady,
  naturalSteady,
  alwaysReadsStart: false,
  leaksInTime: false,
  fillsGaps: false,
  // The start of the interval.
  sampleLabel: (k) => k,
  // With a secondary path the first group is the board.
  throttled: (firstGroup) => firstGroup,
};

// The stopping rules of HotSpot's loops.
const LEAKAGE_K = 0.01;
const LEAKAGE_PASSES = 101;
const CONVECTION_K_PER_W = 0.01;

/** The state that HotSpot's loop reports: the one before the last change of the resistance. */
function naturalSteady(
  { options, packageModel }: HotspotProblem,
  solveAt: SolveAt,
  fromKPerW: number,
): HotspotSteadyState {
  let state = solveAt(fromKPerW);
  for (let pass = 0; pass < MOST_CONVECTION_PASSES; pass++) {
    const sinkK = sinkTemperature(state.model, state.rise) + SINK_ABOVE_AMBIENT_K;
    const resistance = packageConvection(packageModel!, options, hotspotProgramRules.convection, sinkK);
    if (Math.abs(resistance - state.convectionKPerW) < CONVECTION_K_PER_W) return state;
    state = solveAt(resistance);
  }
  return convectionNotSettled(state.convectionKPerW);
}

/** Iterates from 0 K, where leakage is almost zero, until no unit is hotter by 0.01 K than in the previous pass. */
function leakySteady(
  model: HotspotModel,
  powerW: Float64Array,
  leakage: LeakageModel,
  solver: SteadySolver,
): LeakyState {
  const rise = new Float64Array(model.nodes);
  const leakageW = new Float64Array(powerW.length);
  let temperatureK = new Float64Array(powerW.length);
  for (let pass = 0; pass < LEAKAGE_PASSES; pass++) {
    leakage(temperatureK, leakageW);
    const source = unitSources(model, added(powerW, leakageW));
    if (!source.every(Number.isFinite)) break;
    solver.solve(source, rise);
    const before = temperatureK;
    temperatureK = Float64Array.from(readUnits(model, rise));
    if (temperatureK.every((value, u) => value - before[u] < LEAKAGE_K)) return { rise, leakageW };
  }
  const hottest = temperatureK.indexOf(Math.max(...temperatureK));
  const where = `${model.units[hottest]} at ${temperatureK[hottest].toPrecision(5)} K`;
  return fail('thermal-runaway', `thermal runaway: leakage and temperature have not settled, with ${where}`, {
    expected: 'less power, less leakage or better cooling',
  });
}
