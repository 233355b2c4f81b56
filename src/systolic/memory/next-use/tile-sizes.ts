import type { Layer } from '../../../workload/index.ts';
import { type FoldGrid, type Slices, slices } from '../../folds.ts';
import { ifmapTiles, type Tile } from '../../tiles.ts';
import type { Sweep } from './order.ts';

/** The largest ifmap tile of a layer, and the largest union of the tiles of two consecutive folds. Words. */
export function largestTiles(layer: Layer, grid: FoldGrid, sweep: Sweep): { readonly tile: number; readonly pair: number } {
  const counter = ifmapTiles(layer);
  const pixels = slices(grid, 'm');
  const window = slices(grid, 'k');
  const tileAt = (block: number, slot: number): Tile => {
    const [a0, a1] = range(pixels, block);
    const [b0, b1] = range(window, slot);
    return { a0, a1, b0, b1 };
  };
  let tile = 0;
  let pair = 0;
  const addPair = (before: Tile, after: Tile): void => {
    const words = counter.fresh(before, []);
    tile = Math.max(tile, words);
    pair = Math.max(pair, words + counter.fresh(after, [before]));
  };
  const { unitBlocks, repeats, slots, sweeps, blocks } = sweep;
  const lastSlot = slots - 1;
  for (const block of unlikeBlocks(layer, pixels, unitBlocks)) {
    for (let slot = 0; slot < lastSlot; slot++) addPair(tileAt(block, slot), tileAt(block, slot + 1));
    addPair(tileAt(block, lastSlot), tileAt(block + 1 < blocks ? block + 1 : block, block + 1 < blocks ? 0 : lastSlot));
    const isUnitEnd = block + 1 === blocks || (block + 1) % unitBlocks === 0;
    if (repeats > 1 && isUnitEnd) addPair(tileAt(block, lastSlot), tileAt(block - (block % unitBlocks), 0));
  }
  if (sweeps > 1) addPair(tileAt(blocks - 1, lastSlot), tileAt(0, 0));
  return { tile, pair };
}

function range({ length, extent }: Slices, i: number): [number, number] {
  return [i * length, Math.min(extent, (i + 1) * length)];
}

/**
 * Blocks of output pixels that differ, with the block after them, in what they see: those in the middle of an image are alike if they begin at the same
 * column.
 */
function unlikeBlocks(layer: Layer, { count, length, extent }: Slices, unitBlocks: number): number[] {
  const { ofmapHeight, ofmapWidth, ifmapHeight, filterHeight, strideHeight, padHeight } = layer;
  const firstM = layer.part?.firstM ?? 0;
  const perImage = ofmapHeight * ofmapWidth;
  // Output rows whose windows lie in the ifmap from top to bottom.
  const firstRow = Math.ceil(padHeight / strideHeight);
  const lastRow = Math.floor((ifmapHeight + padHeight - filterHeight) / strideHeight);
  const seen = new Set<string>();
  const unlike: number[] = [];
  for (let block = 0; block < count; block++) {
    const pixel = firstM + block * length;
    const unitPixel = firstM + (block - (block % unitBlocks)) * length;
    const end = firstM + Math.min(extent, (block + 2) * length);
    const image = Math.floor(unitPixel / perImage);
    const inImage = end <= (image + 1) * perImage;
    const isInside =
      inImage &&
      Math.floor((unitPixel % perImage) / ofmapWidth) >= firstRow &&
      Math.floor(((end - 1) % perImage) / ofmapWidth) <= lastRow;
    const isFull = (block + 2) * length <= extent;
    const place = isInside ? pixel % ofmapWidth : `of ${pixel % perImage}`;
    const key = `${place} ${isFull ? '' : block} ${block % unitBlocks === unitBlocks - 1 ? unitPixel % ofmapWidth : ''}`;
    if (seen.has(key)) continue;
    seen.add(key);
    unlike.push(block);
  }
  return unlike;
}
