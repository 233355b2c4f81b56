/**
 * Which operating point is best for each layer of an inference? A point stands for the points of all domains together.
 * Tables are layers x points, row by row.
 */
export interface ScheduleProblem {
  readonly layers: number;
  readonly points: number;
  /** Time in s and energy in J of each layer at each point. */
  readonly timeS: Float64Array;
  readonly energyJ: Float64Array;
  /** The changes that are possible, with their cost; null if every change is free. */
  readonly changes: readonly Change[] | null;
  /** Points at which the first layer may begin without a change. */
  readonly starts: readonly number[];
  /** The rests that may follow the last layer, until the deadline. */
  readonly rests: readonly Rest[];
  /** Time from the start of the first layer by which the last one ends, s. */
  readonly deadlineS: number;
  /** Time whose energy counts, s; the deadline by default. */
  readonly windowS?: number;
}

/**
 * A change of point that begins with layer `layer` and is over before layer `until`. Its time and energy include those
 * layers.
 */
export interface Change {
  readonly layer: number;
  readonly until: number;
  readonly from: number;
  readonly to: number;
  readonly timeS: number;
  readonly energyJ: number;
}

/** A way to wait after the last layer, from `point` on. */
export interface Rest {
  readonly point: number;
  /** The point at which it rests. */
  readonly to: number;
  /** A change before the rest: its time and energy. */
  readonly delayS: number;
  readonly energyJ: number;
  /** The part of `delayS` and `energyJ` that waking takes, if work follows. */
  readonly wakeS?: number;
  readonly wakeJ?: number;
  /** Power afterwards, W. */
  readonly powerW: number;
  readonly name: string;
}
