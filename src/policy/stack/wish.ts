import type { Decision, PolicyDomain } from '../policy.ts';

/** The ranges of a decision by index of the domain: the form in which the stack checks, compares and combines them. */
export class Wish {
  /** By domain; the low one is -1 where the policy leaves the domain to those below it. */
  readonly low: Int32Array;
  readonly high: Int32Array;
  private readonly domains: readonly PolicyDomain[];
  private of: Decision['ranges'] | null = null;
  private isValid = false;

  constructor(domains: readonly PolicyDomain[]) {
    this.domains = domains;
    this.low = new Int32Array(domains.length).fill(-1);
    this.high = new Int32Array(domains.length);
  }

  /**
   * Takes ranges; the same object again costs nothing. Whether they are ranges of points that the domains have, low before high, and
   * nothing else.
   */
  take(ranges: Decision['ranges']): boolean {
    if (ranges === this.of) return this.isValid;
    this.of = ranges;
    this.isValid = this.read(ranges);
    return this.isValid;
  }

  /** As `take`, for an object that may have changed since. */
  retake(ranges: Decision['ranges']): boolean {
    this.of = null;
    return this.take(ranges);
  }

  /** Whether both hold the same ranges of the same domains. */
  isLike({ low, high }: Wish): boolean {
    for (let d = 0; d < low.length; d++) {
      if (this.low[d] !== low[d] || (low[d] >= 0 && this.high[d] !== high[d])) return false;
    }
    return true;
  }

  private read(ranges: Decision['ranges']): boolean {
    const { domains, low, high } = this;
    let rest = 0;
    for (let d = 0; d < domains.length; d++) {
      const { name, points } = domains[d];
      const range: unknown = ranges[name];
      low[d] = -1;
      // A name may be that of a property that every object has, but none of these is a list.
      if (!Array.isArray(range)) continue;
      if (range.length !== 2) return false;
      const from: unknown = range[0];
      const to: unknown = range[1];
      if (!isWhole(from) || !isWhole(to) || from < 0 || from > to || to >= points.length) return false;
      low[d] = from;
      high[d] = to;
      rest--;
    }
    for (const _ in ranges) rest++;
    return rest === 0;
  }
}

function isWhole(value: unknown): value is number {
  return Number.isInteger(value);
}
