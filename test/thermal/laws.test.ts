import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HOTSPOT_DEFAULTS } from '../../src/formats/hotspot/config.ts';
import {
  type Block,
  blockTemperatures,
  cosineCg,
  hotspotRules,
  hotspotStack,
  makeFloorplan,
  modalTransient,
  type NetworkRules,
  nodeSources,
  physicalRules,
  reduceNetwork,
  steadyResistance,
} from '../../src/thermal/index.ts';
import { lawOptions } from '../tier.ts';
import { denseConductance, denseSteady, denseStep } from './dense-reference.ts';
import { codesOf, largestDifference, type Model, modelOf, riseField, steadyRise } from './support.ts';

const STACK = hotspotStack({ ...HOTSPOT_DEFAULTS, r_convec: 1.5, s_spreader: 0.02, s_sink: 0.035 });

/** Blocks of random widths and heights: `across` x `up` of them fill the die. */
function tiles(widthsM: readonly number[], heightsM: readonly number[]): Block[] {
  let bottomM = 0;
  return heightsM.flatMap((heightM, j) => {
    let leftM = 0;
    const row = widthsM.map((widthM, i) => {
      const block = { name: `b${i}_${j}`, leftM, bottomM, widthM, heightM };
      leftM += widthM;
      return block;
    });
    bottomM += heightM;
    return row;
  });
}

interface Case {
  readonly model: Model;
  readonly powerW: Float64Array;
  readonly otherW: Float64Array;
}

const lengths = fc.array(fc.integer({ min: 3, max: 40 }), { minLength: 1, maxLength: 2 });

/** Small dies, so that the dense reference stays quick. */
function dies(rules: NetworkRules = physicalRules): fc.Arbitrary<Case> {
  return fc
    .record({
      widths: lengths,
      heights: lengths,
      rows: fc.integer({ min: 1, max: 5 }),
      columns: fc.integer({ min: 1, max: 5 }),
      powers: fc.array(fc.integer({ min: 0, max: 100 }), { minLength: 8, maxLength: 8 }),
    })
    .map(({ widths, heights, rows, columns, powers }) => {
      const blocks = tiles(
        widths.map((w) => w * 1e-4),
        heights.map((h) => h * 1e-4),
      );
      const model = modelOf(makeFloorplan(blocks), STACK, { rows, columns }, rules);
      const pick = (from: number): Float64Array => Float64Array.from(blocks, (_, u) => powers[from + u] / 10);
      return { model, powerW: pick(0), otherW: pick(4) };
    });
}

const runs = lawOptions(24, 5);

function total(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}

describe.each<[string, NetworkRules]>([
  ['physics', physicalRules],
  ['hotspot', hotspotRules],
])('networks: %s', (_, rules) => {
  test('G is symmetric, and every row sums to the conductance to the ambient', () => {
    fc.assert(
      fc.property(dies(rules), ({ model: { network } }) => {
        const g = denseConductance(network);
        const n = network.nodes;
        for (let i = 0; i < n; i++) {
          let sum = 0;
          for (let j = 0; j < n; j++) {
            sum += g[i * n + j];
            if (g[i * n + j] !== g[j * n + i]) expect.fail(`G[${i}][${j}] is not G[${j}][${i}]`);
          }
          expect(Math.abs(sum - network.toAmbient[i])).toBeLessThan(1e-12 * g[i * n + i]);
          expect(network.capacity[i]).toBeGreaterThan(0);
        }
      }),
      runs,
    );
  });

  test('steady: conjugate gradients agree with elimination, and all heat leaves', () => {
    fc.assert(
      fc.property(dies(rules), ({ model, powerW }) => {
        const { network, map } = model;
        const rise = steadyRise(model, powerW);
        expect(largestDifference(rise, denseSteady(network, nodeSources(network, map, powerW)))).toBeLessThan(1e-8);
        const out = rise.reduce((sum, value, i) => sum + value * network.toAmbient[i], 0);
        expect(Math.abs(out - total(powerW))).toBeLessThan(1e-9 * (total(powerW) + 1e-9));
        // Nothing is below ambient, and the hottest node is one that power enters.
        expect(Math.min(...rise)).toBeGreaterThanOrEqual(-1e-9);
        expect(Math.max(...rise)).toBeLessThanOrEqual(Math.max(...rise.subarray(0, network.cells)) + 1e-9);
      }),
      runs,
    );
  });

  test('steps: the reduced model follows the matrix exponential: blocks within 1e-3 of the rise, cells within 1e-2', () => {
    fc.assert(
      fc.property(dies(rules), fc.constantFrom(1e-5, 1e-3, 0.1, 10), ({ model, powerW, otherW }, h) => {
        const { network, map } = model;
        const solver = modalTransient(reduceNetwork(network, map, { fields: 'all' }));
        let rise: Float64Array = new Float64Array(network.nodes);
        for (const power of [powerW, otherW]) {
          solver.step(power, h);
          rise = denseStep(network, rise, nodeSources(network, map, power), h);
        }
        const field = riseField(solver.model, solver.state, network.cells);
        const scale = Math.max(...rise.subarray(0, network.cells), 1e-6);
        expect(largestDifference(field, rise.subarray(0, network.cells)) / scale).toBeLessThan(1e-2);
        expect(largestDifference(solver.temperatureK, blockTemperatures(network, map, rise)) / scale).toBeLessThan(
          1e-3,
        );
      }),
      lawOptions(10, 2),
    );
  });
});

describe('the reduced model', () => {
  test('heat in = heat out + heat stored, under held and changing power', () => {
    fc.assert(
      fc.property(dies(), fc.constantFrom(1e-6, 1e-3, 0.3, 20), ({ model, powerW, otherW }, h) => {
        const solver = modalTransient(reduceNetwork(model.network, model.map));
        let balance = 0;
        for (let k = 0; k < 20; k++) {
          solver.step(powerW, h);
          balance += total(powerW) * h - solver.heatOutJ;
          solver.step(powerW, h / 3, otherW);
          balance += ((total(powerW) + total(otherW)) / 2) * (h / 3) - solver.heatOutJ;
        }
        const heatIn = (total(powerW) * 20 + total(otherW)) * h + 1e-30;
        expect(Math.abs(balance - solver.storedHeatJ()) / heatIn).toBeLessThan(1e-10);
      }),
      runs,
    );
  });

  test('a step is any number of shorter ones', () => {
    fc.assert(
      fc.property(dies(), fc.constantFrom(1e-5, 1e-2, 5), fc.integer({ min: 2, max: 9 }), (given, h, parts) => {
        const reduced = reduceNetwork(given.model.network, given.model.map);
        const [whole, split] = [modalTransient(reduced), modalTransient(reduced)];
        for (const solver of [whole, split]) solver.step(given.otherW, 0.2);
        whole.step(given.powerW, h);
        for (let k = 0; k < parts; k++) split.step(given.powerW, h / parts);
        expect(largestDifference(whole.temperatureK, split.temperatureK)).toBeLessThan(1e-9);
      }),
      runs,
    );
  });

  test('a changing power is the limit of many held ones', () => {
    fc.assert(
      fc.property(dies(), ({ model, powerW, otherW }) => {
        const reduced = reduceNetwork(model.network, model.map);
        const [ramp, stairs] = [modalTransient(reduced), modalTransient(reduced)];
        ramp.step(powerW, 0.01, otherW);
        for (let k = 0; k < 400; k++) {
          const mean = powerW.map((p, u) => p + ((otherW[u] - p) * (k + 0.5)) / 400);
          stairs.step(mean, 0.01 / 400);
        }
        expect(largestDifference(ramp.temperatureK, stairs.temperatureK)).toBeLessThan(1e-3);
      }),
      lawOptions(8, 2),
    );
  });

  test('superposition, and zero power stays at ambient exactly', () => {
    fc.assert(
      fc.property(dies(), ({ model, powerW, otherW }) => {
        const reduced = reduceNetwork(model.network, model.map);
        const respond = (power: Float64Array): Float64Array => {
          const solver = modalTransient(reduced);
          solver.step(power, 1e-3);
          return solver.temperatureK.map((t) => t - model.network.ambientK);
        };
        const [a, b] = [respond(powerW), respond(otherW)];
        const both = respond(powerW.map((p, u) => p + 2 * otherW[u]));
        const sum = a.map((t, u) => t + 2 * b[u]);
        expect(largestDifference(both, sum)).toBeLessThan(1e-11);
        expect([...respond(powerW.map(() => 0))]).toEqual(Array(powerW.length).fill(0));
      }),
      runs,
    );
  });

  test('steady resistances are those of the network, and reciprocal', () => {
    fc.assert(
      fc.property(dies(), ({ model, powerW }) => {
        const { network, map } = model;
        const reduced = reduceNetwork(network, map);
        const m = powerW.length;
        const resistance = steadyResistance(reduced);
        const solver = modalTransient(reduced);
        solver.setSteady(powerW);
        const field = steadyRise(model, powerW);
        for (let u = 0; u < m; u++) {
          let rise = 0;
          let expected = 0;
          for (let v = 0; v < m; v++) {
            rise += resistance[u * m + v] * powerW[v];
            expect(resistance[u * m + v]).toBeCloseTo(resistance[v * m + u], 9);
          }
          for (let i = map.mean.start[u]; i < map.mean.start[u + 1]; i++) {
            expected += map.mean.weight[i] * field[map.mean.index[i]];
          }
          expect(rise).toBeCloseTo(expected, 7);
          expect(solver.temperatureK[u] - network.ambientK).toBeCloseTo(expected, 7);
        }
      }),
      runs,
    );
  });

  test('block powers warm every block, monotonously', () => {
    fc.assert(
      fc.property(dies(), ({ model, powerW }) => {
        const solver = modalTransient(reduceNetwork(model.network, model.map));
        let before = solver.temperatureK.slice();
        for (let h = 1e-6; h < 100; h *= 3) {
          solver.step(powerW, h);
          solver.temperatureK.forEach((t, u) => {
            expect(t).toBeGreaterThanOrEqual(before[u] - 1e-4 * total(powerW));
          });
          before = solver.temperatureK.slice();
        }
      }),
      runs,
    );
  });
});

test('mirror images have mirrored temperatures', () => {
  const blocks = tiles([1e-3, 2.3e-3, 0.7e-3], [1.1e-3, 2.9e-3]);
  const mirrored = blocks.map((block) => ({ ...block, leftM: 4e-3 - block.leftM - block.widthM }));
  const turned = blocks.map((b) => ({
    ...b,
    leftM: b.bottomM,
    bottomM: b.leftM,
    widthM: b.heightM,
    heightM: b.widthM,
  }));
  const grid = { rows: 16, columns: 16 };
  const powerW = Float64Array.from(blocks, (_, u) => 1 + u);
  const [a, b, c] = [blocks, mirrored, turned].map((plan) => {
    const { network, map } = modelOf(makeFloorplan(plan), STACK, grid);
    const solver = modalTransient(reduceNetwork(network, map));
    solver.step(powerW, 2e-3);
    return solver.temperatureK;
  });
  expect(largestDifference(a, b)).toBeLessThan(1e-6);
  expect(largestDifference(a, c)).toBeLessThan(1e-6);
});

test('a network without an overhang is solved at once, any grid size (one step, and one for rounding)', () => {
  const { overhang: _, ...bare } = STACK;
  for (const [rows, columns] of [
    [1, 1],
    [7, 13],
    [30, 11],
  ]) {
    const { network, map } = modelOf(makeFloorplan(tiles([1e-3, 2e-3], [3e-3])), bare, { rows, columns });
    const report = cosineCg(network).solve(nodeSources(network, map, [1, 2]), new Float64Array(network.nodes));
    expect(report.iterations).toBeLessThanOrEqual(2);
  }
});

test('whatever the first guess, no power is no rise, and no number is an error', () => {
  const { network } = modelOf(makeFloorplan(tiles([1e-3], [1e-3])), STACK, { rows: 3, columns: 4 });
  const rise = new Float64Array(network.nodes).fill(5);
  expect(cosineCg(network).solve(new Float64Array(network.nodes), rise)).toMatchObject({ iterations: 0, residual: 0 });
  expect(Math.max(...rise)).toBe(0);
  const source = new Float64Array(network.nodes).fill(Number.NaN);
  expect(codesOf(() => cosineCg(network).solve(source, rise))).toEqual(['solver-not-converged']);
});
