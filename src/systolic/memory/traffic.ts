import { gemmShape, type Layer } from '../../workload/index.ts';
import type { Axis, MemoryConfig } from '../config.ts';
import { type FoldGrid, type FoldIndex, type Slices, slices } from '../folds.ts';
import { ifmapTiles, plainTiles, type Tile, type TileCounter } from '../tiles.ts';
import { createFetcher, type Fetch, type Fetcher } from './fetcher.ts';

/** A number that depends linearly on a fold's place in the grid. */
interface FoldNumber {
  readonly perRow: number;
  readonly perTile: number;
  readonly perColumn: number;
}

/** An input operand of a layer: its fetcher, and which tile a fold touches. */
export interface OperandTraffic {
  readonly fetcher: Fetcher;
  /** The tile's number. */
  readonly tile: FoldNumber;
  /** How often the tile was visited before; zero on the first visit of a group. */
  readonly visit: FoldNumber;
  /** Whether all full column folds but the first fetch alike: the tiles do not depend on the column, or only by name. */
  readonly alikeInColumns: boolean;
}

export function numberAt({ perRow, perTile, perColumn }: FoldNumber, { row, tile, column }: FoldIndex): number {
  return perRow * row + perTile * tile + perColumn * column;
}

/** ifmap: output pixels x window words. */
export function ifmapTraffic(layer: Layer, grid: FoldGrid, memory: MemoryConfig): OperandTraffic {
  const capacity = capacityWords(memory.scratchpadBytes.ifmap, memory.wordBits.ifmap);
  return operandTraffic(layer, grid, ifmapTiles(layer), 'm', 'n', capacity);
}

/** filter: filters x window words. */
export function filterTraffic(layer: Layer, grid: FoldGrid, memory: MemoryConfig): OperandTraffic {
  const capacity = capacityWords(memory.scratchpadBytes.filter, memory.wordBits.filter);
  return operandTraffic(layer, grid, plainTiles, 'n', 'm', capacity);
}

export function capacityWords(bytes: number, wordBits: number): number {
  return Math.floor((bytes * 8) / wordBits);
}

/** An operand with axes (`axis`, k); `foreign` is the axis it does not have, along which its tiles are visited again. */
function operandTraffic(
  layer: Layer,
  grid: FoldGrid,
  counter: TileCounter,
  axis: Axis,
  foreign: Axis,
  capacity: number,
): OperandTraffic {
  const a = slices(grid, axis);
  const b = slices(grid, 'k');
  const tileOf = (id: number): Tile => {
    const [a0, a1] = range(a, Math.floor(id / b.count));
    const [b0, b1] = range(b, id % b.count);
    return { a0, a1, b0, b1 };
  };
  const shape = gemmShape(layer);
  const whole = { a0: 0, a1: shape[axis], b0: 0, b1: shape.k };
  return {
    fetcher: createFetcher(counter, tileOf, a.count * b.count, whole, capacity),
    tile: {
      perRow: a.perRow * b.count + b.perRow,
      perTile: a.perTile * b.count + b.perTile,
      perColumn: a.perColumn * b.count + b.perColumn,
    },
    visit: slices(grid, foreign),
    alikeInColumns: a.perColumn + b.perColumn === 0 || counter === plainTiles,
  };
}

function range({ length, extent }: Slices, i: number): [number, number] {
  return [i * length, Math.min(extent, (i + 1) * length)];
}

/** Told of the folds of a group, column fold by column fold. Arguments are reused between calls. */
export interface FoldVisitor {
  fold(fold: FoldIndex, fetches: readonly Fetch[]): void;
  /** The folds since the last call are a column fold that occurs `times` times in a row. */
  columnFold(times: number): void;
}

/** Walks the folds of one group in order, with what each operand fetches. Equal column folds are walked once. */
export function walkGroup(
  grid: FoldGrid,
  operands: readonly OperandTraffic[],
  firstGroup: boolean,
  visitor: FoldVisitor,
): void {
  const fold = { row: 0, tile: 0, column: 0 };
  const lastOf = (column: number): FoldIndex => ({ row: grid.rowFolds - 1, tile: grid.streamTiles - 1, column });
  const before = operands.map((operand) => numberAt(operand.tile, lastOf(grid.columnFolds - 1)));
  const fetches: Fetch[] = new Array(operands.length);
  let first = true;
  for (let times = 1; fold.column < grid.columnFolds; fold.column += times) {
    times = equalColumns(grid, operands, fold.column);
    for (fold.tile = 0; fold.tile < grid.streamTiles; fold.tile++) {
      for (fold.row = 0; fold.row < grid.rowFolds; fold.row++) {
        for (let i = 0; i < operands.length; i++) {
          const { fetcher, tile, visit } = operands[i];
          const id = numberAt(tile, fold);
          fetches[i] = first
            ? fetcher.first(id, firstGroup ? undefined : before[i])
            : fetcher.next(id, before[i], numberAt(visit, fold) === 0);
          before[i] = id;
        }
        first = false;
        visitor.fold(fold, fetches);
      }
    }
    visitor.columnFold(times);
    if (times > 1)
      for (let i = 0; i < operands.length; i++) before[i] = numberAt(operands[i].tile, lastOf(fold.column + times - 1));
  }
}

/**
 * How many column folds from this one on are equal. The first is not (words are touched for the first time), nor the last two
 * (the last may use fewer columns, and the one before it sees that coming).
 */
function equalColumns({ columnFolds }: FoldGrid, operands: readonly OperandTraffic[], column: number): number {
  return column === 1 && columnFolds > 4 && operands.every((o) => o.alikeInColumns) ? columnFolds - 3 : 1;
}
