import type { Position } from '../plant/program.ts';
import type { Events } from './events.ts';
import type { Course, Places } from './types.ts';

/** Combinations of points of which courses are kept. */
const MOST_COMBINATIONS = 64;

/** Courses of steps at held points, worked out once each. */
export class Courses {
  private readonly events: Events;
  private readonly keyOf: (point: ArrayLike<number>) => string | number;
  private readonly known = new Map<string | number, (Course | undefined)[]>();

  /** `keyOf` tells combinations of points apart. */
  constructor(events: Events, keyOf: (point: ArrayLike<number>) => string | number) {
    this.events = events;
    this.keyOf = keyOf;
  }

  /** The course of a step at a combination of points; sets that point. */
  of(point: ArrayLike<number>, step: number): Course {
    const { known } = this;
    this.events.setPoint(point);
    const key = this.keyOf(point);
    const ofPoint = known.get(key) ?? [];
    // Courses take memory, and who tries many points does not come back to most of them.
    if (ofPoint.length === 0 && known.size >= MOST_COMBINATIONS) known.clear();
    known.set(key, ofPoint);
    const course = ofPoint[step] ?? this.record(step);
    ofPoint[step] = course;
    return course;
  }

  private record(step: number): Course {
    const { arrays, rates, none, domains } = this.events;
    const positions = arrays.map(({ firstRun }): Position => ({ run: firstRun[step], done: 0 }));
    const timeS: number[] = [];
    const run: number[] = [];
    const done: number[] = [];
    const stageS: number[] = [];
    const note = (elapsedS: number): void => {
      timeS.push(elapsedS);
      for (const position of positions) {
        run.push(position.run);
        done.push(position.done);
      }
      stageS.push(...rates.stageS);
    };
    const busyS = new Float64Array(arrays.length * domains);
    const endS = this.events.goOn(step, positions, Number.POSITIVE_INFINITY, none, busyS, note);
    return {
      timeS: Float64Array.from(timeS),
      run: Int32Array.from(run),
      done: Float64Array.from(done),
      stageS: Float64Array.from(stageS),
      endS,
    };
  }

  /** Moves along a course, from its beginning if the places are not on it yet. As `Pipelines.advance`, at the point that is set. */
  follow(course: Course, step: number, places: Places, durationS: number, busyS: Float64Array): number {
    const { arrays } = this.events;
    const n = arrays.length;
    const fromS = places.course === course ? places.courseS : 0;
    const toS = fromS + durationS;
    const ends = toS >= course.endS;
    this.addBusy(places.positions, -1, busyS.fill(0));
    const e = ends ? -1 : lastAtMost(course.timeS, toS);
    places.positions.forEach((position, a) => {
      position.run = ends ? arrays[a].firstRun[step + 1] : course.run[e * n + a];
      position.done = ends ? 0 : course.done[e * n + a];
      const stageS = ends ? 0 : course.stageS[e * n + a];
      if (stageS === 0) return;
      const { count } = arrays[a].stages[position.run];
      position.done = Math.min(count, position.done + (toS - course.timeS[e]) / stageS);
    });
    this.addBusy(places.positions, 1, busyS);
    places.course = ends ? null : course;
    places.courseS = toS;
    return ends ? course.endS - fromS : durationS;
  }

  /** Adds, `sign` times, the seconds in which each domain has worked for each array since the inference began. */
  private addBusy(positions: readonly Position[], sign: number, busyS: Float64Array): void {
    const { now, domains } = this.events;
    for (let a = 0; a < positions.length; a++) {
      const { run, done } = positions[a];
      const { busyBeforeS, busyStageS } = now[a];
      for (let d = 0; d < domains; d++) {
        const inRun = done === 0 ? 0 : done * busyStageS[d][run];
        busyS[a * domains + d] += sign * (busyBeforeS[d][run] + inRun);
      }
    }
  }
}

/** Index of the last of rising times that is at most `timeS`. */
function lastAtMost(times: Float64Array, timeS: number): number {
  let low = 0;
  let high = times.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (times[middle] <= timeS) low = middle;
    else high = middle - 1;
  }
  return low;
}
