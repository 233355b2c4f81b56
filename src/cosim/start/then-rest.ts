import { Loop } from '../loop/loop.ts';
import type { LoopOptions, LoopResult } from '../loop/loop-result.ts';
import type { Run } from '../plant/prepared-run.ts';

/** A pass over the work alone, which can go on. */
export interface WorkThenRest {
  readonly work: LoopResult;
  /** The pass with a rest after the work. It repeats only the last epochs of the work. */
  readonly withRest: () => LoopResult;
}

/** How much faster than at the highest points an inference may be: clocks may change while it runs. */
const FASTER = 1.25;

/**
 * Runs inferences back to back to the end of the last one. `withRest` is the run that rests until `restUntilS` afterwards, from
 * the same start and equal to the last bit.
 */
export function workThenRest(run: Run, options: LoopOptions, restUntilS: number): WorkThenRest {
  const { releases, experiment, programs, plant } = run;
  const resting = { ...run, releases: { ...releases, leastEndS: restUntilS } };
  const fastestS = programs.pipelines.inference(plant.domains.map(({ points }) => points.length - 1)).totalS;
  const inAnEpoch = Math.ceil((FASTER * experiment.spec.epochS) / fastestS) + 1;
  const loop = new Loop(run, options);
  let late: ReturnType<Loop['snapshot']> | null = null;
  while (!loop.done) {
    if (late === null && releases.count - loop.inferences.startS.length <= inAnEpoch) late = loop.snapshot();
    loop.advance();
  }
  return {
    work: loop.result(),
    withRest: () => {
      const whole = new Loop(resting, options);
      if (late) whole.restore(late);
      return whole.run();
    },
  };
}
