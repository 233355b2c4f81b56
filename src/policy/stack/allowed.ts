import type { PointByDomain, PointRange, PolicyDomain } from '../policy.ts';
import { topOf } from '../ranges.ts';

/** A policy's wish that those above it exclude, in one domain. */
export interface Refusal {
  readonly domain: string;
  /** Index of the policy whose bound applies. */
  readonly winner: number;
  readonly wanted: PointRange;
  readonly allowed: PointRange;
}

/** Points of the domains, by index; -1 where a setting leaves a domain open. */
type Member = readonly number[];

/** Joint sets of several policies leave at most this many settings, the preferred ones. */
const MOST_MEMBERS = 65536;

/**
 * The settings that the policies so far allow: a range for each domain, and, once some policy gave a joint set, a list of settings within these
 * ranges. Policies narrow it in the order of their priority. It is never empty: a wish without a point in common with it shrinks it
 * to the allowed points nearest to the wish, so that no policy further down moves away from there.
 */
export class Allowed {
  private readonly domains: readonly PolicyDomain[];
  private readonly low: number[];
  private readonly high: number[];
  /** Indices of the policies behind the bounds; -1 for the table. */
  private readonly lowBy: number[];
  private readonly highBy: number[];
  private members: readonly Member[] | null = null;
  /** The policy that last narrowed the members in each domain; -1 if none did. */
  private readonly memberBy: number[];

  constructor(domains: readonly PolicyDomain[]) {
    this.domains = domains;
    this.low = [];
    this.high = [];
    this.lowBy = [];
    this.highBy = [];
    this.memberBy = [];
    for (let d = 0; d < domains.length; d++) {
      this.low.push(0);
      this.high.push(topOf(domains[d]));
      this.lowBy.push(-1);
      this.highBy.push(-1);
      this.memberBy.push(-1);
    }
  }

  /** Narrows domain d to a range that policy `by` wants. Returns the refusal, if there is no such point. */
  narrow(d: number, wanted: PointRange, by: number): Refusal | null {
    const { low, high, lowBy, highBy, members } = this;
    if (wanted[0] > high[d] || wanted[1] < low[d]) {
      const allowed: PointRange = [low[d], high[d]];
      const above = wanted[0] > high[d];
      const winner = above ? highBy[d] : lowBy[d];
      if (above) [low[d], lowBy[d]] = [high[d], highBy[d]];
      else [high[d], highBy[d]] = [low[d], lowBy[d]];
      this.keepNearest(d, wanted, winner);
      return { domain: this.domains[d].name, winner, wanted, allowed };
    }
    const within = members?.filter((member) => isInside(member[d], wanted));
    if (within?.length === 0) {
      const winner = this.memberBy[d];
      this.keepNearest(d, wanted, winner);
      return { domain: this.domains[d].name, winner, wanted, allowed: [low[d], high[d]] };
    }
    if (wanted[0] > low[d]) {
      low[d] = wanted[0];
      lowBy[d] = by;
    }
    if (wanted[1] < high[d]) {
      high[d] = wanted[1];
      highBy[d] = by;
    }
    if (within && within.length < (members as readonly Member[]).length) {
      this.members = within;
      this.memberBy[d] = by;
    }
    return null;
  }

  /** Narrows to settings that policy `by` accepts, best first. Returns the refusals, if none of them is allowed. */
  join(settings: readonly PointByDomain[], by: number): readonly Refusal[] {
    const { domains, low, high } = this;
    const wished = settings.map((setting): Member => domains.map(({ name }) => setting[name] ?? -1));
    const inside = wished.filter((member) =>
      member.every((point, d) => point < 0 || isInside(point, [low[d], high[d]])),
    );
    const joined = this.members ? combined(inside, this.members) : inside;
    if (joined.length === 0) {
      return domains.flatMap((_, d) => {
        const point = wished[0][d];
        const refusal = point < 0 ? null : this.narrow(d, [point, point], by);
        return refusal ? [refusal] : [];
      });
    }
    this.members = joined;
    wished[0].forEach((point, d) => {
      if (point >= 0) this.memberBy[d] = by;
    });
    return [];
  }

  /** The point of domain d, and the policy that led to it: -1 if none did. */
  settled(d: number): { readonly point: number; readonly by: number } {
    const { low, high, lowBy, highBy, members, memberBy } = this;
    const chosen = members ? members[0][d] : -1;
    if (chosen >= 0) return { point: chosen, by: Math.max(memberBy[d], low[d] === high[d] ? this.lastBound(d) : -1) };
    // A low bound decides only if it leaves one point. Then the later of the two bounds decides.
    return { point: high[d], by: low[d] === high[d] ? Math.max(lowBy[d], highBy[d]) : highBy[d] };
  }

  private lastBound(d: number): number {
    return Math.max(this.lowBy[d], this.highBy[d]);
  }

  /** Keeps the members whose point of domain d is nearest to the wish, and that point. */
  private keepNearest(d: number, wanted: PointRange, by: number): void {
    const { members } = this;
    if (!members) return;
    const away = (member: Member): number =>
      member[d] < 0 ? 0 : Math.max(wanted[0] - member[d], member[d] - wanted[1], 0);
    const least = members.reduce((most, member) => Math.min(most, away(member)), Number.POSITIVE_INFINITY);
    this.members = members.filter((member) => away(member) === least);
    this.memberBy[d] = Math.max(this.memberBy[d], by);
  }
}

function isInside(point: number, [low, high]: PointRange): boolean {
  return point < 0 || (point >= low && point <= high);
}

/** Settings that agree, in the order of the first list, then of the second. */
function combined(preferred: readonly Member[], others: readonly Member[]): readonly Member[] {
  const found: Member[] = [];
  for (const a of preferred) {
    for (const b of others) {
      if (a.some((point, d) => point >= 0 && b[d] >= 0 && point !== b[d])) continue;
      found.push(a.map((point, d) => (point < 0 ? b[d] : point)));
      if (found.length >= MOST_MEMBERS) return found;
    }
  }
  return found;
}
