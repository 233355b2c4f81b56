import type { Grid } from '../floorplan/grid-map.ts';
import type { Assembly } from './bodies.ts';
import type { OverhangRegion } from './overhang.ts';

/**
 * J/K that nodes stand for: half of each neighbouring layer under a cell, whole layers of the overhang, with what is joined to the
 * outer faces. Blocks and the cooled face hold nothing beside their cells.
 */
export function nodeCapacity(
  { bodies, die, layers, cooling }: Assembly,
  grid: Grid,
  regions: readonly OverhangRegion[],
  nodes: number,
): Float64Array {
  const capacity = new Float64Array(nodes);
  const cells = grid.rows * grid.columns;
  const cellM2 = (bodies[die].widthM * bodies[die].heightM) / cells;
  const add = (face: number, perM2: number): void => {
    for (let i = face * cells; i < (face + 1) * cells; i++) capacity[i] += cellM2 * perM2;
  };
  layers.forEach(({ thicknessM, heatCapacityJPerM3K }, f) => {
    add(f, (thicknessM * heatCapacityJPerM3K) / 2);
    add(f + 1, (thicknessM * heatCapacityJPerM3K) / 2);
  });
  add(0, cooling[0].capacity);
  add(layers.length, cooling[1].capacity);
  regions.forEach(({ layer, areaM2 }, i) => {
    const { thicknessM, heatCapacityJPerM3K } = layers[layer];
    const ends = (layer === 0 ? cooling[0].capacity : 0) + (layer === layers.length - 1 ? cooling[1].capacity : 0);
    capacity[layers.length * cells + cells + i] = areaM2 * (thicknessM * heatCapacityJPerM3K + ends);
  });
  return capacity;
}
