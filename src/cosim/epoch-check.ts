import { InputError } from '../base/errors.ts';
import type { LoopResult } from './loop/loop-result.ts';
import { energyTotals } from './outcome.ts';
import { createRun, type Run } from './plant/prepared-run.ts';
import type { RunResult } from './result.ts';
import { expectedS, inferenceS, type PassOptions, startFrom } from './start/start.ts';

/** The outcome of the check, as a part of the result of the run. */
type EpochCheck = Pick<RunResult, 'epochChange' | 'epochRefusal'>;

const UNKNOWN: EpochCheck = { epochChange: null };

/** Inferences, and epochs, of the windows that are compared. */
const MOST_INFERENCES = 100;
const MOST_EPOCHS = 2000;
/** The check, in the words of a line of progress. */
const CHECK = 'check at half the epoch';

/**
 * Share by which the energy of a window of a run, from the run's start, changes at half the epoch. A policy that looks at means over an
 * epoch may beat with the period of the inferences: its result then is one of the epoch. A run that is no longer than a window is its
 * own window. Null where no point changes at either epoch, as nothing else depends on it; without a whole inference; and if a policy
 * fails at half the epoch, with the reason. Error: `policy-impure`, as a memory outside of the state is one at any epoch.
 */
export function checkedEpoch(run: Run, result: RunResult, how: PassOptions = {}): EpochCheck {
  const { simulatedS, energyJ, inferences } = result;
  const { completed } = inferences;
  if (completed === 0) return UNKNOWN;
  const { epochS } = run.experiment.spec;
  const inTime = Math.floor((completed * MOST_EPOCHS * epochS) / simulatedS);
  const count = Math.max(1, Math.min(MOST_INFERENCES, completed, inTime));
  const isWhole = count === completed;
  const window = isWhole ? run : firstInferences(run, count);
  const { onPass, ...withoutPlan } = how;
  // A window ends with its work.
  const options = { ...withoutPlan, restUntilS: isWhole ? how.restUntilS : undefined };
  const pass = (of: Run): LoopResult => startFrom(of, result.startW, options).loop;
  const work = count / completed;
  onPass?.({ activity: CHECK, work: 2 * work, ahead: isWhole ? 0 : work });
  const half = unlessRefused(() => pass(atHalfEpoch(window)));
  if (typeof half === 'string') return { epochChange: null, epochRefusal: half };
  if (result.transitions + half.transitions === 0) return UNKNOWN;
  if (!isWhole) onPass?.({ activity: CHECK, work, ahead: 0 });
  const wholeJ = isWhole ? energyJ.total : energyTotals(run.plant, pass(window)).total;
  return { epochChange: energyTotals(run.plant, half).total / wholeJ - 1 };
}

/** About the work of the check, in passes over the whole run: half the epoch takes twice as long. */
export function checkWork(run: Run): number {
  const { spec } = run.experiment;
  const runS = expectedS(run);
  const window = Math.min(1, (MOST_EPOCHS * spec.epochS) / runS, (MOST_INFERENCES * inferenceS(run)) / runS);
  return window < 1 ? 3 * window : 2;
}

/** The outcome, or the first error in words if the input is wrong. */
function unlessRefused<T>(work: () => T): T | string {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof InputError) || error.diagnostics.some(({ code }) => code === 'policy-impure')) throw error;
    return error.diagnostics[0].message;
  }
}

/** A run of the first inferences alone, which ends with them: what comes after would hide what they do. */
function firstInferences(run: Run, count: number): Run {
  const { spec } = run.experiment;
  const inferences = { ...spec.inferences, count, durationS: null };
  return createRun({ ...run.experiment, spec: { ...spec, inferences } }, run.plant, run.programs);
}

/** The same releases, and sensors as late as before, at half the epoch. */
function atHalfEpoch({ experiment, plant, programs, releases }: Run): Run {
  const { spec } = experiment;
  const sensors = experiment.sensors.map((sensor) => ({ ...sensor, delayEpochs: 2 * sensor.delayEpochs }));
  const half = createRun({ ...experiment, spec: { ...spec, epochS: spec.epochS / 2 }, sensors }, plant, programs);
  return { ...half, releases };
}
