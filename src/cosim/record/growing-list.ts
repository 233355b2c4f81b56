/** Entries of a chunk. Full chunks never change, so that snapshots and forks of a run share them; each copies the open one. */
const CHUNK = 1024;

/** The contents of a list, as plain data. */
export interface ListState<T> {
  readonly full: readonly (readonly T[])[];
  readonly open: readonly T[];
}

/** A list that grows with a run. Writing it down takes as long for a long run as for a short one. */
export class GrowingList<T> {
  private full: readonly (readonly T[])[] = [];
  private open: T[] = [];

  get length(): number {
    return this.full.length * CHUNK + this.open.length;
  }

  at(i: number): T | undefined {
    const chunk = Math.floor(i / CHUNK);
    return (chunk === this.full.length ? this.open : this.full[chunk])?.[i % CHUNK];
  }

  push(value: T): void {
    if (this.open.length === CHUNK) {
      this.full = [...this.full, this.open];
      this.open = [];
    }
    this.open.push(value);
  }

  /** Replaces an entry. A full chunk is copied for it, as others may hold it. */
  set(i: number, value: T): void {
    const chunk = Math.floor(i / CHUNK);
    if (chunk >= this.full.length) this.open[i % CHUNK] = value;
    else this.full = this.full.with(chunk, this.full[chunk].with(i % CHUNK, value));
  }

  toArray(): T[] {
    return [...this.full, this.open].flat() as T[];
  }

  save(): ListState<T> {
    return { full: this.full, open: this.open.slice() };
  }

  load({ full, open }: ListState<T>): void {
    this.full = full;
    this.open = open.slice();
  }
}
