/**
 * A reduced model against the whole network: the matrix exponential of the dense matrix, elimination, conjugate gradients, and the
 * exact solution of HotSpot's network under test/golden. Its error is that of the expansion points: `shiftRatio` is the ratio
 * of neighbours, so that a smaller one has more of them; `newEnough` is the share of a field that is left out as known.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HOTSPOT_DEFAULTS, readHotspotConfig } from '../../../src/formats/hotspot/config.ts';
import {
  type Block,
  hotspotStack,
  makeFloorplan,
  modalTransient,
  nodeSources,
  reduceNetwork,
  type SparseRows,
  type SteadySolver,
  steadyResistance,
  type TransientSolver,
} from '../../../src/thermal/index.ts';
import { exponentialTransient } from '../../../src/thermal/solvers/exponential.ts';
import { lawOptions, someOf } from '../../tier.ts';
import { denseSteady, denseStep } from '../dense-reference.ts';
import {
  golden,
  goldenModel,
  goldenRows,
  largestDifference,
  modelOf,
  powersOf,
  riseField,
  steadyRise,
  TEMPLATE,
} from '../support.ts';
import { chains, dies, eliminationOf, samplesOf, steadyRisesOf, weightedSums } from './reduction-support.ts';

const STACK = hotspotStack({ ...HOTSPOT_DEFAULTS, r_convec: 1.5, s_spreader: 0.02, s_sink: 0.035 });
const watts = (...values: readonly number[]): Float64Array => Float64Array.from(values);

/** A transient whose modal state is that of the model's first start. */
function startedAt(model: ReturnType<typeof reduceNetwork>) {
  const transient = modalTransient(model);
  transient.state.set(model.starts!);
  return transient;
}

describe('any network', () => {
  const CLOSE = { shiftRatio: 4, newEnough: 1e-6 };

  test('a start is kept node by node, to 1e-9 K', () => {
    fc.assert(
      fc.property(chains, ({ network, map, start }) => {
        const options = { ...CLOSE, solver: eliminationOf(network), starts: [start], fields: 'all' } as const;
        const model = reduceNetwork(network, map, options);
        expect(largestDifference(riseField(model, model.starts!), start)).toBeLessThan(1e-9);
      }),
      lawOptions(40, 5),
    );
  });

  test('from a start, under one power and then another, outputs follow the matrix exponential to 1e-5 K', () => {
    fc.assert(
      fc.property(chains, fc.constantFrom(1e-4, 1e-2, 1, 30), ({ network, map, start }, stepS) => {
        const model = reduceNetwork(network, map, { ...CLOSE, solver: eliminationOf(network), starts: [start] });
        const transient = startedAt(model);
        let rise: Float64Array = start;
        for (const power of [watts(3, 1), watts(0, 2)]) {
          transient.step(power, stepS);
          rise = denseStep(network, rise, nodeSources(network, map, power), stepS);
          const exact = weightedSums(map.mean, rise, network.ambientK);
          expect(largestDifference(transient.temperatureK, exact)).toBeLessThan(1e-5);
        }
      }),
      lawOptions(40, 5),
    );
  });

  test('the steady state is that of elimination, node by node, to 1e-8 K', () => {
    fc.assert(
      fc.property(chains, ({ network, map, start }) => {
        const options = { ...CLOSE, solver: eliminationOf(network), starts: [start], fields: 'all' } as const;
        const model = reduceNetwork(network, map, options);
        const transient = startedAt(model);
        transient.setSteady(watts(3, 1));
        const steady = denseSteady(network, nodeSources(network, map, [3, 1]));
        expect(largestDifference(riseField(model, transient.state), steady)).toBeLessThan(1e-8);
      }),
      lawOptions(40, 5),
    );
  });

  test('heat stored at the start is the sum of C times rise', () => {
    fc.assert(
      fc.property(chains, ({ network, map, start }) => {
        const transient = startedAt(reduceNetwork(network, map, { solver: eliminationOf(network), starts: [start] }));
        const heatJ = start.reduce((sum, rise, i) => sum + rise * network.capacity[i], 0);
        expect(transient.storedHeatJ()).toBeCloseTo(heatJ, 9);
      }),
      lawOptions(40, 5),
    );
  });

  test('without power, heat of the start = heat out + heat stored', () => {
    fc.assert(
      fc.property(chains, fc.constantFrom(1e-3, 1, 100), ({ network, map, start }, stepS) => {
        const transient = startedAt(reduceNetwork(network, map, { solver: eliminationOf(network), starts: [start] }));
        const beforeJ = transient.storedHeatJ();
        const scaleJ = start.map((rise, i) => Math.abs(rise) * network.capacity[i]).reduce((a, b) => a + b);
        transient.step(watts(0, 0), stepS);
        const lostJ = beforeJ - transient.heatOutJ - transient.storedHeatJ();
        expect(Math.abs(lostJ)).toBeLessThan(1e-10 * scaleJ);
      }),
      lawOptions(40, 5),
    );
  });
});

describe('grids', () => {
  const blocks = [
    { name: 'a', leftM: 0, bottomM: 0, widthM: 2e-3, heightM: 3e-3 },
    { name: 'b', leftM: 2e-3, bottomM: 0, widthM: 1e-3, heightM: 3e-3 },
  ];
  const { network, map } = modelOf(makeFloorplan(blocks), STACK, { rows: 4, columns: 5 });

  test.each([
    ['the solver of grids', undefined],
    ['elimination', eliminationOf(network)],
  ])('an uneven start decays as by the matrix exponential, to 1e-4 K, by %s', (_, solver) => {
    const start = Float64Array.from({ length: network.nodes }, (_, i) => 5 + 3 * Math.sin(0.8 * i) + (i % 7));
    const options = { starts: [start], shiftRatio: 3, newEnough: 1e-6, fields: 'all' } as const;
    const model = reduceNetwork(network, map, solver ? { ...options, solver } : options);
    for (const stepS of [1e-5, 1e-3, 0.1, 10]) {
      const transient = startedAt(model);
      transient.step(watts(0, 0), stepS);
      const rise = denseStep(network, start, new Float64Array(network.nodes), stepS);
      const exact = weightedSums(map.mean, rise, network.ambientK);
      expect(largestDifference(transient.temperatureK, exact)).toBeLessThan(1e-4);
    }
  });

  describe('with power in the second plane', () => {
    const below = (rows: SparseRows): SparseRows => ({
      ...rows,
      index: rows.index.map((cell) => cell + network.cells),
    });
    const lower = { spread: below(map.spread), mean: below(map.mean) };
    const model = reduceNetwork(network, lower);
    const power = watts(4, 1);
    const source = nodeSources(network, lower, power);

    test('steps follow the matrix exponential to 1e-3 K', () => {
      const transient = modalTransient(model);
      let rise: Float64Array = new Float64Array(network.nodes);
      for (const stepS of [1e-4, 1e-2, 1]) {
        transient.step(power, stepS);
        rise = denseStep(network, rise, source, stepS);
        const exact = weightedSums(lower.mean, rise, network.ambientK);
        expect(largestDifference(transient.temperatureK, exact)).toBeLessThan(1e-3);
      }
    });

    test('the steady state is that of elimination to 1e-9 K', () => {
      const exact = weightedSums(lower.mean, denseSteady(network, source));
      expect(largestDifference(steadyRisesOf(model, power), exact)).toBeLessThan(1e-9);
    });
  });
});

// The columns are the exact solution of HotSpot's network (test/golden/hotspot/README.md).
const NEAR = [
  ['sys8-grid16-step-1e-5', 1e-5],
  ['sys8-grid16-square-1e-3', 1e-3],
] as const;
test.each(someOf(NEAR, 1))(
  '%s: within 5e-6 K of the exact solution by expansion points closer together',
  (name, sampleS) => {
    const { options } = readHotspotConfig(golden(`${name}/hotspot.config`));
    const model = goldenModel(`${name}/sys8.flp`, options);
    const exact = goldenRows(`${name}/ttrace.exact.csv`);
    const transient = modalTransient(reduceNetwork(model.network, model.map, { shiftRatio: 3, newEnough: 1e-5 }));
    samplesOf(powersOf(model, `${name}/power.ptrace`), exact.length).forEach((power, k) => {
      transient.step(power, sampleS);
      expect(largestDifference(transient.temperatureK, exact[k])).toBeLessThan(5e-6);
    });
  },
);

/** Below 1e-3 all fields are made orthonormal instead; one part in a thousand less keeps the same fields. */
const BY_FIELDS = 0.999e-3;

describe('inner products that follow from transfer functions, on acc21, are those of the fields', () => {
  const model = goldenModel('acc21/acc21.flp', { ...TEMPLATE, grid_rows: 16, grid_cols: 16 });
  const byMoments = reduceNetwork(model.network, model.map, { newEnough: 1e-3 });
  const byFields = reduceNetwork(model.network, model.map, { newEnough: BY_FIELDS });

  test('as many modes, but for two', () => {
    expect(Math.abs(byMoments.modes - byFields.modes)).toBeLessThanOrEqual(2);
  });

  test('the same steady states, to 1e-9 K/W', () => {
    expect(largestDifference(steadyResistance(byMoments), steadyResistance(byFields))).toBeLessThan(1e-9);
  });

  test('the same transients, to 1e-3 K, by as much as both err themselves', () => {
    const [a, b] = [modalTransient(byMoments), modalTransient(byFields)];
    samplesOf(powersOf(model, 'acc21/acc21_100.ptrace'), 20).forEach((power, k) => {
      for (const transient of [a, b]) transient.step(power, 1e-4 * 3 ** (k % 5));
      expect(largestDifference(a.temperatureK, b.temperatureK)).toBeLessThan(1e-3);
    });
  });
});

describe('dies of any floorplan', () => {
  const options = { ...lawOptions(24, 3), endOnFailure: true };

  test('every mode decays', () => {
    fc.assert(
      fc.property(dies, ({ network, map, shiftRatio }) => {
        expect(Math.min(...reduceNetwork(network, map, { shiftRatio }).rate)).toBeGreaterThan(0);
      }),
      options,
    );
  });

  test('steady states are those of conjugate gradients, blocks and cells, to 1e-9 of the hottest', () => {
    fc.assert(
      fc.property(dies, (die) => {
        const { network, map, shiftRatio, power } = die;
        const model = reduceNetwork(network, map, { shiftRatio, fields: 'all' });
        const rise = steadyRise(die, power);
        const exact = weightedSums(map.mean, rise);
        const boundK = 1e-9 * Math.max(...exact);
        expect(largestDifference(steadyRisesOf(model, power), exact)).toBeLessThan(boundK);
        const transient = modalTransient(model);
        transient.setSteady(power);
        expect(largestDifference(riseField(model, transient.state), rise)).toBeLessThan(boundK);
      }),
      options,
    );
  });

  test('transients err at most three times as much as with fields made orthonormal, and 1e-5 of the hottest', () => {
    fc.assert(
      fc.property(dies, ({ network, map, shiftRatio, power }) => {
        const byMoments = modalTransient(reduceNetwork(network, map, { shiftRatio, fields: 'all' }));
        const byFields = modalTransient(reduceNetwork(network, map, { shiftRatio, newEnough: BY_FIELDS }));
        const exact = exponentialTransient(network, map);
        const errorOf = (of: TransientSolver): number => largestDifference(of.temperatureK, exact.temperatureK);
        let [errorK, usualK, hottestK] = [0, 0, 0];
        for (const stepS of [1e-5, 1e-5, 1e-3, 1e-3, 0.1]) {
          for (const transient of [byMoments, byFields, exact]) transient.step(power, stepS);
          errorK = Math.max(errorK, errorOf(byMoments));
          usualK = Math.max(usualK, errorOf(byFields));
          hottestK = Math.max(hottestK, Math.max(...exact.temperatureK) - network.ambientK);
        }
        expect(errorK).toBeLessThan(3 * usualK + 1e-5 * hottestK);
      }),
      options,
    );
  });
});

describe('blocks within one column of cells are one source', () => {
  // Cells are 1 mm wide: the first three blocks share the first column, as the first block of `whole` has it alone.
  const grid = { rows: 4, columns: 4 };
  const column = (leftM: number, widthM: number): Block => ({
    name: `${leftM}`,
    leftM,
    bottomM: 0,
    widthM,
    heightM: 4e-3,
  });
  const split = [column(0, 0.2e-3), column(0.2e-3, 0.5e-3), column(0.7e-3, 0.3e-3), column(1e-3, 3e-3)];
  const parts = modelOf(makeFloorplan(split), STACK, grid);
  const whole = modelOf(makeFloorplan([column(0, 1e-3), column(1e-3, 3e-3)]), STACK, grid);
  const shiftsPerS = [0, 1, 100, 1e4];

  let solutions = 0;
  const counting = (shift: number): SteadySolver => {
    const { solve } = eliminationOf(parts.network)(shift);
    const counted: typeof solve = (source, rise) => {
      solutions++;
      return solve(source, rise);
    };
    return { solve: counted };
  };
  const ofParts = reduceNetwork(parts.network, parts.map, { shiftsPerS, solver: counting });
  const ofWhole = reduceNetwork(whole.network, whole.map, { shiftsPerS, solver: eliminationOf(whole.network) });

  test('solved for two sources at four expansion points, once each', () => {
    expect(solutions).toBe(2 * shiftsPerS.length);
    expect(ofParts.modes).toBe(ofWhole.modes);
  });

  test('and as warm as one block with the sum of their power', () => {
    const [a, b] = [modalTransient(ofParts), modalTransient(ofWhole)];
    for (const stepS of [1e-4, 1e-2, 1]) {
      a.step(watts(1, 2, 3, 4), stepS);
      b.step(watts(1 + 2 + 3, 4), stepS);
      const [one, last] = b.temperatureK;
      expect(largestDifference(a.temperatureK, [one, one, one, last])).toBeLessThan(1e-7);
    }
  });
});
