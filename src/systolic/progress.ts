import { addCounts, COUNTERS, type Counts, zeroCounts } from '../base/counters.ts';
import { addKindBefore } from './fold-kind.ts';
import { addArrivals, addDepartures, addFilterBits, addHeldBits, addTrafficDuring } from './memory/accounting.ts';
import type { LayerSchedule } from './schedule.ts';

/**
 * Counts of a layer as a function of progress in stall-free array cycles, from 0 to `schedule.cycles`.
 *
 * Prefetched words are booked evenly over the fold before the one that needs them, leaving results over the fold after the
 * one that made them. The layer's first fill and last drain, which belong to neighbouring stages, are booked in its first
 * and last cycle.
 */
export interface LayerProgress {
  /** Overwrites `counts` with the counts from cycle 0 to cycle x (any real number; clamped to the layer). O(log runs). */
  countsBefore(x: number, counts: Counts): void;
}

export function layerProgress(schedule: LayerSchedule): LayerProgress {
  const { runs, config, heldBits, cycles } = schedule;
  const { memory } = config;
  const width = COUNTERS.length;
  const n = runs.length;
  const startCycle = new Float64Array(n + 1);
  const ifmapBefore = new Float64Array(n + 1);
  const filterBefore = new Float64Array(n + 1);
  const outBefore = new Float64Array(n + 1);
  /** Array-side counts and traffic during folds: before each run, and of one fold of it. */
  const before = new Float64Array((n + 1) * width);
  const perFold = new Float64Array(n * width);
  runs.forEach((run, r) => {
    startCycle[r + 1] = startCycle[r] + run.count * run.kind.cycles;
    ifmapBefore[r + 1] = ifmapBefore[r] + run.count * run.prefetchIfmap;
    filterBefore[r + 1] = filterBefore[r] + run.count * run.prefetchFilter;
    outBefore[r + 1] = outBefore[r] + run.count * run.outAfter;
    const fold = perFold.subarray(r * width, (r + 1) * width);
    fold.set(run.kind.counts);
    addTrafficDuring(fold, run, memory, heldBits);
    const next = before.subarray((r + 1) * width, (r + 2) * width);
    next.set(before.subarray(r * width, (r + 1) * width));
    addCounts(next, fold, run.count);
  });

  /** The run that contains cycle x, 0 <= x < cycles. */
  function runAt(x: number): number {
    let low = 0;
    let high = n - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (startCycle[middle] <= x) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  const partial = zeroCounts();

  function addPartialFold(counts: Counts, r: number, cycle: number): void {
    const { kind } = runs[r];
    partial.fill(0);
    addKindBefore(partial, kind, cycle);
    addHeldBits(partial, heldBits);
    addFilterBits(partial, kind.filterBits);
    addTrafficDuring(partial, runs[r], memory, heldBits, cycle / kind.cycles);
    addCounts(counts, partial);
  }

  /** Words that arrive for folds not yet started and leave from folds already done, while fold j of run r is at `done`. */
  function addNeighbours(counts: Counts, r: number, j: number, done: number, x: number): void {
    const run = runs[r];
    const next = j + 1 < run.count ? run : runs[r + 1];
    const previous = j > 0 ? run : runs[r - 1];
    const firstFill = Math.min(1, x) - 1;
    const [{ prefetchIfmap, prefetchFilter }] = runs;
    const ifmap =
      ifmapBefore[r] + (j + 1) * run.prefetchIfmap + done * (next?.prefetchIfmap ?? 0) + firstFill * prefetchIfmap;
    const filter =
      filterBefore[r] + (j + 1) * run.prefetchFilter + done * (next?.prefetchFilter ?? 0) + firstFill * prefetchFilter;
    addArrivals(counts, ifmap, filter, memory);
    const lastDrain = Math.max(0, x - (cycles - 1)) * runs[n - 1].outAfter;
    const out = outBefore[r] + j * run.outAfter + (done - 1) * (previous?.outAfter ?? 0) + lastDrain;
    addDepartures(counts, out, memory.wordBits.ofmap, heldBits);
  }

  return {
    countsBefore(x, counts) {
      if (x >= cycles) {
        counts.set(schedule.counts);
        return;
      }
      counts.fill(0);
      if (x <= 0) return;
      const r = runAt(x);
      const { cycles: length } = runs[r].kind;
      const j = Math.floor((x - startCycle[r]) / length);
      const cycle = x - startCycle[r] - j * length;
      counts.set(before.subarray(r * width, (r + 1) * width));
      addCounts(counts, perFold.subarray(r * width, (r + 1) * width), j);
      addPartialFold(counts, r, cycle);
      addNeighbours(counts, r, j, cycle / length, x);
    },
  };
}
