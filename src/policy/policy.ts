import type { TObject } from '@sinclair/typebox';
import type { Span } from '../errors.ts';

/** A clock and voltage domain as a policy sees it: its operating points, slowest first. */
export interface PolicyDomain {
  readonly name: string;
  readonly points: readonly { readonly frequencyHz: number; readonly voltageV: number }[];
  /** Index of the point used where nothing else is said. */
  readonly nominal: number;
}

/** The operating point of each domain, by name, as an index into its points. */
export type OperatingPoints = Readonly<Record<string, number>>;

/** What a policy may know when it decides. It never holds anything from the future. */
export interface Observation {
  readonly timeS: number;
  readonly current: OperatingPoints;
}

export interface Decision<State> {
  readonly points: OperatingPoints;
  readonly state: State;
  /** The rule and the reading that led here, for events.csv. */
  readonly reason: string;
}

/** A policy with its parameters, ready to run. `decide` is pure: all memory is in `state`, which is plain data. */
export interface RunnablePolicy<State = unknown> {
  readonly initial: State;
  decide(observation: Observation, state: State): Decision<State>;
}

/** The place of a parameter, or of what it says of one domain; undefined if it was not given. */
export type SpanOfParameter = (parameter: string, domain?: string) => Span | undefined;

/** A kind of policy; policies/*.yaml name one in `uses`. One file a kind, and a line in registry.ts. */
export interface PolicyKind {
  readonly id: string;
  /** When one would want it. */
  readonly description: string;
  readonly parameters: TObject;
  /**
   * Checks parameters (already of the schema's shape) against the domains. Errors are coded.
   */
  create(
    parameters: Readonly<Record<string, unknown>>,
    domains: readonly PolicyDomain[],
    span: SpanOfParameter,
  ): RunnablePolicy;
}
