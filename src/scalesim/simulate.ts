import { fail } from '../errors.ts';
import type { ScaleSimShape } from '../formats/scalesim.ts';
import type { ScaleSimConfig } from '../formats/scalesim-config.ts';
import { estimatingBuffer } from './estimated-fetches.ts';
import { layerSizes } from './matrices.ts';
import { prefetchingBuffer } from './prefetches.ts';
import type { ReadBuffer } from './read-buffer.ts';
import { requestedLines } from './requests.ts';
import { scaleSimSchedule, streamRequests, usedColumns, usedRows } from './schedule.ts';
import type { LayerReport, PerOperand, Schedule, Stream, Use } from './types.ts';
import { type WriteBuffer, writeBuffer } from './write-buffer.ts';

/** Words are bytes in SCALE-Sim. */
const WORDS_PER_KB = 1024;

/**
 * What SCALE-Sim v2 (22f88b1) reports of a layer. Errors: `out-of-range` for a layer too large to address, `not-supported`
 * where SCALE-Sim fails.
 */
export function simulateLayer(layer: ScaleSimShape, config: ScaleSimConfig): LayerReport {
  const { array, dataflow, sramKb, bandwidth } = config;
  const schedule = scaleSimSchedule(layer, dataflow, array);
  const words = (operand: 'ifmap' | 'filter' | 'ofmap'): number => sramKb[operand] * WORDS_PER_KB;
  const readBuffer = (operand: 'ifmap' | 'filter'): ReadBuffer =>
    bandwidth === 'CALC'
      ? estimatingBuffer(schedule, schedule[operand], words(operand), operand)
      : prefetchingBuffer(schedule, schedule[operand], words(operand), bandwidth);
  const ifmap = readBuffer('ifmap');
  const filter = readBuffer('filter');
  const ofmap = writeBuffer(words('ofmap'), bandwidth === 'CALC' ? array.columns : bandwidth);
  const { lastCycle, stall, services } = runLines(schedule, ifmap, filter, ofmap);
  if (lastCycle === 0) fail('not-supported', `layer "${layer.name}" takes one cycle: SCALE-Sim divides by zero`);
  const sizes = layerSizes(layer);
  return {
    totalCycles: lastCycle,
    stallCycles: stall,
    overallUtilization: (sizes.pixels * sizes.window * sizes.filters * 100) / (lastCycle * array.rows * array.columns),
    ...utilization(schedule),
    sram: services,
    dram: { ifmap: ifmap.finish(), filter: filter.finish(), ofmap: ofmap.finish(lastCycle) },
  };
}

interface Outcome {
  /** The cycle of the last line, which SCALE-Sim prints as the number of cycles. */
  readonly lastCycle: number;
  readonly stall: number;
  readonly services: PerOperand<Use>;
}

/** The main loop: gives each line its cycle. The three buffers see the same one; the slowest delays the lines that follow. */
function runLines(schedule: Schedule, ifmap: ReadBuffer, filter: ReadBuffer, ofmap: WriteBuffer): Outcome {
  const { rowFolds, columnFolds, lines } = schedule;
  const ifmapUse = useWatcher(schedule, schedule.ifmap);
  const filterUse = useWatcher(schedule, schedule.filter);
  let firstWrite = -1;
  let lastWrite = -1;
  let lastCycle = 0;
  let stall = 0;
  let line = 0;
  for (let column = 0; column < columnFolds; column++) {
    for (let row = 0; row < rowFolds; row++) {
      const ports = usedColumns(schedule, column);
      const { delay, length } = resultsOf(schedule, row);
      for (let j = 0; j < lines; j++, line++) {
        const cycle = line + stall;
        const ifmapCycle = line === ifmap.nextLine ? ifmap.serve(cycle) : cycle + 1;
        const filterCycle = line === filter.nextLine ? filter.serve(cycle) : cycle + 1;
        if (line === ifmapUse.nextLine) ifmapUse.record(ifmapCycle);
        if (line === filterUse.nextLine) filterUse.record(filterCycle);
        const results = Math.min(ports - 1, j - delay) - Math.max(0, j - delay - length + 1) + 1;
        lastCycle = cycle;
        if (results > 0) {
          lastCycle = ofmap.take(results, cycle);
          if (firstWrite < 0) firstWrite = lastCycle;
          lastWrite = lastCycle;
        }
        stall += Math.max(ifmapCycle - cycle - 1, filterCycle - cycle - 1, lastCycle - cycle);
      }
    }
  }
  const writes = { start: firstWrite, stop: lastWrite, words: reportedWrites(schedule) };
  return { lastCycle, stall, services: { ifmap: ifmapUse.use(), filter: filterUse.use(), ofmap: writes } };
}

/** The lines of a fold in which its first column's results leave: the first of them, and how many. */
function resultsOf(schedule: Schedule, row: number): { delay: number; length: number } {
  const { array, inTime, drainsAtEnd } = schedule;
  if (!drainsAtEnd) return { delay: 2 * array.rows - 1, length: inTime };
  // The rows drain from the bottom of the whole array, used or not.
  const rows = usedRows(schedule, row);
  return { delay: inTime + array.rows - 1 - rows, length: rows };
}

/** Under os SCALE-Sim counts R + C writes too many in every fold; otherwise every row fold writes its partial sums. */
function reportedWrites(schedule: Schedule): number {
  const { array, overRows, overColumns, inTime, rowFolds, columnFolds, drainsAtEnd } = schedule;
  if (!drainsAtEnd) return inTime * overColumns * rowFolds;
  return overRows * overColumns + rowFolds * columnFolds * (array.rows + array.columns);
}

/** Notes when the first and the last line of a stream that request a word are served. */
function useWatcher(schedule: Schedule, stream: Stream) {
  const { first, last } = requestedLines(schedule, stream);
  let start = 0;
  let stop = 0;
  const watcher = {
    nextLine: first,
    record(cycle: number): void {
      if (watcher.nextLine === first) start = cycle;
      stop = cycle;
      watcher.nextLine = watcher.nextLine === first && last > first ? last : Number.POSITIVE_INFINITY;
    },
    use: (): Use => ({ start, stop, words: streamRequests(schedule, stream) }),
  };
  return watcher;
}

/** Percentages, summed over folds in their order and from left to right, so that the last digit is SCALE-Sim's. */
function utilization(schedule: Schedule): Pick<LayerReport, 'mappingEfficiency' | 'computeUtilization'> {
  const { array, inTime, rowFolds, columnFolds, lines, drainsAtEnd } = schedule;
  const elements = array.rows * array.columns;
  // Under ws and is SCALE-Sim takes a fold for longer than it is.
  const foldCycles = drainsAtEnd ? lines : lines + array.columns - 1;
  let mapped = 0;
  let computing = 0;
  for (let column = 0; column < columnFolds; column++) {
    for (let row = 0; row < rowFolds; row++) {
      const used = usedRows(schedule, row) * usedColumns(schedule, column);
      mapped += used / elements;
      computing += (used * inTime) / (elements * foldCycles);
    }
  }
  const folds = rowFolds * columnFolds;
  return { mappingEfficiency: (mapped / folds) * 100, computeUtilization: (computing / folds) * 100 };
}
