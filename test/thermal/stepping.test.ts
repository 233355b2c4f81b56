import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readHotspotConfig } from '../../src/formats/hotspot/config.ts';
import {
  type BlockMap,
  backwardEuler,
  cosineCg,
  modalTransient,
  reduceNetwork,
  type SparseRows,
  type ThermalNetwork,
  type TransientSolver,
  trBdf2,
} from '../../src/thermal/index.ts';
import { choleskyFor } from '../../src/thermal/solvers/index.ts';
import { lawOptions, someOf } from '../tier.ts';
import { denseConductance, denseSteady, denseStep } from './dense-reference.ts';
import { anyNetwork, networkOf } from './networks.ts';
import { codesOf, golden, goldenModel, goldenRows, largestDifference, powersOf, TEMPLATE } from './support.ts';

const runs = lawOptions(60, 10);

/** One block a node. */
function nodeByNode(nodes: number): BlockMap {
  const rows: SparseRows = {
    start: Int32Array.from({ length: nodes + 1 }, (_, i) => i),
    index: Int32Array.from({ length: nodes }, (_, i) => i),
    weight: new Float64Array(nodes).fill(1),
  };
  return { spread: rows, mean: rows };
}

function total(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}

/** The largest difference of block temperatures between a solver and given rows, sample by sample. */
function traceError(solver: TransientSolver, columns: Float64Array[], rows: number[][], dt: number): number {
  return rows.reduce((worst, row, k) => {
    const power = Float64Array.from(columns, (column) => column[k]);
    solver.step(power, dt);
    return Math.max(worst, largestDifference(solver.temperatureK, row));
  }, 0);
}

describe('backward Euler', () => {
  // HotSpot's SuperLU build prints 6 decimals.
  test.each([
    ['sys8-grid16-step-1e-5', 1e-5],
    ['sys8-grid16-square-1e-3', 1e-3],
    ['sys8-grid16-burst-1e-4', 1e-4],
    ['sys8-grid32-burst-1e-3', 1e-3],
  ])('is %s of its SuperLU build', (name, dt) => {
    const model = goldenModel(`${name}/sys8.flp`, readHotspotConfig(golden(`${name}/hotspot.config`)).options);
    const rows = goldenRows(`${name}/ttrace.superlu.csv`);
    const columns = powersOf(model, `${name}/power.ptrace`);
    expect(traceError(backwardEuler(model.network, model.map), columns, rows, dt)).toBeLessThan(1e-6);
  });

  test('is (C + h G) \\ (C rise + h power), power at the end, also with nodes that store nothing', () => {
    fc.assert(
      fc.property(anyNetwork, fc.constantFrom(1e-4, 0.1, 100), ({ network, source }, h) => {
        const capacity = network.capacity.map((c, i) => (i % 3 === 1 ? 0 : c));
        const some = { ...network, capacity };
        const solver = backwardEuler(some, nodeByNode(network.nodes));
        solver.state.set(source);
        const diagonal = network.conductance.diagonal.map((g, i) => g + capacity[i] / h);
        const matrix = { ...some, conductance: { ...network.conductance, diagonal } };
        const power = source.map((p) => 10 - p);
        const expected = denseSteady(
          matrix,
          power.map((p, i) => p + (capacity[i] / h) * source[i]),
        );
        solver.step(source, h, power);
        const scale = Math.max(...expected.map(Math.abs));
        expect(largestDifference(solver.state, expected)).toBeLessThanOrEqual(1e-9 * scale);
      }),
      runs,
    );
  });

  test('errors fall with the step: order 1', () => {
    const errors = [8, 16, 32].map((steps) => errorOfSteps(backwardEuler, steps));
    expect(errors[0] / errors[1]).toBeGreaterThan(1.8);
    expect(errors[1] / errors[2]).toBeGreaterThan(1.8);
    expect(errors[1] / errors[2]).toBeLessThan(2.2);
  });
});

/** A chain of four nodes with time constants from 0.1 s to 10 s. */
const CHAIN = networkOf(
  [0.2, 0, 0, 0.1],
  [0.5, 0.3, 1, 2],
  [
    [0, 1, 1],
    [1, 2, 2],
    [2, 3, 0.7],
  ],
);

/** Error at 1 s of a chain under constant power from a state of its own, in `steps` steps. */
function errorOfSteps(make: (network: ThermalNetwork, map: BlockMap) => TransientSolver, steps: number): number {
  const power = Float64Array.of(1, 0, 3, 0);
  const start = Float64Array.of(0, 5, 1, 2);
  const solver = make(CHAIN, nodeByNode(4));
  solver.state.set(start);
  for (let k = 0; k < steps; k++) solver.step(power, 1 / steps);
  return largestDifference(solver.state, denseStep(CHAIN, start, power, 1));
}

describe('TR-BDF2', () => {
  test('errors of whole steps: order 2', () => {
    const whole = (network: ThermalNetwork, map: BlockMap): TransientSolver =>
      trBdf2(network, map, { toleranceK: Number.POSITIVE_INFINITY });
    const errors = [8, 16, 32, 64].map((steps) => errorOfSteps(whole, steps));
    for (let i = 1; i < errors.length; i++) {
      expect(errors[i - 1] / errors[i]).toBeGreaterThan(3.6);
      expect(errors[i - 1] / errors[i]).toBeLessThan(4.4);
    }
  });

  test('substeps keep to the tolerance, whatever the network and the state it starts from', () => {
    fc.assert(
      fc.property(anyNetwork, fc.constantFrom(1e-6, 1e-4, 1e-2), ({ network, source }, h) => {
        const solver = trBdf2(network, nodeByNode(network.nodes), { toleranceK: 1e-4 });
        const start = source.map((p) => 20 - 3 * p);
        solver.state.set(start);
        solver.step(source, h);
        // Errors of substeps add up; 6 tolerances were the most seen.
        const expected = denseStep(network, start, source, h);
        expect(largestDifference(solver.state, expected)).toBeLessThan(1e-3);
      }),
      runs,
    );
  });

  test.each(someOf([1e-6, 1e-4, 1e-3, 1], 2))('follows the reduced model on acc21, samples of %d s', (dt) => {
    const model = goldenModel('acc21/acc21.flp', { ...TEMPLATE, grid_rows: 16, grid_cols: 16 });
    const columns = powersOf(model, 'acc21/acc21_100.ptrace');
    const modal = modalTransient(reduceNetwork(model.network, model.map, { shiftRatio: 8 }));
    const rows = Array.from({ length: 5 }, (_, k) => {
      modal.step(
        Float64Array.from(columns, (column) => column[k]),
        dt,
      );
      return [...modal.temperatureK];
    });
    expect(traceError(trBdf2(model.network, model.map), columns, rows, dt)).toBeLessThan(1e-3);
  });

  test('with conjugate gradients instead of Cholesky', () => {
    const model = goldenModel('acc21/acc21.flp', { ...TEMPLATE, grid_rows: 16, grid_cols: 16 });
    const power = Float64Array.from(powersOf(model, 'acc21/acc21_100.ptrace'), (column) => column[0]);
    const solverFor = (shift: number) => cosineCg(model.network, { shift });
    const solvers = [trBdf2(model.network, model.map), trBdf2(model.network, model.map, { solverFor })];
    for (const solver of solvers) solver.step(power, 1e-3);
    expect(largestDifference(solvers[0].state, solvers[1].state)).toBeLessThan(1e-7);
  });

  test('a tolerance that rounding forbids is an error', () => {
    const solver = trBdf2(CHAIN, nodeByNode(4), { toleranceK: 0 });
    expect(codesOf(() => solver.step(Float64Array.of(1, 0, 0, 0), 1))).toEqual(['solver-not-converged']);
  });

  test('nodes that store nothing are at their balance at the end of a step', () => {
    const network = { ...CHAIN, capacity: Float64Array.of(0.5, 0, 1, 0) };
    const solver = trBdf2(network, nodeByNode(4));
    solver.step(Float64Array.of(2, 0, 0, 0), 0.3);
    const g = denseConductance(network);
    for (const i of [1, 3]) {
      expect(solver.state.reduce((sum, rise, j) => sum + g[4 * i + j] * rise, 0)).toBeCloseTo(0, 10);
    }
  });
});

describe.each([
  ['backward Euler', backwardEuler, (_from: number, to: number) => to],
  ['TR-BDF2', trBdf2, (from: number, to: number) => (from + to) / 2],
] as const)('%s', (_, make, ramp) => {
  test('conserves heat to rounding, under constant and under ramped power', () => {
    fc.assert(
      fc.property(anyNetwork, fc.constantFrom(1e-3, 1), fc.boolean(), ({ network, source }, h, ramped) => {
        const solver = make(network, nodeByNode(network.nodes));
        solver.state.set(source.map((p) => 4 - p));
        const before = solver.storedHeatJ();
        const end = ramped ? source.map((p) => 2 * p + 1) : source;
        solver.step(source, h, end);
        const given = h * ramp(total(source), total(end));
        const scale = Math.abs(before) + given + Math.abs(solver.heatOutJ) + solver.storedHeatJ();
        expect(Math.abs(solver.storedHeatJ() - before + solver.heatOutJ - given)).toBeLessThan(1e-10 * scale);
      }),
      runs,
    );
  });

  test('tends to the steady state, stays at ambient without power, and refuses steps of no length', () => {
    const solver = make(CHAIN, nodeByNode(4));
    solver.step(new Float64Array(4), 3);
    expect([...solver.temperatureK]).toEqual([300, 300, 300, 300]);
    const power = Float64Array.of(0, 1, 0, 2);
    for (let k = 0; k < 60; k++) solver.step(power, 20);
    expect(largestDifference(solver.state, denseSteady(CHAIN, power))).toBeLessThan(1e-6);
    expect(solver.heatOutJ).toBeCloseTo(60, 5);
    for (const h of [0, -1, Number.NaN]) expect(codesOf(() => solver.step(power, h))).toEqual(['out-of-range']);
  });

  test('the state is all that the future depends on', () => {
    const [a, b] = [make(CHAIN, nodeByNode(4)), make(CHAIN, nodeByNode(4))];
    a.step(Float64Array.of(1, 2, 3, 4), 0.5);
    b.state.set(a.state);
    b.refresh();
    expect([...b.temperatureK]).toEqual([...a.temperatureK]);
  });
});

describe('power that is constant over a sample is integrated without an error in time', () => {
  // A rod of 12 nodes, cooled at its end, that takes power at the first and the sixth.
  const edges = Array.from({ length: 11 }, (_, i) => [i, i + 1, 1 + (i % 3)] as const);
  const toAmbient = Array.from({ length: 12 }, (_, i) => (i === 11 ? 0.5 : 0));
  const capacity = Array.from({ length: 12 }, (_, i) => 0.01 * (1 + (i % 4)));
  const network = networkOf(toAmbient, capacity, edges);
  const rows: SparseRows = { start: Int32Array.of(0, 1, 2), index: Int32Array.of(0, 5), weight: Float64Array.of(1, 1) };
  const model = reduceNetwork(
    network,
    { spread: rows, mean: rows },
    {
      ...{ shiftRatio: 2, newEnough: 1e-12 },
      solver: choleskyFor(network),
    },
  );
  const samplesW = [
    [3, 0],
    [0, 5],
    [2, 2],
    [0, 0],
    [7, 1],
  ].map((watts) => Float64Array.from(watts));
  const sampleS = 0.05;

  /** Rises of the two blocks after each sample, by explicit Euler steps: C rise' = P - G rise, written out. */
  function explicit(stepsASample: number): number[][] {
    const rise = new Float64Array(12);
    const stepS = sampleS / stepsASample;
    return samplesW.map((watts) => {
      for (let step = 0; step < stepsASample; step++) {
        const heat = rise.map((value, i) => -toAmbient[i] * value + (i === 0 ? watts[0] : i === 5 ? watts[1] : 0));
        for (const [i, j, g] of edges) {
          heat[i] += g * (rise[j] - rise[i]);
          heat[j] += g * (rise[i] - rise[j]);
        }
        for (let i = 0; i < 12; i++) rise[i] += (stepS * heat[i]) / capacity[i];
      }
      return [rise[0], rise[5]];
    });
  }

  function modal(partsOfSample: number): number[][] {
    const transient = modalTransient(model);
    return samplesW.map((watts) => {
      for (let part = 0; part < partsOfSample; part++) transient.step(watts, sampleS / partsOfSample);
      return Array.from(transient.temperatureK, (value) => value - 300);
    });
  }

  test('explicit steps come as close as their own error, which falls with the step', () => {
    const exact = modal(1);
    const errorOf = (steps: number): number =>
      Math.max(...explicit(steps).flatMap((row, k) => row.map((value, u) => Math.abs(value - exact[k][u]))));
    const [coarse, fine] = [errorOf(1000), errorOf(10_000)];
    expect(coarse).toBeLessThan(0.02);
    // First order: ten times the steps, a tenth of the error, down to 1e-3 K.
    expect(fine / coarse).toBeGreaterThan(0.09);
    expect(fine / coarse).toBeLessThan(0.11);
  });

  test('two half samples, or seven parts, are one sample to rounding', () => {
    for (const parts of [2, 7]) {
      modal(parts).forEach((row, k) => {
        row.forEach((value, u) => {
          expect(Math.abs(value - modal(1)[k][u])).toBeLessThan(1e-11);
        });
      });
    }
  });
});
