import { expect, test } from 'vitest';
import { Generator } from '../../src/base/random.ts';
import type { Dimension, MaestroLayer } from '../../src/formats/maestro/index.ts';
import { freeConstraints, type TimeloopArchitecture, type TimeloopProblem } from '../../src/formats/timeloop/index.ts';
import {
  type GammaLimits,
  type GammaObjective,
  type Mapspace,
  machineOf,
  mapspaceOf,
  objectiveOf,
  searchAtRandom,
  searchByClimbing,
  searchExactly,
  searchGammaExactly,
} from '../../src/mapping/index.ts';
import { hardwareOf, layerOf } from '../support/maestro-layers.ts';
import { cases, LONG } from '../tier.ts';

const OBJECTIVES: readonly GammaObjective[] = ['energy', 'delay', 'edp', 'ed2p'];

/** Draws from one generator. */
function drawsOf(seed: number) {
  const random = new Generator(seed);
  const pick = (least: number, most: number): number => least + Math.floor(random.next() * (most - least + 1));
  const of = <T>(...values: readonly T[]): T => values[pick(0, values.length - 1)];
  const shuffled = <T>(items: readonly T[]): T[] => {
    const left = [...items];
    return items.map(() => left.splice(pick(0, left.length - 1), 1)[0]);
  };
  return { pick, of, shuffled };
}

/** Rows and columns change places, and so do the sides of a product. */
const MIRRORED: Partial<Record<Dimension, Dimension>> = { Y: 'X', X: 'Y', R: 'S', S: 'R', M: 'N', N: 'M' };

/** A layer, and the same with its dimensions in another order and mirrored. */
function layerTwice({ pick, of, shuffled }: ReturnType<typeof drawsOf>, most: number): [MaestroLayer, MaestroLayer] {
  const type = of('GEMM', 'DSCONV', 'CONV');
  const [R, S, stepY, stepX] = [pick(1, 3), pick(1, 2), pick(1, 3), pick(1, 3)];
  const inputs = (filter: number, step: number): number => (pick(1, most) - 1) * step + filter + pick(0, step - 1);
  const window = { R, S, Y: inputs(R, stepY), X: inputs(S, stepX) };
  const sizes =
    type === 'GEMM'
      ? { M: pick(1, most), N: pick(1, most), K: pick(1, most) }
      : { ...(type === 'CONV' && { K: pick(1, 3) }), C: pick(1, 3), ...window };
  const others = shuffled(Object.entries(sizes) as [Dimension, number][]).map(([name, size]) => [
    MIRRORED[name] ?? name,
    size,
  ]);
  return [layerOf(type, sizes, [stepX, stepY]), layerOf(type, Object.fromEntries(others), [stepY, stepX])];
}

// A start from a good genome could hide a bound that excludes the optimum: the start of another search, or none, must find the same.
test('under MAESTRO the optimum is the same without a start, and with mirrored dimensions in another order', () => {
  const draws = drawsOf(3);
  const { pick, of } = draws;
  let found = 0;
  for (let i = 0; i < cases(40, 4); i++) {
    const levels = pick(1, 2);
    const [layer, mirrored] = layerTwice(draws, levels === 1 ? 6 : 3);
    const hardware = {
      ...hardwareOf(pick(1, 5), of(12, 40, 200, 1000), of(60, 300, 1000), of(1, 2, 5, 64), of(1, 4, 1000), pick(0, 2)),
      simdLanes: pick(1, 2),
    };
    const limits: GammaLimits = {
      evaluations: 1,
      seed: 1,
      objective: of(...OBJECTIVES),
      levels: [levels, levels],
      wordsFirst: of(true, false, false, false),
      ...(pick(0, 3) === 0 && { peLimit: pick(1, 6) }),
      ...(pick(0, 5) === 0 && { areaBudgetMm2: 0.002 }),
    };
    const name = `${layer.type} ${[...layer.sizes].join(' ')}, ${levels} levels, ${JSON.stringify(limits)}`;
    const started = searchGammaExactly(layer, hardware, limits);
    const cold = searchGammaExactly(layer, hardware, { ...limits, isCold: true });
    const other = searchGammaExactly(mirrored, hardware, { ...limits, isCold: true });
    expect([cold?.value, other?.value], name).toEqual([started?.value, started?.value]);
    if (!started) continue;
    found++;
    for (const { proof, value } of [started, cold!, other!])
      expect(proof).toMatchObject({ outcome: 'proven', lowerBound: value });
  }
  expect(found).toBeGreaterThan(cases(15, 1));
});

type Term = readonly [dimension: number, coefficient: number];

/** A batch of products, or a convolution with a window over one side; `at` says where each dimension goes, `tensorsAt` which tensors follow. */
function problemOf(
  isConvolution: boolean,
  stride: number,
  sizes: readonly number[],
  at: readonly number[],
  tensorsAt: readonly number[],
): TimeloopProblem {
  const tensor = (name: string, readWrite: boolean, ...ranks: readonly Term[][]) => ({
    name,
    readWrite,
    ranks: ranks.map((terms) => terms.map(([d, coefficient]) => ({ dimension: at[d], coefficient }))),
  });
  const [names, tensors] = isConvolution
    ? [
        ['C', 'K', 'R', 'P', 'Q'],
        [
          tensor('W', false, [[0, 1]], [[1, 1]], [[2, 1]]),
          tensor(
            'I',
            false,
            [[0, 1]],
            [
              [2, 1],
              [3, stride],
            ],
            [[4, 1]],
          ),
          tensor('O', true, [[1, 1]], [[3, 1]], [[4, 1]]),
        ],
      ]
    : [
        ['M', 'N', 'K', 'B'],
        [
          tensor('A', false, [[0, 1]], [[2, 1]], [[3, 1]]),
          tensor('B', false, [[2, 1]], [[1, 1]], [[3, 1]]),
          tensor('Z', true, [[0, 1]], [[1, 1]], [[3, 1]]),
        ],
      ];
  const placed = <T>(values: readonly T[]): T[] => names.map((_, place) => values[at.indexOf(place)]);
  return {
    name: isConvolution ? 'conv' : 'gemm',
    dimensions: placed(names),
    sizes: placed(sizes),
    tensors: tensorsAt.map((i) => tensors[i]),
  };
}

/** A space of some thousand choices, and the same with dimensions and tensors in another order. */
function spaceTwice({ pick, of, shuffled }: ReturnType<typeof drawsOf>): [Mapspace, Mapspace] {
  const isConvolution = of(true, false);
  const size = (): number => of(6, 8, 12, 16, 24);
  const sizes = isConvolution ? [size(), size(), of(1, 2, 3), size(), of(1, 2)] : [size(), size(), size(), of(1, 1, 2)];
  const levels = of(2, 3, 3);
  const [x, y, meshAt] = [of(1, 2, 4), of(1, 2), pick(0, levels - 1)];
  const instances = (level: number): number => (level > meshAt ? x * y : 1);
  const meshX = (level: number): number => (level > meshAt ? x : 1);
  const unlimited = Number.POSITIVE_INFINITY;
  const storages = Array.from({ length: levels }, (_, level) => ({
    name: `L${level}`,
    class: 'storage',
    instances: instances(level),
    meshX: meshX(level),
    wordBits: 16,
    blockSize: of(1, 2, 4),
    capacityWords: level === 0 ? unlimited : of(8, 20, 64, 400),
    readBandwidth: unlimited,
    writeBandwidth: unlimited,
    sharedBandwidth: of(unlimited, 1, 4, 16),
    fillLatencyCycles: 0,
    drainLatencyCycles: 0,
  }));
  const architecture: TimeloopArchitecture = {
    storages,
    compute: { name: 'MAC', instances: instances(levels), meshX: meshX(levels) },
  };
  const energies = {
    storages: storages.map(() => ({ readPj: of(0, 0.5, 3, 64), fillPj: of(0.5, 3, 64), updatePj: of(0.5, 3, 64) })),
    computePj: 0.5,
  };
  const keeps = storages.map((_, level) =>
    [0, 1, 2].map(() => level === 0 || of(true, true, true, false, isConvolution ? true : undefined)),
  );
  const stride = of(1, 2);
  const same = sizes.map((_, d) => d);
  const spaceOf = (at: readonly number[], tensorsAt: readonly number[]): Mapspace => {
    const problem = problemOf(isConvolution, stride, sizes, at, tensorsAt);
    const tensors = problem.tensors.map(({ name }) => name);
    const names = { ...problem, tensors, levels: storages.map(({ name }) => name) };
    const constraints = freeConstraints(names).map((entry, level) => ({
      ...entry,
      keep: tensorsAt.map((i) => keeps[level][i]),
    }));
    return mapspaceOf(machineOf(problem, architecture, energies), constraints);
  };
  return [spaceOf(same, [0, 1, 2]), spaceOf(shuffled(same), shuffled([0, 1, 2]))];
}

test("under Timeloop's model the optimum is the same without a start, and with dimensions and tensors in another order", () => {
  const draws = drawsOf(4);
  let [found, climbed] = [0, 0];
  for (let i = 0; i < cases(12, 2); i++) {
    const [space, other] = spaceTwice(draws);
    const objective = objectiveOf([draws.of(...OBJECTIVES)]);
    const [value] = objective.values;
    const started = searchExactly(space, objective, false);
    const results = [
      started,
      searchExactly(space, objective, false, { isCold: true }),
      searchExactly(other, objective, false, { isCold: true }),
    ];
    const name = `case ${i}, ${objective.name}`;
    const values = results.map(({ best }) => (best ? value(best.cost) : Number.POSITIVE_INFINITY));
    for (const [j, { reason, lowerBound, best }] of results.entries()) {
      expect(reason, name).toBe('proven');
      if (best) expect(lowerBound, name).toBe(values[j]);
      // Sums of energies in another order round differently.
      if (best) expect(values[j] / values[0], name).toBeCloseTo(1, 12);
      else expect(started.best, name).toBeUndefined();
    }
    if (!started.best) continue;
    found++;
    if (results[1].evaluations !== started.evaluations) climbed++;
    for (const sample of [searchAtRandom, searchByClimbing]) {
      const { best } = sample(space, objective, { evaluations: 300, seed: i + 1 });
      if (best) expect(value(best.cost), name).toBeGreaterThanOrEqual(values[0] * (1 - 1e-12));
    }
  }
  expect(found).toBeGreaterThan(cases(7, 1));
  if (LONG) expect(climbed).toBeGreaterThan(0);
});
