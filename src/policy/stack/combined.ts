import type { Decision, PointByDomain, PointRange, PolicyDomain, PolicyRole, Saturation } from '../policy.ts';
import { rangeIn } from '../ranges.ts';
import { combinedRest, type DomainRest } from '../states/rest.ts';
import type { IdleState } from '../states/states.ts';
import { Allowed, type Refusal } from './allowed.ts';

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

/** The outcome of the wishes of all policies together. */
export interface Combined {
  readonly points: PointByDomain;
  /** By domain: its states while it has nothing to do. */
  readonly rest: Readonly<Record<string, DomainRest>>;
  /** By domain: the policy whose range led to the point, and its reason. */
  readonly deciders: Readonly<Record<string, { readonly policy: string; readonly reason: string }>>;
  /** All conflicts that hold now, not only new ones. */
  readonly conflicts: readonly StackConflict[];
}

/** The last decision of one policy. Its ranges hold until its next decision. */
export interface Held extends Pick<Decision, 'ranges' | 'state'> {
  readonly joint: Decision['joint'];
  readonly states: Decision['states'];
  /** Its reason for these points, kept while they stay the same. */
  readonly reason: string;
  readonly idle: IdleState | null;
  /** Infinity is no plain data. */
  readonly wakeS: number | null;
  readonly saturated: Saturation | null;
  /** The state of its generator. */
  readonly random: number;
}

/** The fields that only tell policies apart. */
export interface Member {
  readonly name: string;
  readonly role: PolicyRole;
}

/** A combination of wishes and the wishes it was made of. */
export interface Combination {
  readonly from: readonly Held[];
  readonly combined: Combined;
}

/** Compares by identity: `updated` keeps the same object while the ranges are equal. */
export function wantTheSame(a: readonly Held[], b: readonly Held[]): boolean {
  if (a === b) return true;
  for (let i = 0; i < a.length; i++) {
    const [one, other] = [a[i], b[i]];
    const isSamePoints = one.ranges === other.ranges && one.joint === other.joint && one.reason === other.reason;
    if (!isSamePoints || one.idle !== other.idle || one.states !== other.states) return false;
  }
  return true;
}

/** Combines wishes; the policy of index `implicit` is one that nobody asked for. `before` is an earlier combination of the same policies. */
export function combine(
  members: readonly Member[],
  implicit: number,
  state: readonly Held[],
  domains: readonly PolicyDomain[],
  before: Combination | undefined,
): Combined {
  const allowed = new Allowed(domains);
  let conflicts = NO_CONFLICTS;
  for (let i = 0; i < state.length; i++) {
    const refusals = refusalsOf(allowed, state[i], i, domains);
    // The default `performance` causes no conflict, as nobody asked for it.
    if (refusals === NO_REFUSALS || i === implicit) continue;
    const { reason } = state[i];
    conflicts = [...conflicts, ...refusals.map((refusal) => conflictOf(members, refusal, i, reason))];
  }
  const points: Record<string, number> = {};
  const deciders: Record<string, Combined['deciders'][string]> = {};
  for (let d = 0; d < domains.length; d++) {
    const { point, by } = allowed.settled(d);
    const { name } = domains[d];
    points[name] = point;
    deciders[name] = by < 0 ? NOBODY : { policy: members[by].name, reason: state[by].reason };
  }
  const rest = before && restTheSame(before.from, state) ? before.combined.rest : restOf(members, state, domains);
  return { points, rest, deciders, conflicts };
}

function restOf(
  members: readonly Member[],
  state: readonly Held[],
  domains: readonly PolicyDomain[],
): Combined['rest'] {
  const said = state.map(({ states, idle, reason }, i) => ({ states, idle, reason, policy: members[i].name }));
  return combinedRest(said, domains);
}

/** Whether all say the same of states, for the same reason. */
function restTheSame(a: readonly Held[], b: readonly Held[]): boolean {
  for (let i = 0; i < a.length; i++) {
    const [{ states, idle, reason }, other] = [a[i], b[i]];
    if (states !== other.states || idle !== other.idle) return false;
    if (reason !== other.reason && (states !== undefined || idle !== null)) return false;
  }
  return true;
}

const NOBODY = { policy: 'none', reason: 'no policy decides this domain' };
const NO_CONFLICTS: Combined['conflicts'] = [];
const NO_REFUSALS: readonly Refusal[] = [];

function refusalsOf(
  allowed: Allowed,
  { ranges, joint }: Held,
  by: number,
  domains: readonly PolicyDomain[],
): readonly Refusal[] {
  let refusals = NO_REFUSALS;
  for (let d = 0; d < domains.length; d++) {
    const wanted = rangeIn(ranges, domains[d].name);
    const refusal = wanted ? allowed.narrow(d, wanted, by) : null;
    if (refusal) refusals = [...refusals, refusal];
  }
  const ofJoint = joint ? allowed.join(joint, by) : NO_REFUSALS;
  return ofJoint.length > 0 ? [...refusals, ...ofJoint] : refusals;
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
