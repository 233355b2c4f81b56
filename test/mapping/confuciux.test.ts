import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readDataflow } from '../../src/formats/maestro/index.ts';
import {
  CHOICE_CONSTANTS,
  type ConfuciuxLayer,
  drained,
  type Fitness,
  PE_GRID,
  PointTable,
  solveConfuciux,
  solveConfuciuxInSteps,
  solveKnapsack,
  solveKnapsackInSteps,
} from '../../src/mapping/index.ts';
import { depthwiseDataflow } from '../../src/peers/mapping/confuciux.ts';
import { solutionReport } from '../../src/peers/mapping/confuciux-report.ts';
import { LONG, lawOptions } from '../tier.ts';

interface Instance {
  readonly fitness: Fitness;
  readonly mul: number;
  readonly min_constraint: number;
  readonly max_constraint: number;
  readonly B: number;
  readonly optimum: number;
  readonly lagrangian_bound: number;
  readonly gap: number;
}
interface Golden {
  readonly layer_dims_K_C_Y_X_R_S_T: readonly (readonly number[])[];
  readonly instances: readonly Instance[];
  readonly instances_pe_1_to_128: readonly Instance[];
  readonly sample_points: readonly Readonly<Record<string, number>>[];
  readonly other_fitness_mul_0_10: Readonly<Record<string, number>>;
}

const file = new URL('../golden/mapping/confuciux_mobilenet_v2_shi.json', import.meta.url);
const golden = JSON.parse(readFileSync(file, 'utf8')) as Golden;

/** ShiDianNao's dataflow: outputs stay, rows of outputs lie across clusters, columns inside them. */
const SHI = `Dataflow {
  TemporalMap(KTileSz, KTileSz) K; SpatialMap(Sz(R), Sz(R)) Y'; TemporalMap(ClusterSz, ClusterSz) X';
  TemporalMap(CTileSz, CTileSz) C; TemporalMap(Sz(R), Sz(R)) R; TemporalMap(Sz(S), Sz(S)) S;
  Cluster(ClusterSz, P);
  TemporalMap(1, 1) C; TemporalMap(1, 1) Y'; SpatialMap(1, 1) X';
  TemporalMap(Sz(R), Sz(R)) R; TemporalMap(Sz(S), Sz(S)) S;
}`;

const layers = golden.layer_dims_K_C_Y_X_R_S_T.map(
  ([K, C, Y, X, R, S, T]): ConfuciuxLayer => ({ sizes: { K, C, Y, X, R, S }, isDepthwise: T === 2 }),
);
const table = new PointTable(layers, readDataflow({ file: 'shi.m', text: SHI }, CHOICE_CONSTANTS), depthwiseDataflow());
const everyPe = Array.from({ length: 128 }, (_, i) => i + 1);

const solve = (fitness: Fitness, multiplier: number, pes = PE_GRID) =>
  solveConfuciux({ layers: layers.length, table, pes, fitness, constraint: 'area', multiplier })!;

test('the page of a solution has the latency of each layer, and a row for each in the table', () => {
  const question = { layers: layers.length, table, pes: PE_GRID, constraint: 'power', multiplier: 0.1 } as const;
  const solution = solveConfuciux({ ...question, fitness: 'latency' })!;
  const { bars, facts, tables } = solutionReport({ ...question, fitness: 'latency' }, solution);
  // The latency of a network is the sum of its layers'.
  expect(bars[0].rows.reduce((sum, { values }) => sum + values[0], 0)).toBe(solution.optimum);
  expect(tables[0].rows).toHaveLength(layers.length);
  // mW to W.
  const budget = facts.find(([name]) => name === 'Budget of power, W')![1];
  expect(Number(budget.replaceAll(',', '')) / (1e-3 * solution.budget)).toBeCloseTo(1, 5);
});

/** test/golden/mapping: MAESTRO 4eb08d1 as ConfuciuX 2885eef calls it; optima by two solvers written apart. */
describe('ConfuciuX on MobileNet-V2', () => {
  test.each(golden.sample_points)('layer $layer, $pe PEs, tile $tile', (expected) => {
    const point = table.point(expected.layer, expected.pe, expected.tile);
    expect(point).toEqual({
      cycles: expected.cycles,
      energyNj: expected.energy_nJ,
      areaUm2: expected.area,
      powerMw: expected.power,
      macs: expected.macs,
    });
  });

  const all = golden.instances.map((instance) => ({ ...instance, pes: PE_GRID, grid: 12 }));
  const fine = LONG ? golden.instances_pe_1_to_128.map((instance) => ({ ...instance, pes: everyPe, grid: 128 })) : [];
  test.each([...all, ...fine])(
    '$fitness at $mul on the grid of $grid',
    ({ fitness, mul, pes, B, min_constraint, max_constraint, optimum, lagrangian_bound }) => {
      const found = solve(fitness, mul, pes);
      expect(found.budget).toBe(B);
      expect([found.least, found.most]).toEqual([min_constraint, max_constraint]);
      expect(found.optimum).toBe(optimum);
      expect(found.lagrangianBound / lagrangian_bound).toBeCloseTo(1, 9);
      expect(found.used).toBeLessThanOrEqual(B);
    },
  );

  const other = golden.other_fitness_mul_0_10;
  const fitnesses = [
    ['LEP', other.LEP_nJ_cycles],
    ['LAP', other.LAP_um2_cycles],
    ['EAP', other.EAP_um2_nJ],
    ['thrpt_btnk', other.thrpt_btnk_macs_per_cycle],
    ['thrpt_ave', other.thrpt_ave_as_coded_sum_power_over_sum_cycles],
  ] as const;
  // The last is a ratio of sums, whose search takes seconds.
  test.each(fitnesses.slice(0, LONG ? 5 : 4))('%s', (fitness, optimum) => {
    expect(solve(fitness, 0.1).optimum / optimum).toBeCloseTo(1, 9);
  });
});

test('a solver that is stopped has a design within the budget and a bound, on either side of the optimum', () => {
  // Each round of the average throughput, a largest ratio, ends with a look at the clock: the first one ends the search.
  const question = { layers: layers.length, table, pes: PE_GRID, constraint: 'area', multiplier: 0.1 } as const;
  const ratio = drained(solveConfuciuxInSteps({ ...question, fitness: 'thrpt_ave' }, () => true))!;
  const { thrpt_ave_as_coded_sum_power_over_sum_cycles: most } = golden.other_fitness_mul_0_10;
  expect(ratio.isProven).toBe(false);
  expect(ratio.used).toBeLessThanOrEqual(ratio.budget);
  expect(ratio.optimum).toBeLessThanOrEqual(most);
  expect(ratio.lagrangianBound).toBeGreaterThanOrEqual(most);
  // Weights that are nearly the costs leave far more labels than one look at the clock allows.
  const items = Array.from({ length: 15 }, (_, item) =>
    Array.from({ length: 40 }, (_, i) => ({
      weight: 1000 * i + ((7 * i * item) % 11),
      cost: 1000 * (40 - i) + ((5 * i * item) % 13),
    })),
  );
  const stopped = drained(solveKnapsackInSteps(items, 252_003, () => true))!;
  const { cost } = solveKnapsack(items, 252_003)!;
  expect(stopped.isProven).toBe(false);
  expect(stopped.weight).toBeLessThanOrEqual(252_003);
  expect(stopped.bound).toBeLessThanOrEqual(cost);
  expect(stopped.cost).toBeGreaterThanOrEqual(cost);
});

test('the knapsack solver finds what a dynamic program over every weight finds', () => {
  const choice = fc.record({ weight: fc.integer({ min: 0, max: 12 }), cost: fc.integer({ min: 0, max: 40 }) });
  const items = fc.array(fc.array(choice, { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 7 });
  fc.assert(
    fc.property(items, fc.integer({ min: 0, max: 60 }), (given, budget) => {
      let costs = new Map([[0, 0]]);
      for (const choices of given) {
        const next = new Map<number, number>();
        for (const [weight, cost] of costs) {
          for (const c of choices) {
            const at = weight + c.weight;
            if (at <= budget) next.set(at, Math.min(next.get(at) ?? Number.POSITIVE_INFINITY, cost + c.cost));
          }
        }
        costs = next;
      }
      const found = solveKnapsack(given, budget);
      if (costs.size === 0) expect(found).toBeUndefined();
      else {
        expect(found!.cost).toBe(Math.min(...costs.values()));
        expect(found!.weight).toBe(given.reduce((sum, choices, i) => sum + choices[found!.chosen[i]].weight, 0));
        expect(found!.bound).toBeLessThanOrEqual(found!.cost + 1e-9);
      }
    }),
    lawOptions(2000, 300),
  );
});
