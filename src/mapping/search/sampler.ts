import { Generator } from '../../base/random.ts';
import type { Machine, Nest } from '../timeloop/index.ts';
import { allowsSpatial, allowsTemporal, bypasses, type Mapspace } from './space.ts';

/** Pairs of slots that a move of a factor tries. */
const TRIES = 16;

/** Random mappings of a space, and small random changes of one. Nothing is kept between calls but the random state. */
export class Sampler {
  readonly pick: (n: number) => number;
  readonly chance: () => number;
  private readonly space: Mapspace;
  private readonly machine: Machine;
  private readonly keeps: readonly Uint8Array[];

  constructor(space: Mapspace, seed: number) {
    this.space = space;
    this.machine = space.machine;
    this.keeps = bypasses(space);
    this.chance = new Generator(seed).next;
    this.pick = (n) => Math.floor(this.chance() * n);
  }

  /** Draws a mapping: factors slot by slot from the divisors that are left, then orders and bypasses. */
  draw(nest: Nest): void {
    const { dimensions: D, levels: L } = this.machine;
    nest.keep.set(this.keeps[this.pick(this.keeps.length)]);
    nest.spatial.fill(1);
    const first = this.pick(D);
    for (let d = 0; d < D; d++) this.drawFactors(nest, (first + d) % D);
    for (let level = 0; level < L; level++) this.drawOrder(nest, level);
  }

  drawFactors({ temporal, spatial }: Nest, d: number): void {
    const { space, machine } = this;
    const { dimensions: D, levels: L } = machine;
    let rest = machine.sizes[d];
    // From the innermost slot outwards, in random order within a level; the outermost memory takes what is left.
    for (let slot = 2 * L - 1; slot > 0; slot--) {
      const level = slot >> 1;
      const allows = slot % 2 === 0 ? allowsTemporal : allowsSpatial;
      const most = slot % 2 === 0 ? rest : Math.min(rest, this.childrenLeft(spatial, level, d));
      const options = space.divisors[d].filter((f) => f <= most && rest % f === 0 && allows(space, level, d, f));
      // Tiles of inner memories are small: large factors are drawn less often.
      const factor = options.length === 0 ? 1 : options[Math.floor(this.chance() ** 2 * options.length)];
      (slot % 2 === 0 ? temporal : spatial)[level * D + d] = factor;
      rest /= factor;
    }
    temporal[d] = rest;
  }

  /** Children of a level that the other dimensions leave. */
  private childrenLeft(spatial: Float64Array, level: number, d: number): number {
    const { dimensions: D, fanoutX, fanoutY } = this.machine;
    let left = fanoutX[level] * fanoutY[level];
    for (let other = 0; other < D; other++) if (other !== d) left /= spatial[level * D + other];
    return Math.floor(left);
  }

  drawOrder({ order }: Nest, level: number): void {
    const { dimensions: D } = this.machine;
    const { innermost } = this.space.constraints[level].temporal;
    const free = Array.from({ length: D }, (_, d) => d).filter((d) => !innermost.includes(d));
    for (let i = free.length - 1; i > 0; i--) {
      const j = this.pick(i + 1);
      [free[i], free[j]] = [free[j], free[i]];
    }
    order.set([...free, ...[...innermost].reverse()], level * D);
  }

  /** Changes one thing: a factor moves between two slots, a level gets another order, or other tensors are kept. */
  mutate(nest: Nest): void {
    const { dimensions: D, levels: L } = this.machine;
    const what = this.chance();
    if (what < 0.6) this.moveFactor(nest);
    else if (what < 0.75) this.drawFactors(nest, this.pick(D));
    else if (what < 0.95) this.drawOrder(nest, this.pick(L));
    else nest.keep.set(this.keeps[this.pick(this.keeps.length)]);
  }

  /** Moves a prime factor between two slots of a dimension; most pairs of slots have none to move, or may not have it. */
  private moveFactor(nest: Nest): void {
    const { dimensions: D, levels: L } = this.machine;
    for (let i = 0; i < TRIES; i++) if (this.moves(nest, this.pick(D), this.pick(2 * L), this.pick(2 * L))) return;
  }

  private moves({ temporal, spatial }: Nest, d: number, from: number, to: number): boolean {
    const { space, machine } = this;
    const slot = (i: number): Float64Array => (i % 2 === 0 ? temporal : spatial);
    const [a, b] = [from, to].map((i) => (i >> 1) * machine.dimensions + d);
    const primes = primesOf(machine.sizes[d]).filter((p) => slot(from)[a] % p === 0);
    if (from === to || primes.length === 0) return false;
    const prime = primes[this.pick(primes.length)];
    const isAllowed = (i: number, factor: number): boolean =>
      (i % 2 === 0 ? allowsTemporal : allowsSpatial)(space, i >> 1, d, factor);
    if (!isAllowed(from, slot(from)[a] / prime) || !isAllowed(to, slot(to)[b] * prime)) return false;
    slot(from)[a] /= prime;
    slot(to)[b] *= prime;
    return true;
  }

  /** Takes the factors of some dimensions, the orders of some levels and perhaps the bypasses from another mapping. */
  cross(nest: Nest, other: Nest): void {
    const { dimensions: D, levels: L } = this.machine;
    for (let d = 0; d < D; d++) {
      if (this.chance() < 0.5) continue;
      for (let at = d; at < L * D; at += D) {
        nest.temporal[at] = other.temporal[at];
        nest.spatial[at] = other.spatial[at];
      }
    }
    for (let level = 0; level < L; level++) {
      if (this.chance() < 0.5) nest.order.set(other.order.subarray(level * D, level * D + D), level * D);
    }
    if (this.chance() < 0.5) nest.keep.set(other.keep);
  }
}

function primesOf(n: number): number[] {
  const primes: number[] = [];
  let rest = n;
  for (let p = 2; p * p <= rest; p++) {
    if (rest % p !== 0) continue;
    primes.push(p);
    while (rest % p === 0) rest /= p;
  }
  return rest > 1 ? [...primes, rest] : primes;
}
