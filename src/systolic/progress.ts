import { addCounts, COUNTERS, type Counts, zeroCounts } from '../base/counters.ts';
import { lastAtMost, RunSums } from '../base/run-sums.ts';
import { addKindBefore } from './fold-kind.ts';
import { addArrivals, addDepartures, addFilterBits, addOfmapBits, addTrafficDuring } from './memory/accounting.ts';
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

/** Counts of a schedule up to any cycle. Takes O(runs) once, and O(log runs) a question. */
export function layerProgress(schedule: LayerSchedule): LayerProgress {
  const { runs, config, ofmapWordBits, cycles } = schedule;
  const { memory } = config;
  const n = runs.length;
  const startCycle = new Float64Array(n + 1);
  const ifmapBefore = new Float64Array(n + 1);
  const filterBefore = new Float64Array(n + 1);
  const outBefore = new Float64Array(n + 1);
  runs.forEach((run, r) => {
    startCycle[r + 1] = startCycle[r] + run.count * run.kind.cycles;
    ifmapBefore[r + 1] = ifmapBefore[r] + run.count * run.prefetchIfmap;
    filterBefore[r + 1] = filterBefore[r] + run.count * run.prefetchFilter;
    outBefore[r + 1] = outBefore[r] + run.count * run.outAfter;
  });
  /** Array-side counts and traffic during folds. */
  const folds = new RunSums(
    runs.map(({ count }) => count),
    COUNTERS.length,
    (r, fold) => {
      fold.set(runs[r].kind.counts);
      addTrafficDuring(fold, runs[r], memory, ofmapWordBits);
    },
  );
  const partial = zeroCounts();

  function addPartialFold(counts: Counts, r: number, cycle: number): void {
    const { kind } = runs[r];
    partial.fill(0);
    addKindBefore(partial, kind, cycle);
    addOfmapBits(partial, ofmapWordBits);
    addFilterBits(partial, kind.filterBits);
    addTrafficDuring(partial, runs[r], memory, ofmapWordBits, cycle / kind.cycles);
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
    addDepartures(counts, out, memory.wordBits.ofmap, ofmapWordBits);
  }

  return {
    countsBefore(x, counts) {
      if (x >= cycles) {
        counts.set(schedule.counts);
        return;
      }
      counts.fill(0);
      if (x <= 0) return;
      const r = lastAtMost(startCycle, x, 0, n - 1);
      const { cycles: length } = runs[r].kind;
      const j = Math.floor((x - startCycle[r]) / length);
      const cycle = x - startCycle[r] - j * length;
      folds.sumBefore(r, j, counts);
      addPartialFold(counts, r, cycle);
      addNeighbours(counts, r, j, cycle / length, x);
    },
  };
}
