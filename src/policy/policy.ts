import type { TObject } from '@sinclair/typebox';
import type { Span } from '../base/errors.ts';

/** A clock and voltage domain as a policy sees it: its operating points, slowest first. */
export interface PolicyDomain {
  readonly name: string;
  readonly points: readonly { readonly frequencyHz: number; readonly voltageV: number }[];
  /** Index of the point that applies unless a policy chooses another. */
  readonly nominal: number;
}

/** By name of a domain: its operating point, as an index into its points. */
export type PointByDomain = Readonly<Record<string, number>>;

/**
 * The work as known before it runs: the network and the design, never the arrival times of inferences. Times are without
 * transitions.
 */
export interface WorkModel {
  /** s of one inference. */
  inferenceS(points: PointByDomain): number;
  /** J of one inference with the die at `temperatureK`: dynamic, clock, leakage and DRAM. */
  inferenceJ(points: PointByDomain, temperatureK: number): number;
  /** W while there is nothing to do, the DRAM's background included. */
  idleW(points: PointByDomain, temperatureK: number, idle: IdleState): number;
  readonly layers: readonly LayerWork[];
  readonly dramBytesPerS: number;
  /** The domains whose clocks drive arrays. */
  readonly arrayDomains: readonly string[];
  /** The domains whose clocks drive scratchpads, without those of arrays. */
  readonly memoryDomains: readonly string[];
}

export interface LayerWork {
  readonly name: string;
  /** Stall-free cycles of the array that takes most. */
  readonly cycles: number;
  readonly dramBytes: number;
  /** s at these operating points. */
  timeS(points: PointByDomain): number;
}

/** The part of a policy's context that is known before any work is scheduled; `check` uses it. */
export interface PolicySetting {
  readonly domains: readonly PolicyDomain[];
  /** Names of the sensed blocks, in the order of `Observation.temperatureK`. */
  readonly blocks: readonly string[];
  readonly epochS: number;
  /** Time an inference may take from its release, s; null if the experiment has no deadline. */
  readonly deadlineS: number | null;
}

/** The context that a policy is created for; nothing in it changes during a run. */
export interface PolicyContext extends PolicySetting {
  /** Upper bound of what a change between two points of a domain takes, s. */
  transitionS(domain: string, from: number, to: number): number;
  readonly work: WorkModel;
}

/** When a policy is asked. An epoch tick comes first where several meet. */
export type Trigger = 'epoch' | 'layer' | 'start' | 'end';

/** State of clocks and rails without work: running, standing still at the voltage, or powered off to a residue. */
export type IdleState = 'clocked' | 'retain' | 'gated';

/** Shares of the last epoch's time; they sum to 1. */
export interface DomainShares {
  readonly busy: number;
  readonly stall: number;
  readonly idle: number;
  readonly dead: number;
}

/** The facts that a policy may know when it decides. They never include the future. */
export interface Observation {
  readonly timeS: number;
  readonly trigger: Trigger;
  /** The points that were last decided. */
  readonly points: PointByDomain;
  /** Shares of the last whole epoch, by domain; before the first one all idle. */
  readonly shares: Readonly<Record<string, DomainShares>>;
  /** Readings of the sensors, K, by block; at the start the start temperature. Empty without a thermal model. */
  readonly temperatureK: ArrayLike<number>;
  /** Mean power of each block over the last epoch, W. */
  readonly powerW: ArrayLike<number>;
  /** The inference that runs, null if none does. */
  readonly inference: RunningInference | null;
  /** Inferences that are released and wait. */
  readonly queued: number;
}

export interface RunningInference {
  readonly index: number;
  readonly releaseS: number;
  /** Point in time, null without a deadline. */
  readonly deadlineS: number | null;
  /** Share of its array cycles that is done, 0 to 1. */
  readonly progress: number;
  /** Index of the layer it is in. */
  readonly layer: number;
  /** s of what is left of it at these points, without transitions. */
  remainingS(points: PointByDomain): number;
}

/** Lowest and highest point a policy wants; one and the same where it wants exactly that. */
export type PointRange = readonly [low: number, high: number];

export interface Decision<State = unknown> {
  /** By domain; one that is absent is left to the policies below. */
  readonly ranges: Readonly<Record<string, PointRange>>;
  readonly state: State;
  /** The rule and the reading that led here, for events.csv. */
  readonly reason: string;
  /** State when idle; `clocked` unless a policy of the stack chooses another. */
  readonly idle?: IdleState;
}

/** A policy with its parameters, ready to run. `decide` is pure: all memory is in `state`, which is plain data. */
export interface RunnablePolicy<State = unknown> {
  readonly initial: State;
  /** Triggers it asks for besides epoch ticks. */
  readonly triggers?: readonly Exclude<Trigger, 'epoch'>[];
  /** Temperatures in K to draw as lines: trips, targets. */
  readonly marksK?: readonly number[];
  decide(observation: Observation, state: State): Decision<State>;
}

/** The place of a parameter, or of what it says of one domain; undefined if it was not given. */
export type SpanOfParameter = (parameter: string, domain?: string) => Span | undefined;

/**
 * A kind of policy; policies/*.yaml name one in `uses`. One file a kind, and a line in registry.ts. `Checked` is what it makes of its
 * parameters.
 */
export interface PolicyKind<Checked = unknown> {
  readonly id: string;
  /** When one would want it. */
  readonly description: string;
  /** A `choice` names an operating point; a `cap` only limits what others choose, and runs above `performance` if alone. */
  readonly role: 'choice' | 'cap';
  readonly parameters: TObject;
  /**
   * Checks parameters (already of the schema's shape) and returns them as `create` wants them: in SI units, with defaults, names
   * found. Errors are coded; `deadline-missing` for a policy that needs a deadline where there is none.
   */
  check(parameters: Readonly<Record<string, unknown>>, setting: PolicySetting, span: SpanOfParameter): Checked;
  /** Makes the policy for a run whose setting is that of the check. */
  create(checked: Checked, context: PolicyContext): RunnablePolicy;
}
