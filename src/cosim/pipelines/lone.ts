import { lastAtMost } from '../../base/run-sums.ts';
import type { AcceleratorSpec } from '../../design/index.ts';
import { courseAfter, type QueueCourse } from '../../systolic/index.ts';
import type { Position, Program } from '../plant/program.ts';
import { type ArrayTiming, arrayTimings } from './array-timing.ts';
import type { PipelineState, Pipelines } from './pipelines.ts';

/** A single array has the DRAM to itself, so that all its times are sums. */
export function lonePipeline(program: Program, spec: AcceleratorSpec): Pipelines {
  const timingAt = arrayTimings(program, spec, 0);
  const { firstRun, stages } = program;

  /** The course of a state that goes on at other points; null if its stages take as long as from the beginning. */
  const courseAt = ({ positions, point, course }: PipelineState, to: ArrayLike<number>): QueueCourse | null => {
    if (point === null) return null;
    const [from, now] = [timingAt(point), timingAt(to)];
    if (from !== now) return courseAfter(stages, positions[0], from.clocks, course, now.clocks);
    return course && positions[0].run < course.run + course.seconds.length ? course : null;
  };

  /** Takes note of the points at which a state goes on. */
  const setPoint = (state: PipelineState, to: ArrayLike<number>): void => {
    state.course = courseAt(state, to);
    state.point ??= Int32Array.from(to);
    for (let d = 0; d < to.length; d++) state.point[d] = to[d];
  };

  return {
    advance(point, step, state, durationS, halted, busyS, waitS) {
      const [position] = state.positions;
      busyS.fill(0);
      waitS[0] = 0;
      if (halted[0] === 1) return durationS;
      setPoint(state, point);
      const timing = timingAt(point);
      const { busyBeforeS, busyStageS } = timing;
      const end = firstRun[step + 1];
      const fromS = secondsBefore(timing, state.course, stages, position.run, position.done);
      const leftS = secondsBefore(timing, state.course, stages, end, 0) - fromS;
      const elapsedS = Math.min(durationS, Math.max(0, leftS));
      for (let d = 0; d < busyStageS.length; d++) busyS[d] = -before(busyBeforeS[d], busyStageS[d], position);
      if (leftS <= durationS) {
        position.run = end;
        position.done = 0;
      } else moveTo(position, fromS + durationS, timing, state.course, stages, end - 1);
      for (let d = 0; d < busyStageS.length; d++) {
        const workedS = busyS[d] + before(busyBeforeS[d], busyStageS[d], position);
        busyS[d] = Math.min(elapsedS, Math.max(0, workedS));
      }
      return elapsedS;
    },
    inference(point) {
      const { beforeS, busyBeforeS } = timingAt(point);
      const n = stages.length;
      const domains = busyBeforeS.length;
      const stepBusyS = new Float64Array((firstRun.length - 1) * domains);
      for (let step = 0; step + 1 < firstRun.length; step++) {
        for (let d = 0; d < domains; d++) {
          stepBusyS[step * domains + d] = busyBeforeS[d][firstRun[step + 1]] - busyBeforeS[d][firstRun[step]];
        }
      }
      return {
        totalS: beforeS[n],
        stepS: Float64Array.from(firstRun.subarray(1), (end, step) => beforeS[end] - beforeS[firstRun[step]]),
        busyS: Float64Array.from(busyBeforeS, (sums) => sums[n]),
        stepBusyS,
      };
    },
    replayOf: () => null,
    remainingS(point, _, state) {
      const timing = timingAt(point);
      const course = courseAt(state, point);
      const [{ run, done }] = state.positions;
      const fromS = secondsBefore(timing, course, stages, run, done);
      return secondsBefore(timing, course, stages, stages.length, 0) - fromS;
    },
  };
}

/** A sum over stages up to a position. */
function before(sums: Float64Array, ofStage: Float64Array, { run, done }: Position): number {
  return done === 0 ? sums[run] : sums[run] + done * ofStage[run];
}

/** Seconds before a place. On a course they count from anywhere: only differences have a meaning. */
function secondsBefore(
  { beforeS, stageS }: ArrayTiming,
  course: QueueCourse | null,
  stages: Program['stages'],
  run: number,
  done: number,
): number {
  const s = done === 0 ? beforeS[run] : beforeS[run] + done * stageS[run];
  if (course === null) return s;
  let moreS = 0;
  for (let r = course.run; r <= run && r < course.run + course.seconds.length; r++) {
    moreS += (r < run ? stages[r].count : done) * (course.seconds[r - course.run] - stageS[r]);
  }
  return s + moreS;
}

/** Puts a position where `targetS` seconds have passed, not beyond the end of stage run `lastRun`. */
function moveTo(
  position: Position,
  targetS: number,
  timing: ArrayTiming,
  course: QueueCourse | null,
  stages: Program['stages'],
  lastRun: number,
): void {
  const { beforeS, stageS } = timing;
  const end = course ? course.run + course.seconds.length : 0;
  let { run } = position;
  while (run < Math.min(end, lastRun + 1) && secondsBefore(timing, course, stages, run + 1, 0) <= targetS) run++;
  run = Math.min(run, lastRun);
  const beyondS = run < end ? 0 : secondsBefore(timing, course, stages, end, 0) - beforeS[end];
  if (run >= end) run = lastAtMost(beforeS, targetS - beyondS, run, lastRun);
  // Rounding must neither lead back nor beyond the run.
  const least = run === position.run ? position.done : 0;
  const takesS = course && run < end ? course.seconds[run - course.run] : stageS[run];
  const done = (targetS - secondsBefore(timing, course, stages, run, 0)) / takesS;
  position.run = run;
  position.done = Math.min(Math.max(done, least), stages[run].count);
}
