import { distinctSums } from './distinct-sums.ts';
import type { Machine } from './machine.ts';
import type { Nest } from './nest.ts';

/**
 * How overlapping tiles are counted where an inner loop starts again. Timeloop runs the first two iterations of each loop
 * only and takes the second as typical, so that it compares with the second tile; it credits an overlap only where the tile moves as the
 * innermost loop moves it. `exact` compares with the last tile, and credits every overlap, in several ranks, too.
 * Timeloop merges equal tiles of children within one fan-out only; `exact` merges them across all fan-outs between two memories, as a
 * network that sends each word once to all that want it. `walked` is `exact` but for this.
 */
export type History = 'timeloop' | 'walked' | 'exact';

/** Word counts of one instance, at level * tensors + q. */
export interface Counts {
  readonly reads: Float64Array;
  readonly fills: Float64Array;
  readonly updates: Float64Array;
  /** Words of the tile that the level holds. */
  readonly tile: Float64Array;
  /** This instance's share of the tensor. */
  readonly partition: Float64Array;
  /** Words that leave one instance for its children, after multicast. */
  readonly ingress: Float64Array;
  /** Children that the same word reaches; of a written tensor the partial sums that are added on the way. */
  readonly multicast: Float64Array;
  /** Used instances of each level, and of the multipliers at the end. */
  readonly instances: Float64Array;
  /** Steps of the whole nest, which is the time in cycles without a limit of bandwidth. */
  steps: number;
}

const AXES = ['X', 'Y'] as const;

/**
 * Counts the words of nests of perfect factors in closed form (Timeloop v3.0.3; docs/methods/mapping.md). Arrays are made
 * once; every call of `count` overwrites them. The nest must be of perfect factors: see imperfect.ts.
 */
export class Counter {
  readonly counts: Counts;
  private readonly machine: Machine;
  /** Extents of the tile at each level, multipliers last: at level * dimensions + d. */
  private readonly extent: Float64Array;
  /** Extents of all that one instance of a level ever holds. */
  private readonly share: Float64Array;
  /** Temporal loops with a bound above 1, from the outermost to the innermost. */
  private readonly loopDimension: Int32Array;
  private readonly loopBound: Float64Array;
  private readonly loopStride: Float64Array;
  /** Product of the bounds outside each loop. */
  private readonly loopBefore: Float64Array;
  /** The number of loops down to each level. */
  private readonly loopEnd: Int32Array;
  private readonly shift: Float64Array;
  private readonly width: Float64Array;
  /** By how much the innermost loop moves each rank. */
  private readonly usual: Float64Array;

  constructor(machine: Machine) {
    const { levels, dimensions, tensors, termStart } = machine;
    const perTensor = (): Float64Array => new Float64Array(levels * tensors);
    const perLoop = (): Float64Array => new Float64Array(levels * dimensions + 1);
    this.machine = machine;
    this.counts = {
      reads: perTensor(),
      fills: perTensor(),
      updates: perTensor(),
      tile: perTensor(),
      partition: perTensor(),
      ingress: perTensor(),
      multicast: perTensor(),
      instances: new Float64Array(levels + 1),
      steps: 0,
    };
    this.extent = new Float64Array((levels + 1) * dimensions);
    this.share = new Float64Array((levels + 1) * dimensions);
    this.loopDimension = new Int32Array(levels * dimensions);
    this.loopBound = perLoop();
    this.loopStride = perLoop();
    this.loopBefore = perLoop();
    this.loopEnd = new Int32Array(levels);
    this.shift = new Float64Array(termStart.length - 1);
    this.width = new Float64Array(termStart.length - 1);
    this.usual = new Float64Array(termStart.length - 1);
  }

  count(nest: Nest, history: History = 'timeloop'): Counts {
    this.measure(nest);
    this.listLoops(nest);
    for (let q = 0; q < this.machine.tensors; q++) this.countTensor(nest, q, history);
    return this.counts;
  }

  /** Extents of tiles and shares, and the used instances. */
  measure({ temporal, spatial }: Nest): void {
    const { levels: L, dimensions: D } = this.machine;
    const { extent, share, counts } = this;
    for (let d = 0; d < D; d++) {
      extent[L * D + d] = 1;
      let all = 1;
      for (let level = 0; level < L; level++) all *= temporal[level * D + d];
      share[L * D + d] = all;
      for (let level = L - 1; level >= 0; level--) {
        const at = level * D + d;
        extent[at] = extent[at + D] * spatial[at] * temporal[at];
        share[at] = share[at + D] * spatial[at];
      }
    }
    counts.instances[0] = 1;
    for (let level = 0; level < L; level++) {
      let children = 1;
      for (let d = 0; d < D; d++) children *= spatial[level * D + d];
      counts.instances[level + 1] = counts.instances[level] * children;
    }
  }

  /** Words of the box of a tensor whose extents stand at `at`. */
  words(extents: Float64Array, at: number, q: number): number {
    const { rankStart, termStart, termDimension, termCoefficient } = this.machine;
    let words = 1;
    for (let r = rankStart[q]; r < rankStart[q + 1]; r++) {
      let width = 1;
      for (let t = termStart[r]; t < termStart[r + 1]; t++)
        width += termCoefficient[t] * (extents[at + termDimension[t]] - 1);
      words *= width;
    }
    return words;
  }

  /** Words of the tile of a tensor at a level, after `measure`. */
  tileWords(level: number, q: number): number {
    return this.words(this.extent, level * this.machine.dimensions, q);
  }

  private listLoops({ temporal, order, spatial }: Nest): void {
    const { levels: L, dimensions: D } = this.machine;
    const { loopDimension, loopBound, loopStride, loopBefore, loopEnd, extent } = this;
    let loops = 0;
    let before = 1;
    for (let level = 0; level < L; level++) {
      for (let i = level * D; i < level * D + D; i++) {
        const at = level * D + order[i];
        if (temporal[at] <= 1) continue;
        loopDimension[loops] = order[i];
        loopBound[loops] = temporal[at];
        loopStride[loops] = extent[at + D] * spatial[at];
        loopBefore[loops] = before;
        before *= temporal[at];
        loops++;
      }
      loopEnd[level] = loops;
    }
    this.counts.steps = before;
  }

  private countTensor(nest: Nest, q: number, history: History): void {
    const { levels: L, dimensions: D, tensors: T, written } = this.machine;
    const { reads, fills, updates, tile, partition, ingress, multicast, instances, steps } = this.counts;
    let child = L;
    // Multipliers keep nothing: each takes a word of each tensor at each step.
    let arrivals = steps;
    for (let level = L - 1; level >= 0; level--) {
      const at = level * T + q;
      reads[at] = fills[at] = updates[at] = tile[at] = partition[at] = ingress[at] = 0;
      if (nest.keep[at] === 0) continue;
      const distinct = this.distinctChildren(nest, level, child, q, history);
      const words = distinct * arrivals;
      tile[at] = this.words(this.extent, level * D, q);
      partition[at] = this.words(this.share, level * D, q);
      ingress[at] = words;
      multicast[at] = instances[child] / instances[level] / distinct;
      const below = child * T + q;
      if (q === written) {
        updates[at] = words;
        // The first arrival of a word finds nothing to add to, and nothing is sent down for it.
        reads[at] = words - partition[at];
        if (child < L) fills[below] = arrivals - partition[below];
      } else {
        reads[at] = words;
        if (child < L) fills[below] = arrivals;
      }
      child = level;
      if (level > 0) arrivals = this.arrivalsAt(level, q, history);
    }
  }

  /** Words that arrive in one instance of a level over all steps. */
  private arrivalsAt(level: number, q: number, history: History): number {
    const { dimensions: D, slides, rankOf } = this.machine;
    const { loopDimension, loopBound, loopBefore } = this;
    const end = this.loopEnd[level - 1];
    if (slides[q] === 1) return this.slidingArrivals(level, q, end, history);
    const words = this.counts.tile[level * this.machine.tensors + q];
    for (let j = end - 1; j >= 0; j--) {
      if (rankOf[q * D + loopDimension[j]] >= 0) return words * loopBefore[j] * loopBound[j];
    }
    return words;
  }

  /**
   * The same with overlapping tiles. Loop j advances (bound - 1) times for each iteration of the loops outside it; the
   * loops inside it then go back to their start. The tile has moved by the stride of j less what they had moved.
   */
  private slidingArrivals(level: number, q: number, end: number, history: History): number {
    const { dimensions: D, rankOf, coefficientOf, rankStart, termStart, termDimension, termCoefficient } = this.machine;
    const { loopDimension, loopBound, loopStride, loopBefore, shift, width, usual, extent } = this;
    const [first, last] = [rankStart[q], rankStart[q + 1]];
    let full = 1;
    for (let r = first; r < last; r++) {
      let w = 1;
      for (let t = termStart[r]; t < termStart[r + 1]; t++)
        w += termCoefficient[t] * (extent[level * D + termDimension[t]] - 1);
      width[r] = w;
      shift[r] = 0;
      full *= w;
    }
    let arrivals = full;
    for (let j = end - 1; j >= 0; j--) {
      const at = q * D + loopDimension[j];
      const rank = rankOf[at];
      const step = rank < 0 ? 0 : loopStride[j] * coefficientOf[at];
      let overlap = 1;
      let moved = 0;
      let isAsInnermost = true;
      for (let r = first; r < last; r++) {
        const by = r === rank ? shift[r] + step : shift[r];
        const distance = Math.abs(by);
        if (distance === 0) overlap *= width[r];
        else {
          moved++;
          overlap *= distance < width[r] ? width[r] - distance : 0;
        }
        if (j === end - 1) usual[r] = by;
        else if (by !== usual[r]) isAsInnermost = false;
      }
      if (history === 'timeloop' && (moved > 1 || !isAsInnermost)) overlap = 0;
      arrivals += loopBefore[j] * (loopBound[j] - 1) * (full - overlap);
      if (rank >= 0) shift[rank] -= history === 'timeloop' ? step : step * (loopBound[j] - 1);
    }
    return arrivals;
  }

  /** Children of one instance of `level` whose tiles differ. `child` is the next level that keeps the tensor. */
  private distinctChildren(nest: Nest, level: number, child: number, q: number, history: History): number {
    const { dimensions: D, rankOf, slides, outerAxis } = this.machine;
    const { spatial } = nest;
    let distinct = 1;
    for (let at = level * D; at < child * D; at++) {
      if (spatial[at] > 1 && rankOf[q * D + (at % D)] >= 0) distinct *= spatial[at];
    }
    if (slides[q] === 0 || distinct === 1) return distinct;
    if (history === 'exact') return this.slidingChildren(nest, level, child, q);
    distinct = 1;
    for (let l = level; l < child; l++) {
      const outer = outerAxis[l];
      if (!outer) distinct *= this.slidingChildren(nest, l, l + 1, q);
      else for (const axis of AXES) distinct *= this.slidingChildren(nest, l, l + 1, q, axis, axis === outer);
    }
    return distinct;
  }

  /**
   * The same where ranks slide: children along P and along R can hold the same row of an ifmap. With an `axis`, only the children
   * along it count; each of them stands for a whole fan-out if it is the outer one.
   */
  private slidingChildren(
    { spatial, alongX }: Nest,
    level: number,
    child: number,
    q: number,
    axis?: 'X' | 'Y',
    isOuter = false,
  ): number {
    const { dimensions: D, rankStart, termStart, termDimension, termCoefficient } = this.machine;
    let distinct = 1;
    for (let r = rankStart[q]; r < rankStart[q + 1]; r++) {
      const steps: number[] = [];
      const bounds: number[] = [];
      for (let t = termStart[r]; t < termStart[r + 1]; t++) {
        for (let l = level; l < child; l++) {
          const at = l * D + termDimension[t];
          const bound = !axis ? spatial[at] : axis === 'X' ? alongX[at] : spatial[at] / alongX[at];
          if (bound <= 1) continue;
          const inner = isOuter ? spatial[at] / bound : 1;
          steps.push(termCoefficient[t] * this.extent[at + D] * inner);
          bounds.push(bound);
        }
      }
      distinct *= distinctSums(steps, bounds);
    }
    return distinct;
  }
}
