import { gemmShape, type Layer } from '../../../workload/index.ts';
import { type FoldGrid, slices } from '../../folds.ts';
import { ifmapTiles, plainTiles } from '../../tiles.ts';
import { type IfmapPlane, ifmapPlane } from './ifmap-plane.ts';
import { type FilterUnit, type FoldOrder, ifmapSweep, type Sweep } from './order.ts';
import { distinctIfmapWords } from './plane-sizes.ts';
import type { Footprint } from './retention.ts';
import { unitCount } from './room.ts';
import { largestTiles } from './tile-sizes.ts';

/** The facts that all orders of a layer's folds share. */
export interface Operands {
  readonly layer: Layer;
  readonly grid: FoldGrid;
  /** Null where each ifmap word lies in one tile. */
  readonly plane: IfmapPlane | null;
  /** Distinct ifmap words of a group. */
  readonly ifmapWords: number;
}

export function operandsOf(layer: Layer, grid: FoldGrid): Operands {
  const plane = isPlain(layer) ? null : ifmapPlane(layer, grid);
  const { m, k } = gemmShape(layer);
  const ifmapWords = plane ? distinctIfmapWords(layer) : m * k;
  return { layer, grid, plane, ifmapWords };
}

/** Whether windows neither overlap nor reach into padding, so that every cell of the ifmap's matrix is a word of its own. */
function isPlain(layer: Layer): boolean {
  if (ifmapTiles(layer) === plainTiles) return true;
  const { padHeight, padWidth, sparsity } = layer;
  if (padHeight > 0 || padWidth > 0 || sparsity) return false;
  return (
    isApart(layer.ifmapHeight, layer.filterHeight, layer.strideHeight, layer.ofmapHeight) &&
    isApart(layer.ifmapWidth, layer.filterWidth, layer.strideWidth, layer.ofmapWidth)
  );
}

/** Whether windows along an axis neither overlap nor reach beyond the ifmap. */
function isApart(ifmap: number, filter: number, stride: number, windows: number): boolean {
  return (filter <= stride || windows === 1) && (windows - 1) * stride + filter <= ifmap;
}

/** Slice lengths of K. */
function kSlices(grid: FoldGrid, k: number): { readonly slots: number; readonly full: number; readonly last: number } {
  const { count, length } = slices(grid, 'k');
  return { slots: count, full: Math.min(length, k), last: k - (count - 1) * length };
}

export function ifmapFootprint({ layer, grid, plane, ifmapWords }: Operands, order: FoldOrder): Footprint {
  const sweep = ifmapSweep(grid, order);
  if (plane) {
    const sizes = largestTiles(layer, grid, sweep);
    return { distinct: ifmapWords, sweep, ...sizes, returns: () => plane.returns(sweep, sizes.tile) };
  }
  const { m, k } = gemmShape(layer);
  const { length } = slices(grid, 'm');
  const lanes = Math.min(length, m);
  const last = m - (sweep.blocks - 1) * length;
  return plainFootprint({ lanes: m, tileLanes: lanes, lastLanes: last, sweep }, grid, k);
}

export function filterFootprint({ layer, grid }: Operands, unit: FilterUnit): Footprint {
  const { blocks } = unit.sweep;
  const lastLanes = unit.lanes - (blocks - 1) * unit.tileLanes;
  return plainFootprint({ ...unit, lastLanes }, grid, gemmShape(layer).k);
}

/** An operand of disjoint tiles: `lanes` in blocks of `tileLanes`, each lane with k words. */
function plainFootprint(
  { lanes, tileLanes, lastLanes, sweep }: FilterUnit & { readonly lastLanes: number },
  grid: FoldGrid,
  k: number,
): Footprint {
  const { slots, full, last } = kSlices(grid, k);
  const { blocks } = sweep;
  const tile = tileLanes * full;
  const ofBlock = (words: number): number => tileLanes * words;
  // Slices beside each other in a block, or the last of a block and the first of the next.
  const beside = slots > 2 ? ofBlock(2 * full) : slots === 2 ? ofBlock(full + last) : 0;
  const between = blocks > 1 ? betweenBlocks(sweep, tileLanes, lastLanes, full, last) : 0;
  return {
    distinct: lanes * k,
    tile,
    pair: Math.max(tile, beside, between),
    sweep,
    returns: () => {
      const unitLanes = sweep.unitBlocks * tileLanes;
      return {
        ...{ kind: 'plain', slotWords: full, lastWords: last },
        ...{ unitLanes, lastLanes: lanes - (unitCount(sweep) - 1) * unitLanes },
      };
    },
  };
}

/** The largest two tiles on either side of a block's edge. */
function betweenBlocks(sweep: Sweep, lanes: number, lastLanes: number, full: number, last: number): number {
  const { blocks, slots, sweeps, unitBlocks, repeats } = sweep;
  // Within a unit that is repeated only its own blocks follow each other, or the next unit's.
  const follows = (from: number, to: number): number => from * last + to * (slots === 1 ? last : full);
  const inner = blocks > 2 ? follows(lanes, lanes) : 0;
  const toLast = follows(lanes, lastLanes);
  const around = sweeps > 1 || (unitBlocks >= blocks && repeats > 1) ? follows(lastLanes, lanes) : 0;
  return Math.max(inner, toLast, around);
}
