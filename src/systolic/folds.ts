import { gemmShape, type Layer } from '../workload/index.ts';
import type { ArraySize, Axis } from './config.ts';
import type { Dataflow } from './dataflows/dataflow.ts';

/** How a layer's matrix product is cut into folds: column fold outermost, then T tile, row fold innermost. */
export interface FoldGrid {
  readonly dataflow: Dataflow;
  readonly array: ArraySize;
  /** Lengths of the axes along the array's rows, its columns and in time. */
  readonly extent: { readonly rows: number; readonly columns: number; readonly streamed: number };
  readonly rowFolds: number;
  readonly columnFolds: number;
  readonly streamTile: number;
  readonly streamTiles: number;
}

/** Position of a fold in the grid. */
export interface FoldIndex {
  readonly row: number;
  readonly tile: number;
  readonly column: number;
}

/** Cuts a layer's product into folds of the array; `streamTile` is the length of a T tile, by default the whole streamed axis. */
export function foldGrid(layer: Layer, dataflow: Dataflow, array: ArraySize, streamTile?: number): FoldGrid {
  const shape = gemmShape(layer);
  const { axes } = dataflow;
  const extent = { rows: shape[axes.rows], columns: shape[axes.columns], streamed: shape[axes.streamed] };
  const tile = streamTile ?? extent.streamed;
  return {
    dataflow,
    array,
    extent,
    rowFolds: Math.ceil(extent.rows / array.rows),
    columnFolds: Math.ceil(extent.columns / array.columns),
    streamTile: tile,
    streamTiles: Math.ceil(extent.streamed / tile),
  };
}

export function usedRows(grid: FoldGrid, row: number): number {
  return Math.min(grid.array.rows, grid.extent.rows - row * grid.array.rows);
}

export function usedColumns(grid: FoldGrid, column: number): number {
  return Math.min(grid.array.columns, grid.extent.columns - column * grid.array.columns);
}

export function streamedLength(grid: FoldGrid, tile: number): number {
  return Math.min(grid.streamTile, grid.extent.streamed - tile * grid.streamTile);
}

/** A matrix axis in slices as the grid cuts it; slice i is [i length, min(extent, (i + 1) length)). */
export interface Slices {
  readonly count: number;
  readonly length: number;
  readonly extent: number;
  /** Which of a fold's indices selects the slice: one of these is 1, the others 0. */
  readonly perRow: number;
  readonly perTile: number;
  readonly perColumn: number;
}

/** The slices of one axis of the product (M, N or K) in a grid. */
export function slices(grid: FoldGrid, axis: Axis): Slices {
  const { axes } = grid.dataflow;
  const { array, extent } = grid;
  if (axis === axes.rows) {
    return { count: grid.rowFolds, length: array.rows, extent: extent.rows, perRow: 1, perTile: 0, perColumn: 0 };
  }
  if (axis === axes.columns) {
    return {
      count: grid.columnFolds,
      length: array.columns,
      extent: extent.columns,
      perRow: 0,
      perTile: 0,
      perColumn: 1,
    };
  }
  return {
    count: grid.streamTiles,
    length: grid.streamTile,
    extent: extent.streamed,
    perRow: 0,
    perTile: 1,
    perColumn: 0,
  };
}
