import { Counter, type Counts, emptyNest, type Machine, type Nest, paidInstances } from '../timeloop/index.ts';
import { allowsSpatial, allowsTemporal, type Mapspace, placeOnAxes } from './space.ts';
import type { Steps } from './steps.ts';

/** Most outer choices that are kept in memory. */
const MOST_STATES = 1_000_000;

/** How many choices of a level's factors pass between two pauses, in each of which the clock is asked. */
const CHOICES_PER_PAUSE = 1024;

/** Lower bounds that a mapping's outer loops alone give. */
export interface OuterCost {
  energyPj: number;
  cycles: number;
  lastLevelWords: number;
}

/**
 * The choices of all levels above the last two storages: factors, orders and spatial factors, down to the tile of the
 * second-last storage. State i is replayed into a nest by `enter`.
 */
export class OuterStates {
  readonly energyPj: Float64Array;
  readonly cycles: Float64Array;
  readonly lastLevelWords: Float64Array;
  readonly count: number;
  readonly isCut: boolean;
  /** Factors as indices of divisors, at (state * levels + level) * 2 * dimensions: temporal, then spatial. */
  private readonly factors: Uint16Array;
  /** The number of the order among those of the level, at state * levels + level. */
  private readonly orders: Uint16Array;
  private readonly space: Mapspace;
  /** Levels chosen here: all but the last two. */
  private readonly chosen: number;

  /** Lists the states in steps; `isOver` is asked in each pause, and ends the list where it is. */
  static *list(space: Mapspace, keep: Uint8Array, deadlineCycles: number, isOver: () => boolean): Steps<OuterStates> {
    const walk = new OuterWalk(space, keep, deadlineCycles, isOver);
    yield* walk.run();
    return new OuterStates(space, walk);
  }

  private constructor(space: Mapspace, walk: OuterWalk) {
    this.space = space;
    this.chosen = Math.max(0, space.machine.levels - 2);
    this.count = walk.energies.length;
    this.energyPj = Float64Array.from(walk.energies);
    this.cycles = Float64Array.from(walk.cycles);
    this.lastLevelWords = Float64Array.from(walk.words);
    this.factors = walk.factors;
    this.orders = Uint16Array.from(walk.orders);
    this.isCut = walk.isCut;
  }

  /** Writes the outer loops of a state into a nest, and what they leave of each dimension into `rest`. */
  enter(state: number, nest: Nest, rest: Float64Array): void {
    const { machine, divisors, orders } = this.space;
    const D = machine.dimensions;
    rest.set(machine.sizes);
    for (let level = 0; level < this.chosen; level++) {
      const from = (state * this.chosen + level) * 2 * D;
      let active = 0;
      for (let d = 0; d < D; d++) {
        const at = level * D + d;
        nest.temporal[at] = divisors[d][this.factors[from + d]];
        nest.spatial[at] = divisors[d][this.factors[from + D + d]];
        rest[d] /= nest.temporal[at] * nest.spatial[at];
        if (nest.temporal[at] > 1) active |= 1 << d;
      }
      setOrder(nest, level, D, orders[level].of(active)[this.orders[state * this.chosen + level]]);
    }
  }
}

/** Writes the order of a level: `inner` from the innermost outwards, the other dimensions outside. */
export function setOrder({ order }: Nest, level: number, D: number, inner: ArrayLike<number>): void {
  let at = level * D;
  for (let d = 0; d < D; d++) {
    let isInner = false;
    for (let i = 0; i < inner.length; i++) if (inner[i] === d) isInner = true;
    if (!isInner) order[at++] = d;
  }
  for (let i = inner.length - 1; i >= 0; i--) order[at++] = inner[i];
}

class OuterWalk {
  readonly energies: number[] = [];
  readonly cycles: number[] = [];
  readonly words: number[] = [];
  readonly orders: number[] = [];
  factors = new Uint16Array(1 << 14);
  isCut = false;
  private choices = 0;
  private readonly space: Mapspace;
  private readonly machine: Machine;
  private readonly nest: Nest;
  private readonly counter: Counter;
  private readonly chosen: number;
  private readonly deadlineCycles: number;
  private readonly isOver: () => boolean;
  private readonly indices: Uint16Array;
  private readonly orderAt: Uint16Array;
  private readonly cost: OuterCost = { energyPj: 0, cycles: 0, lastLevelWords: 0 };

  constructor(space: Mapspace, keep: Uint8Array, deadlineCycles: number, isOver: () => boolean) {
    this.space = space;
    this.isOver = isOver;
    this.machine = space.machine;
    this.nest = emptyNest(space.machine);
    this.nest.keep.set(keep);
    this.counter = new Counter(space.machine);
    this.chosen = Math.max(0, space.machine.levels - 2);
    this.deadlineCycles = deadlineCycles;
    this.indices = new Uint16Array(this.chosen * 2 * space.machine.dimensions);
    this.orderAt = new Uint16Array(this.chosen);
  }

  *run(): Steps<void> {
    const { machine } = this;
    const rest = machine.sizes.slice();
    if (this.fitsAt(0, rest)) yield* this.level(0, rest);
  }

  /** Chooses the factors of a level; `rest` is what the level must cover, its own factors included. */
  private *level(level: number, rest: Float64Array): Steps<void> {
    if (level === this.chosen) {
      this.accept();
      return;
    }
    yield* this.dimension(level, 0, rest, rest.slice(), 1);
  }

  private *dimension(level: number, d: number, rest: Float64Array, below: Float64Array, across: number): Steps<void> {
    const { machine, space, nest } = this;
    const D = machine.dimensions;
    if (this.isCut) return;
    if (d === D) {
      yield* this.order(level, below, across);
      return;
    }
    const at = level * D + d;
    const list = space.divisors[d];
    const most = machine.fanoutX[level] * machine.fanoutY[level];
    for (let b = 0; b < list.length && list[b] * across <= most; b++) {
      if (rest[d] % list[b] !== 0 || !allowsSpatial(space, level, d, list[b])) continue;
      for (let a = 0; a < list.length && list[a] * list[b] <= rest[d]; a++) {
        if (rest[d] % (list[a] * list[b]) !== 0 || !allowsTemporal(space, level, d, list[a])) continue;
        nest.temporal[at] = list[a];
        nest.spatial[at] = list[b];
        below[d] = rest[d] / (list[a] * list[b]);
        this.indices[level * 2 * D + d] = a;
        this.indices[level * 2 * D + D + d] = b;
        yield* this.dimension(level, d + 1, rest, below, across * list[b]);
      }
    }
    nest.temporal[at] = 1;
    nest.spatial[at] = 1;
    below[d] = rest[d];
  }

  private *order(level: number, below: Float64Array, across: number): Steps<void> {
    const { machine, space, nest } = this;
    const D = machine.dimensions;
    if (++this.choices % CHOICES_PER_PAUSE === 0) {
      yield;
      if (this.isOver()) this.isCut = true;
    }
    if (this.isCut) return;
    if (across < space.constraints[level].leastParallel || !this.fitsAt(level + 1, below)) return;
    if (across > 1 && !placeOnAxes(space, level, nest.spatial.subarray(level * D, level * D + D), undefined)) return;
    let active = 0;
    for (let d = 0; d < D; d++) if (nest.temporal[level * D + d] > 1) active |= 1 << d;
    for (const [i, order] of space.orders[level].of(active).entries()) {
      setOrder(nest, level, D, order);
      this.orderAt[level] = i;
      yield* this.level(level + 1, below.slice());
    }
  }

  /** Whether a tile fits into a level. */
  private fitsAt(level: number, extents: Float64Array): boolean {
    const { tensors: T, capacity } = this.machine;
    if (level >= this.machine.levels) return true;
    let words = 0;
    for (let q = 0; q < T; q++) if (this.nest.keep[level * T + q] === 1) words += this.counter.words(extents, 0, q);
    return words <= capacity[level];
  }

  private accept(): void {
    if (this.isCut || this.energies.length >= MOST_STATES) {
      this.isCut = true;
      return;
    }
    this.measure();
    const { energyPj, cycles, lastLevelWords } = this.cost;
    if (cycles > this.deadlineCycles) return;
    const at = this.energies.length * this.indices.length;
    if (at + this.indices.length > this.factors.length) {
      const larger = new Uint16Array(2 * this.factors.length + this.indices.length);
      larger.set(this.factors);
      this.factors = larger;
    }
    this.factors.set(this.indices, at);
    for (const order of this.orderAt) this.orders.push(order);
    this.energies.push(energyPj);
    this.cycles.push(cycles);
    this.words.push(lastLevelWords);
  }

  /**
   * Cost of the traffic between the chosen levels. The tile of the second-last storage stands in for all that is inside
   * it; only counts that do not depend on the inside are summed.
   */
  private measure(): void {
    const { machine, nest, chosen, cost, counter } = this;
    const { dimensions: D } = machine;
    cost.energyPj = cost.cycles = cost.lastLevelWords = 0;
    if (chosen === 0) return;
    for (let d = 0; d < D; d++) {
      let rest = machine.sizes[d];
      for (let level = 0; level < chosen; level++) rest /= nest.temporal[level * D + d] * nest.spatial[level * D + d];
      nest.temporal[chosen * D + d] = rest;
    }
    const counts = counter.count(nest);
    addOuterTraffic(machine, counts, nest.keep, chosen, cost);
  }
}

function addOuterTraffic(machine: Machine, counts: Counts, keep: Uint8Array, lowest: number, cost: OuterCost): void {
  const { tensors: T, block, readPj, fillPj, updatePj } = machine;
  for (let level = 0; level <= lowest; level++) {
    let read = 0;
    let written = 0;
    for (let q = 0; q < T; q++) {
      const at = level * T + q;
      if (keep[at] === 0) continue;
      let energy = 0;
      // Words arrive from the outer loops alone; words leave for a chosen level, or for the inside.
      if (level > 0) {
        energy += Math.ceil(counts.fills[at] / block[level]) * fillPj[level];
        written += counts.fills[at];
      }
      let hasChild = false;
      for (let child = level + 1; child <= lowest; child++) if (keep[child * T + q] === 1) hasChild = true;
      if (hasChild) {
        energy +=
          Math.ceil(counts.reads[at] / block[level]) * readPj[level] +
          Math.ceil(counts.updates[at] / block[level]) * updatePj[level];
        read += counts.reads[at];
        written += counts.updates[at];
      }
      cost.energyPj += energy * paidInstances(machine, level, counts.instances[level]);
      if (level === 0 && hasChild) cost.lastLevelWords += counts.reads[at] + counts.updates[at];
    }
    const { readBandwidth, writeBandwidth, sharedBandwidth } = machine;
    const busy = Math.max(
      read / readBandwidth[level],
      written / writeBandwidth[level],
      (read + written) / sharedBandwidth[level],
    );
    cost.cycles = Math.max(cost.cycles, Math.ceil(busy * (1 - 1e-12)));
  }
}
