import { fail } from '../../base/errors.ts';
import { blockOccupancy, type Grid, type SparseRows } from '../../thermal/floorplan/index.ts';
import type { HotspotLayer } from './input/problem.ts';
import type { CellMaterials, HotspotRules } from './model.ts';

/** A block that covers this share of a cell gives it its material: HotSpot's OCCUPANCY_THRESHOLD. */
const OWNED = 0.95;

/** Cells that differ by less count as equal. It is far below any printed digit and far above rounding. */
const ALIKE = 1e-12;

/**
 * The materials of a layer's cells if its blocks have materials of their own; undefined if all cells have the layer's
 * material. `hotspot`: the first block that covers 0.95 of a cell gives it its material. Any other cell conducts as the
 * sum of its blocks by covered area, and has the layer's heat capacity. `physical`: conductivity and heat capacity are
 * area-weighted means both sideways and through the layer, as if the parts lay in parallel. Area that no block covers
 * counts as the layer's material. Errors: `floorplan-gap` under `hotspot` for a cell without block, on which HotSpot
 * crashes.
 */
export function cellMaterials(
  layer: HotspotLayer,
  name: string,
  grid: Grid,
  rules: HotspotRules,
): CellMaterials | undefined {
  const materials = rules.cellMaterials(layer, name, grid);
  const { conductivityWPerMK: k, heatCapacityJPerM3K: c } = layer;
  const alike =
    materials.conductivityWPerMK.every((value) => Math.abs(value / k - 1) < ALIKE) &&
    materials.heatCapacityJPerM3K.every((value) => Math.abs(value / c - 1) < ALIKE);
  return alike ? undefined : materials;
}

/** Calls `visit` for every block and every cell that it touches, block by block. */
function visitCells(
  layer: HotspotLayer,
  { start, index, weight }: SparseRows,
  visit: (cell: number, covered: number, conductivity: number, heatCapacity: number) => void,
): void {
  layer.blocks.forEach(({ resistivityMKPerW, heatCapacityJPerM3K = layer.heatCapacityJPerM3K }, u) => {
    const conductivity = resistivityMKPerW === undefined ? layer.conductivityWPerMK : 1 / resistivityMKPerW;
    for (let i = start[u]; i < start[u + 1]; i++) visit(index[i], weight[i], conductivity, heatCapacityJPerM3K);
  });
}

export function hotspotCells(layer: HotspotLayer, name: string, grid: Grid): CellMaterials {
  const cells = grid.rows * grid.columns;
  const conductivityWPerMK = new Float64Array(cells);
  const heatCapacityJPerM3K = new Float64Array(cells).fill(layer.heatCapacityJPerM3K);
  const owned = new Uint8Array(cells);
  visitCells(layer, blockOccupancy(layer.floorplan, grid), (cell, covered, conductivity, heatCapacity) => {
    if (owned[cell]) return;
    if (covered >= OWNED) {
      owned[cell] = 1;
      conductivityWPerMK[cell] = conductivity;
      heatCapacityJPerM3K[cell] = heatCapacity;
    } else conductivityWPerMK[cell] += covered * conductivity;
  });
  const bare = conductivityWPerMK.indexOf(0);
  if (bare >= 0) {
    const [row, column] = [Math.floor(bare / grid.columns), bare % grid.columns];
    fail('floorplan-gap', `no block of ${name} covers the cell in row ${row}, column ${column}`, {
      expected: 'blocks that cover the die; -detailed_3D on takes the materials from them',
    });
  }
  return { conductivityWPerMK, heatCapacityJPerM3K };
}

export function mixedCells(layer: HotspotLayer, _: string, grid: Grid): CellMaterials {
  return mixedMaterials(layer, blockOccupancy(layer.floorplan, grid), grid.rows * grid.columns);
}

/** The area-weighted means of cells, from the part of each cell that each block covers (blocks x cells). */
export function mixedMaterials(layer: HotspotLayer, occupancy: SparseRows, cells: number): CellMaterials {
  const covered = new Float64Array(cells);
  const conductivitySum = new Float64Array(cells);
  const heatCapacitySum = new Float64Array(cells);
  visitCells(layer, occupancy, (cell, part, conductivity, heatCapacity) => {
    covered[cell] += part;
    conductivitySum[cell] += part * conductivity;
    heatCapacitySum[cell] += part * heatCapacity;
  });
  const mean = (sum: Float64Array, rest: number): Float64Array =>
    sum.map((value, cell) => (value + Math.max(0, 1 - covered[cell]) * rest) / Math.max(1, covered[cell]));
  return {
    conductivityWPerMK: mean(conductivitySum, layer.conductivityWPerMK),
    heatCapacityJPerM3K: mean(heatCapacitySum, layer.heatCapacityJPerM3K),
  };
}
