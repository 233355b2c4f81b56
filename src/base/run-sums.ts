/**
 * Columns of numbers summed over runs of equal parts, such as the folds of a layer or the stages of an inference. The
 * sum before any part takes one look-up.
 */
export class RunSums {
  /** The columns of one part of each run, run by run. */
  readonly part: Float64Array;
  private readonly width: number;
  /** The sums before each run. The last row is the sum of all runs. */
  private readonly before: Float64Array;

  /** Run r consists of `counts[r]` equal parts. `write` fills a zeroed row with the `width` columns of one part of a run. */
  constructor(counts: readonly number[], width: number, write: (run: number, row: Float64Array) => void) {
    const n = counts.length;
    this.width = width;
    this.part = new Float64Array(n * width);
    this.before = new Float64Array((n + 1) * width);
    const { part, before } = this;
    for (let r = 0; r < n; r++) {
      write(r, part.subarray(r * width, (r + 1) * width));
      for (let i = r * width; i < (r + 1) * width; i++) before[i + width] = before[i] + counts[r] * part[i];
    }
  }

  /** Overwrites the first `width` entries of `out` with the sums before part `done` of run `run`. */
  sumBefore(run: number, done: number, out: Float64Array): void {
    const { width, part, before } = this;
    const at = run * width;
    for (let i = 0; i < width; i++) out[i] = before[at + i];
    if (done === 0) return;
    for (let i = 0; i < width; i++) out[i] += done * part[at + i];
  }

  /** The sum of all runs. */
  total(): Float64Array {
    return this.before.slice(this.before.length - this.width);
  }
}

/**
 * Index of the last of the ascending `values[first]` to `values[last]` that is at most `x`; `first` if there is none.
 * O(log n).
 */
export function lastAtMost(values: ArrayLike<number>, x: number, first = 0, last = values.length - 1): number {
  let low = first;
  let high = last;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (values[middle] <= x) low = middle;
    else high = middle - 1;
  }
  return low;
}
