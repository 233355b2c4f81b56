import type { Layer } from '../../../workload/index.ts';
import type { Slices } from '../../folds.ts';
import type { Tile } from '../../tiles.ts';

/** The ifmap tile of a block of pixels and a slice of K. */
export function tileOf(pixels: Slices, window: Slices, block: number, slot: number): Tile {
  const [a0, a1] = rangeOf(pixels, block);
  const [b0, b1] = rangeOf(window, slot);
  return { a0, a1, b0, b1 };
}

/** Indices of slice i. */
export function rangeOf({ length, extent }: Slices, i: number): [number, number] {
  return [i * length, Math.min(extent, (i + 1) * length)];
}

/**
 * Classes of blocks of output pixels: two blocks are alike if they, and the blocks after them, see the same words up to a shift.
 * Blocks in the middle of an image are alike if they begin at the same column. Each class comes with its number of blocks.
 */
export function unlikeBlocks(
  layer: Layer,
  { count, length, extent }: Slices,
  unitBlocks: number,
): Iterable<readonly [block: number, times: number]> {
  const { ofmapHeight, ofmapWidth, ifmapHeight, filterHeight, strideHeight, padHeight } = layer;
  const firstM = layer.part?.firstM ?? 0;
  const perImage = ofmapHeight * ofmapWidth;
  // Output rows whose windows lie in the ifmap from top to bottom.
  const firstRow = Math.ceil(padHeight / strideHeight);
  const lastRow = Math.floor((ifmapHeight + padHeight - filterHeight) / strideHeight);
  const classes = new Map<string, [number, number]>();
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
    const known = classes.get(key);
    if (known) known[1]++;
    else classes.set(key, [block, 1]);
  }
  return classes.values();
}
