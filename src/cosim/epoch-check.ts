import type { Experiment } from './experiment.ts';
import { energyTotals } from './outcome.ts';
import type { Plant } from './plant/plant.ts';
import { createRun } from './plant/prepared-run.ts';
import type { Programs } from './plant/programs.ts';
import type { RunResult } from './result.ts';
import { startFrom } from './start/start.ts';

/** Inferences, and epochs, of the windows that are compared. */
const MOST_INFERENCES = 100;
const MOST_EPOCHS = 2000;

/**
 * Share by which the energy of a window of a run, from the run's start, changes at half the epoch. A policy that looks at means over an
 * epoch may beat with the period of the inferences: its result then is one of the epoch. Null where no point changes, as nothing else
 * depends on the epoch, and without a whole inference.
 */
export function epochChange(
  plant: Plant,
  programs: Programs,
  experiment: Experiment,
  { transitions, simulatedS, startW, inferences: { completed } }: RunResult,
): number | null {
  if (transitions === 0 || completed === 0) return null;
  const { spec } = experiment;
  const inTime = Math.floor((completed * MOST_EPOCHS * spec.epochS) / simulatedS);
  const count = Math.max(1, Math.min(MOST_INFERENCES, completed, inTime));
  const energyJ = (factor: number): number => {
    const inferences = { ...spec.inferences, count };
    const window = { ...experiment, spec: { ...spec, epochS: spec.epochS * factor, inferences } };
    const { loop } = startFrom(createRun(window, plant, programs), startW);
    return energyTotals(plant, loop).total;
  };
  return energyJ(0.5) / energyJ(1) - 1;
}
