import { addCounts, COUNTERS, type Counts, zeroCounts } from '../../base/counters.ts';
import { lastAtMost, RunSums } from '../../base/run-sums.ts';
import { type LayerProgress, stageCounts } from '../../systolic/index.ts';
import type { Timeline } from './timeline.ts';

/**
 * Counts of a layer before any cycle of its timeline. The activity of a waiting stage is spread evenly over its time.
 * O(log runs of stages).
 */
export function timelineProgress({ stages, start, stop }: Timeline): LayerProgress {
  const sums = new RunSums(
    stages.map(({ stage }) => stage.count),
    COUNTERS.length,
    (r, row) => stageCounts(stages[r].stage, 1, row),
  );
  const starts = Float64Array.from(stages, (run) => run.start);
  const total = sums.total();
  const partial = zeroCounts();

  return {
    countsBefore(cycle: number, counts: Counts): void {
      if (cycle >= stop) {
        counts.set(total);
        return;
      }
      counts.fill(0);
      if (cycle <= start) return;
      const r = lastAtMost(starts, cycle);
      const { stage, cycles, start: from } = stages[r];
      const done = Math.floor((cycle - from) / cycles);
      sums.sumBefore(r, done, counts);
      stageCounts(stage, (cycle - from) / cycles - done, partial);
      addCounts(counts, partial);
    },
  };
}
