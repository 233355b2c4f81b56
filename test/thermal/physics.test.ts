import { describe, expect, test } from 'vitest';
import { modalTransient, reduceNetwork, type ThermalStack } from '../../src/thermal/index.ts';
import { type Model, modelOf, steadyRise } from './support.ts';

// A bare 8 x 8 x 0.5 mm slab of silicon in 8 layers, cooled on its far face by 1 K/W (h = 15625 W/m^2 K).
const SIDE_M = 8e-3;
const THICKNESS_M = 0.5e-3;
const K = 130;
const HEAT_CAPACITY = 1.63e6;
const LAYERS = 8;
const AREA_M2 = SIDE_M ** 2;
const H = 1 / (1 * AREA_M2);

const SLAB: ThermalStack = {
  layers: Array.from({ length: LAYERS }, (_, i) => ({
    name: `slice ${i}`,
    thicknessM: THICKNESS_M / LAYERS,
    conductivityWPerMK: K,
    heatCapacityJPerM3K: HEAT_CAPACITY,
  })),
  convection: { resistanceKPerW: 1, capacityJPerK: 0, areaM2: AREA_M2 },
  ambientK: 318.15,
};

function slabModel(n: number, blockM: number): Model {
  const corner = (SIDE_M - blockM) / 2;
  const blocks = [{ name: 'source', leftM: corner, bottomM: corner, widthM: blockM, heightM: blockM }];
  return modelOf({ blocks, widthM: SIDE_M, heightM: SIDE_M }, SLAB, { rows: n, columns: n });
}

/**
 * Rise at the heated face under 10 W on the centred square of side b, mean over cells of 8 mm / n: the double cosine series
 * sum q_i q_j cos cos / (k beta tanh(beta t + atanh(...))), Carslaw and Jaeger's slab with convection on the far face.
 */
function slabRise(n: number, b: number, row: number, column: number): number {
  const terms = 400;
  const sinc = (x: number): number => (x === 0 ? 1 : Math.sin(x) / x);
  // Coefficient of mode i in the source profile, and its mean over the cell.
  const mode = (i: number, cell: number): number => {
    const alpha = (i * Math.PI) / SIDE_M;
    const source = (i === 0 ? 1 : 2) * Math.cos((i * Math.PI) / 2) * sinc((alpha * b) / 2);
    const cellM = SIDE_M / n;
    return source * Math.cos(alpha * (cell + 0.5) * cellM) * sinc((alpha * cellM) / 2);
  };
  const x = Array.from({ length: terms }, (_, i) => mode(i, column));
  const y = Array.from({ length: terms }, (_, j) => mode(j, row));
  let sum = 0;
  for (let i = 0; i < terms; i++) {
    for (let j = 0; j < terms; j++) {
      const beta = (Math.hypot(i, j) * Math.PI) / SIDE_M;
      const t = Math.tanh(beta * THICKNESS_M);
      const resistance = beta === 0 ? THICKNESS_M / K + 1 / H : (K * beta + H * t) / (K * beta * (K * beta * t + H));
      sum += x[i] * y[j] * resistance;
    }
  }
  return (10 / AREA_M2) * sum;
}

describe('a slab with a hot square, steady', () => {
  test('the series is the published one (peak 354.8657 K at 64 x 64)', () => {
    expect(slabRise(64, 2e-3, 32, 32) + 318.15).toBeCloseTo(354.86567597859374, 4);
  });

  test('every cell of a diagonal and of the middle row within 0.3 K at 64 x 64 (the worst is the corner of the square)', () => {
    const n = 64;
    const rise = steadyRise(slabModel(n, 2e-3), [10]);
    const errors = Array.from({ length: n / 2 }, (_, i) => [
      Math.abs(rise[i * n + i] - slabRise(n, 2e-3, i, i)),
      Math.abs(rise[(n / 2) * n + i] - slabRise(n, 2e-3, n / 2, i)),
    ]);
    expect(Math.max(...errors.flat())).toBeLessThan(0.3);
  });

  test('the peak converges with the square of the cells, to 0.1 K at 64 x 64 and 0.01 K at 128 x 128', () => {
    const errors = [32, 64, 128].map((n) => {
      const rise = steadyRise(slabModel(n, 2e-3), [10]);
      return Math.abs(rise[(n / 2) * n + n / 2] - slabRise(n, 2e-3, n / 2, n / 2));
    });
    expect(errors[0] / errors[1]).toBeGreaterThan(4);
    expect(errors[1]).toBeLessThan(0.1);
    expect(errors[2]).toBeLessThan(0.01);
  });
});

describe('a slab under uniform power', () => {
  test('steady: the sum of the resistances', () => {
    const rise = steadyRise(slabModel(5, SIDE_M), [10]);
    const expected = 10 * (THICKNESS_M / (K * AREA_M2) + 1);
    for (let cell = 0; cell < 25; cell++) expect(rise[cell]).toBeCloseTo(expected, 9);
  });

  // Exact series of the 1-D slab (Biot 0.0601) for a step of 10 W.
  test.each([
    [0.002, 0.5815],
    [0.004, 0.9512],
    [0.01, 1.98],
    [0.02, 3.4569],
    [0.03, 4.6807],
    [0.06, 7.2318],
    [0.12, 9.5098],
  ])('rise after %f s within 1 %%', (time, expected) => {
    const { network, map } = slabModel(4, SIDE_M);
    const solver = modalTransient(reduceNetwork(network, map));
    solver.step(Float64Array.of(10), time);
    expect(Math.abs((solver.temperatureK[0] - 318.15) / expected - 1)).toBeLessThan(0.01);
  });
});
