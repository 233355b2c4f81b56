import { describe, expect, test } from 'vitest';
import { HOTSPOT_DEFAULTS, type HotspotOptions } from '../../../src/formats/hotspot/config.ts';
import { hotspotModel } from '../../../src/peers/hotspot/build.ts';
import { readUnits, unitSources } from '../../../src/peers/hotspot/field.ts';
import type { HotspotLayer, HotspotProblem } from '../../../src/peers/hotspot/input/problem.ts';
import { cellMaterials } from '../../../src/peers/hotspot/materials.ts';
import type { HotspotModel } from '../../../src/peers/hotspot/model.ts';
import { runHotspot } from '../../../src/peers/hotspot/program.ts';
import { mapBlocks, modalTransient, reduceNetwork } from '../../../src/thermal/index.ts';
import { type GridNetwork, isGridNetwork } from '../../../src/thermal/network/network.ts';
import { denseConductance, denseSteady } from '../../thermal/dense-reference.ts';
import { codesOf, largestDifference } from '../../thermal/support.ts';
import { longTest } from '../../tier.ts';
import { dieProblem, type HotspotMode, heatOut, layerOf, RULES, solverFor } from './support.ts';

const MODES: readonly HotspotMode[] = ['hotspot', 'physical'];
const GRID: HotspotOptions = {
  ...HOTSPOT_DEFAULTS,
  model_type: 'grid',
  grid_rows: 6,
  grid_cols: 8,
  grid_map_mode: 'avg',
};

/** A die of 8 x 3 mm in three blocks that do not line up with 8 columns. */
const BLOCKS: HotspotLayer['blocks'] = [
  { name: 'a', leftM: 0, bottomM: 0, widthM: 2.5e-3, heightM: 3e-3 },
  { name: 'b', leftM: 2.5e-3, bottomM: 0, widthM: 5.5e-3, heightM: 1e-3 },
  { name: 'c', leftM: 2.5e-3, bottomM: 1e-3, widthM: 5.5e-3, heightM: 2e-3 },
];
const SILICON = { thicknessM: 1.5e-4, conductivityWPerMK: 130, heatCapacityJPerM3K: 1.63e6 };
const GLUE = { thicknessM: 2e-5, conductivityWPerMK: 4, heatCapacityJPerM3K: 4e6 };

function steadyRise(model: HotspotModel, powerW: readonly number[]): Float64Array {
  const rise = new Float64Array(model.network.nodes);
  solverFor(model.network).solve(unitSources(model, powerW), rise);
  return rise;
}

/** Largest relative difference of all conductances and capacities. */
function networkDifference(a: HotspotModel, b: HotspotModel): number {
  const [first, second] = [a, b].map(({ network }) => [
    ...denseConductance(network),
    ...network.toAmbient,
    ...network.capacity,
  ]);
  if (first.length !== second.length) throw new Error(`${first.length} and ${second.length} numbers`);
  return first.reduce((worst, value, i) => Math.max(worst, Math.abs(value - second[i]) / (Math.abs(value) || 1)), 0);
}

describe('a slab of 8 x 8 x 0.5 mm, heated by 10 W on its central 2 x 2 mm, as a layer file', () => {
  // 8 layers of 62.5 um. The package is as good as absent, 10 nm thick and 1 nm wider: thicker layers would join all cells
  // at an edge by way of the overhang's node there. HotSpot with 6 such layers is 0.58 K low at any grid.
  const sideM = 8e-3;
  const layer = { thicknessM: 62.5e-6, conductivityWPerMK: 130, heatCapacityJPerM3K: 1.63e6 };
  const whole = [{ name: 'all', leftM: 0, bottomM: 0, widthM: sideM, heightM: sideM }];
  const frame = (name: string, leftM: number, bottomM: number, widthM: number, heightM: number) => ({
    name,
    leftM,
    bottomM,
    widthM,
    heightM,
  });
  const square = [
    frame('source', 3e-3, 3e-3, 2e-3, 2e-3),
    frame('south', 0, 0, 8e-3, 3e-3),
    frame('north', 0, 5e-3, 8e-3, 3e-3),
    frame('west', 0, 3e-3, 3e-3, 2e-3),
    frame('east', 5e-3, 3e-3, 3e-3, 2e-3),
  ];
  const slab = (n: number, blocks: HotspotLayer['blocks']): HotspotProblem => ({
    options: {
      ...GRID,
      grid_rows: n,
      grid_cols: n,
      ...{ t_spreader: 1e-8, k_spreader: 130, p_spreader: 1.63e6, s_spreader: sideM + 1e-9 },
      ...{ t_sink: 1e-8, k_sink: 130, p_sink: 1.63e6, s_sink: sideM + 2e-9, r_convec: 1, c_convec: 1e-9 },
    },
    layers: [layerOf(layer, blocks, true), ...Array.from({ length: 7 }, () => layerOf(layer, whole))],
    fromLayerFile: true,
    packageModel: null,
  });

  // Double cosine series of 400 x 400 terms, means over cells of the heated face.
  test('peak and corner converge to the exact ones, to 0.01 K at 128 x 128', () => {
    const exact: readonly [number, number, number][] = [
      [32, 354.6189463924732, 323.25248762449223],
      [64, 354.86567597859374, 323.24309279222734],
      [128, 354.92740879422905, 323.2407486424051],
    ];
    const errors = exact.map(([n, peakK, cornerK]) => {
      const rise = steadyRise(hotspotModel(slab(n, square), RULES.physical), [10, 0, 0, 0, 0]);
      const [peak, corner] = [rise[(n / 2) * n + n / 2], rise[0]].map((value) => value + 318.15);
      return [Math.abs(peak - peakK), Math.abs(corner - cornerK)];
    });
    expect(errors[0][0] / errors[1][0]).toBeGreaterThan(4);
    expect(errors[1][0]).toBeLessThan(0.1);
    expect(errors[2][0]).toBeLessThan(0.01);
    for (const [, corner] of errors) expect(corner).toBeLessThan(0.02);
  });

  test('uniform power: the sum of the resistances', () => {
    const rise = steadyRise(hotspotModel(slab(4, whole), RULES.physical), [10]);
    const expected = 10 * ((0.5e-3 + 2e-8) / (130 * sideM ** 2) + 1);
    for (let cell = 0; cell < 16; cell++) expect(Math.abs(rise[cell] - expected)).toBeLessThan(1e-5);
  });

  // Exact series of the 1-D slab (Biot 0.0601) for a step of 10 W.
  test.each([
    [0.002, 0.5815],
    [0.02, 3.4569],
    [0.12, 9.5098],
  ])('rise after %f s of uniform power within 1 %%', (time, expected) => {
    const problem = slab(4, whole);
    const network = hotspotModel(problem, RULES.physical).network as GridNetwork;
    const map = mapBlocks(problem.layers[0].floorplan, network.grid);
    const solver = modalTransient(reduceNetwork(network, map));
    solver.step(Float64Array.of(10), time);
    expect(Math.abs((solver.temperatureK[0] - 318.15) / expected - 1)).toBeLessThan(0.01);
  });
});

describe.each(MODES)('equal problems have equal networks: %s', (mode) => {
  const die = dieProblem(GRID, BLOCKS);
  const plain = hotspotModel(die, RULES[mode]);

  test('a layer file of the usual stack', () => {
    const model = hotspotModel({ ...die, fromLayerFile: true }, RULES[mode]);
    expect(networkDifference(model, plain)).toBe(0);
    expect(model.groups.map(({ prefix }) => prefix)).toEqual(['layer_0_', 'layer_1_', 'hsp_', 'hsink_', 'inode_']);
    expect(plain.groups.map(({ prefix }) => prefix)).toEqual(['', 'iface_', 'hsp_', 'hsink_', 'inode_']);
  });

  test('one cell and one block', () => {
    const block = [{ ...BLOCKS[0], widthM: 8e-3 }];
    const options = { ...GRID, grid_rows: 1, grid_cols: 1 };
    const cell = hotspotModel(dieProblem(options, block), RULES[mode]);
    expect(
      networkDifference(hotspotModel(dieProblem({ ...options, model_type: 'block' }, block), RULES[mode]), cell),
    ).toBe(0);
  });

  test('square blocks and cells', () => {
    const at = (i: number) => ({ leftM: (i % 3) * 1e-3, bottomM: (i < 3 ? 1 : 0) * 1e-3, widthM: 1e-3, heightM: 1e-3 });
    const blocks = Array.from({ length: 6 }, (_, i) => ({ name: `b${i}`, ...at(i) }));
    const options = { ...GRID, grid_rows: 2, grid_cols: 3 };
    const cells = hotspotModel(dieProblem(options, blocks), RULES[mode]);
    const sites = hotspotModel(dieProblem({ ...options, model_type: 'block' }, blocks), RULES[mode]);
    expect(networkDifference(sites, cells)).toBeLessThan(1e-12);
  });

  test('a secondary path that vanishes: the error falls with its thickness', () => {
    const power = [3, 1, 2];
    const expected = readUnits(plain, steadyRise(plain, power));
    const errors = [1e-6, 1e-7, 1e-8].map((t) => {
      const thin = { t_pcb: t, t_solder: t, t_sub: t, t_c4: t, t_metal: t, r_convec_sec: 1e9 };
      const model = hotspotModel(dieProblem({ ...GRID, ...thin, model_secondary: 1 }, BLOCKS), RULES[mode]);
      expect(model.network.nodes).toBe(plain.network.nodes + 5 * 48 + 16);
      return largestDifference(readUnits(model, denseSteady(model.network, unitSources(model, power))), expected);
    });
    expect(errors[0] / errors[1]).toBeGreaterThan(8);
    expect(errors[1] / errors[2]).toBeGreaterThan(8);
    expect(errors[2]).toBeLessThan(1e-3);
  });

  test('a secondary path that conducts: cooler, and its share of the heat leaves by the board', () => {
    const model = hotspotModel(dieProblem({ ...GRID, model_secondary: 1, r_convec_sec: 0.1 }, BLOCKS), RULES[mode]);
    const power = [3, 1, 2];
    const rise = steadyRise(model, power);
    const temperatures = readUnits(model, rise);
    readUnits(plain, steadyRise(plain, power)).forEach((t, u) => {
      expect(temperatures[u]).toBeLessThan(t);
    });
    const rim = model.network.nodes - 28;
    const board = heatOut(model, rise, 0, 48) + heatOut(model, rise, rim + 12);
    const sink = heatOut(model, rise, 48, rim + 12);
    expect(Math.min(board, sink)).toBeGreaterThan(0.05);
    expect(board + sink).toBeCloseTo(6, 9);
  });
});

describe('materials by block', () => {
  const detailed: HotspotOptions = { ...GRID, detailed_3D: 'on' };
  const stack = (options: HotspotOptions, scale: number): HotspotProblem => {
    const own = BLOCKS.map((block) => ({
      ...block,
      resistivityMKPerW: scale / SILICON.conductivityWPerMK,
      heatCapacityJPerM3K: scale * SILICON.heatCapacityJPerM3K,
    }));
    return {
      options,
      layers: [layerOf(SILICON, own, true), layerOf(GLUE, BLOCKS)],
      fromLayerFile: true,
      packageModel: null,
    };
  };

  test('physical: equal to the layer, they change nothing', () => {
    const plain = hotspotModel(stack(GRID, 1), RULES.physical);
    const same = hotspotModel(stack(detailed, 1), RULES.physical);
    expect(networkDifference(same, plain)).toBe(0);
    expect(isGridNetwork(same.network)).toBe(true);
    // So little that only the way the network is made differs.
    const nearly = hotspotModel(stack(detailed, 1 + 1e-10), RULES.physical);
    expect(isGridNetwork(nearly.network)).toBe(false);
    expect(networkDifference(nearly, plain)).toBeLessThan(3e-10);
  });

  test('cells of one layer, by hand', () => {
    // A row of four cells of 1 mm: x to 0.98 mm (k 1, c 1e6), y to 2.4 mm (k 9, c 3e6), z of the layer's own material.
    const at = (name: string, leftM: number, right: number) => ({
      name,
      leftM,
      bottomM: 0,
      widthM: right - leftM,
      heightM: 1e-3,
    });
    const own = (k: number, c: number) => ({ resistivityMKPerW: 1 / k, heatCapacityJPerM3K: c });
    const blocks = [
      { ...at('x', 0, 0.98e-3), ...own(1, 1e6) },
      { ...at('y', 0.98e-3, 2.4e-3), ...own(9, 3e6) },
      at('z', 2.4e-3, 4e-3),
    ];
    const layer = layerOf({ thicknessM: 1e-4, conductivityWPerMK: 5, heatCapacityJPerM3K: 2e6 }, blocks);
    const [hotspot, physical] = MODES.map(
      (mode) => cellMaterials(layer, 'layer 0', { rows: 1, columns: 4 }, RULES[mode])!,
    );
    // HotSpot: x owns the first cell; the third adds 0.4 x 9 and 0.6 x 5 but keeps the layer's heat capacity.
    expect(largestDifference(hotspot.conductivityWPerMK, [1, 9, 6.6, 5])).toBeLessThan(1e-9);
    expect(largestDifference(hotspot.heatCapacityJPerM3K, [1e6, 3e6, 2e6, 2e6])).toBeLessThan(1e-3);
    expect(largestDifference(physical.conductivityWPerMK, [0.98 + 0.02 * 9, 9, 6.6, 5])).toBeLessThan(1e-9);
    expect(largestDifference(physical.heatCapacityJPerM3K, [1.04e6, 3e6, 2.4e6, 2e6])).toBeLessThan(1e-3);
  });

  test('bare cells: an error where HotSpot crashes, the layer otherwise', () => {
    const blocks = [BLOCKS[0], { ...BLOCKS[2], resistivityMKPerW: 1, heatCapacityJPerM3K: 1e6 }];
    const layer = layerOf(SILICON, blocks);
    const grid = { rows: 6, columns: 8 };
    expect(codesOf(() => cellMaterials(layer, 'layer 0', grid, RULES.hotspot))).toEqual(['floorplan-gap']);
    const { conductivityWPerMK } = cellMaterials(layer, 'layer 0', grid, RULES.physical)!;
    expect(conductivityWPerMK[5 * 8 + 4]).toBe(SILICON.conductivityWPerMK);
    expect(conductivityWPerMK[4]).toBeCloseTo(1, 12);
  });

  test('lateral N: insulates sideways, but not under HotSpot with -detailed_3D on', () => {
    const problem = stack(detailed, 2);
    const insulated = { ...problem, layers: problem.layers.map((layer) => ({ ...layer, lateral: false })) };
    expect(networkDifference(hotspotModel(insulated, RULES.hotspot), hotspotModel(problem, RULES.hotspot))).toBe(0);
    expect(
      networkDifference(hotspotModel(insulated, RULES.physical), hotspotModel(problem, RULES.physical)),
    ).toBeGreaterThan(0.1);
  });
});

describe('errors', () => {
  test('microchannels, and packages that do not enclose the die', () => {
    const code = (change: Partial<HotspotOptions>, mode: HotspotMode = 'physical'): string[] =>
      codesOf(() => hotspotModel(dieProblem({ ...GRID, ...change }, BLOCKS), RULES[mode]).network);
    expect(code({ use_microchannels: 1 })).toEqual(['not-supported']);
    for (const equal of [{ s_spreader: 8e-3 }, { s_sink: 0.03 }]) {
      expect(code(equal)).toEqual([]);
      expect(code(equal, 'hotspot')).toEqual(['die-larger-than-package']);
    }
    expect(code({ s_spreader: 7.999e-3 })).toEqual(['die-larger-than-package']);
    expect(code({ s_sink: 0.0299 })).toEqual(['die-larger-than-package']);
    expect(code({ s_sub: 7e-3 })).toEqual([]);
    expect(code({ s_sub: 7e-3, model_secondary: 1 })).toEqual(['die-larger-than-package']);
    expect(code({ s_pcb: 0.02, model_secondary: 1 })).toEqual(['die-larger-than-package']);
  });
});

describe('parts as wide as what they carry, where HotSpot divides by zero: as if they were a hundredth of a per cent wider', () => {
  // A square spreader as wide as the die, sink like spreader, substrate, solder and board alike; for a die of 8 x 3 mm.
  const equal: Partial<HotspotOptions> = {
    ...{ s_spreader: 8e-3, s_sink: 8e-3, s_sub: 8e-3, s_solder: 8e-3, s_pcb: 8e-3 },
    ...{ model_secondary: 1, r_convec: 1, r_convec_sec: 3 },
  };
  const wider = { s_spreader: 8.0008e-3, s_sink: 8.0016e-3, s_sub: 8.0008e-3, s_solder: 8.0008e-3, s_pcb: 8.0016e-3 };
  const own = BLOCKS.map((block) => ({ ...block, resistivityMKPerW: 0.02, heatCapacityJPerM3K: 1e6 }));
  const problem = (change: Partial<HotspotOptions>, detailed: boolean): HotspotProblem => ({
    options: { ...GRID, ...equal, ...change, detailed_3D: detailed ? 'on' : 'off' },
    layers: [layerOf(SILICON, detailed ? own : BLOCKS, true), layerOf(GLUE, BLOCKS)],
    fromLayerFile: true,
    packageModel: null,
  });
  const trace = {
    names: ['a', 'b', 'c'],
    unitOfColumn: Int32Array.of(0, 1, 2),
    samples: 1,
    powerW: [3, 1, 2].map((power) => Float64Array.of(power)),
  };
  // Names of blocks in all layers; an overhang of nothing has no temperature of its own.
  const names = (of: HotspotProblem): Float64Array => {
    const input = { problem: of, trace, start: null, place: undefined };
    const { steady } = runHotspot({ input, mode: 'physical', transient: false, steady: 'names' });
    const blocks = steady.filter(({ prefix }) => prefix !== 'inode_');
    return Float64Array.from(blocks.flatMap(({ temperatureK }) => Array.from(temperatureK)));
  };

  longTest.each<[string, Partial<HotspotOptions>, boolean]>([
    ['lateral modes', {}, false],
    ['elements', {}, true],
    ['nodes', { model_type: 'block', model_secondary: 0 }, false],
  ])('%s', (_, change, detailed) => {
    const [narrow, wide] = [equal, wider].map((sides) => names(problem({ ...sides, ...change }, detailed)));
    expect(narrow.length).toBe(wide.length);
    // 0.05 % of more area.
    expect(largestDifference(narrow, wide) / (Math.max(...wide) - GRID.ambient)).toBeLessThan(1e-3);
  });
});
