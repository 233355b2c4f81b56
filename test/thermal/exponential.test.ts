import { describe, expect, test } from 'vitest';
import { modalTransient, reduceNetwork } from '../../src/thermal/index.ts';
import { exponentialTransient } from '../../src/thermal/solvers/exponential.ts';
import { choleskySteady } from '../../src/thermal/solvers/sparse-cholesky.ts';
import { goldenModel, largestDifference, TEMPLATE } from './support.ts';

const OPTIONS = { ...TEMPLATE, grid_rows: 8, grid_cols: 8 };
const { network, map } = goldenModel('two-block-step/two.flp', OPTIONS);
const POWER = Float64Array.of(8, 3);
const LATER = Float64Array.of(2, 10);

describe('exponentialTransient', () => {
  test.each([1e-6, 1e-3, 1, 1e3])('two steps of %g s are one of twice that', (durationS) => {
    const one = exponentialTransient(network, map);
    const two = exponentialTransient(network, map);
    one.step(POWER, 2 * durationS);
    two.step(POWER, durationS);
    two.step(POWER, durationS);
    // 1.5e-9 of some 20 K a step.
    expect(largestDifference(one.state, two.state)).toBeLessThan(1e-7);
  });

  test('ends in the steady state', () => {
    const solver = exponentialTransient(network, map);
    solver.step(POWER, 1e6);
    const rise = new Float64Array(network.nodes);
    const source = new Float64Array(network.nodes);
    for (let u = 0; u < 2; u++) {
      for (let i = map.spread.start[u]; i < map.spread.start[u + 1]; i++) {
        source[map.spread.index[i]] += map.spread.weight[i] * POWER[u];
      }
    }
    choleskySteady(network).solve(source, rise);
    expect(largestDifference(solver.state, rise)).toBeLessThan(1e-7);
  });

  test('agrees with the reduced model, which is another method', () => {
    const solver = exponentialTransient(network, map);
    const modal = modalTransient(reduceNetwork(network, map, { shiftRatio: 4 }));
    for (const [durationS, end] of [[1e-4], [1e-4, LATER], [1e-2], [3]] as [number, Float64Array?][]) {
      solver.step(POWER, durationS, end);
      modal.step(end ? POWER.map((value, u) => (value + end[u]) / 2) : POWER, durationS);
      expect(largestDifference(solver.temperatureK, modal.temperatureK)).toBeLessThan(1e-4);
      expect(solver.storedHeatJ()).toBeCloseTo(modal.storedHeatJ(), 2);
    }
  });

  test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('no step of %g s', (durationS) => {
    expect(() => exponentialTransient(network, map).step(POWER, durationS)).toThrow(/out-of-range/);
  });
});
