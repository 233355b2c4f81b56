/** Cases whose rise is known from elsewhere, at the resolution that is chosen unless one says otherwise. */
import { expect, test } from 'vitest';
import { HOTSPOT_DEFAULTS } from '../../../src/formats/hotspot/config.ts';
import { symmetricEigen } from '../../../src/numeric/symmetric-eigen.ts';
import {
  chooseNetwork,
  continuumNetwork,
  type Resolution,
  reduceContinuumNetwork,
} from '../../../src/thermal/continuum/index.ts';
import { makeFloorplan } from '../../../src/thermal/floorplan/index.ts';
import { hotspotStack, type ThermalStack } from '../../../src/thermal/index.ts';
import { longTest } from '../../tier.ts';
import { block, heated, mm, steadyRises, stepResponse } from './support.ts';

type Sides = readonly [width: number, height: number];

// The first from the sum of the resistances; the second from finite volumes of the true package, refined until 19.21 to 19.24 K. The others in
// K/W, for blocks that line up with no cell: the limits of an independent program in 32 to 256 cosines and cells a side, exact through the layers.
const CASES: readonly (readonly [string, object, Sides, Sides, number, number])[] = [
  [
    'all of 8 x 8 mm, package as wide',
    { t_sink: 2e-3, s_spreader: 8.001e-3, s_sink: 8.002e-3, r_convec: 2 },
    [8, 8],
    [8, 8],
    20,
    44.374,
  ],
  ['all of 16 x 16 mm', { r_convec: 0.1 }, [16, 16], [16, 16], 100, 19.22],
  ['0.6 x 0.5 mm of 8 x 4 mm', { r_convec: 1.042 }, [8, 4], [0.6, 0.5], 1, 10.05],
  ['0.25 mm of 8 x 4 mm', { r_convec: 1.042 }, [8, 4], [0.25, 0.25], 1, 21.3],
  ['1 mm of 8 x 4 mm', { r_convec: 1.042 }, [8, 4], [1, 1], 1, 5.444],
  ['4 x 2 mm of 8 x 4 mm', { r_convec: 1.042 }, [8, 4], [4, 2], 1, 2.06],
];

longTest.each(CASES)('%s', (_, options, [width, height], [w, h], powerW, exact) => {
  const hot = block('hot', (width - w) * 0.53, (height - h) * 0.47, w, h);
  const floorplan = makeFloorplan([hot], { gaps: 'allow', die: { widthM: width * mm, heightM: height * mm } });
  const layers = [{ face: 0, floorplan, power: true }];
  const make = (resolution: Resolution) =>
    continuumNetwork(hotspotStack({ ...HOTSPOT_DEFAULTS, ...options }), layers, { rows: 4, columns: 4 }, resolution);
  const { network, error } = chooseNetwork(make, Float64Array.of(powerW));
  const [rise] = steadyRises(network(), [powerW]);
  expect(Math.abs(rise / exact - 1)).toBeLessThan(0.005);
  expect(error.part).toBeLessThan(0.005);
});

const LAYERS = [
  { name: 'silicon', thicknessM: 0.4 * mm, conductivityWPerMK: 100, heatCapacityJPerM3K: 1.75e6 },
  { name: 'interface', thicknessM: 0.1 * mm, conductivityWPerMK: 1, heatCapacityJPerM3K: 4e6 },
];
const FILM = 2e4;

/** The rise of the heated face under 1 W/m^2 after so many seconds, of each: finite volumes that widen from 0.05 um on, exact in time. */
function slabInVolumes(times: readonly number[]): number[] {
  const cells = LAYERS.flatMap(({ thicknessM, conductivityWPerMK: k, heatCapacityJPerM3K: c }) => {
    const widths: number[] = [];
    for (let width = 5e-8, sum = 0; sum < thicknessM; width *= 1.05) {
      widths.push(width);
      sum += width;
    }
    const all = widths.reduce((sum, width) => sum + width, 0);
    return widths.map((width) => ({ width: (width * thicknessM) / all, k, c }));
  });
  const n = cells.length;
  const a = new Float64Array(n * n);
  cells.forEach(({ width, k, c }, i) => {
    const next = cells[i + 1];
    const g = 1 / (width / (2 * k) + (next ? next.width / (2 * next.k) : 1 / FILM));
    a[i * (n + 1)] += g / (c * width);
    if (!next) return;
    a[(i + 1) * (n + 1)] += g / (next.c * next.width);
    a[i * n + i + 1] = a[(i + 1) * n + i] = -g / Math.sqrt(c * width * next.c * next.width);
  });
  const { values, vectors } = symmetricEigen(a, n);
  const [{ width, k, c }] = cells;
  return times.map((time) => {
    let sum = width / (2 * k);
    for (let i = 0; i < n; i++) sum += (vectors[i * n] ** 2 * -Math.expm1(-values[i] * time)) / (values[i] * c * width);
    return sum;
  });
}

// One element through each layer was 88 % low at 10 us, 64 % at 0.1 ms, 17 % at 1 ms.
test('0.4 mm of silicon on 0.1 mm of 1 W/mK: steps from 1 us to 1 s within 1.5 % of finite volumes', () => {
  const stack: ThermalStack = {
    layers: LAYERS,
    convection: { resistanceKPerW: 1 / (FILM * 64e-6), areaM2: 64e-6, capacityJPerK: 0 },
    ambientK: 318.15,
  };
  const model = reduceContinuumNetwork(heated(stack, [block('all', 0, 0, 8, 8)], [8, 8]), { shortestS: 1e-6 });
  const times = Array.from({ length: 25 }, (_, i) => 10 ** (i / 4 - 6));
  slabInVolumes(times).forEach((rise, i) => {
    expect(Math.abs((stepResponse(model, 0, 0, times[i]) * 64e-6) / rise - 1)).toBeLessThan(0.015);
  });
});
