import { lastAtMost } from '../../base/run-sums.ts';
import type { AcceleratorSpec } from '../../design/index.ts';
import type { Position, Program } from '../plant/program.ts';
import { arrayTimings } from './array-timing.ts';
import type { Pipelines } from './pipelines.ts';

/** A single array has the DRAM to itself, so that all its times are sums. */
export function lonePipeline(program: Program, spec: AcceleratorSpec): Pipelines {
  const timingAt = arrayTimings(program, spec, 0);
  const { firstRun } = program;
  const before = (sums: Float64Array, ofStage: Float64Array, { run, done }: Position): number =>
    done === 0 ? sums[run] : sums[run] + done * ofStage[run];
  return {
    advance(point, step, { positions: [position] }, durationS, halted, busyS, waitS) {
      busyS.fill(0);
      waitS[0] = 0;
      if (halted[0] === 1) return durationS;
      const { beforeS, stageS, busyBeforeS, busyStageS } = timingAt(point);
      const end = firstRun[step + 1];
      const fromS = before(beforeS, stageS, position);
      const leftS = beforeS[end] - fromS;
      const elapsedS = Math.min(durationS, Math.max(0, leftS));
      for (let d = 0; d < busyStageS.length; d++) busyS[d] = -before(busyBeforeS[d], busyStageS[d], position);
      if (leftS <= durationS) {
        position.run = end;
        position.done = 0;
      } else moveTo(position, fromS + durationS, beforeS, stageS, program, end - 1);
      for (let d = 0; d < busyStageS.length; d++) {
        const workedS = busyS[d] + before(busyBeforeS[d], busyStageS[d], position);
        busyS[d] = Math.min(elapsedS, Math.max(0, workedS));
      }
      return elapsedS;
    },
    inference(point) {
      const { beforeS, busyBeforeS } = timingAt(point);
      const n = program.stages.length;
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
    remainingS(point, _, { positions: [position] }) {
      const { beforeS, stageS } = timingAt(point);
      return beforeS[program.stages.length] - before(beforeS, stageS, position);
    },
  };
}

/** Puts a position where `targetS` seconds have passed, not beyond the end of stage run `lastRun`. */
function moveTo(
  position: Position,
  targetS: number,
  beforeS: Float64Array,
  stageS: Float64Array,
  { stages }: Program,
  lastRun: number,
): void {
  const run = lastAtMost(beforeS, targetS, position.run, lastRun);
  // Rounding must neither lead back nor beyond the run.
  const least = run === position.run ? position.done : 0;
  const done = (targetS - beforeS[run]) / stageS[run];
  position.run = run;
  position.done = Math.min(Math.max(done, least), stages[run].count);
}
