/** Block powers of a start, and the mean powers of the run from there, W. */
export interface Pass {
  readonly startW: Float64Array;
  readonly meanW: Float64Array;
}

/** A bracket is closed for the first time when its ends differ by this part of the total: some millikelvins of a die. */
const CLOSE = 2e-4;

/**
 * Finds the start of a run whose policies swing. They switch at epochs, so that the mean power of a run jumps where the start makes them
 * switch once more: it may go from too high to too low without being right in between. The total of the power is therefore bracketed and
 * halved. Its shares are those of the mean of the runs on both sides, which may heat other blocks. As the shares settle, the jump moves:
 * once the bracket is closed, the side that was found with older shares is tried again, and if the run is on the other side there, the
 * search goes on beyond it in growing steps.
 */
export class JumpSearch {
  private low: Pass | null = null;
  private high: Pass | null = null;
  private newest: Pass | null = null;
  /** The part of the total at which a bracket is closed; less after each time that both sides were found with the present shares. */
  private close = CLOSE;
  /** How far the next try beyond a bound goes, as a part of the total; 0 before the bracket was closed. */
  private reach = 0;

  /** Notes a pass on its side. */
  note(pass: Pass): void {
    const isLow = excess(pass) > 0;
    this.newest = pass;
    const own = isLow ? this.low : this.high;
    const isAgain = own !== null && this.reach > 0 && isSame(total(own.startW), total(pass.startW));
    if (isAgain) this.close /= 8;
    if (isAgain || !own || (isLow ? total(pass.startW) > total(own.startW) : total(pass.startW) < total(own.startW))) {
      if (isLow) this.low = pass;
      else this.high = pass;
    }
    // Policies keep a phase, and shares change: the bounds may cross. Only the newest one stays then.
    if (!this.low || !this.high || total(this.low.startW) <= total(this.high.startW)) return;
    if (isLow) this.high = null;
    else this.low = null;
  }

  /** The next start to try after a pass. */
  next(pass: Pass): Float64Array {
    const { meanW } = this.sides?.mean ?? pass;
    const all = total(meanW);
    const sought = this.sought(pass);
    return meanW.map((value) => (value * sought) / all);
  }

  /** The passes on both sides, and their mean with the weights that make its start as strong as its runs; null until both are known. */
  get sides(): { readonly low: Pass; readonly high: Pass; readonly mean: Pass } | null {
    const { low, high } = this;
    if (!low || !high) return null;
    const t = excess(low) / (excess(low) - excess(high));
    const mixed = (a: Float64Array, b: Float64Array): Float64Array => a.map((value, i) => value + t * (b[i] - value));
    return { low, high, mean: { startW: mixed(low.startW, high.startW), meanW: mixed(low.meanW, high.meanW) } };
  }

  private sought(pass: Pass): number {
    const { low, high } = this;
    const start = total(pass.startW);
    if (!low || !high) {
      if (this.reach === 0) return total(pass.meanW);
      this.reach *= 2;
      return start * (1 + (excess(pass) > 0 ? this.reach : -this.reach));
    }
    const [from, to] = [total(low.startW), total(high.startW)];
    if (to - from > this.close * from) return (from + to) / 2;
    this.reach = this.close / 2;
    return this.newest === low ? to : from;
  }
}

function isSame(a: number, b: number): boolean {
  return Math.abs(a - b) <= 1e-12 * a;
}

function excess({ startW, meanW }: Pass): number {
  return total(meanW) - total(startW);
}

function total(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}
