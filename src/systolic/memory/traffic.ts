import { gemmShape, type Layer } from '../../workload/layer.ts';
import { type FoldGrid, type FoldIndex, type Slices, slices } from '../folds.ts';
import { ifmapTiles, plainTiles, type Tile, type TileCounter } from '../tiles.ts';
import type { Axis, MemoryConfig } from '../types.ts';
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
  };
}

function range({ length, extent }: Slices, i: number): [number, number] {
  return [i * length, Math.min(extent, (i + 1) * length)];
}

/** Visits the folds of one group in order with what each operand fetches; the arguments are reused between calls. */
export function walkGroup(
  grid: FoldGrid,
  operands: readonly OperandTraffic[],
  firstGroup: boolean,
  visit: (fold: FoldIndex, fetches: readonly Fetch[]) => void,
): void {
  const fold = { row: 0, tile: 0, column: 0 };
  const lastFold = { row: grid.rowFolds - 1, tile: grid.streamTiles - 1, column: grid.columnFolds - 1 };
  const before = operands.map((operand) => numberAt(operand.tile, lastFold));
  const fetches: Fetch[] = new Array(operands.length);
  let first = true;
  for (fold.column = 0; fold.column < grid.columnFolds; fold.column++) {
    for (fold.tile = 0; fold.tile < grid.streamTiles; fold.tile++) {
      for (fold.row = 0; fold.row < grid.rowFolds; fold.row++) {
        for (let i = 0; i < operands.length; i++) {
          const { fetcher, tile, visit: visits } = operands[i];
          const id = numberAt(tile, fold);
          fetches[i] = first
            ? fetcher.first(id, firstGroup ? undefined : before[i])
            : fetcher.next(id, before[i], numberAt(visits, fold) === 0);
          before[i] = id;
        }
        first = false;
        visit(fold, fetches);
      }
    }
  }
}
