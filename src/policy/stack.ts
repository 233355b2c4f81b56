import { mapCollecting } from '../base/collect.ts';
import type { YamlDocument } from '../base/document.ts';
import { attempt, type Diagnostic, InputError, type Span } from '../base/errors.ts';
import type {
  Decision,
  IdleState,
  Observation,
  PointByDomain,
  PointRange,
  PolicyContext,
  PolicyDomain,
  PolicyKind,
  PolicySetting,
  Trigger,
} from './policy.ts';
import { isSameRanges, type Ranges, rangeIn, topOf } from './ranges.ts';
import { checkInSetting, createPolicy, POLICY_KINDS } from './registry.ts';

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

/** A conflict: a policy asked for points that the policies above it exclude. */
export interface StackConflict {
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
  readonly idle: IdleState;
  readonly state: readonly unknown[];
  /** By domain: the policy whose range led to the point, and its reason. */
  readonly deciders: Readonly<Record<string, { readonly policy: string; readonly reason: string }>>;
  /** All conflicts that hold now, not only new ones. */
  readonly conflicts: readonly StackConflict[];
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
  /** Pure: the state, which is plain data, holds all memory. */
  decide(observation: Observation, state: readonly unknown[]): StackDecision;
}

/** The last decision of one policy. Its ranges hold until its next decision. */
interface Held {
  readonly state: unknown;
  readonly ranges: Ranges;
  /** Its reason for these ranges, kept while they stay the same. */
  readonly reason: string;
  readonly idle: IdleState | null;
}

/** The part of a decision that follows from the ranges of the policies. */
type Combined = Omit<StackDecision, 'state'>;

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
  context: PolicyContext,
  kinds: readonly PolicyKind[] = POLICY_KINDS,
): PolicyStack {
  const problems: Diagnostic[] = [];
  const make = ({ name, uses, usesSpan, parameters }: StackEntry) =>
    attempt(problems, () => {
      const { role, policy } = createPolicy(uses, usesSpan, parameters, context, kinds);
      return { name, role, policy, triggers: new Set<Trigger>(['epoch', ...(policy.triggers ?? [])]) };
    });
  const made = entries.map(make);
  if (problems.length > 0) throw new InputError(problems);
  const members = made.filter((member) => member !== undefined);
  const implicit = members.some(({ role }) => role === 'choice') ? -1 : members.length;
  if (implicit >= 0) {
    members.push(make({ name: 'performance', uses: 'performance', usesSpan: undefined, parameters: [] })!);
  }
  const names = members.map(({ name }) => name);
  const { domains } = context;
  // Policies rarely change their ranges, so the combination of equal ranges is computed once. This is only a cache.
  let last: { readonly from: readonly Held[]; readonly combined: Combined } | undefined;

  return {
    name: names.join(' > '),
    triggers: new Set(members.flatMap(({ triggers }) => [...triggers])),
    marksK: members.flatMap(({ name, policy }) =>
      (policy.marksK ?? []).map((k) => ({ policy: name, temperatureK: k })),
    ),
    initial: members.map(
      ({ policy }): Held => ({ state: policy.initial, ranges: {}, reason: 'not called yet', idle: null }),
    ),
    decide(observation, before) {
      let state = before as readonly Held[];
      members.forEach(({ policy, triggers }, i) => {
        if (!triggers.has(observation.trigger)) return;
        const held = state[i];
        const after = updated(held, policy.decide(observation, held.state), domains);
        if (after !== held) state = state.with(i, after);
      });
      if (!last || !wantTheSame(last.from, state))
        last = { from: state, combined: combine(names, implicit, state, domains) };
      const { points, idle, deciders, conflicts } = last.combined;
      return { points, idle, state, deciders, conflicts };
    },
  };
}

/** The state after a decision; the same object if nothing changed. */
function updated(held: Held, decision: Decision, domains: readonly PolicyDomain[]): Held {
  const idle = decision.idle ?? null;
  const isSame = isSameRanges(held.ranges, decision.ranges, domains);
  if (isSame && idle === held.idle && decision.state === held.state) return held;
  const { ranges, reason } = isSame ? held : decision;
  return { state: decision.state, ranges, reason, idle };
}

/** Compares by identity: `updated` keeps the same object while the ranges are equal. */
function wantTheSame(a: readonly Held[], b: readonly Held[]): boolean {
  return (
    a === b ||
    a.every(({ ranges, reason, idle }, i) => ranges === b[i].ranges && reason === b[i].reason && idle === b[i].idle)
  );
}

function combine(
  names: readonly string[],
  implicit: number,
  state: readonly Held[],
  domains: readonly PolicyDomain[],
): Combined {
  const conflicts: StackConflict[] = [];
  const settled = domains.map((domain) => ({ domain, ...settle(domain, names, implicit, state, conflicts) }));
  return {
    points: Object.fromEntries(settled.map(({ domain, point }) => [domain.name, point])),
    // The idle state of the highest policy that chooses one.
    idle: state.find(({ idle }) => idle !== null)?.idle ?? 'clocked',
    deciders: Object.fromEntries(
      settled.map(({ domain, by }) => [domain.name, by < 0 ? NOBODY : { policy: names[by], reason: state[by].reason }]),
    ),
    conflicts,
  };
}

const NOBODY = { policy: 'none', reason: 'no policy decides this domain' };

/** Intersects the ranges of the policies for one domain, in order of priority. The fastest remaining point applies. */
function settle(
  domain: PolicyDomain,
  names: readonly string[],
  implicit: number,
  state: readonly Held[],
  conflicts: StackConflict[],
) {
  let [low, high] = [0, topOf(domain)];
  let [lowBy, highBy] = [-1, -1];
  state.forEach(({ ranges, reason }, i) => {
    const wanted = rangeIn(ranges, domain.name);
    if (!wanted) return;
    if (wanted[0] > high || wanted[1] < low) {
      const winner = names[wanted[0] > high ? highBy : lowBy];
      // The default `performance` causes no conflict, as nobody asked for it.
      if (i !== implicit) {
        conflicts.push({ domain: domain.name, winner, loser: names[i], wanted, allowed: [low, high], reason });
      }
      // The range shrinks to the allowed point nearest to the wish, so that no policy further down moves away from it.
      if (wanted[0] > high) [low, lowBy] = [high, highBy];
      else [high, highBy] = [low, lowBy];
      return;
    }
    if (wanted[0] > low) [low, lowBy] = [wanted[0], i];
    if (wanted[1] < high) [high, highBy] = [wanted[1], i];
  });
  // A low bound decides only if it leaves one point. Then the later of the two bounds decides.
  return { point: high, by: low === high ? Math.max(lowBy, highBy) : highBy };
}
