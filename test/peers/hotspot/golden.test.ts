import { beforeAll, describe, expect, test } from 'vitest';
import { readHotspotConfig } from '../../../src/formats/hotspot/config.ts';
import { blockTemperatures, modalTransient, type ReducedModel, reduceNetwork } from '../../../src/thermal/index.ts';
import {
  golden,
  goldenModel,
  goldenRows,
  largestDifference,
  type Model,
  powersOf,
  steadyRise,
  TEMPLATE,
} from '../../thermal/support.ts';

/** All rows of HotSpot's steady file: the blocks in silicon, interface, spreader, sink, then the 12 inodes. */
function steadyFile(model: Model, powerW: ArrayLike<number>): number[] {
  const { network, map } = model;
  const rise = steadyRise(model, powerW);
  const layers = [0, 1, 2, 3].flatMap((plane) => [...blockTemperatures(network, map, rise, plane)]);
  return [...layers, ...rise.subarray(4 * network.cells).map((value) => value + network.ambientK)];
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

describe('steady states of its SuperLU build', () => {
  test('acc21: blocks that do not line up with the grid', () => {
    const model = goldenModel('acc21/acc21.flp', TEMPLATE);
    const power = powersOf(model, 'acc21/acc21_steady.ptrace').map(mean);
    const expected = goldenRows('acc21/steady_64x64_superlu.csv', 0, 1).flat();
    expect(largestDifference(steadyFile(model, power), expected)).toBeLessThan(1e-6);
  });
});

/** The largest error of block temperatures at the ends of all samples. */
function transientError(model: Model, reduced: ReducedModel, ptrace: string, rows: number[][], dt: number): number {
  const columns = powersOf(model, ptrace);
  const solver = modalTransient(reduced);
  const power = new Float64Array(columns.length);
  let worst = 0;
  rows.forEach((row, k) => {
    columns.forEach((column, u) => {
      power[u] = column[k];
    });
    solver.step(power, dt);
    worst = Math.max(worst, largestDifference(solver.temperatureK, row));
  });
  return worst;
}

describe('transients, exact for its network', () => {
  let model: Model;
  let reduced: ReducedModel;
  beforeAll(() => {
    model = goldenModel('acc21/acc21.flp', TEMPLATE);
    reduced = reduceNetwork(model.network, model.map);
  });

  test.each([
    ['exact_dt1e-6', 1e-6],
    ['rk4_dt1e-5', 1e-5],
    ['exact_dt1e-4', 1e-4],
    ['exact_dt1e-3', 1e-3],
    ['exact_dt1e-2', 1e-2],
    ['exact_dt1', 1],
  ] as const)('acc21 %s', (file, dt) => {
    const rows = goldenRows(`acc21/trans_64x64_${file}.csv`);
    expect(transientError(model, reduced, 'acc21/acc21_100.ptrace', rows, dt)).toBeLessThan(1e-3);
  });

  test.each([
    ['sys8-grid16-step-1e-5', 1e-5],
    ['sys8-grid16-square-1e-3', 1e-3],
  ] as const)('%s', (name, dt) => {
    const { options } = readHotspotConfig(golden(`${name}/hotspot.config`));
    const other = goldenModel(`${name}/sys8.flp`, options);
    const rows = goldenRows(`${name}/ttrace.exact.csv`);
    const error = transientError(other, reduceNetwork(other.network, other.map), `${name}/power.ptrace`, rows, dt);
    expect(error).toBeLessThan(1e-3);
  });
});
