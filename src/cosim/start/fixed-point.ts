/**
 * Finds x = g(x) by steps from pairs x, g(x). The first step takes g(x); from the second pair on each step follows the
 * damped secant through the last two pairs (Anderson mixing of depth 1). A throttling policy makes g fall many times
 * faster than x rises; repetition alone would then oscillate forever. The sum of x therefore stays between the largest
 * sum known to be too small and the smallest known to be too large.
 */
export class FixedPoint {
  private readonly damping: number;
  private before: { readonly x: Float64Array; readonly f: Float64Array } | null = null;
  private low: Float64Array | null = null;
  private high: Float64Array | null = null;

  constructor(damping: number) {
    this.damping = damping;
  }

  /** The next x to try, given `wanted` = g(x). */
  next(x: Float64Array, wanted: Float64Array): Float64Array {
    const f = wanted.map((value, i) => value - x[i]);
    this.bracket(x, sum(f));
    const { before } = this;
    this.before = { x, f };
    if (!before) return wanted;
    const change = f.map((value, i) => value - before.f[i]);
    const norm = dot(change, change);
    const gamma = norm > 0 ? dot(f, change) / norm : 0;
    const mixed = x.map((value, i) => {
      const dx = value - before.x[i];
      return value + this.damping * f[i] - gamma * (dx + this.damping * change[i]);
    });
    return this.inside(mixed) ? mixed : this.middle(mixed);
  }

  private bracket(x: Float64Array, excess: number): void {
    const { low, high } = this;
    if (excess > 0 && (!low || sum(x) > sum(low))) this.low = x;
    if (excess < 0 && (!high || sum(x) < sum(high))) this.high = x;
    // If g varies between calls (policies keep a phase), the bounds may cross. Only the newest one stays then.
    if (this.low && this.high && sum(this.low) >= sum(this.high)) {
      this.low = excess > 0 ? x : null;
      this.high = excess > 0 ? null : x;
    }
  }

  private inside(x: Float64Array): boolean {
    const total = sum(x);
    if (!x.every((value) => Number.isFinite(value) && value >= 0)) return false;
    return !(this.low && total < sum(this.low)) && !(this.high && total > sum(this.high));
  }

  private middle(x: Float64Array): Float64Array {
    const { low, high } = this;
    if (low && high) return low.map((value, i) => (value + high[i]) / 2);
    return x.map((value) => Math.max(0, Number.isFinite(value) ? value : 0));
  }
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}

function dot(a: Float64Array, b: Float64Array): number {
  return a.reduce((total, value, i) => total + value * b[i], 0);
}
