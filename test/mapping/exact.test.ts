import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  freeConstraints,
  type LevelConstraints,
  type TimeloopArchitecture,
  type TimeloopProblem,
} from '../../src/formats/timeloop/index.ts';
import {
  Counter,
  emptyNest,
  energyPj,
  type Machine,
  machineOf,
  mapspaceOf,
  objectiveOf,
  searchExactly,
  spaceBound,
} from '../../src/mapping/index.ts';
import { allMappings } from '../reference/all-mappings.ts';
import { arrivalsByStep } from '../reference/nest-steps.ts';
import { lawOptions, longTest } from '../tier.ts';

const term = (dimension: number, coefficient = 1) => ({ dimension, coefficient });

/** A matrix product, or a convolution over one row: M filters of R weights, P outputs, C channels. */
function problemOf(isConvolution: boolean, sizes: readonly number[], stride: number): TimeloopProblem {
  if (!isConvolution) {
    const tensors = [
      { name: 'A', readWrite: false, ranks: [[term(0)], [term(2)]] },
      { name: 'B', readWrite: false, ranks: [[term(2)], [term(1)]] },
      { name: 'Z', readWrite: true, ranks: [[term(0)], [term(1)]] },
    ];
    return { name: 'gemm', dimensions: ['M', 'N', 'K'], sizes: sizes.slice(0, 3), tensors };
  }
  const tensors = [
    { name: 'I', readWrite: false, ranks: [[term(1), term(2, stride)]] },
    { name: 'W', readWrite: false, ranks: [[term(0)], [term(1)]] },
    { name: 'O', readWrite: true, ranks: [[term(0)], [term(2)]] },
  ];
  return { name: 'conv', dimensions: ['K', 'R', 'P'], sizes: sizes.slice(0, 3), tensors };
}

const size = fc.constantFrom(1, 2, 3, 4, 6, 8);
const limit = fc.constantFrom(Number.POSITIVE_INFINITY, 1, 3);

interface Case {
  readonly machine: Machine;
  readonly constraints: readonly LevelConstraints[];
}

const smallCase: fc.Arbitrary<Case> = fc
  .record({
    isConvolution: fc.boolean(),
    sizes: fc.tuple(size, size, fc.constantFrom(1, 2, 3, 4, 6)),
    stride: fc.constantFrom(1, 2),
    levels: fc.constantFrom(2, 3, 3),
    mesh: fc.tuple(fc.constantFrom(1, 2, 3), fc.constantFrom(1, 2)),
    /** The level below which the mesh lies. */
    meshAt: fc.constantFrom(0, 1, 2),
    /** Whether its axes are two fan-outs, and which is the outer one. */
    outerAxis: fc.constantFrom(undefined, 'X' as const, 'Y' as const),
    capacities: fc.tuple(fc.constantFrom(6, 12, 30, 200), fc.constantFrom(3, 5, 9)),
    bandwidths: fc.tuple(limit, limit, limit),
    energies: fc.array(fc.constantFrom(0, 0.5, 1, 3, 10, 64), { minLength: 9, maxLength: 9 }),
    blocks: fc.tuple(fc.constantFrom(1, 4), fc.constantFrom(1, 2), fc.constantFrom(1, 2)),
    keeps: fc.array(fc.constantFrom(true, true, true, false, undefined), { minLength: 6, maxLength: 6 }),
    /** Whether the instances of a level along X, or all of them, share their accesses. */
    clustered: fc.constantFrom('none', 'none', 'rows', 'all'),
  })
  .map((drawn) => {
    const { isConvolution, sizes, stride, levels, mesh, meshAt, capacities, bandwidths, energies, blocks, keeps } =
      drawn;
    const problem = problemOf(isConvolution, sizes, stride);
    const [x, y] = mesh;
    const instancesAt = (level: number): number => (level > meshAt ? x * y : 1);
    const storages = Array.from({ length: levels }, (_, level) => ({
      name: `L${level}`,
      class: 'storage',
      instances: instancesAt(level),
      meshX: level > meshAt ? x : 1,
      outerAxis: level === meshAt ? drawn.outerAxis : undefined,
      wordBits: 16,
      blockSize: blocks[level],
      clusterSize: level <= meshAt || drawn.clustered === 'none' ? 1 : drawn.clustered === 'rows' ? x : x * y,
      capacityWords: level === 0 ? Number.POSITIVE_INFINITY : capacities[level - 1],
      readBandwidth: Number.POSITIVE_INFINITY,
      writeBandwidth: Number.POSITIVE_INFINITY,
      sharedBandwidth: bandwidths[level],
      fillLatencyCycles: 0,
      drainLatencyCycles: 0,
    }));
    const compute = { name: 'MAC', instances: instancesAt(levels), meshX: levels > meshAt ? x : 1 };
    const architecture: TimeloopArchitecture = { storages, compute };
    const machine = machineOf(problem, architecture, {
      storages: storages.map((_, i) => ({
        readPj: energies[3 * i],
        fillPj: energies[3 * i + 1],
        updatePj: energies[3 * i + 2],
      })),
      computePj: 0.5,
    });
    const names = {
      ...problem,
      tensors: problem.tensors.map(({ name }) => name),
      levels: storages.map(({ name }) => name),
    };
    const constraints = freeConstraints(names).map((entry, level) => ({
      ...entry,
      keep: [0, 1, 2].map((q) => (level === 0 ? true : keeps[3 * (level - 1) + q])),
    }));
    return { machine, constraints };
  });

const order = fc.shuffledSubarray([0, 1, 2], { minLength: 3, maxLength: 3 });
/** Mostly the usual value, now and then one of the others. */
const rarely = <T>(usual: T, ...others: readonly T[]) =>
  fc.array(
    fc.oneof({ weight: 40, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: fc.constantFrom(...others) }),
    {
      minLength: 3,
      maxLength: 3,
    },
  );
const loops = fc.record({
  fixed: rarely<number | undefined>(undefined, 1, 2),
  most: rarely(8, 1, 2),
  least: rarely(1, 2),
});
const narrowed = fc.record({
  temporal: loops,
  spatial: loops,
  temporalOrder: order,
  /** So many dimensions are fixed innermost. */
  fixedOrders: fc.constantFrom(0, 0, 1, 2, 3),
  spatialOrder: order,
  split: fc.constantFrom(undefined, undefined, 0, 1, 2, 3),
  /** Demands on each axis, instead of a split. */
  axes: fc.option(fc.record({ X: fc.option(loops, { nil: undefined }), Y: loops }), { nil: undefined, freq: 1 }),
  leastParallel: fc.constantFrom(1, 1, 1, 1, 1, 1, 1, 2),
});

/** A small case whose constraints fix factors, orders, the sides of meshes and the least parallelism. */
const narrowCase: fc.Arbitrary<Case> = fc
  .tuple(smallCase, fc.array(narrowed, { minLength: 3, maxLength: 3 }))
  .map(([{ machine, constraints }, all]) => ({
    machine,
    constraints: constraints.map((entry, level): LevelConstraints => {
      const { temporal, spatial, temporalOrder, fixedOrders, spatialOrder, split, axes, leastParallel } = all[level];
      const free = { ...entry.spatial, innermost: [], isWholeOrder: false };
      return {
        ...entry,
        temporal: {
          ...entry.temporal,
          ...temporal,
          innermost: temporalOrder.slice(0, fixedOrders),
          isWholeOrder: fixedOrders === 3,
        },
        spatial: {
          ...entry.spatial,
          ...spatial,
          ...(split !== undefined && { innermost: spatialOrder, isWholeOrder: true }),
        },
        split,
        ...(axes && { axes: { X: axes.X && { ...free, ...axes.X }, Y: { ...free, ...axes.Y } } }),
        leastParallel,
      };
    }),
  }));

describe('the exact search', () => {
  longTest('finds the best of small spaces under constraints on factors, orders, meshes and parallelism', () => {
    let feasible = 0;
    fc.assert(
      fc.property(narrowCase, fc.constantFrom('energy', 'delay', 'edp', 'ed2p'), ({ machine, constraints }, name) => {
        const objective = objectiveOf([name]);
        const [value] = objective.values;
        const all = allMappings(machine, constraints);
        const best = Math.min(...all.map((point) => value({ ...point, lastLevelWords: 0 })));
        const space = mapspaceOf(machine, constraints);
        const found = searchExactly(space, objective, false);
        if (all.length === 0) expect(found.best).toBeUndefined();
        else {
          feasible++;
          expect(spaceBound(space, objective)).toBeLessThanOrEqual(best);
          expect(value(found.best!.cost)).toBeCloseTo(best, 6);
          expect(found.lowerBound).toBe(value(found.best!.cost));
        }
      }),
      lawOptions(3000),
    );
    expect(feasible).toBeGreaterThan(300);
  });

  // Brute force: every factorisation, every order, every bypass (test/reference/all-mappings.ts).
  test('finds the best of small spaces in every objective', () => {
    fc.assert(
      fc.property(smallCase, ({ machine, constraints }) => {
        const all = allMappings(machine, constraints);
        for (const name of ['energy', 'delay', 'edp', 'ed2p'] as const) {
          const objective = objectiveOf([name]);
          const [value] = objective.values;
          const best = Math.min(...all.map((point) => value({ ...point, lastLevelWords: 0 })));
          const space = mapspaceOf(machine, constraints);
          const found = searchExactly(space, objective, false);
          if (all.length === 0) expect(found.best).toBeUndefined();
          else {
            expect(spaceBound(space, objective)).toBeLessThanOrEqual(best);
            expect(value(found.best!.cost)).toBeCloseTo(best, 6);
            expect(found.lowerBound).toBe(value(found.best!.cost));
          }
        }
      }),
      lawOptions(1000, 4),
    );
  });

  test.each(['X', 'Y'] as const)(
    'places factors on two fan-outs, of which that along %s is the outer one',
    (outerAxis) => {
      const memory = {
        class: 'storage',
        meshX: 1,
        instances: 1,
        wordBits: 16,
        blockSize: 1,
        capacityWords: 200,
        readBandwidth: Number.POSITIVE_INFINITY,
        writeBandwidth: Number.POSITIVE_INFINITY,
        sharedBandwidth: Number.POSITIVE_INFINITY,
        fillLatencyCycles: 0,
        drainLatencyCycles: 0,
      };
      const values = [undefined, outerAxis].map((outer) => {
        const problem = problemOf(true, [1, 3, 6], 1);
        const architecture = {
          storages: [
            { ...memory, name: 'L0', outerAxis: outer },
            { ...memory, name: 'L1', instances: 6, meshX: 3, capacityWords: 3 },
          ],
          compute: { name: 'MAC', instances: 6, meshX: 3 },
        };
        const energy = { readPj: 1, fillPj: 1, updatePj: 1 };
        const machine = machineOf(problem, architecture, {
          storages: [{ readPj: 64, fillPj: 1, updatePj: 1 }, energy],
          computePj: 0.5,
        });
        const constraints = freeConstraints({ ...problem, tensors: ['I', 'W', 'O'], levels: ['L0', 'L1'] });
        const objective = objectiveOf(['edp']);
        const [value] = objective.values;
        const all = allMappings(machine, constraints).map((point) => value({ ...point, lastLevelWords: 0 }));
        const { best, lowerBound } = searchExactly(mapspaceOf(machine, constraints), objective, false);
        expect(value(best!.cost)).toBeCloseTo(Math.min(...all), 6);
        expect(lowerBound).toBe(value(best!.cost));
        // The nest that is handed out has the cost that is stated.
        expect(energyPj(machine, new Counter(machine).count(best!.nest))).toBe(best!.cost.energyPj);
        return value(best!.cost);
      });
      // R along one axis and P along the other share rows of the input in one mesh, but not in two fan-outs.
      expect(values[1]).toBeGreaterThan(values[0]);
    },
  );

  test('finds the whole front of energy and cycles', () => {
    fc.assert(
      fc.property(smallCase, ({ machine, constraints }) => {
        const all = allMappings(machine, constraints);
        const best = all.filter(
          (a) =>
            !all.some(
              (b) =>
                (b.energyPj < a.energyPj - 1e-9 && b.cycles <= a.cycles) ||
                (b.energyPj <= a.energyPj + 1e-9 && b.cycles < a.cycles),
            ),
        );
        const front = [...new Map(best.map((point) => [point.cycles, point.energyPj])).entries()].sort(
          ([a], [b]) => a - b,
        );
        const found = searchExactly(mapspaceOf(machine, constraints), objectiveOf(['edp']), true).front;
        expect(found.map(({ cost }) => cost.cycles)).toEqual(front.map(([cycles]) => cycles));
        for (const [i, { cost }] of found.entries()) expect(cost.energyPj).toBeCloseTo(front[i][1], 6);
      }),
      lawOptions(300, 4),
    );
  });

  test('states a bound that holds when a gap is allowed', () => {
    fc.assert(
      fc.property(smallCase, fc.constantFrom(0.02, 0.1, 0.5), ({ machine, constraints }, gap) => {
        const objective = objectiveOf(['edp']);
        const space = mapspaceOf(machine, constraints);
        const exact = searchExactly(space, objective, false);
        const near = searchExactly(space, objective, false, { gap });
        if (!exact.best) return;
        const [value] = objective.values;
        expect(near.lowerBound).toBeLessThanOrEqual(value(exact.best.cost) * (1 + 1e-12));
        expect(near.lowerBound).toBeGreaterThanOrEqual(value(near.best!.cost) * (1 - gap) * (1 - 1e-12));
      }),
      lawOptions(300, 8),
    );
  });
});

test('words that arrive equal those of a walk through every step', () => {
  fc.assert(
    fc.property(smallCase, fc.array(fc.nat(1000), { minLength: 60, maxLength: 60 }), ({ machine }, picks) => {
      const { levels: L, dimensions: D, tensors: T } = machine;
      const nest = emptyNest(machine);
      let pick = 0;
      for (let d = 0; d < D; d++) {
        let rest = machine.sizes[d];
        for (let slot = 0; slot < 2 * L - 1; slot++) {
          const divisors = Array.from({ length: rest }, (_, i) => i + 1).filter((f) => rest % f === 0);
          const factor = divisors[picks[pick++] % divisors.length];
          (slot % 2 === 0 ? nest.temporal : nest.spatial)[(slot >> 1) * D + d] = factor;
          rest /= factor;
        }
        nest.spatial[(L - 1) * D + d] = rest;
      }
      for (let level = 0; level < L; level++) {
        const dims = [0, 1, 2];
        const order = [dims.splice(picks[pick++] % 3, 1)[0], dims.splice(picks[pick++] % 2, 1)[0], dims[0]];
        nest.order.set(order, level * D);
      }
      const counts = new Counter(machine).count(nest, 'exact');
      for (let level = 1; level < L; level++) {
        for (let q = 0; q < T; q++) {
          const at = level * T + q;
          const arrivals = counts.fills[at] + (q === machine.written ? counts.partition[at] : 0);
          expect(arrivals).toBe(arrivalsByStep(machine, nest, level, q));
        }
      }
    }),
    lawOptions(2000, 200),
  );
});

test('a search that is stopped in any of its pauses ends there, with a mapping and a bound that holds', () => {
  fc.assert(
    fc.property(smallCase, fc.double({ min: 0, max: 1, noNaN: true }), ({ machine, constraints }, share) => {
      const objective = objectiveOf(['edp']);
      const [value] = objective.values;
      const space = mapspaceOf(machine, constraints);
      let all = 0;
      const exact = searchExactly(space, objective, false, { isOver: () => ++all < 0 });
      const at = Math.max(1, Math.round(share * all));
      let asked = 0;
      const stopped = searchExactly(space, objective, false, { isOver: () => ++asked >= at });
      expect(stopped.best === undefined).toBe(exact.best === undefined);
      if (!stopped.best || !exact.best) return;
      expect(stopped.lowerBound).toBeLessThanOrEqual(value(exact.best.cost) * (1 + 1e-12));
      expect(value(stopped.best.cost)).toBeGreaterThanOrEqual(value(exact.best.cost));
      // Each level of the walk may ask once more on its way out.
      expect(asked - at).toBeLessThanOrEqual(2);
    }),
    lawOptions(80, 8),
  );
});
