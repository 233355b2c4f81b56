import type { Dataflow } from '../../dataflows/dataflow.ts';
import { type FoldGrid, type FoldIndex, streamedLength, usedColumns } from '../../folds.ts';

/**
 * The order of a group's folds, outermost loop first (docs/methods/memory-next-use.md): `columns` is column fold, T tile, row
 * fold; `tiles` has the T tile outermost; `column-blocks` (os) sweeps the rows once for each block of `by` columns, and
 * `row-blocks` (os) sweeps the columns once for each block of `by` rows.
 */
export type FoldOrder =
  | { readonly kind: 'columns' | 'tiles' }
  | { readonly kind: 'column-blocks' | 'row-blocks'; readonly by: number };

export const FIXED_ORDER: FoldOrder = { kind: 'columns' };

/** The name of an order in tables and files. */
export function orderName(order: FoldOrder): string {
  switch (order.kind) {
    case 'columns':
      return 'columns outermost';
    case 'tiles':
      return 'T tiles outermost';
    case 'column-blocks':
      return `${order.by} columns`;
    case 'row-blocks':
      return `${order.by} rows`;
  }
}

/** The order of a name, as `orderName` writes it; undefined if the dataflow has none of that name. */
export function orderNamed({ axes }: Dataflow, name: string): FoldOrder | undefined {
  if (name === orderName(FIXED_ORDER)) return FIXED_ORDER;
  if (axes.rows === 'k') return name === orderName({ kind: 'tiles' }) ? { kind: 'tiles' } : undefined;
  const block = /^([1-9]\d{0,8}) (columns|rows)$/.exec(name);
  return block ? { kind: block[2] === 'rows' ? 'row-blocks' : 'column-blocks', by: Number(block[1]) } : undefined;
}

/** The names of a dataflow's orders, for messages. */
export function orderNames({ axes }: Dataflow): string {
  return axes.rows === 'k'
    ? '"columns outermost" or "T tiles outermost"'
    : '"columns outermost", "N columns" or "N rows"';
}

/** The orders worth trying, the fixed one first. */
export function ordersOf({ dataflow, rowFolds, columnFolds, streamTiles }: FoldGrid): FoldOrder[] {
  const orders: FoldOrder[] = [FIXED_ORDER];
  if (dataflow.axes.rows === 'k') {
    if (streamTiles > 1 && columnFolds > 1) orders.push({ kind: 'tiles' });
    return orders;
  }
  if (rowFolds === 1 || columnFolds === 1) return orders;
  for (let by = 2; by < 2 * columnFolds; by *= 2) orders.push({ kind: 'column-blocks', by });
  for (let by = 1; by < rowFolds; by *= 2) orders.push({ kind: 'row-blocks', by });
  return orders;
}

/**
 * How an operand's folds follow each other: `sweeps` times over the same units. A unit has `unitBlocks` blocks of `slots` folds
 * and is repeated `repeats` times in a row.
 */
export interface Sweep {
  readonly blocks: number;
  readonly unitBlocks: number;
  readonly repeats: number;
  readonly slots: number;
  readonly sweeps: number;
}

/** Blocks are row folds under os, T tiles under ws, column folds under is. */
export function ifmapSweep(grid: FoldGrid, order: FoldOrder): Sweep {
  const { dataflow, rowFolds, columnFolds, streamTiles } = grid;
  const { axes } = dataflow;
  if (axes.rows === 'm') {
    const whole = { blocks: rowFolds, unitBlocks: 1, repeats: 1, slots: 1, sweeps: columnFolds };
    if (order.kind === 'row-blocks') return { ...whole, unitBlocks: order.by, repeats: columnFolds, sweeps: 1 };
    if (order.kind !== 'column-blocks') return whole;
    return { ...whole, repeats: Math.min(order.by, columnFolds), sweeps: Math.ceil(columnFolds / order.by) };
  }
  const [blocks, others] = axes.streamed === 'm' ? [streamTiles, columnFolds] : [columnFolds, streamTiles];
  const sweep = { blocks, unitBlocks: 1, slots: rowFolds };
  const repeated = (axes.streamed === 'm') === (order.kind === 'tiles');
  return repeated ? { ...sweep, repeats: others, sweeps: 1 } : { ...sweep, repeats: 1, sweeps: others };
}

/** Filters of one unit, and how they are swept. `lanes` is the number of filters. */
export interface FilterUnit {
  readonly lanes: number;
  /** Filters of the largest tile. */
  readonly tileLanes: number;
  readonly sweep: Sweep;
}

/** The unit of filters that a pass sweeps, with its number; passes that sweep all filters have the same one. */
export function filterUnit(grid: FoldGrid, order: FoldOrder, pass: number): FilterUnit {
  const { dataflow, array, rowFolds, columnFolds, streamTiles, extent } = grid;
  const { axes } = dataflow;
  const once = { unitBlocks: 1, repeats: 1 };
  if (axes.rows === 'm') {
    const tileLanes = Math.min(array.columns, extent.columns);
    if (order.kind === 'row-blocks') {
      const sweeps = Math.ceil(rowFolds / order.by);
      const sweep = { blocks: columnFolds, unitBlocks: 1, repeats: order.by, slots: 1, sweeps };
      return { lanes: extent.columns, tileLanes, sweep };
    }
    const by = order.kind === 'column-blocks' ? order.by : 1;
    const lanes = lanesOf(grid, pass, by);
    const blocks = Math.min(by, columnFolds - pass * by);
    const widest = Math.min(array.columns, lanes);
    return { lanes, tileLanes: widest, sweep: { ...once, blocks, slots: 1, sweeps: rowFolds } };
  }
  const slots = rowFolds;
  if (axes.columns === 'n') {
    if (order.kind === 'tiles') {
      const tileLanes = Math.min(array.columns, extent.columns);
      return { lanes: extent.columns, tileLanes, sweep: { ...once, blocks: columnFolds, slots, sweeps: streamTiles } };
    }
    const lanes = usedColumns(grid, pass);
    return { lanes, tileLanes: lanes, sweep: { ...once, blocks: 1, slots, sweeps: streamTiles } };
  }
  if (order.kind === 'tiles') {
    const lanes = streamedLength(grid, pass);
    return { lanes, tileLanes: lanes, sweep: { ...once, blocks: 1, slots, sweeps: columnFolds } };
  }
  const tileLanes = Math.min(grid.streamTile, extent.streamed);
  return { lanes: extent.streamed, tileLanes, sweep: { ...once, blocks: streamTiles, slots, sweeps: columnFolds } };
}

/** Filters in block `pass` of `by` column folds. */
function lanesOf({ array, extent }: FoldGrid, pass: number, by: number): number {
  return Math.min(by * array.columns, extent.columns - pass * by * array.columns);
}

/** Iterations of the outermost loop. */
export function passCount({ rowFolds, columnFolds, streamTiles }: FoldGrid, order: FoldOrder): number {
  switch (order.kind) {
    case 'columns':
      return columnFolds;
    case 'tiles':
      return streamTiles;
    case 'column-blocks':
      return Math.ceil(columnFolds / order.by);
    case 'row-blocks':
      return Math.ceil(rowFolds / order.by);
  }
}

/** The iteration of the outermost loop that a fold is in. */
export function passOf(order: FoldOrder, { row, tile, column }: FoldIndex): number {
  switch (order.kind) {
    case 'columns':
      return column;
    case 'tiles':
      return tile;
    case 'column-blocks':
      return Math.floor(column / order.by);
    case 'row-blocks':
      return Math.floor(row / order.by);
  }
}
