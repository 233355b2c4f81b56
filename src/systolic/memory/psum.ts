import { gemmShape, type Layer } from '../../workload/index.ts';
import type { ArraySize, MemoryConfig } from '../config.ts';
import type { Dataflow } from '../dataflows/dataflow.ts';
import { type FoldGrid, foldGrid } from '../folds.ts';
import { modelOf } from '../memory-model.ts';
import { ifmapTiles, wholeIfmap } from '../tiles.ts';
import { consecutiveBits, operandsOf } from './next-use/index.ts';
import { filterTraffic, ifmapTraffic, walkGroup } from './traffic.ts';

/** The way of a layer's results from the array to DRAM. */
export interface PsumPlan {
  readonly grid: FoldGrid;
  /** Row folds add up in the ofmap scratchpad, which then holds words of psum width. */
  readonly accumulates: boolean;
  /** Partial sums pass through DRAM between row folds. */
  readonly spills: boolean;
  /** Width of the words held in the ofmap scratchpad. */
  readonly ofmapWordBits: number;
}

/** T tiles shorter than this are not considered: the skew of every fold would outweigh what they save. */
const SHORTEST_TILE = 64;

/**
 * Cuts a layer into folds: all of T at once, or T tiles whose partial sums fit (docs/methods/memory.md, "The ofmap
 * scratchpad"). The layer must fit (fits.ts): at least two psums per column.
 * @param streamTile the T tile, if a mapping fixes it; it must fit, too
 */
export function planPsums(
  layer: Layer,
  dataflow: Dataflow,
  array: ArraySize,
  memory: MemoryConfig,
  streamTile?: number,
): PsumPlan {
  const whole = foldGrid(layer, dataflow, array);
  const ofmapWordBits = ofmapWordBitsOf(whole, memory);
  if (!accumulates(whole)) return { grid: whole, accumulates: false, spills: false, ofmapWordBits };
  const longest = longestTile(array, memory);
  const plan = { accumulates: true, spills: false, ofmapWordBits };
  if (memory.psum === 'spill') return { ...plan, spills: whole.extent.streamed > longest, grid: whole };
  const grid =
    streamTile === undefined
      ? bestGrid(layer, whole, longest, memory)
      : foldGrid(layer, dataflow, array, Math.min(streamTile, whole.extent.streamed));
  return { ...plan, grid };
}

/** The longest T tile whose partial sums fit into half of the ofmap scratchpad. */
export function longestTile(array: ArraySize, { wordBits, scratchpadBytes }: MemoryConfig): number {
  return Math.floor((scratchpadBytes.ofmap * 8) / (2 * array.columns * wordBits.psum));
}

/** Whether row folds add to partial sums that earlier ones left in the ofmap scratchpad. */
export function accumulates({ dataflow, rowFolds }: FoldGrid): boolean {
  return dataflow.axes.rows === 'k' && rowFolds > 1;
}

/** Width of the words the ofmap scratchpad holds for a layer: results, or partial sums. */
export function ofmapWordBitsOf(whole: FoldGrid, { wordBits }: MemoryConfig): number {
  return accumulates(whole) ? wordBits.psum : wordBits.ofmap;
}

/** The T tile that fetches the fewest bits, the longest of equals, among halvings that are not too long or too short. */
function bestGrid(layer: Layer, whole: FoldGrid, longest: number, memory: MemoryConfig): FoldGrid {
  const { dataflow, array, extent } = whole;
  const candidates: number[] = [];
  const shortest = Math.min(extent.streamed, SHORTEST_TILE);
  for (let i = 0, tile = extent.streamed; tile >= shortest; tile = Math.ceil(extent.streamed / 2 ** ++i)) {
    if (tile <= longest) candidates.push(tile);
    if (tile === 1) break;
  }
  if (candidates.length === 0) candidates.push(longest);
  let best = foldGrid(layer, dataflow, array, candidates[0]);
  if (candidates.length === 1) return best;
  const bitsOf = modelOf(memory).retention === 'next-use' ? countedBits : fetchedBits;
  let bestBits = bitsOf(layer, best, memory);
  const least = compulsoryBits(layer, memory);
  for (const tile of candidates.slice(1)) {
    if (bestBits === least) break;
    const grid = foldGrid(layer, dataflow, array, tile);
    const bits = bitsOf(layer, grid, memory);
    if (bits < bestBits) [best, bestBits] = [grid, bits];
  }
  return best;
}

/** As `fetchedBits`, without a walk over the folds. */
function countedBits(layer: Layer, grid: FoldGrid, memory: MemoryConfig): number {
  return layer.groups * consecutiveBits(operandsOf(layer, grid), memory);
}

function fetchedBits(layer: Layer, grid: FoldGrid, memory: MemoryConfig): number {
  const operands = [ifmapTraffic(layer, grid, memory), filterTraffic(layer, grid, memory)];
  const widths = [memory.wordBits.ifmap, memory.wordBits.filter];
  const groupBits = (firstGroup: boolean): number => {
    let total = 0;
    let inColumn = 0;
    walkGroup(grid, operands, firstGroup, {
      fold(_, fetches) {
        for (let i = 0; i < fetches.length; i++) inColumn += (fetches[i].prefetch + fetches[i].stream) * widths[i];
      },
      columnFold(times) {
        total += times * inColumn;
        inColumn = 0;
      },
    });
    return total;
  };
  const first = groupBits(true);
  return layer.groups === 1 ? first : first + (layer.groups - 1) * groupBits(false);
}

/** The least that any schedule fetches: every distinct word once. */
function compulsoryBits(layer: Layer, { wordBits }: MemoryConfig): number {
  const { n, k } = gemmShape(layer);
  const ifmapWords = ifmapTiles(layer).fresh(wholeIfmap(layer), []);
  return layer.groups * (ifmapWords * wordBits.ifmap + k * n * wordBits.filter);
}
