import { describe, expect, test } from 'vitest';
import { HOTSPOT_DEFAULTS } from '../../../src/formats/hotspot/config.ts';
import {
  type ContinuumNetwork,
  chooseNetwork,
  continuumNetwork,
  type Resolution,
} from '../../../src/thermal/continuum/index.ts';
import { responseAt } from '../../../src/thermal/continuum/response.ts';
import type { Block } from '../../../src/thermal/floorplan/index.ts';
import { hotspotStack, type ThermalStack } from '../../../src/thermal/index.ts';
import { longTest } from '../../tier.ts';
import { codesOf } from '../support.ts';
import { finiteVolumes, type QuarterPlate } from './finite-volumes.ts';
import { block, heated, mm, steadyRises } from './support.ts';

const relative = (value: number, exact: number): number => Math.abs(value / exact - 1);

describe('the 1-D limit: 20 W evenly on 8 x 8 mm, spreader and sink 1 and 2 um wider', () => {
  const options = { ...HOTSPOT_DEFAULTS, t_sink: 2e-3, s_spreader: 8.001e-3, s_sink: 8.002e-3, r_convec: 2 };
  // Sum of t / (k A) and r_convec; what the last micrometres add to that is below 1e-4 K.
  const series =
    options.t_chip / (options.k_chip * 64e-6) +
    options.t_interface / (options.k_interface * 64e-6) +
    options.t_spreader / (options.k_spreader * 8.001e-3 ** 2) +
    options.t_sink / (options.k_sink * 8.002e-3 ** 2) +
    options.r_convec;

  test.each([1, 4, 24])('%i cosines: the sum of the resistances', (count) => {
    const resolution = { columns: count, rows: count, elements: 8, kept: [56, 40] };
    const network = heated(hotspotStack(options), [block('all', 0, 0, 8, 8)], [8, 8], resolution);
    const [rise] = steadyRises(network, [20]);
    // DEFAULT 43.3 K on the network of nodes, 44.375 in 3D-ICE 4.0.
    expect(Math.abs(rise - 20 * series)).toBeLessThan(1e-3);
    expect(Math.abs(rise - 44.375)).toBeLessThan(0.002);
  });
});

describe('other solutions of the continuum', () => {
  test('16 mm die, 100 W, r_convec 0.1: 19.24 K in finite volumes with the true package', () => {
    const stack = hotspotStack({ ...HOTSPOT_DEFAULTS, r_convec: 0.1 });
    const [rise] = steadyRises(heated(stack, [block('all', 0, 0, 16, 16)], [16, 16]), [100]);
    expect(relative(rise, 19.24)).toBeLessThan(0.005);
  });

  // Quarter plates on cells of 0.25 and 0.125 mm: 1 mm heated in the middle of a die of 2 mm, spreader 5 mm, sink 7 mm.
  const layer = (name: string, thicknessM: number, conductivityWPerMK: number, heatCapacityJPerM3K: number) => ({
    name,
    thicknessM,
    conductivityWPerMK,
    heatCapacityJPerM3K,
  });
  const stack: ThermalStack = {
    layers: [
      layer('die', 0.5 * mm, 100, 1.75e6),
      layer('spreader', 0.5 * mm, 400, 3.55e6),
      layer('sink', 1 * mm, 200, 2.5e6),
    ],
    overhang: { spreaderSideM: 5 * mm, sinkSideM: 7 * mm },
    convection: { resistanceKPerW: 2, areaM2: 49e-6, capacityJPerK: 0 },
    ambientK: 300,
  };
  const film = 1 / (2 * 49e-6);
  const asWideAsTheDie: ThermalStack = {
    layers: stack.layers,
    convection: { resistanceKPerW: 1 / (film * 4e-6), areaM2: 4e-6, capacityJPerK: 0 },
    ambientK: 300,
  };
  const inVolumes = (fine: number, shift: number, halvesMm: readonly number[]): number => {
    const plates = halvesMm.map((halfMm, index): QuarterPlate => {
      const { thicknessM, conductivityWPerMK, heatCapacityJPerM3K } = stack.layers[index];
      const planes = 4 * fine;
      return {
        halfCells: halfMm * 4 * fine,
        planes,
        planeM: thicknessM / planes,
        conductivityWPerMK,
        heatCapacityJPerM3K,
      };
    });
    return finiteVolumes(plates, (0.25 * mm) / fine, 2 * fine, film, shift);
  };

  // What the overhang does is the difference to a package as wide as the die. Volumes err by as much in both where the power enters,
  // by 8 % of the rise at 0.25 mm; in the difference that is gone.
  test.each([
    ['steady', 0],
    ['at a shift of 10 1/s', 10],
    ['at a shift of 100 1/s', 100],
  ])('a small package against finite volumes, extrapolated: what the overhang does, %s', (_, shift) => {
    const difference = (fine: number): number =>
      inVolumes(fine, shift, [1, 2.5, 3.5]) - inVolumes(fine, shift, [1, 1, 1]);
    const [coarse, fine] = [difference(1), difference(2)];
    const extrapolated = fine + (fine - coarse) / 3;
    const [wide, narrow] = [stack, asWideAsTheDie].map((one) => {
      const { continuum } = heated(one, [block('hot', 0.5, 0.5, 1, 1)], [2, 2]);
      return responseAt(continuum, shift, Float64Array.of(1, 0)).h[0];
    });
    expect(Math.abs(wide - narrow - extrapolated)).toBeLessThan(0.003 * wide);
  });
});

describe('the error falls under refinement', () => {
  const resolutions = [8, 16, 32].map((n) => ({ columns: n, rows: n, elements: n / 2, kept: [2 * n + 8, 2 * n] }));
  const finest = { columns: 48, rows: 48, elements: 16, kept: [112, 88] };
  // Blocks that line up with nothing: template package, 8 x 4 mm; and a thin spreader, the hardest of a dozen.
  const cases: readonly [string, object, Block, number][] = [
    ['0.6 x 0.5 mm', {}, block('hot', 4.7, 2.4, 0.6, 0.5), 2e-4],
    ['0.25 mm', {}, block('hot', 4.7, 2.4, 0.25, 0.25), 2e-4],
    ['0.5 mm in the corner', {}, block('hot', 7.5, 3.5, 0.5, 0.5), 2e-3],
    [
      '0.5 mm over a spreader of 0.3 mm',
      { t_spreader: 0.3 * mm, k_spreader: 200 },
      block('hot', 4.7, 2.4, 0.5, 0.5),
      3e-3,
    ],
  ];
  longTest.each(cases)('%s', (_, options, hot, within) => {
    const stack = hotspotStack({ ...HOTSPOT_DEFAULTS, r_convec: 1.042, ...options });
    const riseAt = (resolution: (typeof resolutions)[number]): number =>
      steadyRises(heated(stack, [hot], [8, 4], resolution), [6])[0];
    const exact = riseAt(finest);
    const errors = resolutions.map((resolution) => relative(riseAt(resolution), exact));
    expect(errors[0]).toBeGreaterThan(errors[1]);
    expect(errors[1]).toBeGreaterThan(errors[2]);
    expect(errors[2]).toBeLessThan(within);
    // As it is chosen unless one says otherwise.
    expect(relative(steadyRises(heated(stack, [hot], [8, 4]), [6])[0], exact)).toBeLessThan(0.005);
  });
});

describe('a secondary path', () => {
  const plate = (name: string, thicknessM: number, conductivityWPerMK: number) => ({
    name,
    thicknessM,
    conductivityWPerMK,
    heatCapacityJPerM3K: 2e6,
  });
  const convection = (resistanceKPerW: number, sideM: number) => ({
    resistanceKPerW,
    areaM2: sideM ** 2,
    capacityJPerK: 0,
  });
  const layers = [
    plate('board', 2 * mm, 3),
    plate('solder', 0.1 * mm, 17),
    plate('substrate', 1 * mm, 2),
    plate('silicon', 0.5 * mm, 100),
    plate('spreader', 1 * mm, 400),
    plate('sink', 2 * mm, 400),
  ];
  const stack = (step: number): ThermalStack => ({
    layers,
    overhang: { spreaderSideM: 8 * mm + step, sinkSideM: 8 * mm + 2 * step },
    secondary: {
      substrateSideM: 8 * mm + step,
      solderSideM: 8 * mm + step,
      boardSideM: 8 * mm + 2 * step,
      convection: convection(5, 8 * mm),
    },
    convection: convection(2, 8 * mm),
    ambientK: 300,
  });
  const network = (step: number): ContinuumNetwork => {
    const floorplan = { widthM: 8 * mm, heightM: 8 * mm, blocks: [block('all', 0, 0, 8, 8)] };
    return continuumNetwork(stack(step), [{ face: 3, floorplan, power: true }], { rows: 4, columns: 4 });
  };

  test('all as wide as the die: two resistances in parallel', () => {
    const [rise] = steadyRises(network(1e-9), [10]);
    const through = (some: typeof layers): number => {
      return some.reduce(
        (sum, { thicknessM, conductivityWPerMK }) => sum + thicknessM / (conductivityWPerMK * 64e-6),
        0,
      );
    };
    const [up, down] = [5 + through(layers.slice(0, 3)), 2 + through(layers.slice(3))];
    expect(relative(rise, (10 * up * down) / (up + down))).toBeLessThan(1e-6);
  });

  test('all of them wider than the die: the limit of a slow change, some heat by either end', () => {
    const { continuum } = network(6 * mm);
    const [still, slow] = [0, 1e-6].map((shift) => responseAt(continuum, shift, Float64Array.of(1, 0)));
    // A shift of 1e-6 1/s takes 1e-5 of the rise, with a time constant of 10 s.
    expect(relative(slow.h[0], still.h[0])).toBeLessThan(1e-4);
    expect(relative(still.outW[0], 1)).toBeLessThan(1e-9);
    const [board] = continuum.assembly.bodies;
    const throughBoardW = still.field(0)[0][0] * board.cooling[0].conductance * board.widthM;
    expect(throughBoardW).toBeGreaterThan(0.02);
    expect(throughBoardW).toBeLessThan(0.5);
  });
});

// A drawn package on which two thirds of the waves tell of 0.17 K where 0.30 K are missing: a spreader as wide as the die is long, three
// dies of 3.8 x 7.3 mm, water on both sides.
longTest('the error that is told is not below two thirds of the true one, against 64 waves', () => {
  const plates = [
    ...[
      [0.738, 3],
      [0.385, 16.7],
      [0.465, 2],
      [0.104, 92],
      [0.185, 0.301],
      [0.205, 130],
    ],
    ...[
      [0.0884, 1.78],
      [0.0426, 119],
      [0.00904, 0.533],
      [0.127, 200],
      [15.6, 200],
    ],
  ];
  const stack: ThermalStack = {
    layers: plates.map(([t, k], i) => ({
      name: `layer ${i}`,
      thicknessM: t * mm,
      conductivityWPerMK: k,
      heatCapacityJPerM3K: 2e6,
    })),
    overhang: { spreaderSideM: 7.27 * mm, sinkSideM: 7.27 * mm },
    secondary: {
      substrateSideM: 11.1 * mm,
      solderSideM: 11.1 * mm,
      boardSideM: 11.3 * mm,
      convection: { resistanceKPerW: 0.0621, areaM2: 11.3e-3 ** 2, capacityJPerK: 0 },
    },
    convection: { resistanceKPerW: 0.0238, areaM2: 7.27e-3 ** 2, capacityJPerK: 0 },
    ambientK: 300,
  };
  const floorplan = { widthM: 3.81 * mm, heightM: 7.27 * mm, blocks: [block('all', 0, 0, 3.81, 7.27)] };
  const faces = [3, 5, 7].map((face) => ({ face, floorplan, power: true }));
  const make = (resolution: Resolution) => continuumNetwork(stack, faces, { rows: 4, columns: 4 }, resolution);
  const powerW = Float64Array.of(0, 16.8, 14.8);
  const { network, error } = chooseNetwork(make, powerW);
  const exact = steadyRises(make({ columns: 64, rows: 64, elements: 22, kept: [150, 107] }), [...powerW]);
  const missing = steadyRises(network(), [...powerW]).map((rise, u) => Math.abs(rise - exact[u]));
  expect(Math.max(...missing)).toBeGreaterThan(0.05);
  expect(Math.max(...missing)).toBeLessThan(1.5 * error.kelvin!);
});

// Twelve blocks of 0.4 mm along one rim; the reference has two and a quarter times the waves.
longTest('the error of the hardest of many blocks: at most three times too large, and hardly too small', () => {
  const blocks = Array.from({ length: 12 }, (_, i) => block(`b${i}`, 0.04 + 0.66 * i, 0.02, 0.4, 0.4));
  const floorplan = { widthM: 8 * mm, heightM: 8 * mm, blocks };
  const layers = [{ face: 0, floorplan, power: true }];
  const make = (resolution: Resolution): ContinuumNetwork =>
    continuumNetwork(hotspotStack(HOTSPOT_DEFAULTS), layers, { rows: 4, columns: 4 }, resolution);
  const { network, error } = chooseNetwork(make, null);
  const exact = make({ columns: 54, rows: 54, elements: 18, kept: [126, 90] }).steadyResponse().h;
  const { h } = network().steadyResponse();
  const errors = blocks.map((_, u) => relative(h[u * 13], exact[u * 13]));
  expect(Math.max(...errors)).toBeGreaterThan(5e-4);
  expect(Math.max(...errors)).toBeLessThan(1.1 * error.part);
  expect(Math.max(...errors)).toBeGreaterThan(error.part / 3);
});

// Blocks whose rises change most from 18 to 24 waves are not those that change most from 24 to 36: by 1.6 times less.
longTest('the error of many blocks is that of the worst of all', () => {
  const rows = [
    [0, 0, 0.821, 1.179],
    [0.821, 0, 1.461, 1.179],
    [2.283, 0, 0.229, 1.179],
    [2.512, 0, 2.097, 0.151],
    [2.512, 0.151, 2.097, 1.028],
    [0, 1.179, 0.644, 1.681],
    [0.644, 1.179, 1.094, 1.681],
    [0, 2.86, 1.738, 0.796],
    [0, 3.656, 1.738, 0.953],
    [1.738, 1.179, 0.816, 0.152],
    [2.553, 1.179, 0.43, 0.152],
    [2.984, 1.179, 0.219, 0.152],
    [1.738, 1.331, 1.465, 0.096],
    [1.738, 1.427, 1.465, 0.935],
    [1.738, 2.362, 1.465, 1.144],
    [3.203, 1.179, 1.406, 1.075],
    [3.203, 2.254, 1.406, 1.252],
    [1.738, 3.506, 0.847, 1.103],
    [2.585, 3.506, 2.024, 1.103],
  ];
  const blocks = rows.map(([x, y, w, h], i) => block(`b${i}`, x, y, w, h));
  const floorplan = { widthM: 4.609 * mm, heightM: 4.609 * mm, blocks };
  const stack = hotspotStack({
    ...HOTSPOT_DEFAULTS,
    ...{ t_chip: 7.67e-5, k_chip: 67, t_interface: 4.6e-5, k_interface: 2.6, r_convec: 1.63 },
    ...{ t_spreader: 2.6e-3, k_spreader: 54.8, s_spreader: 6.98e-3, t_sink: 6.6e-3, k_sink: 349, s_sink: 7.92e-3 },
  });
  const make = (resolution: Resolution): ContinuumNetwork =>
    continuumNetwork(stack, [{ face: 0, floorplan, power: true }], { rows: 4, columns: 4 }, resolution);
  const { network, error } = chooseNetwork(make, null);
  const n = blocks.length;
  const { h } = network().steadyResponse();
  // Each level by itself, with its own short waves, whose bins differ by some per cent of so small a change.
  const finer = make({ columns: 36, rows: 36, elements: 12, kept: [84, 60] }).steadyResponse().h;
  const changes = blocks.map((_, u) => Math.abs(finer[u * (n + 1)] / h[u * (n + 1)] - 1));
  // An error that falls with the square of the waves is 1 / (1 - (2/3)^2) times the change.
  expect(relative(error.part, 1.8 * Math.max(...changes))).toBeLessThan(0.1);
});

test('a kept choice: the same waves and error, and nothing is compared', () => {
  const floorplan = { widthM: 8 * mm, heightM: 8 * mm, blocks: [block('all', 0, 0, 8, 8)] };
  const made: number[] = [];
  const make = (resolution: Resolution): ContinuumNetwork => {
    made.push(resolution.columns);
    const layers = [{ face: 0, floorplan, power: true }];
    return continuumNetwork(hotspotStack(HOTSPOT_DEFAULTS), layers, { rows: 4, columns: 4 }, resolution);
  };
  let kept: Float64Array | undefined;
  const keep = (choose: () => Float64Array): Float64Array => {
    kept ??= choose();
    return kept;
  };
  const first = chooseNetwork(make, null, keep);
  const ofFirst = steadyRises(first.network(), [10]);
  made.length = 0;
  const again = chooseNetwork(make, null, keep);
  expect(again.error).toEqual(first.error);
  expect(made).toEqual([]);
  expect(steadyRises(again.network(), [10])).toEqual(ofFirst);
  expect(made).toEqual([kept![0]]);
});

test('a die larger than its spreader', () => {
  const stack = hotspotStack({ ...HOTSPOT_DEFAULTS, s_spreader: 7 * mm });
  expect(codesOf(() => heated(stack, [block('all', 0, 0, 8, 8)], [8, 8]))).toEqual(['die-larger-than-package']);
});
