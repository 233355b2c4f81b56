/**
 * A generator of numbers from 0 to 1 whose whole state is an integer (mulberry32, Tommy Ettinger, public domain): a snapshot of a run
 * holds it, and the same seed gives the same numbers everywhere.
 */
export class Generator {
  state: number;

  constructor(state: number) {
    this.state = state;
  }

  readonly next = (): number => {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let z = this.state;
    z = Math.imul(z ^ (z >>> 15), z | 1);
    z ^= z + Math.imul(z ^ (z >>> 7), z | 61);
    return ((z ^ (z >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A state for a generator from a few integers: neighbouring ones give unrelated states (the finaliser of MurmurHash3). */
export function mixed(...parts: readonly number[]): number {
  let h = 0;
  for (const part of parts) {
    h = Math.imul(h ^ part, 0x9e3779b1) + 0x7f4a7c15;
    h ^= h >>> 16;
    h = Math.imul(h, 0x85ebca6b);
    h ^= h >>> 13;
    h = Math.imul(h, 0xc2b2ae35);
    h ^= h >>> 16;
  }
  return h | 0;
}
