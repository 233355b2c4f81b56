import { gemmShape } from '../../../workload/index.ts';
import type { MemoryConfig } from '../../config.ts';
import { slices } from '../../folds.ts';
import { ifmapTiles } from '../../tiles.ts';
import { tileOf, unlikeBlocks } from './blocks.ts';
import type { Operands } from './footprints.ts';
import { FIXED_ORDER, ifmapSweep } from './order.ts';
import { ifmapTouches, slicesAreApart } from './plane-sizes.ts';

/**
 * Bits of ifmap and filter words of a group that consecutive retention fetches where row folds add up partial sums
 * (docs/methods/memory.md, rules (a) to (c)). The length of T tiles is chosen by this figure. It equals a walk over all folds.
 */
export function consecutiveBits(operands: Operands, { wordBits, scratchpadBytes }: MemoryConfig): number {
  const { layer, grid } = operands;
  const { n, k } = gemmShape(layer);
  const capacity = (operand: 'ifmap' | 'filter'): number =>
    Math.floor((scratchpadBytes[operand] * 8) / wordBits[operand]);
  const visits = grid.dataflow.axes.columns === 'n' ? grid.streamTiles : grid.columnFolds;
  const filter = k * n <= capacity('filter') ? k * n : visits * k * n;
  return ifmapWords(operands, capacity('ifmap')) * wordBits.ifmap + filter * wordBits.filter;
}

function ifmapWords({ layer, grid, plane, ifmapWords }: Operands, capacity: number): number {
  if (ifmapWords <= capacity) return ifmapWords;
  const { blocks, repeats, slots, sweeps } = ifmapSweep(grid, FIXED_ORDER);
  if (!plane) return repeats * sweeps * ifmapWords;
  if (slots > 1 && slicesAreApart(layer, grid.array.rows) && !layer.part) return repeats * sweeps * ifmapTouches(layer);
  const counter = ifmapTiles(layer);
  const [pixels, window] = [slices(grid, 'm'), slices(grid, 'k')];
  const sizeOf = (block: number, slot: number): number => counter.fresh(tileOf(pixels, window, block, slot), []);
  const step = (block: number, slot: number, nextBlock: number, nextSlot: number): number => {
    const before = tileOf(pixels, window, block, slot);
    const fresh = counter.fresh(tileOf(pixels, window, nextBlock, nextSlot), [before]);
    return counter.fresh(before, []) + fresh <= capacity ? fresh : sizeOf(nextBlock, nextSlot);
  };
  let inSweep = 0;
  for (const [block, times] of unlikeBlocks(layer, pixels, 1)) {
    let words = 0;
    for (let slot = 0; slot + 1 < slots; slot++) words += step(block, slot, block, slot + 1);
    words *= repeats;
    if (repeats > 1) words += (repeats - 1) * step(block, slots - 1, block, 0);
    if (block + 1 < blocks) words += step(block, slots - 1, block + 1, 0);
    inSweep += times * words;
  }
  return sizeOf(0, 0) + sweeps * inSweep + (sweeps - 1) * step(blocks - 1, slots - 1, 0, 0);
}
