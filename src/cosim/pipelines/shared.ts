import type { AcceleratorSpec } from '../../design/index.ts';
import type { Position, Program } from '../plant/program.ts';
import { Courses } from './courses.ts';
import { Events } from './events.ts';
import type { InferenceTiming, Pipelines } from './types.ts';

/**
 * Several arrays, event by event. A step that is gone through from its beginning at held points takes the course it took before, which
 * is looked up.
 */
export function sharedPipelines(arrays: readonly Program[], spec: AcceleratorSpec): Pipelines {
  const events = new Events(arrays, spec);
  const keyOf = combinationKey(spec);
  const courses = new Courses(events, keyOf);
  const known = new Map<string | number, InferenceTiming>();
  const scratch = new Float64Array(arrays.length * spec.domains.length);

  function inference(point: ArrayLike<number>): InferenceTiming {
    const key = keyOf(point);
    const timing = known.get(key) ?? wholeInference(events, point);
    known.set(key, timing);
    return timing;
  }

  return {
    advance(point, step, places, durationS, still, busyS) {
      const isAtStart = events.atStart(step, places.positions);
      const allMove = still.every((stands) => stands === 0);
      const course = allMove && (isAtStart || places.course) ? courses.of(point, step) : null;
      if (isAtStart) places.course = null;
      if (course && (isAtStart || places.course === course)) {
        return courses.follow(course, step, places, durationS, busyS);
      }
      places.course = null;
      events.setPoint(point);
      return events.goOn(step, places.positions, durationS, still, busyS);
    },
    inference,
    remainingS(point, step, { positions, course, courseS }) {
      const { stepS } = inference(point);
      let sum = stepS[step];
      if (course && course === courses.of(point, step)) sum = course.endS - courseS;
      else if (!events.atStart(step, positions)) {
        events.setPoint(point);
        const copies = positions.map((position) => ({ ...position }));
        sum = events.goOn(step, copies, Number.POSITIVE_INFINITY, events.none, scratch);
      }
      for (let later = step + 1; later < stepS.length; later++) sum += stepS[later];
      return sum;
    },
  };
}

function wholeInference(events: Events, point: ArrayLike<number>): InferenceTiming {
  const { arrays, domains, none } = events;
  events.setPoint(point);
  const positions = arrays.map((): Position => ({ run: 0, done: 0 }));
  const stepS = new Float64Array(arrays[0].firstRun.length - 1);
  const busyS = new Float64Array(arrays.length * domains);
  const ofStep = new Float64Array(busyS.length);
  for (let step = 0; step < stepS.length; step++) {
    stepS[step] = events.goOn(step, positions, Number.POSITIVE_INFINITY, none, ofStep);
    for (let i = 0; i < busyS.length; i++) busyS[i] += ofStep[i];
  }
  return { totalS: stepS.reduce((sum, s) => sum + s, 0), stepS, busyS };
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
