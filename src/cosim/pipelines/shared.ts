import type { AcceleratorSpec } from '../../design/index.ts';
import type { Position, Program } from '../plant/program.ts';
import type { InferenceTiming, Pipelines } from './pipelines.ts';
import { Replays } from './replay.ts';
import { SharedDram } from './shared-dram.ts';

/**
 * The pipelines of several arrays, computed event by event. A whole step at constant operating points is recorded once and replayed
 * from then on.
 */
export function sharedPipelines(arrays: readonly Program[], spec: AcceleratorSpec): Pipelines {
  const events = new SharedDram(arrays, spec);
  const keyOf = combinationKey(spec);
  const replays = new Replays(events, keyOf);
  const known = new Map<string | number, InferenceTiming>();

  function inference(point: ArrayLike<number>): InferenceTiming {
    const key = keyOf(point);
    const found = known.get(key);
    if (found) return found;
    const timing = wholeInference(events, point);
    known.set(key, timing);
    return timing;
  }

  return {
    advance(point, step, state, durationS, halted, busyS, waitS) {
      const isAtStart = events.atStart(step, state.positions);
      const allMove = halted.every((isHalted) => isHalted === 0);
      const replay = allMove && (isAtStart || state.replay) ? replays.of(point, step) : null;
      if (isAtStart) state.replay = null;
      if (replay && (isAtStart || state.replay === replay)) {
        return replays.follow(replay, step, state, durationS, busyS, waitS);
      }
      state.replay = null;
      events.setPoint(point);
      return events.goOn(step, state.positions, durationS, halted, busyS, waitS, { untilWait: true });
    },
    inference,
    replayOf: (point, step) => replays.of(point, step),
    remainingS(point, step, { positions, replay, replayS }) {
      const { stepS } = inference(point);
      let sum = stepS[step];
      if (replay && replay === replays.of(point, step)) sum = replay.endS - replayS;
      else if (!events.atStart(step, positions)) {
        events.setPoint(point);
        sum = events.leftOfStepS(step, positions);
      }
      for (let later = step + 1; later < stepS.length; later++) sum += stepS[later];
      return sum;
    },
  };
}

function wholeInference(events: SharedDram, point: ArrayLike<number>): InferenceTiming {
  const { arrays, domains, none } = events;
  events.setPoint(point);
  const positions = arrays.map((): Position => ({ run: 0, done: 0 }));
  const waits = new Float64Array(arrays.length);
  const stepS = new Float64Array(arrays[0].firstRun.length - 1);
  const busyS = new Float64Array(arrays.length * domains);
  const ofStep = new Float64Array(busyS.length);
  const stepBusyS = new Float64Array(stepS.length * busyS.length);
  for (let step = 0; step < stepS.length; step++) {
    stepS[step] = events.goOn(step, positions, Number.POSITIVE_INFINITY, none, ofStep, waits);
    for (let i = 0; i < busyS.length; i++) busyS[i] += ofStep[i];
    stepBusyS.set(ofStep, step * busyS.length);
  }
  return { totalS: stepS.reduce((sum, s) => sum + s, 0), stepS, busyS, stepBusyS };
}

/** One key for each combination of points; a number as long as there are few enough. */
function combinationKey({ domains }: AcceleratorSpec): (point: ArrayLike<number>) => string | number {
  const combinations = domains.reduce((product, { points }) => product * points.length, 1);
  if (combinations > Number.MAX_SAFE_INTEGER) return (point) => Array.from(point).join();
  return (point) => {
    let key = 0;
    for (let d = 0; d < domains.length; d++) key = key * domains[d].points.length + point[d];
    return key;
  };
}
