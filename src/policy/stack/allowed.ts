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
  private readonly low: Int32Array;
  private readonly high: Int32Array;
  /** Indices of the policies behind the bounds; -1 for the table. */
  private readonly lowBy: Int32Array;
  private readonly highBy: Int32Array;
  private members: readonly Member[] | null = null;
  /** The policy that last narrowed the members in each domain; -1 if none did. */
  private readonly memberBy: Int32Array;

  constructor(domains: readonly PolicyDomain[]) {
    this.domains = domains;
    this.low = new Int32Array(domains.length);
    this.high = new Int32Array(domains.length);
    this.lowBy = new Int32Array(domains.length);
    this.highBy = new Int32Array(domains.length);
    this.memberBy = new Int32Array(domains.length);
    this.reset();
  }

  /** Allows all points again. */
  reset(): void {
    const { domains, low, high, lowBy, highBy, memberBy } = this;
    this.members = null;
    for (let d = 0; d < low.length; d++) {
      low[d] = 0;
      high[d] = topOf(domains[d]);
      lowBy[d] = highBy[d] = memberBy[d] = -1;
    }
  }

  /** Narrows domain d to a range that policy `by` wants. Returns the refusal, if there is no such point. */
  narrow(d: number, from: number, to: number, by: number): Refusal | null {
    const { low, high, lowBy, highBy } = this;
    if (from > high[d] || to < low[d]) return this.refuse(d, [from, to]);
    if (this.members) {
      const within = this.members.filter((member) => isInside(member[d], from, to));
      if (within.length === 0) {
        const winner = this.memberBy[d];
        this.keepNearest(d, [from, to], winner);
        return { domain: this.domains[d].name, winner, wanted: [from, to], allowed: [low[d], high[d]] };
      }
      if (within.length < this.members.length) this.memberBy[d] = by;
      this.members = within;
    }
    if (from > low[d]) {
      low[d] = from;
      lowBy[d] = by;
    }
    if (to < high[d]) {
      high[d] = to;
      highBy[d] = by;
    }
    return null;
  }

  /** Shrinks domain d to the bound next to a range beyond it. */
  private refuse(d: number, wanted: PointRange): Refusal {
    const { low, high, lowBy, highBy } = this;
    const allowed: PointRange = [low[d], high[d]];
    const above = wanted[0] > high[d];
    const winner = above ? highBy[d] : lowBy[d];
    if (above) [low[d], lowBy[d]] = [high[d], highBy[d]];
    else [high[d], highBy[d]] = [low[d], lowBy[d]];
    this.keepNearest(d, wanted, winner);
    return { domain: this.domains[d].name, winner, wanted, allowed };
  }

  /** Narrows to settings that policy `by` accepts, best first. Returns the refusals, if none of them is allowed. */
  join(settings: readonly PointByDomain[], by: number): readonly Refusal[] {
    const { domains, low, high } = this;
    const wished = settings.map((setting): Member => domains.map(({ name }) => setting[name] ?? -1));
    const inside = wished.filter((member) => member.every((point, d) => isInside(point, low[d], high[d])));
    const joined = this.members ? combined(inside, this.members) : inside;
    if (joined.length === 0) {
      return domains.flatMap((_, d) => {
        const point = wished[0][d];
        const refusal = point < 0 ? null : this.narrow(d, point, point, by);
        return refusal ? [refusal] : [];
      });
    }
    this.members = joined;
    wished[0].forEach((point, d) => {
      if (point >= 0) this.memberBy[d] = by;
    });
    return [];
  }

  /** The point of domain d. */
  pointOf(d: number): number {
    const chosen = this.members ? this.members[0][d] : -1;
    return chosen >= 0 ? chosen : this.high[d];
  }

  /** The policy that led to the point of domain d; -1 if none did. */
  deciderOf(d: number): number {
    const { low, high, lowBy, highBy, members, memberBy } = this;
    // A low bound decides only if it leaves one point. Then the later of the two bounds decides.
    const bound = low[d] === high[d] ? Math.max(lowBy[d], highBy[d]) : -1;
    if (members && members[0][d] >= 0) return Math.max(memberBy[d], bound);
    return low[d] === high[d] ? bound : highBy[d];
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

/** An open point, -1, is inside any range. */
function isInside(point: number, low: number, high: number): boolean {
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
