/** A value that was tried, what came out of it, and by how much its sum is too small. */
interface Pair {
  readonly x: Float64Array;
  readonly wanted: Float64Array;
  readonly excess: number;
}

/** How far a step may lead beyond the last two pairs, in units of their distance. */
const FARTHEST = 2;
/** A throttling policy takes back at most this many watts for each watt more. */
const STEEPEST = 3;

/**
 * Finds x = g(x) by steps from pairs x, g(x). Policies that throttle make the sum of g fall while that of x rises, often
 * several times as fast, so that repetition alone would oscillate forever; the shares of the blocks hardly react. Each step
 * therefore goes to where the line through the last two pairs has equal sums of x and g (secant), with the shares of g. The sum
 * of x stays between the largest one known to be too small and the smallest one known to be too large.
 */
export class FixedPoint {
  /** The slope that the search began with. */
  private readonly first: number;
  private pairs: Pair[] = [];
  private low: Pair | null = null;
  private high: Pair | null = null;

  /** `slope` is how the sum of g is expected to change with that of x, for the first step. */
  constructor(slope = 0) {
    this.first = slope;
  }

  /** The slope that the search began with; if that was none, the learned one. */
  get slope(): number {
    return this.first === 0 ? this.learned : this.first;
  }

  /** The slope of the sum of g over that of x among all pairs so far (least squares), from -3 to 0. */
  get learned(): number {
    const { pairs } = this;
    const mean = (of: (pair: Pair) => number): number => pairs.reduce((total, p) => total + of(p), 0) / pairs.length;
    const [xMean, gMean] = [mean(({ x }) => sum(x)), mean(({ wanted }) => sum(wanted))];
    const spread = mean(({ x }) => (sum(x) - xMean) ** 2);
    if (!(spread > 0)) return 0;
    const slope = mean(({ x, wanted }) => (sum(x) - xMean) * (sum(wanted) - gMean)) / spread;
    return Math.min(0, Math.max(-STEEPEST, slope));
  }

  /** The next x to try, given `wanted` = g(x). */
  next(x: Float64Array, wanted: Float64Array): Float64Array {
    const last: Pair = { x, wanted, excess: sum(wanted) - sum(x) };
    const before = this.pairs.at(-1);
    this.pairs.push(last);
    this.bracket(last);
    const guess = before ? secant(before, last) : between(x, wanted, 1 / (1 - this.first));
    return this.inside(guess) ? guess : this.middle(guess);
  }

  private bracket(last: Pair): void {
    const { low, high } = this;
    const total = sum(last.x);
    if (last.excess > 0 && (!low || total > sum(low.x))) this.low = last;
    if (last.excess < 0 && (!high || total < sum(high.x))) this.high = last;
    // If g varies between calls (policies keep a phase), the bounds may cross. Only the newest one stays then.
    if (this.low && this.high && sum(this.low.x) >= sum(this.high.x)) {
      this.low = last.excess > 0 ? last : null;
      this.high = last.excess > 0 ? null : last;
    }
  }

  private inside(x: Float64Array): boolean {
    const total = sum(x);
    if (!x.every((value) => Number.isFinite(value) && value >= 0)) return false;
    return !(this.low && total < sum(this.low.x)) && !(this.high && total > sum(this.high.x));
  }

  private middle(x: Float64Array): Float64Array {
    const { low, high } = this;
    if (low && high) return between(low.x, high.x, 0.5);
    return x.map((value) => Math.max(0, Number.isFinite(value) ? value : 0));
  }
}

/** Where the line through two pairs has no excess, with the shares of g. */
function secant(before: Pair, last: Pair): Float64Array {
  const share = last.excess === 0 ? 0 : last.excess / (last.excess - before.excess);
  return between(last.wanted, before.wanted, Math.max(-FARTHEST, Math.min(FARTHEST, share)));
}

/** a + share (b - a) */
function between(a: Float64Array, b: Float64Array, share: number): Float64Array {
  return a.map((value, i) => value + share * (b[i] - value));
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}
