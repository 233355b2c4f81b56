import { addCounts, COUNTERS, type Counts, zeroCounts } from '../../base/counters.ts';
import { type LayerProgress, stageCounts } from '../../systolic/index.ts';
import type { Timeline } from './timeline.ts';

/** Counts of a layer before any cycle of its timeline. A stage that waits is stretched evenly. O(log runs of stages). */
export function timelineProgress({ stages, start, stop }: Timeline): LayerProgress {
  const width = COUNTERS.length;
  /** Before each run of stages, and of one stage of it. */
  const before = new Float64Array((stages.length + 1) * width);
  const perStage = new Float64Array(stages.length * width);
  stages.forEach(({ stage }, r) => {
    const one = perStage.subarray(r * width, (r + 1) * width);
    stageCounts(stage, 1, one);
    const next = before.subarray((r + 1) * width, (r + 2) * width);
    next.set(before.subarray(r * width, (r + 1) * width));
    addCounts(next, one, stage.count);
  });
  const partial = zeroCounts();

  /** The run of stages that a cycle is in. */
  function runAt(cycle: number): number {
    let low = 0;
    let high = stages.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (stages[middle].start <= cycle) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  return {
    countsBefore(cycle: number, counts: Counts): void {
      if (cycle >= stop) {
        counts.set(before.subarray(stages.length * width));
        return;
      }
      counts.fill(0);
      if (cycle <= start) return;
      const r = runAt(cycle);
      const { stage, cycles, start: from } = stages[r];
      const done = Math.floor((cycle - from) / cycles);
      addCounts(counts, before.subarray(r * width, (r + 1) * width));
      addCounts(counts, perStage.subarray(r * width, (r + 1) * width), done);
      stageCounts(stage, (cycle - from) / cycles - done, partial);
      addCounts(counts, partial);
    },
  };
}
