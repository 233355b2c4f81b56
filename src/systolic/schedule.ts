import { addCounts, type Counts, zeroCounts } from '../base/counters.ts';
import { type Layer, layerMacs } from '../workload/index.ts';
import type { FoldShape, MemoryConfig, Operand, SystolicConfig } from './config.ts';
import { findDataflow } from './dataflows/index.ts';
import { besideKept, checkFits, memoryOf } from './fits.ts';
import { type FoldKind, kindOf } from './fold-kind.ts';
import { appendRun, type FoldRun, repeatRuns } from './fold-run.ts';
import { type FoldIndex, streamedLength, usedColumns, usedRows } from './folds.ts';
import { addArrivals, addDepartures, addTrafficDuring } from './memory/accounting.ts';
import type { Fetch } from './memory/fetcher.ts';
import { type FoldOrder, orderNamed } from './memory/next-use/index.ts';
import { type PsumPlan, planPsums } from './memory/psum.ts';
import { capacityWords, filterTraffic, ifmapTraffic, numberAt, walkGroup } from './memory/traffic.ts';
import { modelOf } from './memory-model.ts';
import { planPasses } from './passes.ts';
import { oncePerShape } from './repeats.ts';

/**
 * A layer as the array runs it: a run-length list of folds, with everything that does not depend on time. Frozen after
 * `scheduleLayer`; ask it for counts through progress.ts and for time through stages.ts.
 */
export interface LayerSchedule {
  readonly layer: Layer;
  /** With the width of this layer's filter words, which sparse ones share with their places. */
  readonly config: SystolicConfig;
  readonly runs: readonly FoldRun[];
  readonly folds: number;
  /** Stall-free array cycles. */
  readonly cycles: number;
  /** Everything the layer does, DRAM included. */
  readonly counts: Counts;
  /** MACs / (cycles x PEs). */
  readonly utilisation: number;
  /** T tile length (all of T unless partial sums had to be split). */
  readonly streamTile: number;
  /** Width of the words in the ofmap scratchpad. */
  readonly ofmapWordBits: number;
  /** Words of each operand's tile in the first and in the last fold. */
  readonly edgeTiles: Readonly<Record<Operand, EdgeTiles>>;
  /** How far DRAM works ahead under next-use retention, whose runs are passes; null if the runs are folds. */
  readonly queue: LookAhead | null;
  /** Bytes of the ofmap scratchpad that hold the ifmap, which are results of the layer before; 0 if it comes from DRAM. */
  readonly keptIfmapBytes: number;
}

export interface EdgeTiles {
  readonly first: number;
  readonly last: number;
}

/** The order of a layer's folds, and the space there is for words fetched early. */
export interface LookAhead {
  readonly order: FoldOrder;
  readonly ifmap: QueueSpace;
  readonly filter: QueueSpace;
}

/** Space in a scratchpad, in bytes. */
export interface QueueSpace {
  readonly tileBytes: number;
  /** Whether tiles pass through instead of lying in it. */
  readonly streams: boolean;
  /** Space for words of the same layer: neither a tile nor kept words hold it. */
  readonly aheadBytes: number;
  /** Space for words of the next layer: the tile does not hold it. */
  readonly besideBytes: number;
}

/**
 * Schedules one layer. The cost grows with the candidate orders under next-use retention, and with folds under consecutive
 * retention; never with cycles. Errors: `unknown-name` (dataflow), those of fits.ts.
 * @param keptIfmapBytes bytes of the ofmap scratchpad that hold the ifmap; next-use retention only
 */
export function scheduleLayer(layer: Layer, config: SystolicConfig, keptIfmapBytes = 0): LayerSchedule {
  const { array } = config;
  const used = besideKept(config, keptIfmapBytes);
  checkFits(layer, used);
  const memory = memoryOf(layer, used.memory);
  const dataflow = findDataflow(config.dataflow);
  const { order, streamTile } = config.folds ?? {};
  const plan = planPsums(layer, dataflow, array, memory, streamTile);
  const { grid } = plan;
  const walked =
    modelOf(memory).retention === 'next-use'
      ? passedRuns(layer, plan, memory, keptIfmapBytes > 0, order === undefined ? order : orderNamed(dataflow, order))
      : walkedRuns(layer, plan, memory);
  const { runs, inputTiles, queue } = walked;
  const counts = totalCounts(runs, memory, plan.ofmapWordBits);
  const cycles = runs.reduce((sum, run) => sum + run.count * run.kind.cycles, 0);
  return {
    layer,
    config: { ...config, memory: memoryOf(layer, config.memory) },
    runs,
    folds: grid.rowFolds * grid.columnFolds * grid.streamTiles * layer.groups,
    cycles,
    counts,
    utilisation: layerMacs(layer) / (cycles * array.rows * array.columns),
    streamTile: grid.streamTile,
    ofmapWordBits: plan.ofmapWordBits,
    edgeTiles: {
      ...inputTiles,
      ofmap: {
        first: resultWords(plan, runs[0].kind.shape),
        last: resultWords(plan, runs[runs.length - 1].kind.shape),
      },
    },
    queue,
    keptIfmapBytes,
  };
}

interface ScheduledRuns {
  readonly runs: readonly FoldRun[];
  readonly inputTiles: Readonly<Record<'ifmap' | 'filter', EdgeTiles>>;
  readonly queue: LookAhead | null;
}

/** The passes of all groups. */
function passedRuns(
  layer: Layer,
  plan: PsumPlan,
  memory: MemoryConfig,
  keptIfmap: boolean,
  given: FoldOrder | undefined,
): ScheduledRuns {
  const { fetches, runs: ofGroup } = planPasses(layer, plan, memory, keptIfmap, given);
  const runs: FoldRun[] = [];
  repeatRuns(runs, ofGroup, layer.groups);
  const { tile, kept, streams } = fetches;
  const inputTiles = {
    ifmap: { first: tile.ifmap, last: tile.ifmap },
    filter: { first: tile.filter, last: tile.filter },
  };
  const { wordBits, scratchpadBytes } = memory;
  const spaceOf = (operand: 'ifmap' | 'filter'): QueueSpace => {
    const bytes = (words: number): number => (words * wordBits[operand]) / 8;
    const tileBytes = bytes(tile[operand]);
    // A part of a word is no space.
    const besideBytes = bytes(Math.max(0, capacityWords(scratchpadBytes[operand], wordBits[operand]) - tile[operand]));
    const free = streams[operand] ? 0 : Math.max(0, besideBytes - bytes(kept[operand]));
    const aheadBytes = modelOf(memory).lookahead === 'fold' ? Math.min(tileBytes, free) : free;
    return { tileBytes, streams: streams[operand], aheadBytes, besideBytes };
  };
  return { runs, inputTiles, queue: { order: fetches.order, ifmap: spaceOf('ifmap'), filter: spaceOf('filter') } };
}

/** The folds of all groups, one by one. */
function walkedRuns(layer: Layer, plan: PsumPlan, memory: MemoryConfig): ScheduledRuns {
  const { grid } = plan;
  const operands = [ifmapTraffic(layer, grid, memory), filterTraffic(layer, grid, memory)];
  const kinds = new Map<number, FoldKind>();
  const groupRuns = (first: boolean, last: boolean): FoldRun[] => {
    const runs: FoldRun[] = [];
    let inColumn: FoldRun[] = [];
    walkGroup(grid, operands, first, {
      fold(fold, fetches) {
        appendRun(inColumn, foldRun(plan, memory, kindOf(kinds, plan, memory, fold), fold, fetches, last));
      },
      columnFold(times) {
        repeatRuns(runs, inColumn, times);
        inColumn = [];
      },
    });
    return runs;
  };
  const { groups } = layer;
  const runs = groupRuns(true, groups === 1);
  if (groups > 2) repeatRuns(runs, groupRuns(false, false), groups - 2);
  if (groups > 1) repeatRuns(runs, groupRuns(false, true), 1);
  const lastFold = { row: grid.rowFolds - 1, tile: grid.streamTiles - 1, column: grid.columnFolds - 1 };
  const [ifmap, filter] = operands.map(({ fetcher, tile }) => ({
    first: fetcher.size(0),
    last: fetcher.size(numberAt(tile, lastFold)),
  }));
  return { runs, inputTiles: { ifmap, filter }, queue: null };
}

/** Schedules the layers of a network, each shape once. Errors: those of `scheduleLayer`. */
export function scheduleWorkload(layers: readonly Layer[], config: SystolicConfig): LayerSchedule[] {
  return layers.map(oncePerShape((layer) => scheduleLayer(layer, config)));
}

function foldRun(
  plan: PsumPlan,
  memory: MemoryConfig,
  kind: FoldKind,
  fold: FoldIndex,
  [ifmap, filter]: readonly Fetch[],
  lastGroup: boolean,
): FoldRun {
  const { grid, accumulates, spills } = plan;
  const final = !accumulates || fold.row === grid.rowFolds - 1;
  const words = resultWords(plan, kind.shape);
  const after = final && leavesAfter(plan, memory, fold, words, lastGroup);
  return {
    kind,
    count: 1,
    prefetchIfmap: ifmap.prefetch,
    prefetchFilter: filter.prefetch,
    streamIfmap: ifmap.stream,
    streamFilter: filter.stream,
    outAfter: after ? words : 0,
    outDuring: final && !after ? words : 0,
    psumOut: spills && !final ? words : 0,
    psumIn: spills && kind.shape.readsPsums ? words : 0,
    keptIfmap: 0,
  };
}

/** Words of a fold's ofmap tile. */
function resultWords({ grid }: PsumPlan, { usedRows, usedColumns, streamed }: FoldShape): number {
  return (grid.dataflow.axes.rows === 'k' ? streamed : usedRows) * usedColumns;
}

/** Whether the fold's results may wait in the scratchpad while the next fold fills its own tile. */
function leavesAfter(
  plan: PsumPlan,
  memory: MemoryConfig,
  fold: FoldIndex,
  words: number,
  lastGroup: boolean,
): boolean {
  const capacity = capacityWords(memory.scratchpadBytes.ofmap, plan.ofmapWordBits);
  return words + nextTileWords(plan, fold, lastGroup) <= capacity;
}

/** Words of the ofmap tile that follows a fold whose results are final; none after the last fold of the layer. */
function nextTileWords({ grid }: PsumPlan, fold: FoldIndex, lastGroup: boolean): number {
  const byRows = grid.dataflow.axes.rows !== 'k';
  const steps = byRows ? grid.rowFolds : grid.streamTiles;
  const step = (byRows ? fold.row : fold.tile) + 1;
  const wraps = step === steps;
  const column = wraps ? fold.column + 1 : fold.column;
  if (column === grid.columnFolds && lastGroup) return 0;
  const index = wraps ? 0 : step;
  const lanes = byRows ? usedRows(grid, index) : streamedLength(grid, index);
  return lanes * usedColumns(grid, column % grid.columnFolds);
}

function totalCounts(runs: readonly FoldRun[], memory: MemoryConfig, ofmapWordBits: number): Counts {
  const total = zeroCounts();
  for (const run of runs) {
    addCounts(total, run.kind.counts, run.count);
    addTrafficDuring(total, run, memory, ofmapWordBits, run.count);
    addArrivals(total, run.prefetchIfmap, run.prefetchFilter, memory, run.count);
    addDepartures(total, run.outAfter, memory.wordBits.ofmap, ofmapWordBits, run.count);
  }
  return total;
}
