import { COUNTER_INDEX, type Counter, zeroCounts } from '../activity/counters.ts';
import { type LayerSchedule, layerProgress } from '../systolic/index.ts';
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
 * activity.csv: words and MACs of every window of `interval` stall-free array cycles, layer by layer, of one inference. A word
 * counts in the window in which the last of it moves, so counts are whole and the windows of a layer add up to it exactly.
 */
export function activityCsv(schedules: readonly LayerSchedule[], interval: number): string {
  const rows = schedules.flatMap((schedule, index) => layerRows(schedule, index, interval));
  return writeCsv(['layer_index', 'layer', 'start_cycle', 'end_cycle', ...COLUMNS], rows);
}

function layerRows(schedule: LayerSchedule, index: number, interval: number): (string | number)[][] {
  const progress = layerProgress(schedule);
  const counts = zeroCounts();
  const before = COLUMNS.map(() => 0);
  const rows: (string | number)[][] = [];
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
    rows.push([index, schedule.layer.name, start, end, ...windows]);
  }
  return rows;
}
