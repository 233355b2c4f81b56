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
 * The plan of the layer's order: the fixed one, or the one with the fewest bits of ifmap and filter words (and no more words than the
 * fixed one), the first of equals.
 */
export function planFetches(operands: Operands, memory: MemoryConfig): FetchPlan {
  const { wordBits } = memory;
  const planned = (candidate: FoldOrder): FetchPlan => fetchPlan(operands, candidate, memory);
  const bitsOf = (ifmap: number, filter: number): number => ifmap * wordBits.ifmap + filter * wordBits.filter;
  const fixed = planned(FIXED_ORDER);
  if (modelOf(memory).order !== 'best') return fixed;
  let best = fixed;
  const { layer, grid, ifmapWords } = operands;
  const { n, k } = gemmShape(layer);
  for (const candidate of ordersOf(grid).slice(1)) {
    const bits = bitsOf(best.ifmap, best.filter);
    if (bits === bitsOf(ifmapWords, n * k)) break;
    // Filters are counted at once; what they leave for the ifmap may rule the candidate out.
    if (bitsOf(ifmapWords, filterPlan(operands, candidate, memory).words) >= bits) continue;
    const plan = planned(candidate);
    const isFewer = bitsOf(plan.ifmap, plan.filter) < bits && plan.ifmap + plan.filter <= fixed.ifmap + fixed.filter;
    if (isFewer) best = plan;
  }
  return best;
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
