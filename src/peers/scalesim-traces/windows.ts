import { fail } from '../../base/errors.ts';

/** Most windows; more rows would not fit into a text. */
const MOST_WINDOWS = 3e6;

/** Sums over windows of `interval` cycles; cycle 0 starts window 0. */
export class Windows {
  readonly interval: number;
  readonly first: number;
  /** Number of windows up to the last one with an addition. */
  length = 0;
  private sums = new Float64Array(1024);

  /** Sums from window `first` on. */
  constructor(interval: number, first: number) {
    this.interval = interval;
    this.first = first;
  }

  /** The sums of `length` windows. */
  upTo(length: number): Float64Array {
    const sums = new Float64Array(length);
    sums.set(this.sums.subarray(0, Math.min(length, this.length)));
    return sums;
  }

  /** Error: `out-of-range` for too many windows. */
  add(cycle: number, count: number): void {
    const window = Math.floor(cycle / this.interval) - this.first;
    if (window >= this.length) this.grow(window + 1);
    this.sums[window] += count;
  }

  /** The first cycle of the window after that of `cycle`. */
  edgeAfter(cycle: number): number {
    return (Math.floor(cycle / this.interval) + 1) * this.interval;
  }

  private grow(length: number): void {
    if (length > MOST_WINDOWS) {
      fail('out-of-range', `a layer has more than ${MOST_WINDOWS} windows of ${this.interval} cycles`, {
        expected: 'a longer interval',
      });
    }
    this.length = length;
    if (length <= this.sums.length) return;
    const sums = new Float64Array(2 * length);
    sums.set(this.sums);
    this.sums = sums;
  }
}

/** Adds the contents of the lines from `from` to before `to`, each in the cycle of its number plus `shift`. */
export function addLines(
  windows: Windows,
  before: (line: number) => number,
  from: number,
  to: number,
  shift: number,
): void {
  let sum = before(from);
  for (let line = from; line < to; ) {
    const end = Math.min(to, windows.edgeAfter(line + shift) - shift);
    const sumThen = before(end);
    if (sumThen !== sum) windows.add(line + shift, sumThen - sum);
    sum = sumThen;
    line = end;
  }
}
