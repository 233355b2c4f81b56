import { describe, expect, test } from 'vitest';
import { readDataflow } from '../../src/formats/maestro/index.ts';
import {
  ALL_PES,
  CHOICE_CONSTANTS,
  type ConfuciuxQuestion,
  FITNESSES,
  PE_GRID,
  PointTable,
  searchConfuciuxAtRandom,
  searchConfuciuxGenetically,
  solveConfuciux,
} from '../../src/mapping/index.ts';
import { depthwiseDataflow } from '../../src/peers/mapping/confuciux.ts';
import { someOf } from '../tier.ts';

const ROWS = `Dataflow {
  TemporalMap(KTileSz, KTileSz) K; SpatialMap(Sz(R), Sz(R)) Y'; TemporalMap(ClusterSz, ClusterSz) X';
  TemporalMap(CTileSz, CTileSz) C; TemporalMap(Sz(R), Sz(R)) R; TemporalMap(Sz(S), Sz(S)) S;
  Cluster(ClusterSz, P);
  TemporalMap(1, 1) C; TemporalMap(1, 1) Y'; SpatialMap(1, 1) X';
  TemporalMap(Sz(R), Sz(R)) R; TemporalMap(Sz(S), Sz(S)) S;
}`;
const layers = [
  { sizes: { K: 32, C: 3, Y: 112, X: 112, R: 3, S: 3 }, isDepthwise: false },
  { sizes: { K: 1, C: 32, Y: 56, X: 56, R: 3, S: 3 }, isDepthwise: true },
  { sizes: { K: 16, C: 32, Y: 56, X: 56, R: 1, S: 1 }, isDepthwise: false },
];
const table = new PointTable(
  layers,
  readDataflow({ file: 'rows.m', text: ROWS }, CHOICE_CONSTANTS),
  depthwiseDataflow(),
);
const question: ConfuciuxQuestion = {
  layers: layers.length,
  table,
  pes: PE_GRID,
  fitness: 'latency',
  constraint: 'area',
  multiplier: 0.2,
};

/** The proven optimum of all designs that the search can reach bounds what it finds, whatever the fitness. */
describe.each(someOf(FITNESSES, 3))('designs by %s', (fitness) => {
  const of = { ...question, fitness };
  const isThroughput = fitness.startsWith('thrpt');

  test.each([
    ['genetic', searchConfuciuxGenetically, ALL_PES],
    ['random', searchConfuciuxAtRandom, PE_GRID],
  ] as const)('a %s search repeats itself and never beats the proven optimum', (_, search, pes) => {
    const found = search(of, { evaluations: 600, seed: 5 })!;
    expect(search(of, { evaluations: 600, seed: 5 })).toEqual(found);
    expect(found.evaluations).toBe(600);
    const { optimum, budget } = solveConfuciux({ ...of, pes })!;
    // Sums of products are rounded in another order.
    const worst = 1 + 1e-9;
    if (isThroughput) expect(found.reward).toBeLessThanOrEqual(optimum * worst);
    else expect(-found.reward).toBeGreaterThanOrEqual(optimum / worst);
    expect(found.used).toBeLessThanOrEqual(budget);
    const weights = found.design.map(([count, tile], layer) => table.point(layer, count, tile).areaUm2);
    expect(found.used).toBeCloseTo(
      weights.reduce((sum, weight) => sum + weight, 0),
      0,
    );
  });
});

// On three layers 3,000 designs suffice: the genetic search comes within 2 % of the proven optimum over 1..128 PEs.
test('the genetic search comes near the optimum of a small network', () => {
  const { optimum } = solveConfuciux({ ...question, pes: ALL_PES })!;
  const ratios = [1, 2, 3].map(
    (seed) => -searchConfuciuxGenetically(question, { evaluations: 3000, seed })!.reward / optimum,
  );
  expect(Math.min(...ratios)).toBeLessThan(1.02);
});

test('no budget, no design', () => {
  const light = { ...question, multiplier: -0.01 };
  expect(searchConfuciuxAtRandom(light, { evaluations: 10, seed: 1 })).toBeUndefined();
  expect(searchConfuciuxGenetically(light, { evaluations: 10, seed: 1 })).toBeUndefined();
});
