import type { Experiment } from './experiment.ts';
import type { InferencesSpec } from './experiment-file.ts';
import { createReleases } from './loop/releases.ts';

/** The work of an experiment as a number of inferences, which is the same for every policy. */
export interface FixedWork {
  /** The experiment with this work instead of a duration. */
  readonly experiment: Experiment;
  readonly count: number;
  /** When the last inference is released, s; null back to back, where it depends on the policy. */
  readonly lastReleaseS: number | null;
  /** The shortest and the longest time between two releases, s; null if there are not two of them, or back to back. */
  readonly gapsS: readonly [least: number, most: number] | null;
  /** The last deadline, s: each inference back to back has its whole deadline. Null without a deadline. */
  readonly windowS: number | null;
}

/**
 * Fixes the work of an experiment. A duration becomes the number of its releases. Inferences back to back for a duration
 * have no number of their own; they become as many as one a deadline, or one a `slowestS` without a deadline.
 */
export function fixedWork(experiment: Experiment, slowestS: number): FixedWork {
  const { inferences, deadlineS } = experiment.spec;
  const { periodS, phases, durationS } = inferences;
  const isBackToBack = periodS === null && phases === null && experiment.arrivals === null;
  if (isBackToBack) {
    const most = inferences.count ?? Number.POSITIVE_INFINITY;
    const fitting =
      durationS === null ? most : Math.max(1, Math.floor((durationS / (deadlineS ?? slowestS)) * (1 + 1e-12)));
    const count = Math.min(most, fitting);
    const windowS = deadlineS === null ? null : count * deadlineS;
    return {
      experiment: withInferences(experiment, { count, durationS: null }),
      ...{ count, lastReleaseS: null, gapsS: null, windowS },
    };
  }
  const releases = createReleases(inferences, deadlineS, experiment.arrivals);
  let count = 0;
  let lastReleaseS = 0;
  let gapsS: FixedWork['gapsS'] = null;
  for (let nextS = releases.releaseS(0, 0); Number.isFinite(nextS); nextS = releases.releaseS(count, 0)) {
    const gapS = nextS - lastReleaseS;
    if (count > 0) gapsS = [Math.min(gapsS?.[0] ?? gapS, gapS), Math.max(gapsS?.[1] ?? gapS, gapS)];
    lastReleaseS = nextS;
    count++;
  }
  const windowS = deadlineS === null ? null : lastReleaseS + deadlineS;
  return {
    experiment: withInferences(experiment, { count, durationS: null }),
    ...{ count, lastReleaseS, gapsS, windowS },
  };
}

function withInferences(experiment: Experiment, change: Partial<InferencesSpec>): Experiment {
  const { spec } = experiment;
  return { ...experiment, spec: { ...spec, inferences: { ...spec.inferences, ...change } } };
}
