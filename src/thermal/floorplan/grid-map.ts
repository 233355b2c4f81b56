import { type Block, type Floorplan, rightM, topM } from './floorplan.ts';

/** Cells of a die: row 0 is the north edge (largest y), column 0 the west edge, as in HotSpot. */
export interface Grid {
  readonly rows: number;
  readonly columns: number;
}

/** A sparse matrix by rows: row u holds weight[i] at column index[i] for i in [start[u], start[u + 1]). */
export interface SparseRows {
  readonly start: Int32Array;
  readonly index: Int32Array;
  readonly weight: Float64Array;
}

/** The method that derives a block's temperature from its cells. */
export type BlockMean = 'area' | 'touched' | 'center';

/** The maps between blocks and the cells of one plane (cell = row x columns + column). */
export interface BlockMap {
  /** blocks x cells: the fraction of each block's power that enters each cell. Rows sum to 1. */
  readonly spread: SparseRows;
  /** blocks x cells: the weight of each cell in each block's temperature. Rows sum to 1. */
  readonly mean: SparseRows;
}

/** Cell indices this close to a whole number count as that number; this is HotSpot's snapping. */
const SNAP = 1e-6;

/**
 * Power enters cells by overlapping area. Temperatures: `area` weighs cells by the same overlap, so that the map is its
 * own transpose and responses are reciprocal; `touched` is HotSpot's grid_map_mode avg, the plain mean of every cell
 * the block touches; `center` is its grid_map_mode center, the mean of the (up to four) middle cells.
 */
export function mapBlocks(floorplan: Floorplan, grid: Grid, mean: BlockMean = 'area'): BlockMap {
  const spread = sparse(floorplan.blocks.map((block) => overlapWeights(floorplan, grid, block)));
  if (mean === 'area') return { spread, mean: spread };
  return { spread, mean: sparse(floorplan.blocks.map((block) => plainWeights(floorplan, grid, block, mean))) };
}

/** Blocks x cells: the fraction of each cell that each block covers, up to rounding at borders (a millionth of a cell). */
export function blockOccupancy(floorplan: Floorplan, grid: Grid): SparseRows {
  return sparse(floorplan.blocks.map((block) => overlaps(floorplan, grid, block)));
}

/** The covered fraction of each cell; overlapping blocks count separately. */
export function cellCoverage(floorplan: Floorplan, grid: Grid): Float64Array {
  const coverage = new Float64Array(grid.rows * grid.columns);
  const add = (cell: number, covered: number): void => {
    coverage[cell] += covered;
  };
  for (const block of floorplan.blocks) visitOverlaps(floorplan, grid, block, add);
  return coverage;
}

/** y = A x over the given stretch of x, such as the block means of one plane of a field. */
export function applyRows(rows: SparseRows, x: Float64Array, offset: number, y: Float64Array): void {
  const { start, index, weight } = rows;
  for (let u = 0; u + 1 < start.length; u++) {
    let sum = 0;
    for (let i = start[u]; i < start[u + 1]; i++) sum += weight[i] * x[offset + index[i]];
    y[u] = sum;
  }
}

/** y += A^T x, such as block powers into the cells of one plane. */
export function applyTransposed(rows: SparseRows, x: ArrayLike<number>, y: Float64Array, offset: number): void {
  const { start, index, weight } = rows;
  for (let u = 0; u + 1 < start.length; u++) {
    for (let i = start[u]; i < start[u + 1]; i++) y[offset + index[i]] += weight[i] * x[u];
  }
}

interface Rectangle {
  readonly row0: number;
  readonly row1: number;
  readonly column0: number;
  readonly column1: number;
}

/** The entries of one row of `SparseRows`. */
export type Weights = readonly (readonly [cell: number, weight: number])[];

/** The cells that a block touches: rows [row0, row1) and columns [column0, column1). */
function touched({ widthM, heightM }: Floorplan, { rows, columns }: Grid, block: Block): Rectangle {
  const cellWidthM = widthM / columns;
  const cellHeightM = heightM / rows;
  const row0 = clamp(rows - snappedCeil(topM(block) / cellHeightM), rows);
  const column0 = clamp(snappedFloor(block.leftM / cellWidthM), columns);
  // Even the thinnest block touches one cell.
  const row1 = Math.max(row0 + 1, Math.min(rows, rows - snappedFloor(block.bottomM / cellHeightM)));
  const column1 = Math.max(column0 + 1, Math.min(columns, snappedCeil(rightM(block) / cellWidthM)));
  return { row0, row1, column0, column1 };
}

function clamp(index: number, count: number): number {
  return Math.max(0, Math.min(count - 1, index));
}

function overlapWeights(floorplan: Floorplan, grid: Grid, block: Block): Weights {
  const weights = overlaps(floorplan, grid, block);
  const sum = weights.reduce((total, [, area]) => total + area, 0);
  // Snapping may change the area by a millionth. Normalising keeps the total power.
  return weights.map(([cell, area]) => [cell, area / sum]);
}

function overlaps(floorplan: Floorplan, grid: Grid, block: Block): Weights {
  const weights: [number, number][] = [];
  visitOverlaps(floorplan, grid, block, (cell, covered) => void weights.push([cell, covered]));
  return weights;
}

/** Calls `visit` for every cell that a block touches, with the fraction of it that the block covers. */
function visitOverlaps(
  floorplan: Floorplan,
  grid: Grid,
  block: Block,
  visit: (cell: number, covered: number) => void,
): void {
  const { row0, row1, column0, column1 } = touched(floorplan, grid, block);
  const left = (block.leftM / floorplan.widthM) * grid.columns;
  const right = (rightM(block) / floorplan.widthM) * grid.columns;
  // Rows count from the north, y from the south.
  const north = grid.rows - (topM(block) / floorplan.heightM) * grid.rows;
  const south = grid.rows - (block.bottomM / floorplan.heightM) * grid.rows;
  for (let row = row0; row < row1; row++) {
    const height = snappedOverlap(row, north, south);
    for (let column = column0; column < column1; column++) {
      visit(row * grid.columns + column, height * snappedOverlap(column, left, right));
    }
  }
}

function plainWeights(floorplan: Floorplan, grid: Grid, block: Block, mean: 'touched' | 'center'): Weights {
  const { row0, row1, column0, column1 } = touched(floorplan, grid, block);
  const rows = mean === 'center' ? middle(row0, row1) : range(row0, row1);
  const columns = mean === 'center' ? middle(column0, column1) : range(column0, column1);
  const weight = 1 / (rows.length * columns.length);
  return rows.flatMap((row) => columns.map((column) => [row * grid.columns + column, weight] as const));
}

/** Each block cut down to its middle cells, those that `center` reads. */
export function middleBlocks(floorplan: Floorplan, grid: Grid): Block[] {
  const cellWidthM = floorplan.widthM / grid.columns;
  const cellHeightM = floorplan.heightM / grid.rows;
  return floorplan.blocks.map((block) => {
    const { row0, row1, column0, column1 } = touched(floorplan, grid, block);
    const rows = middle(row0, row1);
    const columns = middle(column0, column1);
    return {
      ...block,
      leftM: columns[0] * cellWidthM,
      bottomM: floorplan.heightM - (rows[rows.length - 1] + 1) * cellHeightM,
      widthM: columns.length * cellWidthM,
      heightM: rows.length * cellHeightM,
    };
  });
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}

/** The middle index, or the two middle ones if the count is even. */
function middle(from: number, to: number): number[] {
  const centre = Math.floor((from + to) / 2);
  return (to - from) % 2 === 0 ? [centre - 1, centre] : [centre];
}

/** The part of cell [i, i + 1) that lies in [from, to). */
function snappedOverlap(i: number, from: number, to: number): number {
  const overlap = Math.max(0, Math.min(i + 1, to) - Math.max(i, from));
  return overlap > 1 - SNAP ? 1 : overlap;
}

function snappedFloor(value: number): number {
  const nearest = Math.round(value);
  return Math.abs(value - nearest) < SNAP ? nearest : Math.floor(value);
}

function snappedCeil(value: number): number {
  const nearest = Math.round(value);
  return Math.abs(value - nearest) < SNAP ? nearest : Math.ceil(value);
}

export function sparse(rows: readonly Weights[]): SparseRows {
  const count = rows.reduce((sum, row) => sum + row.length, 0);
  const start = new Int32Array(rows.length + 1);
  const index = new Int32Array(count);
  const weight = new Float64Array(count);
  let at = 0;
  rows.forEach((row, u) => {
    for (const [cell, value] of row) {
      index[at] = cell;
      weight[at++] = value;
    }
    start[u + 1] = at;
  });
  return { start, index, weight };
}
