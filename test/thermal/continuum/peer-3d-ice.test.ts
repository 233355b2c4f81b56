import { expect, test } from 'vitest';
import { continuumNetwork } from '../../../src/thermal/continuum/index.ts';
import { makeFloorplan } from '../../../src/thermal/floorplan/index.ts';
import type { ThermalStack } from '../../../src/thermal/index.ts';
import solid from '../../golden/3d-ice/solid-steady.json' with { type: 'json' };
import { block, steadyRises } from './support.ts';

/** 1e-7 W/(um^2 K) over the die of 10 x 10 mm, at 300 K. */
const film = { resistanceKPerW: 1 / 10, areaM2: 1e-4, capacityJPerK: 0 };
const slab = (thicknessUm: number) => ({
  name: 'silicon',
  thicknessM: thicknessUm * 1e-6,
  conductivityWPerMK: 130,
  heatCapacityJPerM3K: 1.63566e6,
});
const whole = makeFloorplan([block('background', 0, 0, 10, 10)]);
/** The rectangles of the four elements of four_elements.flp, mm: west and south edge, width, height. */
const ELEMENTS: readonly (readonly (readonly [number, number, number, number])[])[] = [
  [
    [0, 0, 2, 3],
    [2, 0, 2, 3],
    [4, 0, 1, 3],
    [0, 3, 3, 2],
    [3, 3, 2, 2],
  ],
  [[5, 0, 5, 5]],
  [[0, 5, 5, 5]],
  [
    [5, 5, 2, 2],
    [7, 5, 1, 2],
    [8, 5, 2, 2],
    [5, 7, 3, 3],
    [8, 7, 2, 1],
    [8, 8, 2, 2],
  ],
];
const parts = ELEMENTS.flatMap((element, i) => element.map((one, j) => block(`background${i + 1}_${j}`, ...one)));
const elements = makeFloorplan(parts);
/** 12.5 W in the first and the last element, evenly. */
const UPPER_W = ELEMENTS.flatMap((element, i) => element.map(([, , w, h]) => (i % 3 === 0 ? (12.5 * w * h) / 25 : 0)));

/**
 * Two dies of 48 um and 2 um of silicon each, whose 2 um of power lie on both outer faces: 3D-ICE puts the power in the middle of these.
 * The first power of each element counts in its steady states: 50 W below; 12.5, 0, 0 and 12.5 W above.
 */
function rises(sink: 'top' | 'bottom'): number[] {
  const layers = [slab(1), slab(98), slab(1)];
  const stack: ThermalStack = { layers, convection: film, ambientK: 300 };
  const below = { floorplan: whole, power: true };
  const above = { floorplan: elements, power: true };
  // From the face away from the sink.
  const blocks = sink === 'top' ? [below, above] : [above, below];
  const placed = blocks.map((one, i) => ({ ...one, face: i + 1 }));
  const powers = sink === 'top' ? [50, ...UPPER_W] : [...UPPER_W, 50];
  const found = [...steadyRises(continuumNetwork(stack, placed, { rows: 4, columns: 4 }), powers)];
  const lower = sink === 'top' ? found.shift() : found.pop();
  // 3D-ICE's average of an element weighs its rectangles evenly.
  const means = ELEMENTS.map(({ length }) => found.splice(0, length).reduce((sum, rise) => sum + rise, 0) / length);
  return [lower!, ...means];
}

test.each(['top', 'bottom'] as const)("3D-ICE 4.0's solid stack, cooled at the %s: its limit", (sink) => {
  const [coarse, fine] = [solid[sink]['200'], solid[sink]['100']];
  // Its cells are of second order; what the last halving changes is below 0.15 % of the rise.
  const limit = fine.map((value, i) => value + (value - coarse[i]) / 3 - 300);
  const highest = Math.max(...limit);
  rises(sink).forEach((rise, i) => {
    expect(Math.abs(rise - limit[i]) / highest).toBeLessThan(0.001);
  });
});
