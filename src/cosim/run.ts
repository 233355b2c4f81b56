import { type Diagnostic, fail, InputError, type Span } from '../base/errors.ts';
import { reducedModel } from '../design/index.ts';
import { actionCounts } from '../energy/index.ts';
import type { PolicyContext } from '../policy/index.ts';
import { type PartitionedLayer, scheduleNetwork } from '../systolic/index.ts';
import type { ReducedModel, ResultCache } from '../thermal/index.ts';
import { checkedEpoch, checkWork } from './epoch-check.ts';
import type { Experiment } from './experiment.ts';
import { layerConfigs } from './mapping/mapping-file.ts';
import { runResult } from './outcome.ts';
import { createPlant, type Plant } from './plant/plant.ts';
import { createRun, type Run, stackContext } from './plant/prepared-run.ts';
import { createPrograms, type Programs } from './plant/programs.ts';
import type { RunResult, SteadyLoad } from './result.ts';
import { checkLeakage } from './start/leakage.ts';
import { type PassOptions, startAndRun, startFrom, WorkDone } from './start/start.ts';

/** Where a comparison sets a run apart from its experiment. */
export interface RunFrame {
  /** Block powers in W. The run starts from their steady state instead of looking for its own start. */
  readonly startW?: Float64Array | null | undefined;
  /** Freezes leakage at these temperatures of the blocks, K: it then no longer follows those of the run. */
  readonly leakageK?: ArrayLike<number> | null | undefined;
  /** A load like `RunResult.load` from which the search for a self-consistent start begins. */
  readonly guess?: SteadyLoad | null | undefined;
  /** The run goes on to this time, s, if all work is done earlier; by default to the last period or deadline. */
  readonly leastEndS?: number | undefined;
  /** The same for inferences back to back that look for their own start: the rest after the work plays no part in the search. */
  readonly restUntilS?: number | undefined;
}

export interface RunOptions extends RunFrame {
  /** Keeps reduced thermal models between runs. */
  readonly cache?: ResultCache | undefined;
  /** Repeats a window at half the epoch, for `RunResult.epochChange`. */
  readonly checkEpoch?: boolean | undefined;
  /**
   * Receives the current activity in a few words at intervals and, once the plant is made, the share of the whole run that is done. The
   * share never falls.
   */
  readonly onProgress?: ((activity: string, share?: number) => void) | undefined;
}

/**
 * The part of a run that design, network and thermal model give: `preparePlant` makes it once, and any number of scenarios share it.
 * Nothing in it changes, but for remembered timings.
 */
export interface PreparedPlant {
  readonly plant: Plant;
  readonly programs: Programs;
}

/**
 * Runs an experiment: schedule, thermal model, closed loop, checks. Errors: `out-of-range` for a binding with a
 * negative count; those of policies (`deadline-missing`, ...), `thermal-runaway`,
 * `trace-too-long`.
 */
export function runExperiment(experiment: Experiment, options: RunOptions = {}): RunResult {
  return placed(experiment, () => {
    const prepared = makePlant(experiment, options, (model) => checkLeakage(experiment, model));
    return runOn(prepared, experiment, options);
  });
}

/**
 * Schedules an experiment's network and reduces its thermal model, which takes most of the time of a short run. The policies, deadline,
 * arrivals, start and seed of the experiment play no part in it. Errors: `out-of-range` for a binding with a negative count.
 */
export function preparePlant(experiment: Experiment, options: RunOptions = {}): PreparedPlant {
  return placed(experiment, () => makePlant(experiment, options));
}

/**
 * Runs the scenario of an experiment - its policies, deadline, arrivals, start, limit and seed - on a plant that is already made.
 * The experiment must have the design and network of the plant: `loadExperiment` and `load` keep those of another experiment with the
 * option `like`. The result equals that of `runExperiment` to the last bit, in any order of scenarios. Errors: those of
 * `runExperiment`; `layers-differ` if design or network are not the plant's.
 *
 *     const first = load(files, 'quickstart');
 *     const plant = preparePlant(first);
 *     for (const policy of ['performance', 'pace']) runScenario(plant, load(files, 'quickstart', { policy, like: first }));
 */
export function runScenario(prepared: PreparedPlant, experiment: Experiment, options: RunOptions = {}): RunResult {
  if (prepared.plant.design !== experiment.design || prepared.programs.workload !== experiment.workload) {
    fail('layers-differ', `experiment "${experiment.spec.name}" has another design or network than the plant`, {
      expected: 'an experiment that was loaded like the one of the plant, with the same accelerator, network and batch',
    });
  }
  return placed(experiment, () => {
    const { model } = prepared.plant;
    if (model) checkLeakage(experiment, model);
    return runOn(prepared, experiment, options);
  });
}

/** The context in which a policy of an experiment is created on a plant if it is the only one. */
export function contextOnPlant({ plant, programs }: PreparedPlant, experiment: Experiment): PolicyContext {
  return { ...stackContext(experiment, plant, programs), below: false };
}

/**
 * Runs `run`. An error that only the run reveals gets a place: where the experiment, or its accelerator, asks for what
 * failed.
 */
function placed<T>({ spec, design }: Experiment, run: () => T): T {
  const place = ({ code }: Diagnostic): Span => {
    if (code === 'thermal-runaway') return design.spec.document.span(['thermal']);
    return spec.document.span([code === 'trace-too-long' ? 'inferences' : 'policy']);
  };
  try {
    return run();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(error.diagnostics.map((d) => ({ ...d, span: d.span ?? place(d) })));
  }
}

function runOn({ plant, programs }: PreparedPlant, experiment: Experiment, options: RunOptions): RunResult {
  const { startW, guess, leakageK, leastEndS, restUntilS } = options;
  const run = framed(createRun(experiment, plant, programs), leastEndS);
  const how = { leakageK, restUntilS, ...progressOf(run, options) };
  const started = startW === undefined ? startAndRun(run, how, guess) : startFrom(run, startW, how);
  const result = runResult(run, started);
  if (!options.checkEpoch) return result;
  return { ...result, ...checkedEpoch(run, result, how) };
}

/** Says what a run does, and the share of all its work that is done: passes for a start, the run itself, the check of its epoch. */
function progressOf(run: Run, { onProgress, checkEpoch }: RunOptions): Pick<PassOptions, 'onPass' | 'onProgress'> {
  if (!onProgress) return {};
  const done = new WorkDone(checkEpoch ? checkWork(run) : 0);
  let activity = '';
  return {
    onPass(plan) {
      done.begin(plan);
      activity = plan.activity;
    },
    onProgress: (part) => onProgress(activity, done.share(part)),
  };
}

function framed(run: Run, leastEndS: number | undefined): Run {
  return leastEndS === undefined ? run : { ...run, releases: { ...run.releases, leastEndS } };
}

/** `checkModel` may reject the thermal model before anything is scheduled. */
function makePlant(
  experiment: Experiment,
  { cache, onProgress }: RunOptions,
  checkModel?: (model: ReducedModel) => void,
): PreparedPlant {
  const { design, workload, mapping } = experiment;
  onProgress?.('thermal model');
  const model = design.die && reducedModel(design.spec, design.die, cache);
  if (model) checkModel?.(model);
  const { layers } = workload;
  const configs = layerConfigs(design.systolic, mapping);
  const schedules = scheduleNetwork(layers, configs, design.partitions, (schedule, i) => {
    checkCounts(experiment, schedule);
    onProgress?.(`schedule of layer ${i + 1} of ${layers.length}`);
  });
  return { plant: createPlant(design, model), programs: createPrograms(design, workload, schedules) };
}

/** Rejects a binding that counts below zero, such as `reads - macs`, or absurdly many actions. */
function checkCounts({ design: { written } }: Experiment, { layer, counts }: PartitionedLayer): void {
  const times = actionCounts(written.bound, counts);
  written.bound.forEach(({ component, action }, i) => {
    // Rounding may turn a difference of zero into a slightly negative value.
    if (times[i] > -0.001 && times[i] <= MOST_ACTIONS) return;
    fail('out-of-range', `action "${action}" of "${component}" happens ${times[i]} times in layer "${layer.name}"`, {
      span: written.spec.document.span(['bindings', component, 'actions', action]),
      expected: `an expression that gives 0 to 1e${Math.log10(MOST_ACTIONS)} for every layer`,
    });
  });
}

/** Most actions of a component in one layer; far more than the actions of 2^53 MACs. */
const MOST_ACTIONS = 1e20;
