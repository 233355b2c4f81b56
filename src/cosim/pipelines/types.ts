import type { Position } from '../plant/program.ts';

/**
 * Time of the arrays' inferences: each goes through its program at its own clocks, all wait for each other at the end of a step. A
 * `point` is an index into the operating points of each domain.
 */
export interface Pipelines {
  /**
   * Moves all arrays on by `durationS`, at most to the end of the step; those that are `still` stand. Overwrites `busyS` with the
   * seconds in which each domain works for each array (array by array). Returns the seconds until all are at the end, or `durationS`.
   */
  advance(
    point: ArrayLike<number>,
    step: number,
    places: Places,
    durationS: number,
    still: Uint8Array,
    busyS: Float64Array,
  ): number;
  /** A whole inference at held points. */
  inference(point: ArrayLike<number>): InferenceTiming;
  /** Seconds from these places to the end of the inference. */
  remainingS(point: ArrayLike<number>, step: number, places: Places): number;
}

/** Where the arrays are. `course` is the one they are on, `courseS` how far; null if they are not on any that is known. */
export interface Places {
  readonly positions: readonly Position[];
  course: Course | null;
  courseS: number;
}

/**
 * A step of several arrays from its beginning to its end at held points: at `timeS[e]` array a is at `done[e n + a]` of its run
 * `run[e n + a]`, and a stage of it takes `stageS[e n + a]` until the next of these times; 0 if it stands.
 */
export interface Course {
  readonly timeS: Float64Array;
  readonly run: Int32Array;
  readonly done: Float64Array;
  readonly stageS: Float64Array;
  readonly endS: number;
}

export interface InferenceTiming {
  readonly totalS: number;
  /** Seconds of each step. */
  readonly stepS: Float64Array;
  /** Seconds in which each domain works for each array. */
  readonly busyS: Float64Array;
}
