import type { YamlDocument } from '../../base/document.ts';
import { attempt, type Diagnostic, InputError, mapCollecting, type Span } from '../../base/errors.ts';
import { Generator, mixed } from '../../base/random.ts';
import type {
  Decision,
  Observation,
  PolicyContext,
  PolicyKind,
  PolicySetting,
  RunnablePolicy,
  Saturation,
  Trigger,
} from '../policy.ts';
import { isSameJoint } from '../ranges.ts';
import { checkInSetting, createPolicy, POLICY_KINDS } from '../registry.ts';
import { isSameStates } from '../states/rest.ts';
import { type CapResolver, capResolver } from './cap.ts';
import { type Combined, Combiner, type Held, type Member } from './combined.ts';
import { type CheckedDecide, checkedDecide } from './decision.ts';
import { Wish } from './wish.ts';

/** One policy of a stack before its creation. */
export interface StackEntry {
  /** Its name in decisions and conflicts. */
  readonly name: string;
  /** Id of its kind. */
  readonly uses: string;
  readonly usesSpan: Span | undefined;
  /** Later documents override earlier ones. */
  readonly parameters: readonly YamlDocument[];
}

/** The context of all policies of a stack. */
export type StackContext = Omit<PolicyContext, 'below'>;

export interface StackDecision extends Combined {
  readonly state: readonly unknown[];
  /** The caps that are at their lowest points and above their trips, highest priority first. */
  readonly saturated: readonly (Saturation & { readonly policy: string })[];
  /** The next time at which some policy wants to be asked, s; infinite if none does. */
  readonly wakeS: number;
}

/** Policies in order of priority, combined into one. */
export interface PolicyStack {
  /** Names from the highest priority down: `step_wise > pace`. */
  readonly name: string;
  /** The triggers at which to ask. Other triggers change nothing. */
  readonly triggers: ReadonlySet<Trigger>;
  /** Temperatures that charts draw as lines, K. */
  readonly marksK: readonly { readonly policy: string; readonly temperatureK: number }[];
  /** Temperatures that policies promise to hold, K, with the blocks that they watch. */
  readonly targets: readonly {
    readonly policy: string;
    readonly temperatureK: number;
    readonly blocks: readonly string[];
  }[];
  readonly initial: readonly unknown[];
  /** Whether some policy reads `predictK`. */
  readonly predicts: boolean;
  /** Pure: the state, which is plain data, holds all memory. */
  decide(observation: Observation, state: readonly unknown[]): StackDecision;
}

/** Makes every check of a stack that needs no workload. Errors: those of all its policies together. */
export function checkStack(
  entries: readonly StackEntry[],
  setting: PolicySetting,
  kinds: readonly PolicyKind[] = POLICY_KINDS,
): void {
  mapCollecting(entries, ({ uses, usesSpan, parameters }) =>
    checkInSetting(uses, usesSpan, parameters, setting, kinds),
  );
}

/**
 * Combines policies into one; the first has the highest priority. If no policy is a `choice`, `performance` is added
 * last. Errors: those of all policies together.
 */
export function createStack(
  entries: readonly StackEntry[],
  context: StackContext,
  kinds: readonly PolicyKind[] = POLICY_KINDS,
): PolicyStack {
  const problems: Diagnostic[] = [];
  const make = ({ name, uses, usesSpan, parameters }: StackEntry, i: number) =>
    attempt(problems, () => {
      const below = i + 1 < entries.length;
      const { role, policy } = createPolicy(uses, usesSpan, parameters, { ...context, below }, kinds);
      return { name, role, policy, triggers: new Set<Trigger>(['epoch', ...(policy.triggers ?? [])]) };
    });
  const made = entries.map(make);
  if (problems.length > 0) throw new InputError(problems);
  const members = made.filter((member) => member !== undefined);
  const implicit = members.some(({ role }) => role !== 'cap') ? -1 : members.length;
  if (implicit >= 0) {
    const { policy } = createPolicy('performance', undefined, [], { ...context, below: false }, POLICY_KINDS);
    members.push({ name: 'performance', role: 'choice', policy, triggers: new Set(['epoch']) });
  }
  const asker = new Asker(members, implicit, context);

  return {
    name: members.map(({ name }) => name).join(' > '),
    triggers: new Set(members.flatMap(({ triggers }) => [...triggers])),
    marksK: members.flatMap(({ name, policy }) =>
      (policy.marksK ?? []).map((k) => ({ policy: name, temperatureK: k })),
    ),
    targets: members.flatMap(({ name, policy: { target } }) => (target ? [{ policy: name, ...target }] : [])),
    predicts: members.some(({ policy }) => policy.predicts === true),
    initial: members.map(({ policy }, i) => startOf(policy, mixed(context.seed, i))),
    decide: (observation, state) => asker.decide(observation, state as readonly Held[]),
  };
}

/** A policy of a stack and when to ask it. */
interface Asked extends Member {
  readonly policy: RunnablePolicy;
  readonly triggers: ReadonlySet<Trigger>;
}

const NOT_CALLED = 'not called yet';

function startOf({ initial: state }: RunnablePolicy, random: number): Held {
  const nothing = { joint: undefined, states: undefined, idle: null, wakeS: null, saturated: null };
  return { state, ranges: {}, reason: NOT_CALLED, ...nothing, random };
}

/** Asks policies in turn. Its memory only saves work: what it answers depends on the observation and the state alone. */
class Asker {
  private readonly members: readonly Asked[];
  private readonly decides: readonly CheckedDecide[];
  /** By policy: the ranges that it says, and those that it said. */
  private readonly wanted: readonly Wish[];
  private readonly held: readonly Wish[];
  private readonly withinCap: CapResolver;
  private readonly combiner: Combiner;
  private readonly generator = new Generator(0);
  private last: StackDecision | null = null;

  constructor(members: readonly Asked[], implicit: number, context: StackContext) {
    const { domains } = context;
    this.members = members;
    this.wanted = members.map(() => new Wish(domains));
    this.held = members.map(() => new Wish(domains));
    this.decides = members.map(({ name, policy }, i) => checkedDecide(name, policy, domains, this.wanted[i]));
    this.withinCap = capResolver(context);
    this.combiner = new Combiner(members, implicit, domains, this.held);
  }

  decide(observation: Observation, before: readonly Held[]): StackDecision {
    const { members } = this;
    let state = before;
    for (let i = 0; i < members.length; i++) {
      if (!isAsked(members[i].triggers, state[i], observation)) continue;
      const after = this.ask(i, state[i], observation);
      if (after === state[i]) continue;
      // The state before stays as it is: a snapshot may hold it.
      if (state === before) state = before.slice();
      (state as Held[])[i] = after;
    }
    // All of the answer follows from the state.
    if (this.last?.state === state) return this.last;
    const { points, rest, deciders, conflicts } = this.combiner.combine(state);
    const saturated = saturationsOf(members, state);
    this.last = { points, rest, state, deciders, conflicts, saturated, wakeS: wakeOf(state) };
    return this.last;
  }

  private ask(i: number, held: Held, observation: Observation): Held {
    const { generator, wanted } = this;
    generator.state = held.random;
    const decision = this.withinCap(this.decides[i](observation, held.state, generator.next), observation);
    wanted[i].take(decision.ranges);
    return updated(held, decision, this.isSame(i, held, decision), generator.state);
  }

  /** Whether a policy wants what it wanted. */
  private isSame(i: number, held: Held, { ranges, joint, states }: Decision): boolean {
    if (held.reason === NOT_CALLED) return false;
    if (ranges !== held.ranges) {
      this.held[i].take(held.ranges);
      if (!this.wanted[i].isLike(this.held[i])) return false;
    }
    return isSameJoint(held.joint, joint) && isSameStates(held.states, states);
  }
}

function isAsked(triggers: ReadonlySet<Trigger>, { wakeS }: Held, observation: Observation): boolean {
  if (wakeS !== null && wakeS <= observation.timeS) return true;
  // Every policy is asked at an epoch, and most questions come then.
  if (observation.triggers.has('epoch')) return true;
  for (const trigger of observation.triggers) if (triggers.has(trigger)) return true;
  return false;
}

/** The state after a decision; the same object if nothing changed, in whole or in part. */
function updated(held: Held, decision: Decision, isSame: boolean, random: number): Held {
  const { idle = null, wakeS = null, saturated = null, state } = decision;
  if (!isSame) {
    const { ranges, joint, states, reason } = decision;
    return { state, ranges, joint, states, reason, idle, wakeS, saturated, random };
  }
  const others = random === held.random && idle === held.idle && wakeS === held.wakeS && saturated === held.saturated;
  if (others && state === held.state) return held;
  const { ranges, joint, states, reason } = held;
  return { state, ranges, joint, states, reason, idle, wakeS, saturated, random };
}

function saturationsOf(members: readonly Member[], state: readonly Held[]): StackDecision['saturated'] {
  let isAny = false;
  for (const { saturated } of state) if (saturated !== null) isAny = true;
  if (!isAny) return NONE;
  return state.flatMap(({ saturated }, i) => (saturated ? [{ policy: members[i].name, ...saturated }] : []));
}

const NONE: StackDecision['saturated'] = [];

function wakeOf(state: readonly Held[]): number {
  let wakeS = Number.POSITIVE_INFINITY;
  for (const held of state) if (held.wakeS !== null && held.wakeS < wakeS) wakeS = held.wakeS;
  return wakeS;
}
