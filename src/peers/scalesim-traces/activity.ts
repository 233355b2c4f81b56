import { ACTIVITY_COLUMNS } from '../../base/counters.ts';
import { drainWords } from '../scalesim-engine/simulate.ts';
import type { Schedule } from '../scalesim-engine/streams.ts';
import type { DrainLog } from '../scalesim-engine/write-buffer.ts';
import { estimatedFetches } from './estimated.ts';
import { type LineCounts, macCounts, requestCounts, resultCounts } from './line-counts.ts';
import { NONE } from './lines.ts';
import { fetchesInTime, prefetchingOf, type Rows } from './prefetched.ts';
import type { LateLines, Lateness, LayerRecording } from './recording.ts';
import { latenessOf } from './recording.ts';
import { addLines, Windows } from './windows.ts';

type Column = (typeof ACTIVITY_COLUMNS)[number];

/**
 * The activity of a layer by windows of cycles. The number of the first window is `first`; it is negative if the window
 * is before cycle 0.
 */
export interface ScaleSimActivity {
  readonly first: number;
  readonly windows: number;
  readonly counts: Readonly<Record<Column, Float64Array>>;
}

/**
 * The activity of a layer in windows of `interval` cycles. A word counts in the cycle of its trace line; padding does
 * not count. A MAC counts in the cycle in which its line of the schedule is fully served. SCALE-Sim never reads results
 * back. Error: `out-of-range` for more than 3e6 windows.
 */
export function scaleSimActivity(recording: LayerRecording, interval: number): ScaleSimActivity {
  const { schedule, report, late } = recording;
  const first = Math.floor(Math.min(report.dram.ifmap.start, report.dram.filter.start, 0) / interval);
  const windows = Object.fromEntries(
    ACTIVITY_COLUMNS.map((column) => [column, new Windows(interval, first)]),
  ) as Record<Column, Windows>;
  const { ifmap, filter } = schedule;
  countLines(schedule, late, latenessOf(late, 'line'), macCounts(schedule), windows.macs);
  countLines(schedule, late, latenessOf(late, 'ifmap'), requestCounts(schedule, ifmap), windows.ifmap_sram_reads);
  countLines(schedule, late, latenessOf(late, 'filter'), requestCounts(schedule, filter), windows.filter_sram_reads);
  countLines(schedule, late, latenessOf(late, 'ofmap'), resultCounts(schedule), windows.ofmap_sram_writes);
  countFetches(recording, 'ifmap', windows.dram_ifmap_reads);
  countFetches(recording, 'filter', windows.dram_filter_reads);
  countDrains(recording.drains, drainWords(recording.config), windows.dram_ofmap_writes);
  const length = Math.max(...ACTIVITY_COLUMNS.map((column) => windows[column].length));
  const counts = Object.fromEntries(ACTIVITY_COLUMNS.map((column) => [column, windows[column].upTo(length)]));
  return { first, windows: length, counts: counts as Record<Column, Float64Array> };
}

/** Counts the contents of lines in the cycles in which they are served. */
function countLines(
  { rowFolds, columnFolds, lines }: Schedule,
  late: LateLines,
  { due, delays }: Lateness,
  counts: LineCounts,
  windows: Windows,
): void {
  const before = (j: number): number => counts.before(j);
  let next = 0;
  let shift = due;
  for (let fold = 0; fold < rowFolds * columnFolds; fold++, shift += lines) {
    counts.fold(fold % rowFolds, Math.floor(fold / rowFolds));
    let from = 0;
    while (late.lines[next] < (fold + 1) * lines) {
      const j = late.lines[next] - fold * lines;
      addLines(windows, before, from, j, shift);
      addLines(windows, before, j, j + 1, shift + delays[next]);
      shift = fold * lines + due + late.stalls[next++];
      from = j + 1;
    }
    addLines(windows, before, from, lines, shift);
  }
}

function countFetches(recording: LayerRecording, operand: 'ifmap' | 'filter', windows: Windows): void {
  const { bandwidth } = recording.config;
  if (bandwidth === 'CALC') {
    for (const { start, stop, words, perCycle } of estimatedFetches(recording, operand)) {
      addLines(windows, (row) => Math.min(words, row * perCycle), 0, stop - start + 1, start);
    }
    return;
  }
  const prefetching = prefetchingOf(recording, operand, bandwidth[operand]);
  const sums = new Map(
    [prefetching.initial, prefetching.first, prefetching.later].map((rows) => [rows, wordSums(rows)]),
  );
  fetchesInTime(prefetching, (rows, count, cycle) => {
    const before = sums.get(rows)!;
    addLines(windows, (row) => before[row], 0, count, cycle);
  });
}

/** Number of words before each row, and in total. */
function wordSums({ cells, width }: Rows): Float64Array {
  const sums = new Float64Array(cells.length / width + 1);
  for (let i = 0; i < cells.length; i++) if (cells[i] !== NONE) sums[Math.floor(i / width) + 1]++;
  for (let row = 1; row < sums.length; row++) sums[row] += sums[row - 1];
  return sums;
}

function countDrains({ cuts, cycles, rows }: DrainLog, width: number, windows: Windows): void {
  let row = 0;
  let next = 0;
  cycles.forEach((cycle, i) => {
    addLines(windows, (taken) => taken * width, 0, rows[i], cycle);
    for (; next < cuts.length && cuts[next].index < row + rows[i]; next++) {
      windows.add(cycle + cuts[next].index - row, -cuts[next].missing);
    }
    row += rows[i];
  });
}
