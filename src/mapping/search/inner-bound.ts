import type { Machine } from '../timeloop/index.ts';
import { Orders } from './orders.ts';
import type { Mapspace } from './space.ts';

/** Which irrelevant loops each tensor can skip, for the orders of a single nest over the dimensions of a mask. */
type ReuseSets = readonly Int32Array[];

/** A lower bound of the energy of all traffic at and below the boundary above the last storage. */
export class InnerBound {
  private readonly machine: Machine;
  private readonly keep: Uint8Array;
  private readonly anyOrder: Orders;
  private readonly reuse = new Map<number, ReuseSets>();
  /** For each tensor the lowest level that keeps it, and the next one above it; -1 if none. */
  private readonly lowest: Int32Array;
  private readonly parent: Int32Array;
  /** Children of all levels from each one down to the second-last. */
  private readonly outerFan: number;
  private readonly perWord: Float64Array;

  constructor({ machine, constraints }: Mapspace, keep: Uint8Array) {
    const { levels: L, tensors: T } = machine;
    this.machine = machine;
    this.keep = keep;
    const free = { ...constraints[0].temporal, innermost: [], isWholeOrder: false };
    this.anyOrder = new Orders(machine, free);
    const kept = (q: number, from: number): number => {
      for (let level = from; level >= 0; level--) if (keep[level * T + q] === 1) return level;
      return -1;
    };
    this.lowest = Int32Array.from({ length: T }, (_, q) => kept(q, L - 1));
    this.parent = Int32Array.from({ length: T }, (_, q) => kept(q, this.lowest[q] - 1));
    let fan = 1;
    for (let level = 0; level < L - 2; level++) fan *= machine.fanoutX[level] * machine.fanoutY[level];
    this.outerFan = fan;
    this.perWord = new Float64Array(T);
  }

  /** Whether the tile fits into the last storage. */
  fits(r: Float64Array, m: Float64Array): boolean {
    const { levels: L, tensors: T, capacity } = this.machine;
    let words = 0;
    for (let q = 0; q < T; q++) if (this.keep[(L - 1) * T + q] === 1) words += this.width(q, r, m);
    return words <= capacity[L - 1];
  }

  private width(q: number, r: Float64Array, m: Float64Array): number {
    const { rankStart, termStart, termDimension, termCoefficient } = this.machine;
    let words = 1;
    for (let rank = rankStart[q]; rank < rankStart[q + 1]; rank++) {
      let width = 1;
      for (let t = termStart[rank]; t < termStart[rank + 1]; t++) {
        const d = termDimension[t];
        width += termCoefficient[t] * (r[d] * m[d] - 1);
      }
      words *= width;
    }
    return words;
  }

  energyPj(r: Float64Array, s: Float64Array, m: Float64Array): number {
    const { machine, perWord } = this;
    const { dimensions: D, tensors: T, sizes } = machine;
    let energy = machine.macs * machine.computePj;
    let active = 0;
    for (let d = 0; d < D; d++) if (r[d] * m[d] * s[d] < sizes[d]) active |= 1 << d;
    for (let q = 0; q < T; q++) {
      energy += this.multiplierSide(q, s, m);
      perWord[q] = this.arrivalEnergy(q, r, s, m, active);
    }
    let least = Number.POSITIVE_INFINITY;
    for (const skipped of this.reuseSets(active)) {
      let sum = 0;
      for (let q = 0; q < T; q++) {
        if (perWord[q] === 0) continue;
        let passes = 1;
        for (let d = 0; d < D; d++) {
          const isPaid = machine.rankOf[q * D + d] < 0 && ((skipped[q] >> d) & 1) === 0;
          if (isPaid) passes *= sizes[d] / (r[d] * m[d] * s[d]);
        }
        sum += perWord[q] * passes - (q === machine.written ? Math.min(perWord[q] * passes, this.elided(q, s)) : 0);
      }
      if (sum < least) least = sum;
    }
    return energy + least;
  }

  /** Energy of the words that multipliers take and give. */
  private multiplierSide(q: number, s: Float64Array, m: Float64Array): number {
    const { machine } = this;
    const { levels: L, dimensions: D, rankOf, slides, macs } = machine;
    const level = this.lowest[q];
    const isLast = level === L - 1;
    let words = macs;
    if (slides[q] === 0) {
      for (let d = 0; d < D; d++) if (rankOf[q * D + d] < 0) words /= isLast ? m[d] : m[d] * s[d];
    } else {
      // Children along both dimensions of a rank may share words: at most all of them do.
      for (let d = 0; d < D; d++) words /= isLast ? m[d] : m[d] * s[d];
    }
    if (level < L - 2) words /= this.outerFan;
    if (q !== machine.written) return words * this.perAccess(machine.readPj, level);
    return (
      words * this.perAccess(machine.updatePj, level) +
      Math.max(0, words - this.shares(q, isLast ? s : undefined)) * this.perAccess(machine.readPj, level)
    );
  }

  /** Words of a written tensor over all instances: those that are never read back. */
  private shares(q: number, s: Float64Array | undefined): number {
    const { dimensions: D, rankOf, tensorWords } = this.machine;
    let words = tensorWords[q] * this.outerFan;
    if (s) for (let d = 0; d < D; d++) if (rankOf[q * D + d] < 0) words *= s[d];
    return words;
  }

  /**
   * Energy of bringing the tensor into the last storage once over all relevant loops; 0 if it passes by or cannot be
   * bounded.
   */
  private arrivalEnergy(q: number, r: Float64Array, s: Float64Array, m: Float64Array, active: number): number {
    const { machine } = this;
    const { levels: L, dimensions: D, rankOf, written } = machine;
    const parent = this.parent[q];
    if (this.lowest[q] < L - 1 || parent < 0) return 0;
    let words = this.newWords(q, r, s, m, active);
    let copies = 1;
    for (let d = 0; d < D; d++) {
      if (rankOf[q * D + d] >= 0) words *= machine.sizes[d] / (r[d] * m[d]);
      else copies *= s[d];
    }
    const merged = this.mergedShare(q, s) / (parent < L - 2 ? this.outerFan : 1);
    const [read, fill, update] = [machine.readPj, machine.fillPj, machine.updatePj].map((pj, i) =>
      this.perAccess(pj, i === 1 ? L - 1 : parent),
    );
    if (q !== written) return words * (merged * read + copies * fill);
    return words * (merged * (update + read) + copies * fill);
  }

  /** Energy of the reads and fills of a written tensor that its first arrivals save. */
  private elided(q: number, s: Float64Array): number {
    const { machine } = this;
    const { levels: L, dimensions: D, rankOf, tensorWords } = machine;
    if (this.lowest[q] < L - 1 || this.parent[q] < 0) return 0;
    let copies = 1;
    for (let d = 0; d < D; d++) if (rankOf[q * D + d] < 0) copies *= s[d];
    return (
      tensorWords[q] *
      this.outerFan *
      (this.perAccess(machine.readPj, this.parent[q]) + copies * this.perAccess(machine.fillPj, L - 1))
    );
  }

  /** The part of the children's words that differ, at least. */
  private mergedShare(q: number, s: Float64Array): number {
    const { rankStart, termStart, termDimension, slides } = this.machine;
    if (slides[q] === 0) return 1;
    let share = 1;
    for (let rank = rankStart[q]; rank < rankStart[q + 1]; rank++) {
      // Sums of several spatial dimensions coincide; at least the largest of them differ.
      let all = 1;
      let most = 1;
      for (let t = termStart[rank]; t < termStart[rank + 1]; t++) {
        all *= s[termDimension[t]];
        most = Math.max(most, s[termDimension[t]]);
      }
      share *= most / all;
    }
    return share;
  }

  /** Words of the tile that one step cannot find in the tile before. */
  private newWords(q: number, r: Float64Array, s: Float64Array, m: Float64Array, active: number): number {
    const { rankStart, termStart, termDimension, termCoefficient } = this.machine;
    let words = 1;
    for (let rank = rankStart[q]; rank < rankStart[q + 1]; rank++) {
      let width = 1;
      let moving = 0;
      let step = 0;
      for (let t = termStart[rank]; t < termStart[rank + 1]; t++) {
        const d = termDimension[t];
        width += termCoefficient[t] * (r[d] * m[d] - 1);
        if ((active >> d) & 1) {
          moving++;
          step = termCoefficient[t] * r[d] * m[d] * s[d];
        }
      }
      // Where both dimensions of a rank move, a tile may come back: nothing can be said.
      if (moving > 1) return 0;
      words *= moving === 1 ? Math.min(width, step) : width;
    }
    return words;
  }

  /** Least energy of a word: all instances of a cluster may be in use. */
  private perAccess(energies: Float64Array, level: number): number {
    const { block, clusterSize } = this.machine;
    return energies[level] / block[level] / clusterSize[level];
  }

  private reuseSets(active: number): ReuseSets {
    let sets = this.reuse.get(active);
    if (!sets) {
      const { dimensions: D, tensors: T, rankOf } = this.machine;
      const found = this.anyOrder.of(active).map((order) =>
        Int32Array.from({ length: T }, (_, q) => {
          let skipped = 0;
          for (const d of order) {
            if (rankOf[q * D + d] >= 0) break;
            skipped |= 1 << d;
          }
          return skipped;
        }),
      );
      sets = [...new Map(found.map((set) => [set.join(), set])).values()];
      this.reuse.set(active, sets);
    }
    return sets;
  }
}
