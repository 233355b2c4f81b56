import type { QueueCourse } from '../../systolic/index.ts';
import type { Position } from '../plant/program.ts';

/**
 * The time that inferences take. Each array works through its program at its own clocks; at the end of a step all arrays wait for the
 * slowest. A `point` holds, for each domain, an index into its operating points.
 */
export interface Pipelines {
  /**
   * Advances all arrays but those marked in `halted` by `durationS`, at most to the end of the step, or to where an array begins to wait
   * for the others: from there on its blocks cool. Overwrites `busyS` (arrays x domains) with the seconds in which each domain works
   * for each array, and `waitS` with those at the end of which each array waits. Returns the seconds that passed.
   */
  advance(
    point: ArrayLike<number>,
    step: number,
    state: PipelineState,
    durationS: number,
    halted: Uint8Array,
    busyS: Float64Array,
    waitS: Float64Array,
  ): number;
  /** The timing of a whole inference at constant operating points. */
  inference(point: ArrayLike<number>): InferenceTiming;
  /** The record of a step at these points, which a state that was written down goes on with; null if there are no records. */
  replayOf(point: ArrayLike<number>, step: number): Replay | null;
  /** Seconds from this state to the end of the inference. */
  remainingS(point: ArrayLike<number>, step: number, state: PipelineState): number;
}

/**
 * How far the arrays are, and the points at which they worked last; null at the beginning of an inference. While several arrays follow a
 * recorded step, `replay` is its record and `replayS` the seconds since its start. A single array has a `course` after a change.
 */
export interface PipelineState {
  readonly positions: readonly Position[];
  point: Int32Array | null;
  course: QueueCourse | null;
  replay: Replay | null;
  replayS: number;
}

/**
 * The record of one step of n arrays at constant operating points. At event e, `timeS[e]` seconds after the start, array a is at stage
 * `done[e n + a]` of its run `run[e n + a]`. Until the next event each of its stages takes `stageS[e n + a]` seconds, 0 if it waits.
 */
export interface Replay {
  readonly timeS: Float64Array;
  readonly run: Int32Array;
  readonly done: Float64Array;
  readonly stageS: Float64Array;
  /** When each array reaches the end of the step, s after its start. */
  readonly arriveS: Float64Array;
  /** When arrays reach the end of the step and wait for longer than heat would notice, s, ascending. */
  readonly waitsFromS: Float64Array;
  readonly endS: number;
}

export interface InferenceTiming {
  readonly totalS: number;
  /** Seconds of each step. */
  readonly stepS: Float64Array;
  /** Seconds in which each domain works for each array, in the whole inference and in each step (steps x arrays x domains). */
  readonly busyS: Float64Array;
  readonly stepBusyS: Float64Array;
}
