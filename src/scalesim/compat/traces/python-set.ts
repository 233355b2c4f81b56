const SMALLEST_TABLE = 8;
/** Slots that CPython tries next to each other before it jumps. */
const NEIGHBOURS = 9;
const EMPTY = -1;

/**
 * Whole numbers in the order in which a set of CPython (3.11) goes through them after they were added one by one: that of its
 * hash table, whose slots follow from the numbers and from the order of adding (Objects/setobject.c).
 */
export class PythonSet {
  /** Numbers in the set. */
  size = 0;
  private readonly offset: number;
  private table: Int32Array;
  private other: Int32Array;
  private slots = SMALLEST_TABLE;

  /** For at most `most` numbers, which are given without the `offset` that is part of each. */
  constructor(most: number, offset: number) {
    let slots = SMALLEST_TABLE;
    while (slots <= 5 * most) slots *= 2;
    this.offset = offset;
    this.table = new Int32Array(slots).fill(EMPTY, 0, SMALLEST_TABLE);
    this.other = new Int32Array(slots);
  }

  /** Adds a number that is not in the set; not below 0. */
  add(number: number): void {
    this.place(number);
    this.size++;
    if (this.size * 5 >= (this.slots - 1) * 3) this.grow();
  }

  /** Visits all numbers and removes them. */
  drain(visit: (number: number) => void): void {
    for (let i = 0; i < this.slots; i++) if (this.table[i] !== EMPTY) visit(this.table[i]);
    this.size = 0;
    this.slots = SMALLEST_TABLE;
    this.table.fill(EMPTY, 0, SMALLEST_TABLE);
  }

  private place(number: number): void {
    const { table } = this;
    const mask = this.slots - 1;
    let perturb = number + this.offset;
    let slot = perturb % this.slots;
    while (true) {
      const last = slot + NEIGHBOURS <= mask ? slot + NEIGHBOURS : slot;
      for (let i = slot; i <= last; i++) {
        if (table[i] !== EMPTY) continue;
        table[i] = number;
        return;
      }
      perturb = Math.floor(perturb / 32);
      slot = (slot * 5 + 1 + perturb) % this.slots;
    }
  }

  private grow(): void {
    const [old, slots] = [this.table, this.slots];
    const least = this.size * (this.size > 50_000 ? 2 : 4);
    this.slots = SMALLEST_TABLE;
    while (this.slots <= least) this.slots *= 2;
    this.table = this.other;
    this.other = old;
    this.table.fill(EMPTY, 0, this.slots);
    for (let i = 0; i < slots; i++) if (old[i] !== EMPTY) this.place(old[i]);
  }
}
