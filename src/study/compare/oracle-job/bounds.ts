import {
  type Experiment,
  type FixedWork,
  type PreparedPlant,
  type RelaxedRuns,
  relaxedRuns,
} from '../../../cosim/index.ts';
import { DagBuilder, lagrangeBound, leastEnergy, leastPeriod, type ThermalProblem } from '../../oracle/index.ts';
import type { OracleJob, ThermalBounds } from '../jobs.ts';

const MOST_RELAXED = 1024;
/** Most entries of the table of heat by run, setting and block. */
const MOST_HEAT = 4_000_000;
/** Own starts are the steady state of the run's mean power to this many kelvin. */
const START_TOLERANCE_K = 0.02;

/**
 * The bound: each run of equal folds at its best setting, or at a mixture of settings; no changes; leakage of a die at
 * ambient, which no temperature of the run is below.
 */
export function boundOf(
  prepared: PreparedPlant,
  { count }: FixedWork,
  deadlineS: number,
  windowS: number,
): number | null {
  const { model, design, blocks } = prepared.plant;
  const relaxed = relaxedRuns(prepared, MOST_RELAXED);
  if (!relaxed) return null;
  const coolest = model ? model.ambientK : design.spec.dieTemperatureK;
  const { leastW, extraW } = relaxed.leakageAt(new Float64Array(blocks.length).fill(coolest));
  // By convexity, no inference gains if another one takes more than the mean time.
  const limitS = Math.min(deadlineS, windowS / count);
  let energyJ = (relaxed.backgroundW + sum(leastW)) * windowS;
  for (const [a, { runs, settings, timeS, energyJ: runJ }] of relaxed.arrays.entries()) {
    if (runs === 0) continue;
    const leakW = Array.from({ length: settings }, (_, k) =>
      sum(extraW[a].subarray(k * blocks.length, (k + 1) * blocks.length)),
    );
    const builder = new DagBuilder();
    for (let at = 0; at < runs * settings; at++) {
      const run = Math.floor(at / settings);
      builder.arc(run, run + 1, timeS[at], runJ[at] + leakW[at % settings] * timeS[at]);
    }
    const bound = lagrangeBound(builder.build(runs + 1).dag, limitS);
    if (bound.kind === 'too tight') return null;
    energyJ += count * bound.lowerBound;
  }
  return energyJ;
}

/** The bounds under the temperature limit, for rows with starts of their own. */
export function limitBounds(
  prepared: PreparedPlant,
  { spec: { limitK, deadlineS, start } }: Experiment,
  work: FixedWork,
  { hasOwnStarts, windowS }: OracleJob,
  remarks: string[],
): ThermalBounds | null {
  if (limitK === null) return null;
  if (!hasOwnStarts || start !== 'self-consistent') {
    remarks.push('no bound under the temperature limit: it holds for rows that start from their own steady state');
    return null;
  }
  const found = thermalBoundsOf(prepared, work, limitK, deadlineS, work.windowS ?? windowS);
  if (typeof found === 'string') {
    remarks.push(found);
    return null;
  }
  if (found.energyJ === null) {
    remarks.push(`no policy keeps the temperature limit${deadlineS === null ? '' : ' and the deadline'} for long`);
  }
  return found;
}

/**
 * The bounds under a temperature limit for rows that start from the steady state of their own mean power. Null with a remark if they
 * cannot be computed.
 */
function thermalBoundsOf(
  prepared: PreparedPlant,
  { count, lastReleaseS }: FixedWork,
  limitK: number,
  deadlineS: number | null,
  windowS: number,
): ThermalBounds | string {
  const { model, blocks, resistance } = prepared.plant;
  if (!model) return 'no floorplan: no bound under the temperature limit';
  const relaxed = relaxedRuns(prepared, MOST_RELAXED, blocks.length * sizeOf(prepared) <= MOST_HEAT);
  if (!relaxed || relaxed.arrays.some(({ runs, blockJ }) => runs > 0 && blockJ.length === 0)) {
    return 'no bound under the temperature limit: too many runs of folds and settings';
  }
  const periodS = windowS / count;
  const problem = {
    ...thermalProblem(relaxed),
    resistance,
    ambientK: model.ambientK,
    limitK: limitK + START_TOLERANCE_K,
  };
  const least = leastEnergy({ ...problem, periodS, deadlineS: Math.min(deadlineS ?? periodS, periodS) });
  const latencyS = lastReleaseS === null ? leastPeriod(problem) : Number.POSITIVE_INFINITY;
  return {
    energyJ: least && least.energyJ * count,
    latencyS: Number.isFinite(latencyS) ? latencyS : null,
  };
}

function thermalProblem({ arrays, backgroundW, leakageAt }: RelaxedRuns) {
  return { arrays, backgroundW, leakageAt } satisfies Partial<ThermalProblem>;
}

/** Runs x settings of all arrays, at most. */
function sizeOf({ programs, plant }: PreparedPlant): number {
  const settings = plant.domains.reduce((product, { points }) => product * points.length, 1);
  return programs.arrays.reduce((sum, { stages }) => sum + stages.length, 0) * Math.min(settings, MOST_RELAXED);
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}
