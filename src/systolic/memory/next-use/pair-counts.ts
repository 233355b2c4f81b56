const CACHED = 256;

/** Sums by two keys. Neighbouring pixels have the same few, which are added up in a small table first. */
export class PairCounts {
  private readonly first = new Float64Array(CACHED).fill(-1);
  private readonly second = new Float64Array(CACHED);
  private readonly sums = new Float64Array(CACHED);
  private readonly counts = new Map<number, Map<number, number>>();

  add(first: number, second: number, count: number): void {
    const at = (first * 31 + second) % CACHED;
    if (this.first[at] !== first || this.second[at] !== second) {
      this.flush(at);
      this.first[at] = first;
      this.second[at] = second;
    }
    this.sums[at] += count;
  }

  /** Sums by the second key, by the first. */
  all(): ReadonlyMap<number, ReadonlyMap<number, number>> {
    for (let at = 0; at < CACHED; at++) this.flush(at);
    return this.counts;
  }

  private flush(at: number): void {
    if (this.sums[at] === 0) return;
    const key = this.first[at];
    let counts = this.counts.get(key);
    if (!counts) {
      counts = new Map();
      this.counts.set(key, counts);
    }
    const other = this.second[at];
    counts.set(other, (counts.get(other) ?? 0) + this.sums[at]);
    this.sums[at] = 0;
  }
}
