const SMALLEST_TABLE = 8;
/** Number of slots after the first that CPython tries before it jumps. */
const NEIGHBOURS = 9;

/**
 * Whole numbers in the iteration order of a CPython (3.11) set to which they were added one by one. The order is that
 * of its hash table, whose slots depend on the numbers and on the order of adding (Objects/setobject.c).
 */
export class PythonSet {
  /** Number of elements in the set. */
  size = 0;
  private readonly offset: number;
  private slots = SMALLEST_TABLE;
  private table: Int32Array;
  /** One bit per taken slot. The neighbours of taken slots are often taken too. */
  private taken: Int32Array;
  private otherTable: Int32Array;
  private otherTaken: Int32Array;

  /** A set for at most `most` numbers. Callers pass numbers without `offset`, which is part of each. */
  constructor(most: number, offset: number) {
    let slots = 32;
    while (slots <= 5 * most) slots *= 2;
    this.offset = offset;
    this.table = new Int32Array(slots);
    this.taken = new Int32Array(slots / 32 + 1);
    this.otherTable = new Int32Array(slots);
    this.otherTaken = new Int32Array(slots / 32 + 1);
  }

  /** Adds a number of 0 or above that is not in the set. */
  add(number: number): void {
    this.place(number);
    this.size++;
    if (this.size * 5 >= (this.slots - 1) * 3) this.grow();
  }

  /** Visits all numbers in order and removes them. */
  drain(visit: (number: number) => void): void {
    eachTaken(this.taken, this.slots, (slot) => visit(this.table[slot]));
    this.taken.fill(0, 0, wordsFor(this.slots));
    this.size = 0;
    this.slots = SMALLEST_TABLE;
  }

  private place(number: number): void {
    const { taken } = this;
    const mask = this.slots - 1;
    let perturb = number + this.offset;
    let slot = perturb & mask;
    while (true) {
      const word = slot >> 5;
      const shift = slot & 31;
      let here = taken[word] >>> shift;
      if (shift > 31 - NEIGHBOURS) here |= taken[word + 1] << (32 - shift);
      const free = ~here & (slot + NEIGHBOURS <= mask ? 2 ** (NEIGHBOURS + 1) - 1 : 1);
      if (free !== 0) {
        const at = slot + 31 - Math.clz32(free & -free);
        taken[at >> 5] |= 1 << (at & 31);
        this.table[at] = number;
        return;
      }
      perturb = perturb > 0x7fffffff ? Math.floor(perturb / 32) : perturb >> 5;
      slot = (slot * 5 + 1 + perturb) & mask;
    }
  }

  private grow(): void {
    const { table, taken, slots } = this;
    const least = this.size * (this.size > 50_000 ? 2 : 4);
    this.slots = SMALLEST_TABLE;
    while (this.slots <= least) this.slots *= 2;
    [this.table, this.otherTable] = [this.otherTable, table];
    [this.taken, this.otherTaken] = [this.otherTaken, taken];
    eachTaken(taken, slots, (slot) => this.place(table[slot]));
    taken.fill(0, 0, wordsFor(slots));
  }
}

function wordsFor(slots: number): number {
  return Math.ceil(slots / 32);
}

function eachTaken(taken: Int32Array, slots: number, visit: (slot: number) => void): void {
  const words = wordsFor(slots);
  for (let word = 0; word < words; word++) {
    for (let bits = taken[word]; bits !== 0; bits &= bits - 1) visit(32 * word + 31 - Math.clz32(bits & -bits));
  }
}
