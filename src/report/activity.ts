import { COUNTER_INDEX, type Counter, zeroCounts } from '../activity/counters.ts';
import { fail, type Span } from '../errors.ts';
import { type PartitionedLayer, partitionedProgress } from '../systolic/index.ts';
import { writeCsv } from './csv.ts';

const COLUMNS = [
  'macs',
  'ifmap_sram_reads',
  'filter_sram_reads',
  'ofmap_sram_reads',
  'ofmap_sram_writes',
  'dram_ifmap_reads',
  'dram_filter_reads',
  'dram_ofmap_reads',
  'dram_ofmap_writes',
] as const satisfies readonly Counter[];

/**
 * activity.csv: words and MACs of every window of `interval` stall-free array cycles, layer by layer, of one inference and all arrays. A word
 * counts in the window in which the last of it moves, so counts are whole and the windows of a layer add up to it exactly.
 * Error: `out-of-range` for an interval that makes more rows than can be written, at `span`.
 */
export function activityCsv(schedules: readonly PartitionedLayer[], interval: number, span?: Span): string {
  checkInterval(schedules, interval, span);
  return writeCsv(['layer_index', 'layer', 'start_cycle', 'end_cycle', ...COLUMNS], allRows(schedules, interval));
}

/** A text of more rows than this would not fit into a string. */
const MOST_ROWS = 3e6;

function checkInterval(schedules: readonly PartitionedLayer[], interval: number, span: Span | undefined): void {
  const rowsAt = (cycles: number): number => schedules.reduce((sum, s) => sum + Math.ceil(s.cycles / cycles), 0);
  if (rowsAt(interval) <= MOST_ROWS) return;
  const total = schedules.reduce((sum, s) => sum + s.cycles, 0);
  fail('out-of-range', `activity.csv would have ${rowsAt(interval)} rows`, {
    span,
    expected: `an activity_interval of ${Math.ceil(total / (MOST_ROWS / 2))} cycles or more`,
  });
}

/** Row by row, as there may be millions of them. */
function* allRows(schedules: readonly PartitionedLayer[], interval: number): Generator<(string | number)[]> {
  for (const [index, schedule] of schedules.entries()) yield* layerRows(schedule, index, interval);
}

function* layerRows(schedule: PartitionedLayer, index: number, interval: number): Generator<(string | number)[]> {
  const progress = partitionedProgress(schedule);
  const counts = zeroCounts();
  const before = COLUMNS.map(() => 0);
  for (let start = 0; start < schedule.cycles; start += interval) {
    const end = Math.min(start + interval, schedule.cycles);
    progress.countsBefore(end, counts);
    const windows = COLUMNS.map((column, i) => {
      // Whole words; the margin keeps rounding of an exact count from losing one.
      const done = Math.floor(counts[COUNTER_INDEX[column]] + 1e-6);
      const inWindow = done - before[i];
      before[i] = done;
      return inWindow;
    });
    yield [index, schedule.layer.name, start, end, ...windows];
  }
}
