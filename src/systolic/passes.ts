import type { Layer } from '../workload/index.ts';
import type { MemoryConfig } from './config.ts';
import { type FoldKind, joinKinds, kindOf } from './fold-kind.ts';
import { appendRun, type FoldRun } from './fold-run.ts';
import { type FoldIndex, streamedLength, usedColumns, usedRows } from './folds.ts';
import type { FoldTraffic } from './memory/accounting.ts';
import { type FetchPlan, type FoldOrder, operandsOf, planFetches } from './memory/next-use/index.ts';
import type { PsumPlan } from './memory/psum.ts';
import { capacityWords } from './memory/traffic.ts';

/** A layer under next-use retention: what it fetches in which order, and a group's passes as runs of equal ones. */
export interface PassPlan {
  readonly fetches: FetchPlan;
  readonly runs: readonly FoldRun[];
}

type Axis = keyof FoldIndex;

/** `count` indices of an axis from `from` on. */
interface Range {
  readonly from: number;
  readonly count: number;
}

/**
 * A group's passes (docs/methods/memory-next-use.md). The cost grows with the candidate orders, not with folds or passes. Words
 * arrive evenly over a pass, and all but the tail of its results leave evenly.
 * @param keptIfmap whether ifmap words come from the ofmap scratchpad instead of DRAM
 * @param order the order of the folds, if a mapping fixes it
 */
export function planPasses(
  layer: Layer,
  plan: PsumPlan,
  memory: MemoryConfig,
  keptIfmap: boolean,
  order?: FoldOrder,
): PassPlan {
  const { grid } = plan;
  const fetches = planFetches(operandsOf(layer, grid), memory, order);
  const kinds = new Map<number, FoldKind>();
  const leaf = (fold: FoldIndex): FoldKind => kindOf(kinds, plan, memory, fold);
  const loops = loopsOf(fetches.order);
  const runs: FoldRun[] = [];
  const known = new Map<string, FoldKind>();
  for (const { from, count } of passRanges(fetches.passes)) {
    const extent = passExtent(plan, fetches.order, from);
    const key = JSON.stringify(extent);
    const kind = known.get(key) ?? joinLoops(loops, extent, { row: 0, tile: 0, column: 0 }, leaf, plan);
    known.set(key, kind);
    const traffic = trafficOf(plan, memory, fetches, extent, from);
    appendRun(runs, { kind, count, ...(keptIfmap ? withKeptIfmap(traffic) : traffic) });
  }
  return { fetches, runs };
}

/** The first pass, those in the middle, the last. */
function passRanges(passes: number): Range[] {
  const ranges = [
    { from: 0, count: 1 },
    { from: 1, count: passes - 2 },
    { from: passes - 1, count: passes > 1 ? 1 : 0 },
  ];
  return ranges.filter(({ count }) => count > 0);
}

/** The indices that a pass covers, by axis. */
type Extent = Readonly<Record<Axis, Range>>;

function passExtent({ grid }: PsumPlan, order: FoldOrder, pass: number): Extent {
  const all = {
    row: { from: 0, count: grid.rowFolds },
    tile: { from: 0, count: grid.streamTiles },
    column: { from: 0, count: grid.columnFolds },
  };
  const part = (of: Range, by: number): Range => ({ from: pass * by, count: Math.min(by, of.count - pass * by) });
  switch (order.kind) {
    case 'columns':
      return { ...all, column: part(all.column, 1) };
    case 'tiles':
      return { ...all, tile: part(all.tile, 1) };
    case 'column-blocks':
      return { ...all, column: part(all.column, order.by) };
    case 'row-blocks':
      return { ...all, row: part(all.row, order.by) };
  }
}

/** Axes from the outermost loop of a pass to the innermost. */
function loopsOf(order: FoldOrder): Axis[] {
  return order.kind === 'column-blocks' ? ['tile', 'row', 'column'] : ['tile', 'column', 'row'];
}

/** The folds of nested loops as one; indices that make equal folds are one run. */
function joinLoops(
  [axis, ...inner]: readonly Axis[],
  extent: Extent,
  fold: FoldIndex,
  leaf: (fold: FoldIndex) => FoldKind,
  plan: PsumPlan,
): FoldKind {
  if (axis === undefined) return leaf(fold);
  const parts = likeRanges(axis, extent[axis], plan).map(({ from, count }) => {
    return { kind: joinLoops(inner, extent, { ...fold, [axis]: from }, leaf, plan), count };
  });
  return joinKinds(parts);
}

/** Indices of an axis whose folds are alike: the last of all may be smaller, and the first row fold finds no partial sums. */
function likeRanges(axis: Axis, { from, count }: Range, { grid, accumulates }: PsumPlan): Range[] {
  const last = { row: grid.rowFolds, tile: grid.streamTiles, column: grid.columnFolds }[axis] - 1;
  const ranges: Range[] = [];
  let next = from;
  const end = from + count;
  if (axis === 'row' && accumulates && next === 0) ranges.push({ from: next++, count: 1 });
  const middle = Math.min(end, last) - next;
  if (middle > 0) {
    ranges.push({ from: next, count: middle });
    next += middle;
  }
  if (next < end) ranges.push({ from: next, count: end - next });
  return ranges;
}

/** Words that cross DRAM in one pass. */
function trafficOf(
  plan: PsumPlan,
  memory: MemoryConfig,
  fetches: FetchPlan,
  extent: Extent,
  pass: number,
): Omit<FoldRun, 'kind' | 'count'> {
  const { grid, spills, ofmapWordBits } = plan;
  const columns = spanOf(extent.column, grid.array.columns, grid.extent.columns);
  const byRows = grid.dataflow.axes.rows !== 'k';
  const lanes = byRows
    ? spanOf(extent.row, grid.array.rows, grid.extent.rows)
    : spanOf(extent.tile, grid.streamTile, grid.extent.streamed);
  const results = lanes * columns;
  const lastOf = ({ from, count }: Range): number => from + count - 1;
  const lastLanes = byRows ? usedRows(grid, lastOf(extent.row)) : streamedLength(grid, lastOf(extent.tile));
  const tail = lastLanes * usedColumns(grid, lastOf(extent.column));
  const largest = Math.min(grid.array.columns, grid.extent.columns) * largestLanes(plan);
  const waits = 2 * largest <= capacityWords(memory.scratchpadBytes.ofmap, ofmapWordBits);
  const spilled = spills ? results * (grid.rowFolds - 1) : 0;
  return {
    prefetchIfmap: 0,
    prefetchFilter: 0,
    streamIfmap: fetches.ifmapOf(pass),
    streamFilter: fetches.filterOf(pass),
    outAfter: waits ? tail : 0,
    outDuring: waits ? results - tail : results,
    psumOut: spilled,
    psumIn: spilled,
    keptIfmap: 0,
  };
}

function withKeptIfmap<Traffic extends FoldTraffic>(traffic: Traffic): Traffic {
  return { ...traffic, streamIfmap: 0, keptIfmap: traffic.streamIfmap };
}

/** How far a range of slices of an axis reaches. */
function spanOf({ from, count }: Range, length: number, extent: number): number {
  return Math.min(extent, (from + count) * length) - from * length;
}

/** Results of a column in the largest tile. */
function largestLanes({ grid }: PsumPlan): number {
  if (grid.dataflow.axes.rows !== 'k') return Math.min(grid.array.rows, grid.extent.rows);
  return Math.min(grid.streamTile, grid.extent.streamed);
}
