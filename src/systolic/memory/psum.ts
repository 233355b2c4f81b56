import { gemmShape, type Layer } from '../../workload/index.ts';
import type { ArraySize, MemoryConfig } from '../config.ts';
import type { Dataflow } from '../dataflows/dataflow.ts';
import { type FoldGrid, foldGrid } from '../folds.ts';
import { modelOf } from '../memory-model.ts';
import { ifmapTiles, wholeIfmap } from '../tiles.ts';
import { consecutiveBits, type FetchPlan, operandsOf, planBest } from './next-use/index.ts';
import { filterTraffic, ifmapTraffic, walkGroup } from './traffic.ts';

/** What becomes of a layer's results between the array and DRAM. */
export interface PsumPlan {
  readonly grid: FoldGrid;
  /** Row folds add up in the ofmap scratchpad, which then holds words of psum width. */
  readonly accumulates: boolean;
  /** Partial sums pass through DRAM between row folds. */
  readonly spills: boolean;
  /** Width of the words held in the ofmap scratchpad. */
  readonly ofmapWordBits: number;
  /** What is fetched, where the cut was chosen by it. */
  readonly fetches?: FetchPlan;
}

/** T tiles shorter than this are not considered: the skew of every fold would outweigh what they save. */
const SHORTEST_TILE = 64;

/**
 * Cuts a layer into folds: all of T at once, or T tiles whose partial sums fit (docs/methods/memory.md, "The ofmap
 * scratchpad"). The layer must fit (fits.ts): at least two psums per column.
 */
export function planPsums(layer: Layer, dataflow: Dataflow, array: ArraySize, memory: MemoryConfig): PsumPlan {
  const whole = foldGrid(layer, dataflow, array);
  const { wordBits, scratchpadBytes } = memory;
  const ofmapWordBits = ofmapWordBitsOf(whole, memory);
  if (!accumulates(whole)) return { accumulates: false, spills: false, ofmapWordBits, ...cut(layer, [whole], memory) };
  const longest = Math.floor((scratchpadBytes.ofmap * 8) / (2 * array.columns * wordBits.psum));
  const plan = { accumulates: true, spills: false, ofmapWordBits };
  if (memory.psum === 'spill')
    return { ...plan, spills: whole.extent.streamed > longest, ...cut(layer, [whole], memory) };
  const tiles = streamTiles(whole, longest);
  return {
    ...plan,
    ...cut(
      layer,
      tiles.map((tile) => foldGrid(layer, dataflow, array, tile)),
      memory,
    ),
  };
}

/** The grid that fetches the least, the first of equals. */
function cut(layer: Layer, grids: readonly FoldGrid[], memory: MemoryConfig): Pick<PsumPlan, 'grid' | 'fetches'> {
  const { retention, order } = modelOf(memory);
  if (retention === 'consecutive' || order === 'fixed') return { grid: bestGrid(layer, grids, memory) };
  const fetches = planBest(
    lazily(grids, (grid) => operandsOf(layer, grid)),
    memory,
  );
  return { grid: fetches.grid, fetches };
}

function* lazily<From, To>(items: readonly From[], of: (item: From) => To): Iterable<To> {
  for (const item of items) yield of(item);
}

/** Whether row folds add to partial sums that earlier ones left in the ofmap scratchpad. */
function accumulates({ dataflow, rowFolds }: FoldGrid): boolean {
  return dataflow.axes.rows === 'k' && rowFolds > 1;
}

/** Width of the words the ofmap scratchpad holds for a layer: results, or partial sums. */
export function ofmapWordBitsOf(whole: FoldGrid, { wordBits }: MemoryConfig): number {
  return accumulates(whole) ? wordBits.psum : wordBits.ofmap;
}

/** Halvings of T that are not too long or too short, the longest first. */
function streamTiles({ extent }: FoldGrid, longest: number): number[] {
  const candidates: number[] = [];
  const shortest = Math.min(extent.streamed, SHORTEST_TILE);
  for (let i = 0, tile = extent.streamed; tile >= shortest; tile = Math.ceil(extent.streamed / 2 ** ++i)) {
    if (tile <= longest) candidates.push(tile);
    if (tile === 1) break;
  }
  return candidates.length > 0 ? candidates : [longest];
}

/** The grid that fetches the fewest bits, the first of equals. */
function bestGrid(layer: Layer, [first, ...others]: readonly FoldGrid[], memory: MemoryConfig): FoldGrid {
  let best = first;
  if (others.length === 0) return best;
  const bitsOf = modelOf(memory).retention === 'next-use' ? countedBits : fetchedBits;
  let bestBits = bitsOf(layer, best, memory);
  const least = compulsoryBits(layer, memory);
  for (const grid of others) {
    if (bestBits === least) break;
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

/** What any schedule has to fetch: every distinct word once. */
function compulsoryBits(layer: Layer, { wordBits }: MemoryConfig): number {
  const { n, k } = gemmShape(layer);
  const ifmapWords = ifmapTiles(layer).fresh(wholeIfmap(layer), []);
  return layer.groups * (ifmapWords * wordBits.ifmap + k * n * wordBits.filter);
}
