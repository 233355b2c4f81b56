import { type Diagnostic, placedAt } from '../../base/errors.ts';
import type { Files } from '../../base/files.ts';
import { once } from '../../base/once.ts';
import type { HotspotOptions, NamedTemperatures } from '../../formats/hotspot/index.ts';
import { continuumSteady } from '../../thermal/continuum/index.ts';
import type { ResultCache } from '../../thermal/reduced/index.ts';
import { chooseSolver, modesPlan, type SolverPlan, type SteadySolver } from '../../thermal/solvers/index.ts';
import { hasNaturalConvection, startConvection } from './convection.ts';
import { planeOf, readGroup, readUnits } from './field.ts';
import { modelKind, modelMaker } from './formulation.ts';
import { belowThreshold, type HotspotStart, initialTemperatures, startFrom } from './initial.ts';
import { type HotspotInput, type HotspotRequest, readHotspotInput } from './input/files.ts';
import { sanityWatch } from './input/sanity.ts';
import { hasSecondary } from './layers.ts';
import type { HotspotModel, HotspotRules } from './model.ts';
import { hasManyOnFirstFace, isReducible, steadyNames, wavesSizes } from './reduced.ts';
import { hotspotProgramRules } from './rules/hotspot.ts';
import { physicalProgramRules } from './rules/physical.ts';
import { hotspotSteady, type ModelAt } from './steady.ts';
import { cellTemperatures, type HotspotTransient, hotspotTransient, shiftedSolvers } from './transient.ts';

/**
 * `physical`: the physics that the files describe. `hotspot`: HotSpot 7.0's network, with its equations solved exactly.
 * `hotspot-be`: that network with one backward Euler step per sample, as HotSpot's grid model does when built with
 * SuperLU.
 */
export type HotspotProgramMode = 'physical' | 'hotspot' | 'hotspot-be';

interface HotspotProgram {
  readonly rules: HotspotRules;
  /** Whether to take one backward Euler step per sample where HotSpot takes one. */
  readonly backwardEuler: boolean;
  /** A description of the method. */
  readonly method: string;
}

export const PROGRAMS: Readonly<Record<HotspotProgramMode, HotspotProgram>> = {
  physical: {
    rules: physicalProgramRules,
    backwardEuler: false,
    method: 'the physics of these files; docs/methods/thermal.md lists the differences to HotSpot',
  },
  hotspot: {
    rules: hotspotProgramRules,
    backwardEuler: false,
    method: "HotSpot 7.0's network, integrated exactly",
  },
  'hotspot-be': {
    rules: hotspotProgramRules,
    backwardEuler: true,
    method: "HotSpot 7.0's network, one backward Euler step per sample",
  },
};

export interface HotspotJob {
  readonly input: HotspotInput;
  readonly mode: HotspotProgramMode;
  /** Whether to compute temperatures over time; if false, the steady state only. */
  readonly transient: boolean;
  /**
   * The results of the steady state to compute: temperatures of names, or of cells too. `none` takes least time.
   * Default `cells`.
   */
  readonly steady?: 'none' | 'names' | 'cells';
  /** Receives a warning for everything the answer leaves out. */
  readonly warn?: (warning: Diagnostic) => void;
  /** The cells that `onSample` reads: those of one layer of the problem, or of all. */
  readonly fields?: number | 'all' | undefined;
  /** Whether to look for the highest temperatures inside samples too. */
  readonly lookForPeaks?: boolean;
  /** Keeps reduced models and their steady responses between runs. */
  readonly cache?: ResultCache | undefined;
  /** Called at the end of each sample. */
  readonly onSample?: (sample: number, at: HotspotTransient) => void;
}

export interface HotspotOutcome {
  readonly model: HotspotModel;
  /** The options with the convection resistance of the steady state. */
  readonly options: HotspotOptions;
  /** All groups of a .steady file, and all cells of all layers (none for the block model), K; empty if not requested. */
  readonly steady: readonly NamedTemperatures[];
  readonly steadyCellsK: Float64Array;
  readonly plan: SolverPlan;
  /** Null unless `lookForPeaks` was set. */
  readonly peak: TransientPeak | null;
}

/** The highest temperatures of a transient, without its start. */
export interface TransientPeak {
  readonly unit: string;
  readonly temperatureK: number;
  readonly timeS: number;
  /** First time at which some unit is above -thermal_threshold, interpolated linearly between looks; null if none is. */
  readonly aboveThresholdS: number | null;
}

/**
 * Does HotSpot's job with HotSpot's files: the temperatures of a floorplan under a power trace, in the steady state
 * and, if `request.transient`, over time. The default `mode` computes the physics that the files describe. Errors: an
 * `InputError` with the diagnostics of all files.
 */
export function solveThermal(
  files: Files,
  request: HotspotRequest,
  job: Partial<Omit<HotspotJob, 'input' | 'transient'>> = {},
): HotspotOutcome {
  const input = readHotspotInput(files, request);
  return runHotspot({ mode: 'physical', ...job, input, transient: request.transient });
}

/** Does HotSpot's job: the samples one by one, then the steady state under the trace's mean power. */
export function runHotspot(job: HotspotJob): HotspotOutcome {
  return placedAt(job.input.place, () => run(job));
}

function run(job: HotspotJob): HotspotOutcome {
  const { input, mode, transient, warn, onSample } = job;
  const { problem, trace } = input;
  let peak: TransientPeak | null = null;
  let fromKPerW: number | null = null;
  const { rules } = PROGRAMS[mode];
  const meanW = meanPower(trace);
  const modelAt = modelMaker(problem, rules, transient, meanW, job.cache);
  const given = modelAt(startConvection(problem, rules));
  const plan = planOf(job, given);
  const watch = sanityWatch(problem, given);
  if (!transient && input.start && rules.alwaysReadsStart) initialTemperatures(given, input.start);
  if (transient) {
    if (!rules.leaksInTime && problem.options.leakage_used === 1) warn?.(NO_LEAKAGE);
    const start = startOf(input, given);
    const peaks = job.lookForPeaks ? peakFinder(given, problem.options, start.rise()) : null;
    const settings = { plan, fields: fieldsWanted(job, given), cache: job.cache, onLook: peaks?.look };
    const stepper = hotspotTransient(problem, given, start, settings);
    const powerW = new Float64Array(given.units.length);
    for (let k = 0; k < trace.samples; k++) {
      for (let u = 0; u < powerW.length; u++) powerW[u] = trace.powerW[u][k];
      stepper.step(powerW);
      peaks?.endSample();
      watch.sample(k, stepper.unitsK());
      onSample?.(k, stepper);
    }
    peak = peaks?.found() ?? null;
    fromKPerW = stepper.convectionKPerW;
  }
  // In time some problems have a model with larger errors. Their steady state is that of a run without a transient all the same.
  const isSame = modelKind(problem, rules, transient) === modelKind(problem, rules, false);
  const steadyAt = isSame ? modelAt : modelMaker(problem, rules, false, meanW);
  const steadyModel = isSame ? given : steadyAt(startConvection(problem, rules));
  const steady = steadyOf(job, steadyModel, steadyAt, meanW, fromKPerW);
  watch.steady(steady.steady);
  if (warn) watch.done(warn);
  return { plan, peak, ...steady };
}

/** By unit, W. */
function meanPower({ powerW, samples }: HotspotInput['trace']): Float64Array {
  return Float64Array.from(powerW, (column) => column.reduce((sum, value) => sum + value, 0) / samples);
}

type SteadyOutcome = Pick<HotspotOutcome, 'model' | 'options' | 'steady' | 'steadyCellsK'>;

/** The steady state under the mean power of the trace. */
function steadyOf(
  job: HotspotJob,
  given: HotspotModel,
  modelAt: ModelAt,
  meanW: Float64Array,
  fromKPerW: number | null,
): SteadyOutcome {
  const { input, cache, steady: wanted = 'cells' } = job;
  const { problem } = input;
  const none = { model: given, options: problem.options, steady: [], steadyCellsK: new Float64Array(0) };
  if (wanted === 'none') return none;
  const solverFor = (of: HotspotModel): SteadySolver =>
    of.continuum
      ? continuumSteady(of.continuum, wanted === 'cells' || readsCells)
      : shiftedSolvers(of.network, STEADY)(0);
  const readsCells = given.readingMode !== 'mean';
  const solved = once(() => hotspotSteady(problem, given, meanW, solverFor, fromKPerW, modelAt));
  const named = (): NamedTemperatures[] => {
    const { model, rise } = solved();
    return model.groups.map(({ prefix, names }, group) => {
      return { prefix, names, temperatureK: readGroup(model, group, rise) };
    });
  };
  // Kept beside a reduced model, so that a run whose model is kept needs no network.
  const isFixed = problem.options.leakage_used === 0 && !hasNaturalConvection(problem);
  if (wanted === 'names' && cache && job.transient && isFixed) {
    const options = { ...problem.options, r_convec: startConvection(problem, given.rules) };
    return { ...none, options, steady: steadyNames(problem, given, meanW, cache, named) };
  }
  const { model, rise, convectionKPerW } = solved();
  const options = { ...problem.options, r_convec: convectionKPerW };
  const steadyCellsK = wanted === 'cells' ? cellTemperatures(model, rise) : none.steadyCellsK;
  return { model, options, steady: named(), steadyCellsK };
}

/** Tolerance of residuals. It corresponds to 1e-11 K, where hundredths are printed. */
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

function planOf(job: HotspotJob, model: HotspotModel): SolverPlan {
  const { input, mode, transient } = job;
  const { problem, trace } = input;
  if (model.kind === 'modes') {
    const isOnePlane = transient && fieldsWanted(job, model) !== 'all' && hasManyOnFirstFace(model);
    const waves = isOnePlane ? wavesSizes(problem, model) : null;
    return modesPlan({ samples: transient ? trace.samples : 0, sources: model.units.length, waves });
  }
  return chooseSolver({
    nodes: model.nodes,
    uniformGrid: model.uniform,
    elements: model.kind === 'elements',
    grid: model.grid ?? undefined,
    sources: model.units.length,
    ...(hasSecondary(problem.options) && { joinedPlanes: model.planes.length }),
    samples: transient ? trace.samples : 0,
    stepS: problem.options.sampling_intvl,
    varyingNetwork: hasNaturalConvection(problem),
    wholeFields: fieldsWanted(job, model) === 'all' || !isReducible(problem, model),
    // HotSpot integrates its block model by Runge-Kutta in either build.
    backwardEuler: PROGRAMS[mode].backwardEuler && model.grid !== null,
  });
}

/** A reduced model keeps the first plane of a uniform grid, in less memory than its construction takes. */
function fieldsWanted({ input, fields }: HotspotJob, model: HotspotModel): 'die' | 'all' | undefined {
  if (fields === undefined) return undefined;
  const isFirst = fields !== 'all' && model.uniform && planeOf(model, input.problem.layers.length, fields) === 0;
  return isFirst ? 'die' : 'all';
}

const NO_LEAKAGE: Diagnostic = {
  code: 'option-unused',
  message: 'the transient omits leakage, as HotSpot does; the steady state includes it',
};

function startOf({ problem, start }: HotspotInput, model: HotspotModel): HotspotStart {
  const { options } = problem;
  if (!start) return startFrom(problem, model, options.init_temp);
  const temperatures = initialTemperatures(model, start);
  const looked = model.rules.throttled(model.groups[0].names.length, temperatures.length);
  const limited = options.dtm_used === 1 ? belowThreshold(temperatures, options, looked) : temperatures;
  return startFrom(problem, model, limited);
}
