/**
 * `numpy.random.seed(seed)` and `numpy.random.randint(low, high)`: the Mersenne Twister MT19937 (Matsumoto and
 * Nishimura, "Mersenne Twister", ACM TOMACS 8, 1998; seeded by their init_genrand). A draw masks away the bits beyond
 * the range and repeats until it falls into the range.
 */
export class NumpyRandom {
  private readonly state = new Uint32Array(WORDS);
  private next = WORDS;

  constructor(seed: number) {
    const { state } = this;
    state[0] = seed;
    for (let i = 1; i < WORDS; i++) {
      state[i] = Math.imul(state[i - 1] ^ (state[i - 1] >>> 30), 1812433253) + i;
    }
  }

  /** A whole number from `low` to below `high`. A range of one number needs no draw. */
  integer(low: number, high: number): number {
    const range = high - 1 - low;
    if (range === 0) return low;
    const mask = 2 ** (32 - Math.clz32(range)) - 1;
    let value = this.word() & mask;
    while (value > range) value = this.word() & mask;
    return low + value;
  }

  private word(): number {
    if (this.next === WORDS) this.twist();
    let y = this.state[this.next++];
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return (y ^ (y >>> 18)) >>> 0;
  }

  private twist(): void {
    const { state } = this;
    for (let i = 0; i < WORDS; i++) {
      const y = (state[i] & 0x80000000) | (state[(i + 1) % WORDS] & 0x7fffffff);
      state[i] = state[(i + 397) % WORDS] ^ (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0);
    }
    this.next = 0;
  }
}

const WORDS = 624;
