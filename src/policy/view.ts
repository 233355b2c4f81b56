import type { DomainState } from './states/states.ts';

/** The operating point of each domain by name, as an index into its points. */
export type PointByDomain = Readonly<Record<string, number>>;

/**
 * An event at which policies are asked. `epoch`: a control epoch begins. `start`, `end`: an inference starts or ends. `layer`: the
 * running inference goes on to its next layer. `barrier`: all arrays have reached the end of a step together. `release`: an inference
 * is released, whether or not it starts. `transition-end`: a change of operating point is complete. `wake`: a time that a decision
 * asked for (`wakeS`). Events that coincide are one question: back to back, `end` and `start`.
 */
export type Trigger = 'epoch' | 'layer' | 'start' | 'end' | 'release' | 'barrier' | 'transition-end' | 'wake';

/** Shares of the last epoch's time; they sum to 1. */
export interface DomainShares {
  readonly busy: number;
  readonly stall: number;
  readonly idle: number;
  readonly dead: number;
}

/** Everything that a policy may know when it decides. It never includes the future. */
export interface Observation {
  readonly timeS: number;
  /** All events that happen at this time. */
  readonly triggers: ReadonlySet<Trigger>;
  /** The points decided last, those that wait for a change to end included. */
  readonly points: PointByDomain;
  /** By domain: its state now, and the time in s until it can work, if it were needed now. */
  readonly states: Readonly<Record<string, StateNow>>;
  /** Shares of the last whole epoch by domain; all idle before the first epoch. */
  readonly shares: Readonly<Record<string, DomainShares>>;
  /** Sensor readings by block, K. At the start they show the start temperature; without a thermal model there are none. */
  readonly temperatureK: ArrayLike<number>;
  /** Mean power of each block over the last epoch, W, and the part of it that is leakage. The rest is dynamic. */
  readonly powerW: ArrayLike<number>;
  readonly leakageW: ArrayLike<number>;
  /** The activity of each component in the last whole epoch, by name. Computed when it is read. */
  readonly components: Readonly<Record<string, ComponentUse>>;
  /** The running inference; null if there is none. */
  readonly inference: RunningInference | null;
  /** Number of released inferences that wait. */
  readonly queued: number;
  /** The first of them, at most 32, in the order of their release. Built when it is read. */
  readonly waiting: readonly WaitingInference[];
  /** The inference that ended last; null before the first. */
  readonly last: EndedInference | null;
  /** Power at these points with the activity of the current layer, at the sensed temperatures. Without work: that of idling. */
  forecastW(points: PointByDomain): PowerForecast;
  /**
   * Temperatures one epoch after the last tick, if the domains are at these points from there on, by an observer that the sensors feed.
   * Only for a policy that `predicts`; error `decision-invalid` for any other, or without a thermal model.
   */
  predictK(points: PointByDomain): TemperaturePrediction;
  /**
   * Readings of sensors at the centres of a grid of rows x columns, K, row by row from the north west corner: each errs as that of its
   * block. Error `decision-invalid` for more than 4096 cells, or without a thermal model.
   */
  fieldK(rows: number, columns: number): ArrayLike<number>;
}

/** Predicted temperatures and how far off such predictions were. */
export interface TemperaturePrediction {
  /** By block, as a sensor without noise, quantum and delay would show them, K. */
  readonly temperatureK: ArrayLike<number>;
  /**
   * How far the predictions so far, at the points then decided, were off what the sensors showed later, K: root mean square over the
   * epochs, of the block where it is largest. Null until one can be compared.
   */
  readonly errorK: number | null;
}

/** Predicted power, W. */
export interface PowerForecast {
  /** All domains and DRAM. */
  readonly totalW: number;
  readonly byDomainW: Readonly<Record<string, number>>;
}

export interface StateNow {
  readonly state: DomainState;
  readonly wakeS: number;
}

/** Shares of the last epoch's time, and a rate. */
export interface ComponentUse {
  /** PEs in a fold, a port that moves words, DRAM that transfers. */
  readonly busy: number;
  /** An inference runs and the clock does, but the component waits. */
  readonly stall: number;
  /** Actions of all kinds and all instances per second. */
  readonly actionsPerS: number;
}

export interface WaitingInference {
  readonly index: number;
  readonly releaseS: number;
  /** Deadline as a time in s; null without one. */
  readonly deadlineS: number | null;
}

export interface EndedInference {
  readonly index: number;
  /** Time from its release to its end, s. */
  readonly latencyS: number;
  /** Deadline minus end, s; negative for a miss, null without a deadline. */
  readonly slackS: number | null;
}

export interface RunningInference {
  readonly index: number;
  readonly releaseS: number;
  /** Deadline as a time in s; null without one. */
  readonly deadlineS: number | null;
  /** Finished share of its array cycles, 0 to 1. */
  readonly progress: number;
  /** Index of its current layer. */
  readonly layer: number;
  /** Time in s that the rest of the inference takes at these points, without transitions. */
  remainingS(points: PointByDomain): number;
}
