import type { Decision, PointByDomain, PointRange, PolicyDomain, PolicyRole, Saturation } from '../policy.ts';
import { recordsByNumber } from '../ranges.ts';
import { blankRest, combinedRest, type DomainRest } from '../states/rest.ts';
import type { IdleState } from '../states/states.ts';
import { Allowed, type Refusal } from './allowed.ts';
import { Wish } from './wish.ts';

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

/**
 * Combines the wishes of a stack's policies, the first of highest priority; the policy of index `implicit` is one that nobody asked for.
 * It remembers its last answer alone, which saves the work where nothing changed.
 */
export class Combiner {
  private readonly members: readonly Member[];
  private readonly implicit: number;
  private readonly domains: readonly PolicyDomain[];
  private readonly wishes: readonly Wish[];
  private readonly allowed: Allowed;
  private readonly point: Int32Array;
  private readonly pointsAt: (of: ArrayLike<number>) => PointByDomain;
  /** By policy: its name and its last reason. */
  private readonly deciders: Decider[];
  /** A record with every domain: a copy of it takes a fraction of the time of one made name by name. */
  private readonly nobody: Combined['deciders'];
  private readonly blank: Combined['rest'];
  private last: { readonly from: readonly Held[]; readonly combined: Combined } | null = null;

  /** `wishes`, one a policy, take the ranges of the last state. */
  constructor(
    members: readonly Member[],
    implicit: number,
    domains: readonly PolicyDomain[],
    wishes: readonly Wish[] = members.map(() => new Wish(domains)),
  ) {
    this.members = members;
    this.implicit = implicit;
    this.domains = domains;
    this.wishes = wishes;
    this.allowed = new Allowed(domains);
    this.point = new Int32Array(domains.length);
    const counts = domains.map(({ points }) => points.length);
    this.pointsAt = recordsByNumber(domains, counts, (point) => point);
    this.deciders = members.map(({ name }) => ({ policy: name, reason: '' }));
    this.nobody = Object.fromEntries(domains.map(({ name }) => [name, NOBODY]));
    this.blank = blankRest(domains);
  }

  combine(state: readonly Held[]): Combined {
    const { last } = this;
    if (last && wantTheSame(last.from, state)) return last.combined;
    this.allowed.reset();
    let conflicts = NO_CONFLICTS;
    for (let i = 0; i < state.length; i++) {
      const refusals = this.narrow(i, state[i]);
      // The default `performance` causes no conflict, as nobody asked for it.
      if (refusals === NO_REFUSALS || i === this.implicit) continue;
      const { reason } = state[i];
      conflicts = [...conflicts, ...refusals.map((refusal) => conflictOf(this.members, refusal, i, reason))];
    }
    const rest =
      last && restTheSame(last.from, state)
        ? last.combined.rest
        : restOf(this.members, state, this.domains, this.blank);
    const combined = { points: this.settled(), rest, deciders: this.decidersOf(state), conflicts };
    this.last = { from: state, combined };
    return combined;
  }

  private narrow(by: number, { ranges, joint }: Held): readonly Refusal[] {
    const { allowed } = this;
    const wish = this.wishes[by];
    wish.take(ranges);
    const { low, high } = wish;
    let refusals = NO_REFUSALS;
    for (let d = 0; d < low.length; d++) {
      const refusal = low[d] < 0 ? null : allowed.narrow(d, low[d], high[d], by);
      if (refusal) refusals = [...refusals, refusal];
    }
    const ofJoint = joint ? allowed.join(joint, by) : NO_REFUSALS;
    return ofJoint.length > 0 ? [...refusals, ...ofJoint] : refusals;
  }

  private settled(): PointByDomain {
    const { allowed, point } = this;
    for (let d = 0; d < point.length; d++) point[d] = allowed.pointOf(d);
    return this.pointsAt(point);
  }

  private decidersOf(state: readonly Held[]): Combined['deciders'] {
    const { allowed, deciders, domains } = this;
    const found: Record<string, Decider> = { ...this.nobody };
    for (let d = 0; d < domains.length; d++) {
      const by = allowed.deciderOf(d);
      if (by < 0) continue;
      if (deciders[by].reason !== state[by].reason) {
        deciders[by] = { policy: deciders[by].policy, reason: state[by].reason };
      }
      found[domains[d].name] = deciders[by];
    }
    return found;
  }
}

type Decider = Combined['deciders'][string];

/** Compares by identity: the stack keeps the same object while the ranges are equal. */
function wantTheSame(a: readonly Held[], b: readonly Held[]): boolean {
  if (a === b) return true;
  for (let i = 0; i < a.length; i++) {
    const one = a[i];
    const other = b[i];
    if (one === other) continue;
    if (one.ranges !== other.ranges || one.joint !== other.joint || one.reason !== other.reason) return false;
    if (one.idle !== other.idle || one.states !== other.states) return false;
  }
  return true;
}

function restOf(
  members: readonly Member[],
  state: readonly Held[],
  domains: readonly PolicyDomain[],
  blank: Combined['rest'],
): Combined['rest'] {
  const said = state.map(({ states, idle, reason }, i) => ({ states, idle, reason, policy: members[i].name }));
  return combinedRest(said, domains, blank);
}

/** Whether all say the same of states, for the same reason. */
function restTheSame(a: readonly Held[], b: readonly Held[]): boolean {
  for (let i = 0; i < a.length; i++) {
    const one = a[i];
    const other = b[i];
    if (one.states !== other.states || one.idle !== other.idle) return false;
    if (one.reason !== other.reason && (one.states !== undefined || one.idle !== null)) return false;
  }
  return true;
}

const NOBODY: Decider = { policy: 'none', reason: 'no policy decides this domain' };
const NO_CONFLICTS: Combined['conflicts'] = [];
const NO_REFUSALS: readonly Refusal[] = [];

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
