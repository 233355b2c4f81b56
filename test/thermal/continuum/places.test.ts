import { describe, expect, test } from 'vitest';
import { HOTSPOT_DEFAULTS } from '../../../src/formats/hotspot/config.ts';
import { eachSource, expansionShifts, expansions } from '../../../src/thermal/continuum/expansion.ts';
import { continuumNetwork, continuumSteady, reduceContinuumNetwork } from '../../../src/thermal/continuum/index.ts';
import { project } from '../../../src/thermal/continuum/reduce.ts';
import { resampled, responseAt } from '../../../src/thermal/continuum/response.ts';
import { makeFloorplan, mapBlocks, middleBlocks } from '../../../src/thermal/floorplan/index.ts';
import { hotspotStack, modalTransient, type ThermalStack } from '../../../src/thermal/index.ts';
import { blockReader } from '../../../src/thermal/reduced/index.ts';
import { longTest } from '../../tier.ts';
import { block, heated, stepResponse } from './support.ts';

const relative = (value: number, exact: number): number => Math.abs(value / exact - 1);
const stack = hotspotStack({ ...HOTSPOT_DEFAULTS, r_convec: 0.5 });
const floorplan = makeFloorplan([block('a', 0, 0, 3, 4), block('b', 3, 0, 5, 1.3), block('c', 3, 1.3, 5, 2.7)]);

describe('blocks that are read in the middle', () => {
  const grid = { rows: 16, columns: 32 };
  const read = middleBlocks(floorplan, grid);
  const layers = stack.layers.map((_, face) => ({ face, floorplan, power: face === 0, read }));
  const network = continuumNetwork(stack, layers, grid);
  const { firstRead, sourceNodes, nodes, ambientK } = network;

  // The same cells by the map that networks read, HotSpot's center.
  test('the middle is that of the map of cells', () => {
    const { start, index } = mapBlocks(floorplan, grid, 'center').mean;
    const [width, height] = [0.25e-3, 0.25e-3];
    read.forEach(({ leftM, bottomM, widthM, heightM }, u) => {
      const cells = Array.from(index.subarray(start[u], start[u + 1]));
      const [rows, columns] = [cells.map((i) => Math.floor(i / 32)), cells.map((i) => i % 32)];
      expect(leftM).toBeCloseTo(Math.min(...columns) * width, 12);
      expect(widthM).toBeCloseTo((Math.max(...columns) - Math.min(...columns) + 1) * width, 12);
      expect(bottomM).toBeCloseTo((15 - Math.max(...rows)) * height, 12);
      expect(heightM).toBeCloseTo((Math.max(...rows) - Math.min(...rows) + 1) * height, 12);
    });
  });

  const powerW = [4, 1, 2];
  const steady = new Float64Array(nodes);
  const source = new Float64Array(nodes);
  sourceNodes.forEach((node, u) => {
    source[node] = powerW[u];
  });
  continuumSteady(network).solve(source, steady);

  // A cell's own figure carries the waviness of 16 waves a side, a few per cent at the edges and less in the middle.
  test('the steady state there is the mean of the cells there', () => {
    const { start, index, weight } = mapBlocks(floorplan, grid, 'center').mean;
    for (let u = 0; u < 3; u++) {
      let mean = 0;
      for (let i = start[u]; i < start[u + 1]; i++) mean += weight[i] * steady[index[i]];
      expect(relative(steady[firstRead[0] + u], mean)).toBeLessThan(0.005);
    }
    expect(steady[firstRead[0]]).toBeGreaterThan(1.02 * steady[sourceNodes[0]]);
  });

  const model = reduceContinuumNetwork(network, { shortestS: 1e-6, starts: [steady] });

  test('a start at what is read in the steady state stays there', () => {
    const solver = modalTransient(model);
    for (let i = 0; i < model.modes; i++) solver.state[i] = model.starts![i];
    const now = blockReader(model);
    const expectSteady = (): void => {
      now(solver.state).forEach((temperatureK, u) => {
        expect(Math.abs(temperatureK - ambientK - steady[firstRead[0] + u])).toBeLessThan(1e-6 * steady[firstRead[0]]);
      });
    };
    expectSteady();
    solver.step(Float64Array.from(powerW), 1e-3);
    expectSteady();
  });

  // The finer model has 25 shifts in place of 9.
  longTest('in time as with many more shifts, within 1 % of the largest', () => {
    const finer = reduceContinuumNetwork(network, { shortestS: 2e-8 });
    const at = (of: typeof model, u: number, v: number, timeS: number): number =>
      stepResponse({ ...of, output: of.readings! }, u, v, timeS);
    for (let time = 1e-5; time <= 1; time *= 10) {
      for (let u = 0; u < 3; u++) {
        for (let v = 0; v < 3; v++) {
          expect(Math.abs(at(model, u, v, time) - at(finer, u, v, time))).toBeLessThan(0.01 * at(finer, v, v, time));
        }
      }
    }
  });
});

// Dies that lie over one another have the same places along the sides.
longTest('each of four dies in a stack warms as with all sources at every shift, from the shortest interval on', () => {
  const layer = (name: string, thicknessM: number, conductivityWPerMK: number, heatCapacityJPerM3K: number) => {
    return { name, thicknessM, conductivityWPerMK, heatCapacityJPerM3K };
  };
  const dies = [0, 1, 2, 3].flatMap((d) => [layer(`die${d}`, 5e-5, 100, 1.75e6), layer(`glue${d}`, 2e-5, 4, 4e6)]);
  const stacked: ThermalStack = { ...stack, layers: [...dies, ...stack.layers.slice(-2)] };
  const layers = stacked.layers.map((_, face) => ({ face, floorplan, power: face < 8 && face % 2 === 0 }));
  const { continuum, ambientK } = continuumNetwork(stacked, layers, { rows: 4, columns: 4 });
  const shifts = expansionShifts(continuum.assembly, 1e-4, 12);
  const some = expansions(continuum, shifts);
  expect(some.some(({ combination }) => combination.length < eachSource(12).length)).toBe(true);
  const all = shifts.map((shift) => ({ shift, combination: eachSource(12) }));
  const [few, many] = [some, all].map((at) => project(continuum, ambientK, at).model);
  for (const time of [1e-4, 1e-3, 0.1]) {
    for (let u = 0; u < 12; u++)
      expect(relative(stepResponse(few, u, u, time), stepResponse(many, u, u, time))).toBeLessThan(2e-3);
  }
});

// Tiles of a sixteenth of the side see the waves that only one of the two levels couples.
test('a level whose short waves are taken from another is as good as made by itself', () => {
  const level = (count: number) => ({
    columns: count,
    rows: count,
    elements: 2 * Math.round(count / 6),
    kept: [Math.round((7 / 3) * count), Math.round((5 / 3) * count)],
  });
  const tiles = Array.from({ length: 16 }, (_, i) => block(`t${i}`, 7, i, 1, 1));
  const networks = [16, 24].map((count) => heated(stack, tiles, [16, 16], level(count)));
  for (const [own, other] of [networks, [...networks].reverse()]) {
    const { h: taken } = responseAt(resampled(other.continuum, own.continuum.assembly), 0, eachSource(16));
    const { h } = own.steadyResponse();
    for (let u = 0; u < 16; u++) expect(relative(taken[u * 17], h[u * 17])).toBeLessThan(5e-4);
  }
});
