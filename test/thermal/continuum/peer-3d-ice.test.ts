import { expect, test } from 'vitest';
import {
  type ContinuumNetwork,
  continuumNetwork,
  reduceContinuumNetwork,
} from '../../../src/thermal/continuum/index.ts';
import { makeFloorplan } from '../../../src/thermal/floorplan/index.ts';
import type { ThermalStack } from '../../../src/thermal/index.ts';
import { modalTransient } from '../../../src/thermal/reduced/index.ts';
import solid from '../../golden/3d-ice/solid-steady.json' with { type: 'json' };
import moving from '../../golden/3d-ice/solid-transient.json' with { type: 'json' };
import { longTest } from '../../tier.ts';
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
/** W of the rectangles of the upper die, of its four elements evenly. */
function spread(powers: readonly number[]): number[] {
  return ELEMENTS.flatMap((element, i) => element.map(([, , w, h]) => (powers[i] * w * h) / 25));
}

type Sink = 'top' | 'bottom' | 'both';

/**
 * Two dies of 48 um and 2 um of silicon each, whose 2 um of power lie on both outer faces: 3D-ICE puts the power in the middle of these.
 * A second sink cools a first layer, here in three, that is wider than the die by nothing.
 */
function network(sink: Sink): ContinuumNetwork {
  const same = { boardSideM: 10e-3 + 3e-9, solderSideM: 10e-3 + 2e-9, substrateSideM: 10e-3 + 1e-9 };
  const layers = sink === 'both' ? [0.5, 0.25, 0.25, 98, 1] : [1, 98, 1];
  const stack: ThermalStack = {
    layers: layers.map(slab),
    convection: film,
    ambientK: 300,
    ...(sink === 'both' && { secondary: { ...same, convection: film } }),
  };
  const below = { floorplan: whole, power: true };
  const above = { floorplan: elements, power: true };
  // From the face away from the sink.
  const blocks = sink === 'bottom' ? [above, below] : [below, above];
  const placed = blocks.map((one, i) => ({ ...one, face: layers.length - 2 + i }));
  return continuumNetwork(stack, placed, { rows: 4, columns: 4 });
}

function powersOf(sink: Sink, lower: number, upper: readonly number[]): number[] {
  return sink === 'bottom' ? [...spread(upper), lower] : [lower, ...spread(upper)];
}

/** Of the lower die, then of the four elements. */
function meansOf(sink: Sink, rises: Iterable<number>): number[] {
  const found = [...rises];
  const lower = sink === 'bottom' ? found.pop() : found.shift();
  // 3D-ICE's average of an element weighs its rectangles evenly.
  const means = ELEMENTS.map(({ length }) => found.splice(0, length).reduce((sum, rise) => sum + rise, 0) / length);
  return [lower!, ...means];
}

test.each(['top', 'bottom'] as const)("3D-ICE 4.0's solid stack, cooled at the %s: its limit", (sink) => {
  const [coarse, fine] = [solid[sink]['200'], solid[sink]['100']];
  // Its cells are of second order; what the last halving changes is below 0.15 % of the rise.
  const limit = fine.map((value, i) => value + (value - coarse[i]) / 3 - 300);
  const highest = Math.max(...limit);
  // The first power of each element counts in its steady states.
  const rises = steadyRises(network(sink), powersOf(sink, 50, [12.5, 0, 0, 12.5]));
  meansOf(sink, rises).forEach((rise, i) => {
    expect(Math.abs(rise - limit[i]) / highest).toBeLessThan(0.001);
  });
});

/** W of the lower die and of the four elements, for 80 ms each. */
const PHASES = [
  [50, [12.5, 0, 0, 12.5]],
  [0, [0, 6.25, 18.75, 0]],
  [50, [12.5, 0, 0, 12.5]],
] as const;

longTest.each(['top', 'bottom', 'both'] as const)(
  "3D-ICE 4.0's solid stack over time, cooled at the %s: its limit",
  (sink) => {
    const [coarse, fine] = [moving[sink]['0.0002'], moving[sink]['0.0001']];
    // Its steps are of first order in time. Cells of 200 um leave up to 0.2 % of the highest rise.
    const limit = fine.map((row, i) => row.map((value, j) => (j === 0 ? value : 2 * value - coarse[i][j] - 300)));
    const highest = Math.max(...limit.flatMap((row) => row.slice(1)));
    const model = modalTransient(reduceContinuumNetwork(network(sink), { shortestS: 1e-3 }));
    let ms = 0;
    for (const [at, ...peer] of limit) {
      for (; ms < at; ms += 2) {
        const [lower, upper] = PHASES[Math.floor(ms / 80)];
        model.step(Float64Array.from(powersOf(sink, lower, upper)), 2e-3);
      }
      const rises = model.temperatureK.map((kelvin) => kelvin - 300);
      meansOf(sink, rises).forEach((rise, i) => {
        expect(Math.abs(rise - peer[i]) / highest).toBeLessThan(0.005);
      });
    }
  },
);
