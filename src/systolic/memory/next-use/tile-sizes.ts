import type { Layer } from '../../../workload/index.ts';
import { type FoldGrid, slices } from '../../folds.ts';
import { ifmapTiles, type Tile } from '../../tiles.ts';
import { tileOf, unlikeBlocks } from './blocks.ts';
import type { Sweep } from './order.ts';

/** The largest ifmap tile of a layer, and the largest union of the tiles of two consecutive folds. Words. */
export function largestTiles(
  layer: Layer,
  grid: FoldGrid,
  sweep: Sweep,
): { readonly tile: number; readonly pair: number } {
  const counter = ifmapTiles(layer);
  const pixels = slices(grid, 'm');
  const window = slices(grid, 'k');
  const tileAt = (block: number, slot: number): Tile => tileOf(pixels, window, block, slot);
  let tile = 0;
  let pair = 0;
  const addPair = (before: Tile, after: Tile): void => {
    const words = counter.fresh(before, []);
    tile = Math.max(tile, words);
    pair = Math.max(pair, words + counter.fresh(after, [before]));
  };
  const { unitBlocks, repeats, slots, sweeps, blocks } = sweep;
  const lastSlot = slots - 1;
  for (const [block] of unlikeBlocks(layer, pixels, unitBlocks)) {
    for (let slot = 0; slot < lastSlot; slot++) addPair(tileAt(block, slot), tileAt(block, slot + 1));
    addPair(tileAt(block, lastSlot), tileAt(block + 1 < blocks ? block + 1 : block, block + 1 < blocks ? 0 : lastSlot));
    const isUnitEnd = block + 1 === blocks || (block + 1) % unitBlocks === 0;
    if (repeats > 1 && isUnitEnd) addPair(tileAt(block, lastSlot), tileAt(block - (block % unitBlocks), 0));
  }
  if (sweeps > 1) addPair(tileAt(blocks - 1, lastSlot), tileAt(0, 0));
  return { tile, pair };
}
