import { fail } from '../../base/errors.ts';
import type { ScaleSimConfig, ScaleSimShape, ScaleSimVersion } from '../../formats/scalesim/index.ts';
import type { PerOperand, ScaleSimLayerReport, Use } from '../scalesim/layer-report.ts';
import type { ScaleSimInput } from '../scalesim/peer-input.ts';
import { estimatingBuffer } from './estimated-fetches.ts';
import { type LayerSizes, layerSizes } from './matrices.ts';
import { prefetchingBuffer } from './prefetches.ts';
import { requestedLines, skewedLine } from './requests.ts';
import { scaleSimSchedule, skewedRequests, streamRequests, usedColumns, usedRows } from './schedule.ts';
import { type SparseFilters, sparseFilters, sparsityOf } from './sparse-filters.ts';
import type { ReadBuffer, Schedule } from './streams.ts';
import { type DrainLog, WriteBuffer } from './write-buffer.ts';

/** SCALE-Sim takes words for bytes. */
const WORDS_PER_KB = 1024;

/**
 * SCALE-Sim's report of each layer. Layers of the same shape are simulated once. `onLayer` receives the next layer.
 * Errors: as for `simulateScaleSimLayer`.
 */
export function simulateScaleSim(
  { config, layers }: ScaleSimInput,
  version: ScaleSimVersion,
  onLayer: (name: string, index: number) => void = () => {},
): ScaleSimLayerReport[] {
  const known = new Map<string, ScaleSimLayerReport>();
  return layers.map((layer, index) => {
    onLayer(layer.name, index);
    const shape = shapeKey(layer);
    const report = known.get(shape) ?? simulateScaleSimLayer(layer, config, version);
    known.set(shape, report);
    return report;
  });
}

/** Whether layers differ only in their names. */
export function isSameShape(a: ScaleSimShape, b: ScaleSimShape): boolean {
  return shapeKey(a) === shapeKey(b);
}

function shapeKey(layer: ScaleSimShape): string {
  const { ifmapHeight, ifmapWidth, filterHeight, filterWidth, channels, filters, strideHeight, strideWidth } = layer;
  const sizes = [ifmapHeight, ifmapWidth, filterHeight, filterWidth, channels, filters, strideHeight, strideWidth];
  const { kept, block } = sparsityOf(layer);
  return [...sizes, kept, block].join();
}

/**
 * The report of a layer by SCALE-Sim v2 (22f88b1) or v3 (1d62b68). Errors: `out-of-range` for a layer too large to
 * address, `not-supported` where SCALE-Sim fails.
 */
export function simulateScaleSimLayer(
  layer: ScaleSimShape,
  config: ScaleSimConfig,
  version: ScaleSimVersion,
): ScaleSimLayerReport {
  const run = layerRun(layer, config);
  return runSchedule(run, config, buffersOf(run.schedule, config, version));
}

/** A layer in the form that the main loop takes. */
export interface LayerRun {
  readonly layer: ScaleSimShape;
  readonly sizes: LayerSizes;
  readonly schedule: Schedule;
  /** The layer's filters, if they are sparse. */
  readonly sparse: SparseFilters | undefined;
}

/** Errors: as for `simulateScaleSimLayer`. */
export function layerRun(layer: ScaleSimShape, { dataflow, array, sparsity }: ScaleSimConfig): LayerRun {
  const sizes = layerSizes(layer);
  const sparse = sparsity && sparseFilters(layer, sizes, sparsity);
  return { layer, sizes, schedule: scaleSimSchedule(layer, dataflow, array, sparse), sparse };
}

/** The buffers that decide the cycles of lines in the main loop. */
export interface Buffers {
  readonly ifmap: ReadBuffer;
  readonly filter: ReadBuffer;
  readonly ofmap: WriteBuffer;
}

/** Size of a scratchpad in words. */
export function sramWords({ sramKb }: ScaleSimConfig, operand: keyof ScaleSimConfig['sramKb']): number {
  return sramKb[operand] * WORDS_PER_KB;
}

/** Words per cycle at which results are written to DRAM. */
export function drainWords({ array, bandwidth }: ScaleSimConfig): number {
  return bandwidth === 'CALC' ? array.columns : bandwidth.ofmap;
}

/** The buffers of a configuration. Errors: as for `simulateScaleSimLayer`. */
export function buffersOf(
  schedule: Schedule,
  config: ScaleSimConfig,
  version: ScaleSimVersion,
  log?: DrainLog,
): Buffers {
  const { bandwidth } = config;
  const readBuffer = (operand: 'ifmap' | 'filter'): ReadBuffer =>
    bandwidth === 'CALC'
      ? estimatingBuffer(schedule, schedule[operand], sramWords(config, operand), operand)
      : prefetchingBuffer(schedule, schedule[operand], sramWords(config, operand), bandwidth[operand], version);
  return {
    ifmap: readBuffer('ifmap'),
    filter: readBuffer('filter'),
    ofmap: new WriteBuffer(sramWords(config, 'ofmap'), drainWords(config), version, log),
  };
}

/** Receives lines with the cycle in which each was due, and the cycles in which the three buffers served it. */
export type LineWatcher = (line: number, cycle: number, ifmap: number, filter: number, ofmap: number) => void;

/** The report of a layer. `watch` receives all late lines and some others. Errors: as for `simulateScaleSimLayer`. */
export function runSchedule(
  { layer, sizes, schedule, sparse }: LayerRun,
  { array, dataflow, sparsity }: ScaleSimConfig,
  buffers: Buffers,
  watch?: LineWatcher,
): ScaleSimLayerReport {
  const { lastCycle, stall, services } = runLines(schedule, buffers, watch);
  if (lastCycle === 0) fail('not-supported', `layer "${layer.name}" takes one cycle: SCALE-Sim divides by zero`);
  const scaled = dataflow === 'ws' && sparsity?.rowWise === null ? scaledReads(schedule, layer) : undefined;
  const { ifmap, filter, ofmap } = buffers;
  return {
    totalCycles: lastCycle,
    stallCycles: stall,
    overallUtilization: (sizes.pixels * sizes.window * sizes.filters * 100) / (lastCycle * array.rows * array.columns),
    ...utilization(schedule),
    sram: scaled === undefined ? services : { ...services, ifmap: { ...services.ifmap, words: scaled } },
    dram: { ifmap: ifmap.finish(), filter: filter.finish(), ofmap: ofmap.finish(lastCycle) },
    ...(sparse && { filterStorage: sparse.storage, scaledIfmapReads: scaled !== undefined }),
  };
}

/** Reads of a sparse ifmap under ws. SCALE-Sim reports M/N times the reads, summed over folds in their order. */
function scaledReads(schedule: Schedule, layer: ScaleSimShape): number {
  const { kept, block } = sparsityOf(layer);
  let reads = 0;
  for (let fold = 0; fold < schedule.rowFolds * schedule.columnFolds; fold++) {
    reads += schedule.inTime * usedRows(schedule, fold % schedule.rowFolds) * (block / kept);
  }
  return reads;
}

interface Outcome {
  /** The cycle of the last line; SCALE-Sim prints it as the number of cycles. */
  readonly lastCycle: number;
  readonly stall: number;
  readonly services: PerOperand<Use>;
}

/**
 * The main loop, which assigns cycles to lines. The three buffers see the same cycle; the slowest delays the following
 * lines. The loop visits only lines in which a buffer acts or whose cycle is reported.
 */
function runLines(schedule: Schedule, { ifmap, filter, ofmap }: Buffers, watch?: LineWatcher): Outcome {
  const { rowFolds, columnFolds, lines } = schedule;
  const ifmapUse = useWatcher(requestedLines(schedule, schedule.ifmap));
  const filterUse = useWatcher(requestedLines(schedule, schedule.filter));
  const ofmapUse = useWatcher(resultLines(schedule));
  const lastLine = rowFolds * columnFolds * lines - 1;
  let lastCycle = 0;
  let stall = 0;
  for (let fold = 0, foldLine = 0; fold < rowFolds * columnFolds; fold++, foldLine += lines) {
    const results = resultsOf(schedule, fold);
    const end = foldLine + lines;
    for (let line = foldLine; line < end; line++) {
      const acting = foldLine + nextActingLine(ofmap, results, line - foldLine, foldLine + stall);
      const watched = Math.min(ifmapUse.nextLine, filterUse.nextLine, ofmapUse.nextLine);
      const next = Math.min(ifmap.nextLine, filter.nextLine, acting, watched, lastLine, end);
      ofmap.add(resultsBefore(results, next - foldLine) - resultsBefore(results, line - foldLine));
      line = next;
      if (line === end) break;
      const cycle = line + stall;
      const ifmapCycle = line === ifmap.nextLine ? ifmap.serve(cycle) : cycle + 1;
      const filterCycle = line === filter.nextLine ? filter.serve(cycle) : cycle + 1;
      const inLine = resultsBefore(results, line - foldLine + 1) - resultsBefore(results, line - foldLine);
      lastCycle = ofmap.take(inLine, cycle);
      if (line === ifmapUse.nextLine) ifmapUse.record(ifmapCycle);
      if (line === filterUse.nextLine) filterUse.record(filterCycle);
      if (line === ofmapUse.nextLine) ofmapUse.record(lastCycle);
      watch?.(line, cycle, ifmapCycle, filterCycle, lastCycle);
      stall += Math.max(ifmapCycle - cycle - 1, filterCycle - cycle - 1, lastCycle - cycle);
    }
  }
  const services = {
    ifmap: { ...ifmapUse.cycles(), words: streamRequests(schedule, schedule.ifmap) },
    filter: { ...filterUse.cycles(), words: streamRequests(schedule, schedule.filter) },
    ofmap: { ...ofmapUse.cycles(), words: reportedWrites(schedule) },
  };
  return { lastCycle, stall, services };
}

/** The results of a fold: each of `ports` ports delivers `length` results from line `delay` on, one line after its neighbour. */
export interface FoldResults {
  readonly delay: number;
  readonly ports: number;
  readonly length: number;
}

/** The results of a fold. `fold` counts folds in their order. */
export function resultsOf(schedule: Schedule, fold: number): FoldResults {
  const { array, inTime, rowFolds, drainsAtEnd } = schedule;
  const ports = usedColumns(schedule, Math.floor(fold / rowFolds));
  if (!drainsAtEnd) return { delay: 2 * array.rows - 1, ports, length: inTime };
  // Rows drain from the bottom of the whole array, used or not.
  const rows = usedRows(schedule, fold % rowFolds);
  return { delay: inTime + array.rows - 1 - rows, ports, length: rows };
}

/** Number of results in the lines of a fold before `line`. */
export function resultsBefore({ delay, ports, length }: FoldResults, line: number): number {
  return skewedRequests(line - delay, ports, length);
}

/** The layer's first and last line with a result. */
function resultLines(schedule: Schedule): { first: number; last: number } {
  const folds = schedule.rowFolds * schedule.columnFolds;
  const { delay, ports, length } = resultsOf(schedule, folds - 1);
  return { first: resultsOf(schedule, 0).delay, last: (folds - 1) * schedule.lines + delay + ports + length - 2 };
}

/**
 * The next line of the fold, from `line` on, whose results make the write buffer act if nothing stalls before; Infinity
 * if there is none. A line plus `offset` is its cycle.
 */
function nextActingLine(ofmap: WriteBuffer, results: FoldResults, line: number, offset: number): number {
  const before = resultsBefore(results, line);
  const full = lineOfResult(results, before + ofmap.roomDraining);
  if (full + offset < ofmap.drainEnd) return full;
  const idleFrom = Math.max(line, ofmap.drainEnd - offset);
  return lineOfResult(results, Math.max(before + ofmap.roomIdle, resultsBefore(results, idleFrom) + 1));
}

/** The line with the n-th result of a fold, from 1; Infinity if there are fewer. */
function lineOfResult({ delay, ports, length }: FoldResults, n: number): number {
  return n > ports * length ? Number.POSITIVE_INFINITY : delay + skewedLine(n - 1, ports, length);
}

/** The reported writes. Under os SCALE-Sim counts R + C too many per fold; otherwise every row fold writes its partial sums. */
function reportedWrites(schedule: Schedule): number {
  const { array, overRows, overColumns, inTime, rowFolds, columnFolds, drainsAtEnd } = schedule;
  if (!drainsAtEnd) return inTime * overColumns * rowFolds;
  return overRows * overColumns + rowFolds * columnFolds * (array.rows + array.columns);
}

/** Records when the first and the last of the given lines are served. */
function useWatcher({ first, last }: { readonly first: number; readonly last: number }) {
  let start = 0;
  let stop = 0;
  const watcher = {
    nextLine: first,
    record(cycle: number): void {
      if (watcher.nextLine === first) start = cycle;
      stop = cycle;
      watcher.nextLine = watcher.nextLine === first && last > first ? last : Number.POSITIVE_INFINITY;
    },
    cycles: () => ({ start, stop }),
  };
  return watcher;
}

/** Utilizations in percent, summed over folds in order and from left to right, so that the last digit matches SCALE-Sim's. */
function utilization(schedule: Schedule): Pick<ScaleSimLayerReport, 'mappingEfficiency' | 'computeUtilization'> {
  const { array, inTime, rowFolds, columnFolds, lines, drainsAtEnd } = schedule;
  const elements = array.rows * array.columns;
  // Under ws and is SCALE-Sim takes a fold to be longer than it is.
  const foldCycles = drainsAtEnd ? lines : lines + array.columns - 1;
  let mapped = 0;
  let computing = 0;
  for (let column = 0; column < columnFolds; column++) {
    for (let row = 0; row < rowFolds; row++) {
      const used = usedRows(schedule, row) * usedColumns(schedule, column);
      mapped += heldWords(schedule, row, column) / elements;
      computing += (used * inTime) / (elements * foldCycles);
    }
  }
  const folds = rowFolds * columnFolds;
  return { mappingEfficiency: (mapped / folds) * 100, computeUtilization: (computing / folds) * 100 };
}

/** Processing elements that a fold uses; with sparse filters, those that hold a weight. */
function heldWords(schedule: Schedule, row: number, column: number): number {
  const { array, filter } = schedule;
  const { spatial, temporal, holes } = filter.matrix;
  const [rows, columns] = [usedRows(schedule, row), usedColumns(schedule, column)];
  if (holes === null) return rows * columns;
  let words = 0;
  for (let r = row * array.rows; r < row * array.rows + rows; r++) {
    for (let c = column * array.columns; c < column * array.columns + columns; c++) {
      words += 1 - holes[spatial[c] + temporal[r]];
    }
  }
  return words;
}
