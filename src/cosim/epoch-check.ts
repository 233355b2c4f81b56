import { energyTotals } from './outcome.ts';
import { createRun, type Run } from './plant/prepared-run.ts';
import type { RunResult } from './result.ts';
import { type PassOptions, startFrom } from './start/start.ts';

/** Inferences, and epochs, of the windows that are compared. */
const MOST_INFERENCES = 100;
const MOST_EPOCHS = 2000;

/**
 * Share by which the energy of a window of a run, from the run's start, changes at half the epoch. A policy that looks at means over an
 * epoch may beat with the period of the inferences: its result then is one of the epoch. A run that is no longer than a window is its
 * own window. Null where no point changes, as nothing else depends on the epoch, and without a whole inference.
 */
export function epochChange(run: Run, result: RunResult, how: PassOptions = {}): number | null {
  const { transitions, simulatedS, energyJ, inferences } = result;
  const { completed } = inferences;
  if (transitions === 0 || completed === 0) return null;
  const { epochS } = run.experiment.spec;
  const inTime = Math.floor((completed * MOST_EPOCHS * epochS) / simulatedS);
  const count = Math.max(1, Math.min(MOST_INFERENCES, completed, inTime));
  const windowJ = (of: Run): number => energyTotals(run.plant, startFrom(of, result.startW, how).loop).total;
  if (count === completed) return windowJ(atHalfEpoch(run)) / energyJ.total - 1;
  const window = firstInferences(run, count);
  return windowJ(atHalfEpoch(window)) / windowJ(window) - 1;
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
