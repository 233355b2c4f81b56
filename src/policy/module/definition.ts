import type { Dimension } from '../../base/units.ts';
import type { Decision, Observation, PolicyContext, PolicyRole, Trigger } from '../policy.ts';

/** The type of a parameter: a plain value, or a quantity whose text has a unit and which the policy gets in SI units. */
export type ParameterType = 'number' | 'integer' | 'boolean' | 'text' | Dimension;

/** A parameter of a policy of one's own. Without a default, whoever uses the policy must give it. */
export interface ParameterSpec {
  readonly type: ParameterType;
  /** As one would write it in an experiment: `0.02`, `"85C"`. */
  readonly default?: number | string | boolean;
  /** Bounds of a number. */
  readonly minimum?: number;
  readonly maximum?: number;
  readonly description?: string;
}

export type ParameterSpecs = Readonly<Record<string, ParameterSpec>>;

/** The values of parameters: quantities in SI units. */
export type ParameterValues<P extends ParameterSpecs> = {
  readonly [K in keyof P]: P[K]['type'] extends 'boolean' ? boolean : P[K]['type'] extends 'text' ? string : number;
};

/** Everything that is known before the run, and the values of the parameters. */
export interface ModuleContext<P extends ParameterSpecs = ParameterSpecs> extends PolicyContext {
  readonly params: ParameterValues<P>;
}

/** An observation, frozen. It never includes the future. */
export interface PolicyView<P extends ParameterSpecs = ParameterSpecs>
  extends Omit<Observation, 'temperatureK' | 'powerW' | 'leakageW'> {
  /** Sensor readings, K, mean power of the last epoch and its leakage, W, in the order of `context.blocks`. */
  readonly temperatureK: readonly number[];
  readonly powerW: readonly number[];
  readonly leakageW: readonly number[];
  /** The context that `init` got. */
  readonly context: ModuleContext<P>;
  /** The next number, from 0 to below 1, of a generator that this policy has for itself; the seed of the experiment starts it. */
  random(): number;
}

/** A decision whose ranges need no type of their own: [low, high] by domain. The engine checks them. */
export type ModuleDecision<State> = Omit<Decision<State>, 'ranges'> & {
  readonly ranges: Readonly<Record<string, readonly number[]>>;
};

/**
 * A policy of one's own. `decide` is pure: all that it remembers is in its state, which is plain data that JSON can hold, and it has
 * neither clock nor chance but `view.random()`.
 */
export interface PolicyDefinition<State = unknown, P extends ParameterSpecs = ParameterSpecs> {
  /** Its name in results and events. */
  readonly name: string;
  readonly description?: string;
  /** `choice` by default; a `cap` only limits the points of other policies. */
  readonly role?: PolicyRole;
  /** Triggers at which it is asked, besides epoch ticks. */
  readonly triggers?: readonly Exclude<Trigger, 'epoch' | 'wake'>[];
  /** `true` if it reads `view.predictK`: the run then keeps an observer. */
  readonly predicts?: boolean;
  readonly params?: P;
  /** The state before the first decision; null without this function. */
  init?(context: ModuleContext<P>): State;
  decide(view: PolicyView<P>, state: State): ModuleDecision<State>;
}

/** Gives the parts of a policy their types. A module's default export is such a definition. */
export function definePolicy<State, const P extends ParameterSpecs = Record<never, never>>(
  definition: PolicyDefinition<State, P>,
): PolicyDefinition<State, P> {
  return definition;
}
