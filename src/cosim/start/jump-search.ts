/** Block powers of a start, and the mean powers of the run from there, W. */
export interface Pass {
  readonly startW: Float64Array;
  readonly meanW: Float64Array;
}

/**
 * Finds the start of a run whose policies swing. They switch at epochs, so that the mean power of a run jumps where the start makes them
 * switch once more: it may go from too high to too low without being right in between. The total of the power is therefore bracketed and
 * halved; its shares follow the last pass, as they hardly change.
 */
export class JumpSearch {
  private low: Pass | null = null;
  private high: Pass | null = null;

  /** Notes a pass on its side. */
  note(pass: Pass): void {
    const isLow = excess(pass) > 0;
    if (isLow && (!this.low || total(pass.startW) > total(this.low.startW))) this.low = pass;
    if (!isLow && (!this.high || total(pass.startW) < total(this.high.startW))) this.high = pass;
    // Policies keep a phase: the bounds may cross. Only the newest one stays then.
    if (!this.low || !this.high || total(this.low.startW) <= total(this.high.startW)) return;
    if (isLow) this.high = null;
    else this.low = null;
  }

  /** The next start to try after a pass. */
  next({ meanW }: Pass): Float64Array {
    const { low, high } = this;
    const all = total(meanW);
    const sought = low && high ? (total(low.startW) + total(high.startW)) / 2 : all;
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
}

function excess({ startW, meanW }: Pass): number {
  return total(meanW) - total(startW);
}

function total(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}
