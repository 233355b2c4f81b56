import type { TObject } from '@sinclair/typebox';
import type { Path } from '../base/document.ts';
import type { Span } from '../base/errors.ts';
import type { DomainState, IdleState, RestStates, StateCosts } from './states/states.ts';
import type { Observation, PointByDomain, Trigger } from './view.ts';

export type {
  ComponentUse,
  DomainShares,
  EndedInference,
  Observation,
  PointByDomain,
  PowerForecast,
  RunningInference,
  StateNow,
  TemperaturePrediction,
  Trigger,
  WaitingInference,
} from './view.ts';

/** A clock and voltage domain as a policy sees it: its operating points, slowest first. */
export interface PolicyDomain {
  readonly name: string;
  readonly points: readonly { readonly frequencyHz: number; readonly voltageV: number }[];
  /** Index of the point that applies if no policy chooses another. */
  readonly nominal: number;
  /**
   * The states that it has besides `on` and `clock-gated`, with their costs. A domain that states none has `off` at no cost but 5 % of
   * the leakage.
   */
  readonly states?: Readonly<Partial<Record<DomainState, StateCosts>>> | undefined;
  /** The costs of rows and columns of PEs that are off while a layer does not use them; absent if they cannot be switched. */
  readonly unusedPes?: StateCosts | undefined;
}

/**
 * The work as known before it runs: the network and the design, but not the arrival times of inferences. Times exclude
 * transitions.
 */
export interface WorkModel {
  /** Time of one inference, s. */
  inferenceS(points: PointByDomain): number;
  /** Energy of one inference in J with the die at `temperatureK`: dynamic, clock, leakage and DRAM. */
  inferenceJ(points: PointByDomain, temperatureK: number): number;
  /** Power in W without work, including the background power of DRAM. */
  idleW(points: PointByDomain, temperatureK: number, idle: IdleState): number;
  /** Time in s and energy in J in which all domains wake from a state without work. */
  wake(idle: IdleState): { readonly wakeS: number; readonly wakeJ: number };
  readonly layers: readonly LayerWork[];
  readonly dramBytesPerS: number;
  /** The domains whose clocks drive arrays. */
  readonly arrayDomains: readonly string[];
  /** The domains whose clocks drive scratchpads but no array. */
  readonly memoryDomains: readonly string[];
}

export interface LayerWork {
  readonly name: string;
  /** Stall-free cycles of the slowest array. */
  readonly cycles: number;
  readonly dramBytes: number;
  /** Time at these operating points, s. */
  timeS(points: PointByDomain): number;
  /** Energy in J at these points with the die at `temperatureK`. The layers' energies sum to that of an inference. */
  energyJ(points: PointByDomain, temperatureK: number): number;
}

/** Where a block lies on the die and what is in it. Lengths in m from the die's bottom left corner. */
export interface BlockPlace {
  readonly name: string;
  readonly leftM: number;
  readonly bottomM: number;
  readonly widthM: number;
  readonly heightM: number;
  /** Indices of the blocks that share an edge with it. */
  readonly neighbours: readonly number[];
  /** Names of the components that dissipate in it, and of their domains. */
  readonly components: readonly string[];
  readonly domains: readonly string[];
  /** The array whose components it holds, counted row by row; null if it serves all arrays or none. */
  readonly region: number | null;
}

/** The part of a policy's context that is known before any scheduling. `check` receives it. */
export interface PolicySetting {
  readonly domains: readonly PolicyDomain[];
  /** Names of the sensed blocks, in the order of `Observation.temperatureK`. */
  readonly blocks: readonly string[];
  /** The places of these blocks, in the same order. */
  readonly places: readonly BlockPlace[];
  /** Names of all components, those off the die included; absent if only those of `places` are known. */
  readonly components?: readonly string[];
  /** The experiment's temperature limit, K; null without one. */
  readonly limitK: number | null;
  readonly epochS: number;
  /** Most time from the release of an inference to its end, s; null without a deadline. */
  readonly deadlineS: number | null;
  /** Time between releases, s; null or absent if they have no period. */
  readonly periodS?: number | null;
}

/** The context in which a policy is created. It does not change during a run. */
export interface PolicyContext extends PolicySetting {
  /** Seed of the experiment. A policy that needs chance has a generator, the third argument of `decide`. */
  readonly seed: number;
  /** Whether policies of lower priority have a say too. Alone, a policy may name one point where it would accept several. */
  readonly below: boolean;
  /** Steady rise of block u per watt in block v, K/W, at u x blocks + v; empty without a thermal model. */
  readonly resistanceKPerW: Float64Array;
  /** Temperature of the ambient, K; null without a thermal model. */
  readonly ambientK: number | null;
  /** Rise of block u after so many seconds per watt in block v, K/W, at u x blocks + v; absent without a thermal model. */
  readonly responseKPerW?: ((seconds: number) => Float64Array) | undefined;
  /** Upper bound in s of the time of a change between two points of a domain. */
  transitionS(domain: string, from: number, to: number): number;
  readonly work: WorkModel;
}

/** The lowest and highest point that a policy accepts. They are equal if it accepts one point only. */
export type PointRange = readonly [low: number, high: number];

export interface Decision<State = unknown> {
  /** Ranges by domain. The policies below decide an absent domain. */
  readonly ranges: Readonly<Record<string, PointRange>>;
  /**
   * Settings of several domains that are acceptable together, the best first; all of the same domains. A policy below picks any of
   * them; if none has a preference, the first is taken.
   */
  readonly joint?: readonly PointByDomain[];
  readonly state: State;
  /** The rule and the reading behind the decision, for events.csv. */
  readonly reason: string;
  /** State of all domains without work; `on` unless a policy of the stack chooses another. */
  readonly idle?: IdleState;
  /** States by domain while it has nothing to do. A state alone is that without work; it comes before `idle`. */
  readonly states?: Readonly<Record<string, DomainState | RestStates>>;
  /**
   * A cap in W, for all together with DRAM, or by domain. The engine takes the fastest points whose predicted power is within it, at the
   * sensed temperatures and with the activity of the current layer.
   */
  readonly capW?: number | Readonly<Record<string, number>>;
  /** A later time at which it wants to be asked again, s. */
  readonly wakeS?: number;
  /** Present while it is at its lowest points and what it reads is still above its trip. */
  readonly saturated?: Saturation | undefined;
}

/** A temperature that is above its trip, in K; or a predicted power that is above its cap, in W. */
export type Saturation =
  | { readonly temperatureK: number; readonly tripK: number }
  | { readonly powerW: number; readonly capW: number };

/** A policy with its parameters, ready to run. `decide` is pure: `state`, which is plain data, holds all its memory. */
export interface RunnablePolicy<State = unknown> {
  readonly initial: State;
  /** Its role, where parameters decide; that of its kind without it. */
  readonly role?: PolicyRole | undefined;
  /** Triggers at which it is asked, besides epoch ticks. */
  readonly triggers?: readonly Exclude<Trigger, 'epoch' | 'wake'>[] | undefined;
  /** Whether it reads `predictK`. The run then keeps an observer. */
  readonly predicts?: boolean | undefined;
  /** Temperatures in K that charts draw as lines: trips and targets. */
  readonly marksK?: readonly number[];
  /** The temperature that it promises to hold, K, and the blocks that it watches. Results say how far above it these blocks got. */
  readonly target?: { readonly temperatureK: number; readonly blocks: readonly string[] };
  /** Where its rules are written, for errors in its decisions. */
  readonly place?: Span | undefined;
  /** `random` returns numbers from 0 to 1; each policy has a generator of its own, seeded by the experiment. */
  decide(observation: Observation, state: State, random: () => number): Decision<State>;
}

/**
 * The duty of a policy. A `cap` only limits the points of others; alone, it limits `performance`. A `deadline` policy picks points
 * that it needs for a promise. A `choice` picks points that it prefers. A choice that a cap or a deadline overrules is `limited`, which
 * is their duty; any other policy that does not get its way is in `conflict`.
 */
export type PolicyRole = 'cap' | 'deadline' | 'choice';

/** The place of a parameter, or of a part inside it; undefined if it was not given. */
export type SpanOfParameter = (parameter: string, ...inner: Path) => Span | undefined;

/**
 * A kind of policy. policies/*.yaml name a kind in `uses`. Each kind has one file, and a line in registry.ts. `Checked`
 * is the type of its checked parameters.
 */
export interface PolicyKind<Checked = unknown> {
  readonly id: string;
  /** Its name in results, where the id is the path of a file. */
  readonly name?: string;
  /** When to use it. */
  readonly description: string;
  readonly role: PolicyRole;
  readonly parameters: TObject;
  /**
   * Checks parameters that already match the schema. Returns them in the form that `create` takes: in SI units, with
   * defaults, and with names resolved. Errors are coded; `deadline-missing` for a policy that needs a deadline if there
   * is none.
   */
  check(parameters: Readonly<Record<string, unknown>>, setting: PolicySetting, span: SpanOfParameter): Checked;
  /** Creates the policy for a run in the setting of the check. */
  create(checked: Checked, context: PolicyContext): RunnablePolicy;
}
