import type { Layer } from '../../../workload/index.ts';
import { type FoldGrid, slices } from '../../folds.ts';
import { ifmapTiles, type Tile } from '../../tiles.ts';
import { rangeOf, tileOf, unlikeBlocks } from './blocks.ts';
import type { Sweep } from './order.ts';
import { slicesAreApart, tapPixels } from './plane-sizes.ts';

/** The largest tile, and the largest union of the tiles of two consecutive folds. Words. */
export interface Largest {
  readonly tile: number;
  readonly pair: number;
}

/** The largest ifmap tiles of a layer. */
export function largestTiles(layer: Layer, grid: FoldGrid, sweep: Sweep): Largest {
  if (sweep.slots > 1 && slicesAreApart(layer, grid.array.rows)) return largestApart(layer, grid, sweep);
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

/**
 * The largest tile and pair where consecutive folds share no word and no tile has a word twice: sizes add up. Units are single
 * blocks.
 */
function largestApart(layer: Layer, grid: FoldGrid, { blocks, slots, sweeps, repeats }: Sweep): Largest {
  const pixels = slices(grid, 'm');
  const { length, extent } = slices(grid, 'k');
  const { channels, filterHeight, filterWidth } = layer;
  const seen = tapPixels(layer);
  const taps = filterHeight * filterWidth;
  const sizesOf = (block: number): Float64Array => {
    const [from, to] = rangeOf(pixels, block);
    const ofTap = Float64Array.from({ length: taps }, (_, tap) => seen(from, to, tap));
    return Float64Array.from({ length: slots }, (_, slot) => {
      let words = 0;
      const end = Math.min(extent, (slot + 1) * length);
      for (let k = slot * length; k < end; ) {
        const tap = Math.floor(k / channels);
        const next = Math.min(end, (tap + 1) * channels);
        words += (next - k) * ofTap[tap];
        k = next;
      }
      return words;
    });
  };
  const last = slots - 1;
  const first = sizesOf(0);
  let tile = 0;
  let pair = 0;
  for (const [block] of unlikeBlocks(layer, pixels, 1)) {
    const sizes = sizesOf(block);
    const isEnd = block + 1 === blocks;
    const next = isEnd ? first : sizesOf(block + 1);
    for (let slot = 0; slot < slots; slot++) {
      tile = Math.max(tile, sizes[slot]);
      if (slot < last) pair = Math.max(pair, sizes[slot] + sizes[slot + 1]);
    }
    if (repeats > 1) pair = Math.max(pair, sizes[last] + sizes[0]);
    if (!isEnd || sweeps > 1) pair = Math.max(pair, sizes[last] + next[0]);
  }
  return { tile, pair: Math.max(tile, pair) };
}
