import type { Diagnostic } from '../../errors.ts';
import type { HotspotOptions } from '../../formats/hotspot-config.ts';
import type { NamedTemperatures } from '../../formats/hotspot-output.ts';
import type { ResultCache } from '../model-cache.ts';
import { isGridNetwork, type ThermalNetwork } from '../network.ts';
import { chooseSolver, type SolverPlan } from '../solvers/choose.ts';
import type { SteadySolver } from '../solvers/steady.ts';
import { hotspotModel } from './build.ts';
import { hasNaturalConvection } from './convection.ts';
import { readGroup, readUnits } from './field.ts';
import type { HotspotInput } from './files.ts';
import { belowThreshold, initialField, initialTemperatures } from './initial.ts';
import type { HotspotModel } from './model.ts';
import { type HotspotSteadyState, hotspotSteady } from './steady.ts';
import { cellTemperatures, type HotspotTransient, hotspotTransient, isReducible, shiftedSolvers } from './transient.ts';

/**
 * `physical`: the physics of what the files describe. `hotspot`: HotSpot 7.0's network, its equations solved exactly.
 * `hotspot-be`: that network with one backward Euler step a sample, as HotSpot's grid model does when built with SuperLU.
 */
export type HotspotProgramMode = 'physical' | 'hotspot' | 'hotspot-be';

export interface HotspotJob {
  readonly input: HotspotInput;
  readonly mode: HotspotProgramMode;
  /** False: the steady state only. */
  readonly transient: boolean;
  /** False: the transient only, which takes less time. Default true. */
  readonly steady?: boolean;
  /** Told of what the answer leaves out. */
  readonly warn?: (warning: Diagnostic) => void;
  /** Whether `onSample` looks at the cells. */
  readonly wholeFields?: boolean;
  /** Look for the highest temperatures inside of the samples too. */
  readonly lookForPeaks?: boolean;
  /** Keeps reduced models between runs. */
  readonly cache?: ResultCache | undefined;
  /** Called at the end of each sample. */
  readonly onSample?: (sample: number, at: HotspotTransient) => void;
}

export interface HotspotOutcome {
  readonly model: HotspotModel;
  /** The options with the convection resistance that the steady state has. */
  readonly options: HotspotOptions;
  /**
   * All groups of a .steady file, and all cells of all layers (empty for the block model), K; both empty if the steady state
   * was not asked for.
   */
  readonly steady: readonly NamedTemperatures[];
  readonly steadyCellsK: Float64Array;
  readonly plan: SolverPlan;
  /** null unless it was looked for. */
  readonly peak: TransientPeak | null;
}

/** What was highest over a transient, the start left out. */
export interface TransientPeak {
  readonly unit: string;
  readonly temperatureK: number;
  readonly timeS: number;
  /** When some unit was first above -thermal_threshold, linear between looks; null if none was. */
  readonly aboveThresholdS: number | null;
}

/** What `hotspot` does with its files: the samples one by one, then the steady state under the trace's mean power. */
export function runHotspot(job: HotspotJob): HotspotOutcome {
  const { input, mode, transient, warn, onSample } = job;
  const { problem, trace } = input;
  let peak: TransientPeak | null = null;
  let fromKPerW: number | null = null;
  const given = hotspotModel(problem, mode === 'physical' ? mode : 'hotspot');
  const plan = planOf(job, given);
  if (transient) {
    if (mode !== 'physical' && problem.options.leakage_used === 1) warn?.(NO_LEAKAGE);
    const start = startField(input, given);
    const peaks = job.lookForPeaks ? peakFinder(given, problem.options, start) : null;
    const stepper = hotspotTransient(problem, given, start, { plan, cache: job.cache, onLook: peaks?.look });
    const powerW = new Float64Array(given.units.length);
    for (let k = 0; k < trace.samples; k++) {
      for (let u = 0; u < powerW.length; u++) powerW[u] = trace.powerW[u][k];
      stepper.step(powerW);
      peaks?.endSample();
      onSample?.(k, stepper);
    }
    peak = peaks?.found() ?? null;
    fromKPerW = stepper.convectionKPerW;
  }
  if (job.steady === false) {
    return { model: given, options: problem.options, steady: [], steadyCellsK: new Float64Array(0), plan, peak };
  }
  const { model, rise, convectionKPerW } = steadyOf(input, given, fromKPerW);
  const steady = model.groups.map(({ prefix, names }, group) => {
    return { prefix, names, temperatureK: readGroup(model, group, rise) };
  });
  const options = { ...problem.options, r_convec: convectionKPerW };
  return { model, options, steady, steadyCellsK: cellTemperatures(model, rise), plan, peak };
}

/** The response to the mean power of the trace. */
function steadyOf({ problem, trace }: HotspotInput, model: HotspotModel, fromKPerW: number | null): HotspotSteadyState {
  const meanW = trace.powerW.map((column) => column.reduce((sum, value) => sum + value, 0) / trace.samples);
  const solverFor = (network: ThermalNetwork): SteadySolver => shiftedSolvers(network, STEADY)(0);
  return hotspotSteady(problem, model, meanW, solverFor, fromKPerW);
}

/** Of residuals: 1e-11 K, where hundredths are printed. */
const STEADY = 1e-10;

interface PeakFinder {
  look(elapsedS: number, unitsK: Float64Array): void;
  endSample(): void;
  found(): TransientPeak;
}

function peakFinder(model: HotspotModel, options: HotspotOptions, start: Float64Array): PeakFinder {
  const { thermal_threshold: threshold, sampling_intvl } = options;
  let samples = 0;
  let before = { timeS: 0, highestK: highest(readUnits(model, start)).temperatureK };
  let peak = { unit: 0, temperatureK: Number.NEGATIVE_INFINITY, timeS: 0 };
  let aboveThresholdS: number | null = before.highestK > threshold ? 0 : null;
  return {
    look(elapsedS, unitsK) {
      const timeS = samples * sampling_intvl + elapsedS;
      const { unit, temperatureK } = highest(unitsK);
      if (temperatureK > peak.temperatureK) peak = { unit, temperatureK, timeS };
      if (aboveThresholdS === null && temperatureK > threshold) {
        const share = (threshold - before.highestK) / (temperatureK - before.highestK);
        aboveThresholdS = before.timeS + share * (timeS - before.timeS);
      }
      before = { timeS, highestK: temperatureK };
    },
    endSample() {
      samples++;
    },
    found: () => ({ ...peak, unit: model.units[peak.unit], aboveThresholdS }),
  };
}

function highest(unitsK: Float64Array): { unit: number; temperatureK: number } {
  let unit = 0;
  for (let u = 1; u < unitsK.length; u++) if (unitsK[u] > unitsK[unit]) unit = u;
  return { unit, temperatureK: unitsK[unit] };
}

function planOf({ input, mode, transient, wholeFields }: HotspotJob, model: HotspotModel): SolverPlan {
  const { problem, trace } = input;
  return chooseSolver({
    nodes: model.network.nodes,
    uniformGrid: isGridNetwork(model.network),
    sources: model.units.length,
    samples: transient ? trace.samples : 0,
    varyingNetwork: hasNaturalConvection(problem),
    wholeFields: wholeFields === true || !isReducible(problem, model),
    // HotSpot's block model is integrated by Runge-Kutta in either build.
    backwardEuler: mode === 'hotspot-be' && model.grid !== null,
  });
}

const NO_LEAKAGE: Diagnostic = {
  code: 'option-unused',
  message: 'the transient is without leakage, as in HotSpot; the steady state has it',
};

function startField({ problem, start }: HotspotInput, model: HotspotModel): Float64Array {
  const { options } = problem;
  if (!start) return initialField(model, options.init_temp);
  const temperatures = initialTemperatures(model, start);
  // HotSpot looks at the first layer only, which is the board if there is a secondary path.
  const looked = model.mode === 'hotspot' ? model.groups[0].names.length : temperatures.length;
  return initialField(model, options.dtm_used === 1 ? belowThreshold(temperatures, options, looked) : temperatures);
}
