import { COUNTERS, type Counts } from '../../base/counters.ts';
import type { BoundAction } from '../../energy/index.ts';
import type { FoldShape } from '../../systolic/index.ts';
import type { Place, Tile } from './placement.ts';

/**
 * Where dynamic energy goes: one column for each component and block, E = V^2 x column (or the column itself off the die and
 * for actions that have no rail). A tiled component has a column a tile.
 */
export interface EnergyColumn {
  /** Index into the components. */
  readonly component: number;
  /** Index into the blocks; -1 off the die. */
  readonly block: number;
  /** Whether it is F, to be multiplied with V^2, rather than J. */
  readonly scalesWithVoltage: boolean;
}

/** Turns counts into energy columns. */
export interface EnergyColumns {
  readonly columns: readonly EnergyColumn[];
  /**
   * Writes the columns of some counts at `out[at ...]`; `shape` says which PEs were at work, null for counts outside of
   * folds, which heat all tiles alike.
   */
  write(counts: Counts, shape: FoldShape | null, out: Float64Array, at: number): void;
}

/** Coefficient of every counter for one component. */
interface Part {
  readonly coefficients: Float64Array;
  readonly tiles: readonly Tile[] | null;
  readonly width: number;
}

/**
 * Columns of the components in order, or of those that are `chosen`. `places[c]` is where component c is. A tile's share of its component's energy is its
 * share of the PEs in use, which for MACs is exact in every whole fold.
 */
export function energyColumns(
  components: readonly string[],
  bound: readonly BoundAction[],
  places: readonly Place[],
  chosen: readonly boolean[] = components.map(() => true),
): EnergyColumns {
  const columns: EnergyColumn[] = [];
  const parts: Part[] = [];
  components.forEach((name, component) => {
    if (!chosen[component]) return;
    const own = bound.filter((action) => action.component === name);
    const { blocks, tiles } = places[component];
    const targets = blocks.length > 0 ? blocks : [-1];
    for (const scalesWithVoltage of [true, false]) {
      const coefficients = weighted(own, scalesWithVoltage);
      if (coefficients.every((value) => value === 0)) continue;
      for (const block of targets) columns.push({ component, block, scalesWithVoltage });
      parts.push({ coefficients, tiles, width: targets.length });
    }
  });
  const write: EnergyColumns['write'] = (counts, shape, out, at) => {
    let to = at;
    for (const { coefficients, tiles, width } of parts) {
      let sum = 0;
      for (let i = 0; i < coefficients.length; i++) sum += coefficients[i] * counts[i];
      if (!tiles) out[to] = sum;
      else for (let k = 0; k < width; k++) out[to + k] = sum * (shape ? tileShare(tiles[k], shape) : 1 / width);
      to += width;
    }
  };
  return { columns, write };
}

function weighted(bound: readonly BoundAction[], scalesWithVoltage: boolean): Float64Array {
  const sum = new Float64Array(COUNTERS.length);
  for (const { coefficients, energy } of bound) {
    const each = scalesWithVoltage ? energy.capacitanceF : energy.fixedJ;
    for (let i = 0; i < sum.length; i++) sum[i] += coefficients[i] * each;
  }
  return sum;
}

/** Part of the PEs in use that a tile has; folds use the first rows and columns. */
export function tileShare(tile: Tile, { usedRows, usedColumns, mix }: FoldShape): number {
  if (mix) return mix.reduce((sum, { shape, share }) => sum + share * tileShare(tile, shape), 0);
  const rows = Math.max(0, Math.min(tile.row1, usedRows) - tile.row0);
  const columns = Math.max(0, Math.min(tile.column1, usedColumns) - tile.column0);
  return (rows * columns) / (usedRows * usedColumns);
}
