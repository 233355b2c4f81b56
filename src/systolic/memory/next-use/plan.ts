import { gemmShape } from '../../../workload/index.ts';
import type { MemoryConfig } from '../../config.ts';
import type { FoldGrid } from '../../folds.ts';
import { modelOf } from '../../memory-model.ts';
import { filterFootprint, ifmapFootprint, type Operands } from './footprints.ts';
import { FIXED_ORDER, type FilterUnit, type FoldOrder, filterUnit, ordersOf, passCount } from './order.ts';
import { retain, type Sweeps, wordsOf } from './retention.ts';

/** Words that a group of a layer fetches, and where they go. */
export interface FetchPlan {
  readonly order: FoldOrder;
  readonly passes: number;
  /** Words of all passes. */
  readonly ifmap: number;
  readonly filter: number;
  /** Words of one pass. */
  ifmapOf(pass: number): number;
  filterOf(pass: number): number;
  /** Words of the largest tiles, and words that stay beside them on average. */
  readonly tile: { readonly ifmap: number; readonly filter: number };
  readonly kept: { readonly ifmap: number; readonly filter: number };
  /** Whether tiles pass through a scratchpad instead of lying in it. */
  readonly streams: { readonly ifmap: boolean; readonly filter: boolean };
}

/**
 * The plan of the layer's order: the fixed one, or the one with the fewest ifmap and filter words. Ties go to the fewest bits,
 * then to the first. The two measures are compared in turn, so that a larger scratchpad never fetches more words.
 * @param given the order, if a mapping fixes it
 */
export function planFetches(operands: Operands, memory: MemoryConfig, given?: FoldOrder): FetchPlan {
  if (given) return fetchPlan(operands, given, memory);
  const fixed = fetchPlan(operands, FIXED_ORDER, memory);
  if (modelOf(memory).order !== 'best') return fixed;
  const { layer, grid, ifmapWords } = operands;
  const { n, k } = gemmShape(layer);
  const { wordBits } = memory;
  const isLess = (one: Reads, other: Reads): boolean => isFewer(one, other, wordBits);
  const least = { ifmap: ifmapWords, filter: n * k };
  let best = fixed;
  for (const candidate of ordersOf(grid).slice(1)) {
    if (!isLess(least, best)) break;
    // Filters are counted at once; what they leave for the ifmap may rule the candidate out.
    if (!isLess({ ...least, filter: filterPlan(operands, candidate, memory).words }, best)) continue;
    const plan = fetchPlan(operands, candidate, memory);
    if (isLess(plan, best)) best = plan;
  }
  return best;
}

type Reads = Pick<FetchPlan, 'ifmap' | 'filter'>;

/** Whether one fetches fewer words than the other, or as many of fewer bits. */
function isFewer(one: Reads, other: Reads, { ifmap, filter }: MemoryConfig['wordBits']): boolean {
  const words = one.ifmap + one.filter - other.ifmap - other.filter;
  return (
    words < 0 || (words === 0 && one.ifmap * ifmap + one.filter * filter < other.ifmap * ifmap + other.filter * filter)
  );
}

/** Words that a scratchpad holds. */
function capacityOf(memory: MemoryConfig, operand: 'ifmap' | 'filter'): number {
  return Math.floor((memory.scratchpadBytes[operand] * 8) / memory.wordBits[operand]);
}

/** Two words for each lane. */
function leastRoom({ array }: FoldGrid): number {
  return 2 * Math.max(array.rows, array.columns);
}

function fetchPlan(operands: Operands, order: FoldOrder, memory: MemoryConfig): FetchPlan {
  const { grid } = operands;
  const passes = passCount(grid, order);
  const footprint = ifmapFootprint(operands, order);
  const ifmap = retain(footprint, capacityOf(memory, 'ifmap'), leastRoom(grid));
  const ifmapWords = wordsOf(ifmap, footprint.sweep);
  const filter = filterPlan(operands, order, memory);
  const isSwept = footprint.sweep.sweeps === passes;
  const even = Math.floor(ifmapWords / passes);
  return {
    order,
    passes,
    ifmap: ifmapWords,
    filter: filter.words,
    ifmapOf: (pass) => {
      if (isSwept) return pass === 0 ? ifmap.first : ifmap.later;
      return pass === 0 ? ifmapWords - (passes - 1) * even : even;
    },
    filterOf: filter.of,
    tile: { ifmap: footprint.tile, filter: filter.tile },
    kept: { ifmap: ifmap.kept, filter: filter.kept },
    streams: { ifmap: ifmap.streams, filter: filter.streams },
  };
}

interface FilterPlan {
  readonly words: number;
  readonly tile: number;
  readonly kept: number;
  readonly streams: boolean;
  of(pass: number): number;
}

function filterPlan(operands: Operands, order: FoldOrder, memory: MemoryConfig): FilterPlan {
  const { grid } = operands;
  const passes = passCount(grid, order);
  const retained = (unit: FilterUnit): { sweeps: Sweeps; tile: number } => {
    const footprint = filterFootprint(operands, unit);
    return { sweeps: retain(footprint, capacityOf(memory, 'filter'), leastRoom(grid)), tile: footprint.tile };
  };
  const unit = filterUnit(grid, order, 0);
  const { sweeps, tile } = retained(unit);
  if (sweepsInPasses(grid, order)) {
    const words = wordsOf(sweeps, unit.sweep);
    const { kept, streams } = sweeps;
    return { words, tile, kept, streams, of: (pass) => (pass === 0 ? sweeps.first : sweeps.later) };
  }
  // All units but the last are alike.
  const last = filterUnit(grid, order, passes - 1);
  const ofUnit = wordsOf(sweeps, unit.sweep);
  const ofLast = passes === 1 ? ofUnit : wordsOf(retained(last).sweeps, last.sweep);
  const words = (passes - 1) * ofUnit + ofLast;
  const { kept, streams } = sweeps;
  return { words, tile, kept, streams, of: (pass) => (pass === passes - 1 ? ofLast : ofUnit) };
}

/** Whether every pass sweeps all filters; else each has a unit of its own. */
function sweepsInPasses({ dataflow }: FoldGrid, order: FoldOrder): boolean {
  const { axes } = dataflow;
  if (axes.rows === 'm') return order.kind === 'row-blocks';
  return (axes.columns === 'n') === (order.kind === 'tiles');
}
