import type { YamlDocument } from '../base/document.ts';
import { attempt, type Diagnostic, InputError, mapCollecting, type Span } from '../base/errors.ts';
import { Generator, mixed } from '../base/random.ts';
import { Allowed, type Refusal } from './allowed.ts';
import { capResolver } from './budgets/cap.ts';
import { decisionChecker } from './decision.ts';
import type {
  Decision,
  Observation,
  PointByDomain,
  PointRange,
  PolicyContext,
  PolicyDomain,
  PolicyKind,
  PolicyRole,
  PolicySetting,
  Saturation,
  Trigger,
} from './policy.ts';
import { isSameJoint, isSameRanges, rangeIn } from './ranges.ts';
import { checkInSetting, createPolicy, POLICY_KINDS } from './registry.ts';
import { combinedRest, type DomainRest, isSameStates } from './rest/rest.ts';
import type { IdleState } from './rest/states.ts';

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

/** A wish that did not come true: a policy asked for points that the policies above it exclude. */
export interface StackConflict {
  /** `limited`: a choice that a cap or a deadline overrules, as is their duty. `conflict`: any other. */
  readonly kind: 'limited' | 'conflict';
  readonly domain: string;
  /** The policy whose bound applies. */
  readonly winner: string;
  readonly loser: string;
  readonly wanted: PointRange;
  readonly allowed: PointRange;
  /** The loser's reason. */
  readonly reason: string;
}

export interface StackDecision {
  readonly points: PointByDomain;
  /** By domain: its states while it has nothing to do. */
  readonly rest: Readonly<Record<string, DomainRest>>;
  readonly state: readonly unknown[];
  /** By domain: the policy whose range led to the point, and its reason. */
  readonly deciders: Readonly<Record<string, { readonly policy: string; readonly reason: string }>>;
  /** All conflicts that hold now, not only new ones. */
  readonly conflicts: readonly StackConflict[];
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
  readonly initial: readonly unknown[];
  /** Whether some policy reads `predictK`. */
  readonly predicts: boolean;
  /** Pure: the state, which is plain data, holds all memory. */
  decide(observation: Observation, state: readonly unknown[]): StackDecision;
}

/** The last decision of one policy. Its ranges hold until its next decision. */
interface Held extends Pick<Decision, 'ranges' | 'joint' | 'states' | 'state'> {
  /** Its reason for these points, kept while they stay the same. */
  readonly reason: string;
  readonly idle: IdleState | null;
  /** Infinity is no plain data. */
  readonly wakeS: number | null;
  readonly saturated: Saturation | null;
  /** The state of its generator. */
  readonly random: number;
}

/** What only tells policies apart. */
interface Member {
  readonly name: string;
  readonly role: PolicyRole;
}

/** The part of a decision that follows from the ranges of the policies. */
type Combined = Pick<StackDecision, 'points' | 'rest' | 'deciders' | 'conflicts'>;

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
  const { domains } = context;
  const checked = decisionChecker(domains);
  const withinCap = capResolver(context);
  const generator = new Generator(0);
  // Policies rarely change their ranges, so the combination of equal ranges is computed once. This is only a cache.
  let last: { readonly from: readonly Held[]; readonly combined: Combined } | undefined;

  return {
    name: members.map(({ name }) => name).join(' > '),
    triggers: new Set(members.flatMap(({ triggers }) => [...triggers])),
    marksK: members.flatMap(({ name, policy }) =>
      (policy.marksK ?? []).map((k) => ({ policy: name, temperatureK: k })),
    ),
    predicts: members.some(({ policy }) => policy.predicts === true),
    initial: members.map(
      ({ policy }, i): Held => ({
        state: policy.initial,
        ranges: {},
        reason: 'not called yet',
        idle: null,
        wakeS: null,
        saturated: null,
        random: mixed(context.seed, i),
      }),
    ),
    decide(observation, before) {
      let state = before as readonly Held[];
      members.forEach((member, i) => {
        const { name, policy, triggers } = member;
        const held = state[i];
        if (!isAsked(triggers, held, observation)) return;
        generator.state = held.random;
        const said = checked(
          name,
          observation,
          () => policy.decide(observation, held.state, generator.next),
          policy.place,
        );
        const decision = withinCap(said, observation);
        const after = updated(held, decision, domains, generator.state);
        if (after !== held) state = state.with(i, after);
      });
      if (!last || !wantTheSame(last.from, state))
        last = { from: state, combined: combine(members, implicit, state, domains) };
      const { points, rest, deciders, conflicts } = last.combined;
      return {
        points,
        rest,
        state,
        deciders,
        conflicts,
        saturated: saturationsOf(members, state),
        wakeS: wakeOf(state),
      };
    },
  };
}

function isAsked(triggers: ReadonlySet<Trigger>, { wakeS }: Held, observation: Observation): boolean {
  if (wakeS !== null && wakeS <= observation.timeS) return true;
  for (const trigger of observation.triggers) if (triggers.has(trigger)) return true;
  return false;
}

/** The state after a decision; the same object if nothing changed. */
function updated(held: Held, decision: Decision, domains: readonly PolicyDomain[], random: number): Held {
  const { idle = null, wakeS = null, saturated = null, joint, states } = decision;
  const isSame =
    held.reason !== 'not called yet' &&
    isSameRanges(held.ranges, decision.ranges, domains) &&
    isSameJoint(held.joint, joint) &&
    isSameStates(held.states, states);
  const others = random === held.random && idle === held.idle && wakeS === held.wakeS && saturated === held.saturated;
  if (isSame && others && decision.state === held.state) return held;
  const { ranges, reason } = isSame ? held : decision;
  const of = { state: decision.state, ranges, reason, idle, wakeS, saturated, random };
  const settings = isSame ? held.joint : joint;
  const rest = isSame ? held.states : states;
  return { ...of, ...(settings && { joint: settings }), ...(rest && { states: rest }) };
}

/** Compares by identity: `updated` keeps the same object while the ranges are equal. */
function wantTheSame(a: readonly Held[], b: readonly Held[]): boolean {
  if (a === b) return true;
  return a.every(({ ranges, joint, states, reason, idle }, i) => {
    const other = b[i];
    const isSamePoints = ranges === other.ranges && joint === other.joint && reason === other.reason;
    return isSamePoints && idle === other.idle && states === other.states;
  });
}

function saturationsOf(members: readonly Member[], state: readonly Held[]): StackDecision['saturated'] {
  if (state.every(({ saturated }) => saturated === null)) return NONE;
  return state.flatMap(({ saturated }, i) => (saturated ? [{ policy: members[i].name, ...saturated }] : []));
}

const NONE: StackDecision['saturated'] = [];

function wakeOf(state: readonly Held[]): number {
  let wakeS = Number.POSITIVE_INFINITY;
  for (const held of state) if (held.wakeS !== null && held.wakeS < wakeS) wakeS = held.wakeS;
  return wakeS;
}

function combine(
  members: readonly Member[],
  implicit: number,
  state: readonly Held[],
  domains: readonly PolicyDomain[],
): Combined {
  const allowed = new Allowed(domains);
  const conflicts = state.flatMap((held, i) => {
    // The default `performance` causes no conflict, as nobody asked for it.
    const refusals = refusalsOf(allowed, held, i, domains);
    return i === implicit ? [] : refusals.map((refusal) => conflictOf(members, refusal, i, held.reason));
  });
  const settled = domains.map(({ name }, d) => ({ name, ...allowed.settled(d) }));
  return {
    points: Object.fromEntries(settled.map(({ name, point }) => [name, point])),
    rest: combinedRest(
      state.map(({ states, idle, reason }, i) => ({
        ...(states && { states }),
        idle,
        reason,
        policy: members[i].name,
      })),
      domains,
    ),
    deciders: Object.fromEntries(
      settled.map(({ name, by }) => [name, by < 0 ? NOBODY : { policy: members[by].name, reason: state[by].reason }]),
    ),
    conflicts,
  };
}

const NOBODY = { policy: 'none', reason: 'no policy decides this domain' };

function refusalsOf(
  allowed: Allowed,
  { ranges, joint }: Held,
  by: number,
  domains: readonly PolicyDomain[],
): readonly Refusal[] {
  const ofRanges = domains.flatMap(({ name }, d) => {
    const wanted = rangeIn(ranges, name);
    const refusal = wanted ? allowed.narrow(d, wanted, by) : null;
    return refusal ? [refusal] : [];
  });
  return joint ? [...ofRanges, ...allowed.join(joint, by)] : ofRanges;
}

function conflictOf(
  members: readonly Member[],
  { domain, winner, wanted, allowed }: Refusal,
  loser: number,
  reason: string,
): StackConflict {
  const isDuty = members[loser].role === 'choice' && members[winner].role !== 'choice';
  const kind = isDuty ? 'limited' : 'conflict';
  return { kind, domain, winner: members[winner].name, loser: members[loser].name, wanted, allowed, reason };
}
