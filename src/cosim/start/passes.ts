import { runLoop } from '../loop/loop.ts';
import type { LoopOptions, LoopResult } from '../loop/loop-result.ts';
import type { Run } from '../plant/prepared-run.ts';
import type { StartReport, SteadyLoad } from '../result.ts';
import { loadOf } from './steady-load.ts';
import { type WorkThenRest, workThenRest } from './then-rest.ts';
import type { PassPlan } from './work-done.ts';

/** The part that all passes of a run have in common. */
export interface PassOptions extends Pick<LoopOptions, 'leakageK' | 'onProgress'> {
  /** Receives the plan of each pass when it begins. */
  readonly onPass?: ((plan: PassPlan) => void) | undefined;
  /** The run goes on without work until this time, s, if its work ends earlier. The start is that of the work alone. */
  readonly restUntilS?: number | undefined;
}

export interface StartedRun {
  readonly loop: LoopResult;
  readonly start: StartReport | null;
  /** The block powers whose steady state is the start, W; null for a start at ambient. */
  readonly startW: Float64Array | null;
  /** The load of the work, which the start follows from; null without a thermal model. */
  readonly load: SteadyLoad | null;
}

/** A pass over the whole run. */
export function wholeRun(run: Run, options: PassOptions & LoopOptions): WorkThenRest {
  if (options.restUntilS !== undefined) return workThenRest(run, options, options.restUntilS);
  const work = runLoop(run, options);
  return { work, withRest: () => work };
}

/** The outcome of the last pass, which started from `startW`. */
export function startedRun(
  { plant }: Run,
  { work, withRest }: WorkThenRest,
  start: StartReport | null,
  startW: Float64Array | null,
  slope = 0,
): StartedRun {
  return { loop: withRest(), start, startW, load: loadOf(plant, work, slope) };
}

/** About how long a run lasts, s: to its end, or until all its inferences are done at the fastest points. */
export function expectedS(run: Run): number {
  const { endS, count } = run.releases;
  return Math.min(endS, count * inferenceS(run));
}

/** About how much time an inference takes of a run, s: its period, or at the fastest points where that is longer. */
export function inferenceS({ plant, programs, experiment }: Run): number {
  const fastestS = programs.pipelines.inference(plant.domains.map(({ points }) => points.length - 1)).totalS;
  return Math.max(experiment.spec.inferences.periodS ?? 0, fastestS);
}
