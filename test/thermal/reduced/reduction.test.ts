import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HOTSPOT_DEFAULTS, readHotspotConfig } from '../../../src/formats/hotspot/config.ts';
import { positiveEigen } from '../../../src/numeric/eigen.ts';
import { independentFields } from '../../../src/numeric/independent.ts';
import { addConductance, conductanceMatrix, edgeList } from '../../../src/numeric/sparse.ts';
import {
  type Block,
  type BlockMap,
  hotspotRules,
  hotspotStack,
  makeFloorplan,
  modalTransient,
  nodeSources,
  physicalRules,
  reduceNetwork,
  type SparseRows,
  type SteadySolver,
  steadyResistance,
  type ThermalNetwork,
} from '../../../src/thermal/index.ts';
import { exponentialTransient } from '../../../src/thermal/solvers/exponential.ts';
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

const STACK = hotspotStack({ ...HOTSPOT_DEFAULTS, r_convec: 1.5, s_spreader: 0.02, s_sink: 0.035 });

/** Elimination on the network's matrix with the shift on its diagonal. */
function eliminationOf(network: ThermalNetwork): (shift: number) => SteadySolver {
  return (shift) => {
    const diagonal = network.conductance.diagonal.map((g, i) => g + shift * network.capacity[i]);
    const shifted = { ...network, conductance: { ...network.conductance, diagonal } };
    return {
      solve(source, rise) {
        rise.set(denseSteady(shifted, source));
        return { iterations: 1, residual: 0 };
      },
    };
  };
}

function rowsOf(entries: readonly (readonly [node: number, weight: number][])[]): SparseRows {
  const flat = entries.flat();
  let count = 0;
  return {
    start: Int32Array.from([0, ...entries.map((row) => (count += row.length))]),
    index: Int32Array.from(flat, ([node]) => node),
    weight: Float64Array.from(flat, ([, weight]) => weight),
  };
}

interface Given {
  readonly network: ThermalNetwork;
  readonly map: BlockMap;
  readonly start: Float64Array;
}

/** A chain of nodes with random further links, capacities over four decades, power and outputs at any of the nodes. */
const networks: fc.Arbitrary<Given> = fc
  .record({
    capacities: fc.array(fc.double({ min: -4, max: 0, noNaN: true }), { minLength: 5, maxLength: 24 }),
    links: fc.array(fc.tuple(fc.nat(), fc.nat(), fc.double({ min: 0.05, max: 3, noNaN: true })), { maxLength: 20 }),
    ambient: fc.double({ min: 0.1, max: 2, noNaN: true }),
    powered: fc.tuple(fc.nat(), fc.nat(), fc.nat()),
    seed: fc.nat(),
  })
  .map(({ capacities, links, ambient, powered, seed }) => {
    const n = capacities.length;
    const edges = edgeList(n + links.length);
    for (let i = 1; i < n; i++) addConductance(edges, i - 1, i, 1 + (i % 3));
    for (const [i, j, g] of links) if (i % n !== j % n) addConductance(edges, i % n, j % n, g);
    const toAmbient = new Float64Array(n);
    toAmbient[n - 1] = ambient;
    const network = {
      nodes: n,
      conductance: conductanceMatrix(edges, toAmbient),
      toAmbient,
      capacity: Float64Array.from(capacities, (c) => 10 ** c),
      ambientK: 300,
    };
    const [a, b, c] = powered.map((node) => node % n);
    const map = {
      spread: rowsOf([[[a, 1]], [[b, 0.25], [c, 0.75]]]), // biome-ignore format: a row of the matrix a line
      mean: rowsOf([[[a, 0.5], [c, 0.5]], [[b, 1]]]), // biome-ignore format: a row of the matrix a line
    };
    return { network, map, start: Float64Array.from(capacities, (_, i) => Math.sin(seed + 1.7 * i) * 20) };
  });

const runs = { numRuns: 20, seed: 11 };

function weighed(rows: SparseRows, rise: Float64Array, ambientK: number): number[] {
  return Array.from({ length: rows.start.length - 1 }, (_, u) => {
    let sum = ambientK;
    for (let i = rows.start[u]; i < rows.start[u + 1]; i++) sum += rows.weight[i] * rise[rows.index[i]];
    return sum;
  });
}

describe('any network', () => {
  test('follows the matrix exponential under power, and from a given start', () => {
    fc.assert(
      fc.property(networks, fc.constantFrom(1e-4, 1e-2, 1, 30), ({ network, map, start }, h) => {
        const options = { solver: eliminationOf(network), starts: [start], fields: 'all', shiftRatio: 4 } as const;
        const model = reduceNetwork(network, map, { ...options, newEnough: 1e-6 });
        const transient = modalTransient(model);
        transient.state.set(model.starts!);
        expect(largestDifference(riseField(model, transient.state), start)).toBeLessThan(1e-9);
        let rise: Float64Array = start;
        for (const power of [Float64Array.of(3, 1), Float64Array.of(0, 2)]) {
          transient.step(power, h);
          rise = denseStep(network, rise, nodeSources(network, map, power), h);
          expect(largestDifference(transient.temperatureK, weighed(map.mean, rise, 300))).toBeLessThan(1e-5);
        }
        transient.setSteady(Float64Array.of(3, 1));
        const steady = denseSteady(network, nodeSources(network, map, [3, 1]));
        expect(largestDifference(riseField(model, transient.state), steady)).toBeLessThan(1e-8);
      }),
      runs,
    );
  });

  test('heat of a start = heat out + heat stored', () => {
    fc.assert(
      fc.property(networks, fc.constantFrom(1e-3, 1, 100), ({ network, map, start }, h) => {
        const model = reduceNetwork(network, map, { solver: eliminationOf(network), starts: [start] });
        const transient = modalTransient(model);
        transient.state.set(model.starts!);
        const before = transient.storedHeatJ();
        const heat = start.map((rise, i) => Math.abs(rise) * network.capacity[i]).reduce((a, b) => a + b);
        expect(before).toBeCloseTo(
          start.reduce((sum, rise, i) => sum + rise * network.capacity[i], 0),
          9,
        );
        transient.step(new Float64Array(2), h);
        expect(Math.abs(before - transient.heatOutJ - transient.storedHeatJ())).toBeLessThan(1e-10 * heat);
      }),
      runs,
    );
  });
});

describe('grids', () => {
  const blocks = [
    { name: 'a', leftM: 0, bottomM: 0, widthM: 2e-3, heightM: 3e-3 },
    { name: 'b', leftM: 2e-3, bottomM: 0, widthM: 1e-3, heightM: 3e-3 },
  ];
  const { network, map } = modelOf(makeFloorplan(blocks), STACK, { rows: 4, columns: 5 });

  test.each(['grid', 'any network'])('decay from an uneven start, as a %s', (kind) => {
    const start = Float64Array.from({ length: network.nodes }, (_, i) => 5 + 3 * Math.sin(0.8 * i) + (i % 7));
    const options = { starts: [start], shiftRatio: 3, newEnough: 1e-6, fields: 'all' } as const;
    const model =
      kind === 'grid'
        ? reduceNetwork(network, map, options)
        : reduceNetwork(network, map, { ...options, solver: eliminationOf(network) });
    const transient = modalTransient(model);
    for (const h of [1e-5, 1e-3, 0.1, 10]) {
      transient.state.set(model.starts!);
      transient.step(new Float64Array(2), h);
      const rise = denseStep(network, start, new Float64Array(network.nodes), h);
      expect(largestDifference(transient.temperatureK, weighed(map.mean, rise, network.ambientK))).toBeLessThan(1e-4);
    }
  });

  test('power may enter any plane', () => {
    const { cells } = network;
    const moved = (rows: SparseRows): SparseRows => ({ ...rows, index: rows.index.map((cell) => cell + cells) });
    const lower = { spread: moved(map.spread), mean: moved(map.mean) };
    const transient = modalTransient(reduceNetwork(network, lower));
    const power = Float64Array.of(4, 1);
    const source = nodeSources(network, lower, power);
    let rise = new Float64Array(network.nodes) as Float64Array;
    for (const h of [1e-4, 1e-2, 1]) {
      transient.step(power, h);
      rise = denseStep(network, rise, source, h);
      expect(largestDifference(transient.temperatureK, weighed(lower.mean, rise, network.ambientK))).toBeLessThan(1e-3);
    }
    const resistance = steadyResistance(reduceNetwork(network, lower));
    const steady = weighed(lower.mean, denseSteady(network, source), 0);
    expect(largestDifference([4 * resistance[0] + resistance[1], 4 * resistance[2] + resistance[3]], steady)).toBeLessThan(1e-9); // biome-ignore format: one equation
  });
});

// The columns are the exact solution of HotSpot's network (test/golden/hotspot/README.md).
test.each([
  ['sys8-grid16-step-1e-5', 1e-5],
  ['sys8-grid16-square-1e-3', 1e-3],
] as const)('%s within 5e-6 K by expansion points closer together', (name, dt) => {
  const { options } = readHotspotConfig(golden(`${name}/hotspot.config`));
  const model = goldenModel(`${name}/sys8.flp`, options);
  const solver = modalTransient(reduceNetwork(model.network, model.map, { shiftRatio: 3, newEnough: 1e-5 }));
  const columns = powersOf(model, `${name}/power.ptrace`);
  goldenRows(`${name}/ttrace.exact.csv`).forEach((row, k) => {
    solver.step(
      Float64Array.from(columns, (column) => column[k]),
      dt,
    );
    expect(largestDifference(solver.temperatureK, row)).toBeLessThan(5e-6);
  });
});

describe('fields picked by their inner products', () => {
  // Orthonormal but for the given mixtures: L of L L^T is known.
  const gram = (l: readonly (readonly number[])[]): Float64Array =>
    Float64Array.from({ length: l.length ** 2 }, (_, e) => {
      const [a, b] = [l[Math.floor(e / l.length)], l[e % l.length]];
      return a.reduce((sum, x, i) => sum + x * b[i], 0);
    });

  test('are those with a part that is new, and L is that of the definition', () => {
    const rows = [
      [1, 0, 0],
      [3, 4, 0],
      [6, 8, 1e-4], // of length 10, of which 1e-5 is new
      [0, 1, 2],
    ];
    const found = independentFields(gram(rows), 1, new Float64Array(4).fill(1e-3))!;
    expect([...found.kept]).toEqual([0, 1, 3]);
    expect(largestDifference(found.factor, [1, 0, 0, 3, 4, 0, 0, 1, 2])).toBeLessThan(1e-14);
    const all = independentFields(gram(rows.slice(0, 3)), 1, new Float64Array(3).fill(1e-6))!;
    expect([...all.kept]).toEqual([0, 1, 2]);
  });

  test('are none if what counts is lost in rounding', () => {
    const rows = [
      [1, 0],
      [1, 1e-9],
    ];
    expect(independentFields(gram(rows), 1, new Float64Array(2).fill(1e-10))).toBeNull();
  });
});

test('products that follow from transfer functions are those of the fields', () => {
  const model = goldenModel('acc21/acc21.flp', { ...TEMPLATE, grid_rows: 16, grid_cols: 16 });
  const byMoments = reduceNetwork(model.network, model.map, { newEnough: 1e-3 });
  // Below 1e-3 all fields are made orthonormal; these keep the same ones.
  const byFields = reduceNetwork(model.network, model.map, { newEnough: 0.999e-3 });
  expect(Math.abs(byMoments.modes - byFields.modes)).toBeLessThanOrEqual(2);
  expect(largestDifference(steadyResistance(byMoments), steadyResistance(byFields))).toBeLessThan(1e-9);
  const [a, b] = [modalTransient(byMoments), modalTransient(byFields)];
  const columns = powersOf(model, 'acc21/acc21_100.ptrace');
  for (let k = 0; k < 20; k++) {
    const power = Float64Array.from(columns, (column) => column[k]);
    for (const solver of [a, b]) solver.step(power, 1e-4 * 3 ** (k % 5));
    // Both err by as much themselves.
    expect(largestDifference(a.temperatureK, b.temperatureK)).toBeLessThan(1e-3);
  }
});

describe('dies of any floorplan', () => {
  const factor = fc.double({ min: -1, max: 1, noNaN: true }).map((power) => 5 ** power);
  const dies = fc.record({
    sideM: fc.double({ min: 1e-3, max: 25e-3, noNaN: true }),
    cuts: fc.array(fc.tuple(fc.nat(), fc.double({ min: 0.05, max: 0.95, noNaN: true }), fc.boolean()), {
      maxLength: 20,
    }),
    grid: fc.constantFrom({ rows: 8, columns: 8 }, { rows: 12, columns: 8 }),
    factors: fc.tuple(factor, factor, factor, factor, factor, factor),
    rules: fc.constantFrom(physicalRules, hotspotRules),
    shiftRatio: fc.constantFrom(25, 12),
    seed: fc.nat(),
  });

  /** Blocks of very different sizes: each cut parts one of them. On these grids some share a cell, and follow from others. */
  function blocksOf(sideM: number, cuts: readonly (readonly [number, number, boolean])[]): Block[] {
    const blocks = [{ leftM: 0, bottomM: 0, widthM: sideM, heightM: sideM }];
    for (const [pick, part, upright] of cuts) {
      const at = pick % blocks.length;
      const { leftM, bottomM, widthM, heightM } = blocks[at];
      const [w, h] = upright ? [part * widthM, heightM] : [widthM, part * heightM];
      const [x, y] = upright ? [leftM + w, bottomM] : [leftM, bottomM + h];
      const rest = { leftM: x, bottomM: y, widthM: leftM + widthM - x, heightM: bottomM + heightM - y };
      blocks.splice(at, 1, { leftM, bottomM, widthM: w, heightM: h }, rest);
    }
    return blocks.map((block, i) => ({ name: `b${i}`, ...block }));
  }

  test('are as exact as with fields made orthonormal, and as stable', () => {
    fc.assert(
      fc.property(dies, ({ sideM, cuts, grid, factors: [a, b, c, d, e, f], rules, shiftRatio, seed }) => {
        const o = HOTSPOT_DEFAULTS;
        const options = { ...o, t_chip: a * o.t_chip, k_chip: b * o.k_chip, t_interface: c * o.t_interface };
        const more = { k_interface: d * o.k_interface, r_convec: e * o.r_convec, c_convec: f * o.c_convec };
        const stack = hotspotStack({ ...options, ...more, s_spreader: 1.5 * sideM, s_sink: 2 * sideM });
        const floorplan = makeFloorplan(blocksOf(sideM, cuts), { gaps: 'allow' });
        const model = modelOf(floorplan, stack, grid, rules);
        const { network, map } = model;
        const byMoments = reduceNetwork(network, map, { shiftRatio, fields: 'all' });
        // Below 1e-3 all fields are made orthonormal; these keep the same ones.
        const byFields = reduceNetwork(network, map, { shiftRatio, newEnough: 0.999e-3 });
        const power = Float64Array.from(floorplan.blocks, (_, u) => 1 + Math.sin(seed + 2.3 * u));
        const rise = steadyRise(model, power);
        const resistance = steadyResistance(byMoments);
        const m = power.length;
        const steady = Array.from(power, (_, u) => power.reduce((sum, p, v) => sum + p * resistance[u * m + v], 0));
        const exact = weighed(map.mean, rise, 0);
        const hottest = Math.max(...exact);
        expect(largestDifference(steady, exact)).toBeLessThan(1e-9 * hottest);
        expect(byMoments.rate.every((rate) => rate > 0)).toBe(true);
        const [one, other, reference] = [
          modalTransient(byMoments),
          modalTransient(byFields),
          exponentialTransient(network, map),
        ];
        one.setSteady(power);
        expect(largestDifference(riseField(byMoments, one.state), rise)).toBeLessThan(1e-9 * hottest);
        one.state.fill(0);
        let [worst, usual, hot] = [0, 0, 0];
        for (const h of [1e-5, 1e-5, 1e-3, 1e-3, 0.1]) {
          for (const solver of [one, other, reference]) solver.step(power, h);
          worst = Math.max(worst, largestDifference(one.temperatureK, reference.temperatureK));
          usual = Math.max(usual, largestDifference(other.temperatureK, reference.temperatureK));
          hot = Math.max(hot, ...reference.temperatureK.map((t) => t - network.ambientK));
        }
        expect(worst).toBeLessThan(3 * usual + 1e-5 * hot);
      }),
      { numRuns: 12, seed: 5, endOnFailure: true },
    );
  });

  test('blocks in one cell are one source', () => {
    const width = (leftM: number, widthM: number): Block => ({
      name: `${leftM}`,
      leftM,
      bottomM: 0,
      widthM,
      heightM: 4e-3,
    });
    const grid = { rows: 4, columns: 4 };
    const split = [width(0, 0.2e-3), width(0.2e-3, 0.5e-3), width(0.7e-3, 0.3e-3), width(1e-3, 3e-3)];
    const parts = modelOf(makeFloorplan(split), STACK, grid);
    const whole = modelOf(makeFloorplan([width(0, 1e-3), width(1e-3, 3e-3)]), STACK, grid);
    let solutions = 0;
    const counting = (shift: number): SteadySolver => {
      const { solve } = eliminationOf(parts.network)(shift);
      const counted: typeof solve = (source, rise) => {
        solutions++;
        return solve(source, rise);
      };
      return { solve: counted };
    };
    const shiftsPerS = [0, 1, 100, 1e4];
    const model = reduceNetwork(parts.network, parts.map, { shiftsPerS, solver: counting });
    // Of two sources at four shifts, once.
    expect(solutions).toBe(8);
    const of = reduceNetwork(whole.network, whole.map, { shiftsPerS, solver: eliminationOf(whole.network) });
    expect(model.modes).toBe(of.modes);
    const [a, b] = [modalTransient(model), modalTransient(of)];
    for (const h of [1e-4, 1e-2, 1]) {
      a.step(Float64Array.of(1, 2, 3, 4), h);
      b.step(Float64Array.of(6, 4), h);
      const [one, last] = b.temperatureK;
      expect(largestDifference(a.temperatureK, [one, one, one, last])).toBeLessThan(1e-7);
    }
  });
});

describe('eigenvalues', () => {
  // D B D with B = tridiag(-1, 2, -1) and D = 10^-i: its inverse is known entry by entry, B^-1 = i (n + 1 - j) / (n + 1).
  const n = 9;
  const fill = (entry: (i: number, j: number) => number): Float64Array =>
    Float64Array.from({ length: n * n }, (_, e) => entry(Math.floor(e / n), e % n));
  const graded = fill((i, j) => (i === j ? 2 : Math.abs(i - j) === 1 ? -1 : 0) * 10 ** -(i + j));
  const inverse = fill((i, j) => (((Math.min(i, j) + 1) * (n - Math.max(i, j))) / (n + 1)) * 10 ** (i + j));

  test('of a matrix over 16 decades: the smallest as exact as the largest', () => {
    const { values } = positiveEigen(graded.slice(), n);
    const reciprocals = positiveEigen(inverse.slice(), n).values;
    for (let i = 0; i < n; i++) expect(values[i] * reciprocals[n - 1 - i]).toBeCloseTo(1, 12);
  });

  // D B D as above, but of order 240 and over 12 decades: rotations start from tridiagonal eigenvectors.
  test('of a large matrix: as exact, with vectors that are orthonormal', () => {
    const order = 240;
    const scale = (i: number): number => 10 ** ((-6 * i) / order);
    const large = (entry: (i: number, j: number) => number): Float64Array =>
      Float64Array.from({ length: order * order }, (_, e) => entry(Math.floor(e / order), e % order));
    const direct = large((i, j) => (i === j ? 2 : Math.abs(i - j) === 1 ? -1 : 0) * scale(i) * scale(j));
    const inverted = large(
      (i, j) => ((Math.min(i, j) + 1) * (order - Math.max(i, j))) / (order + 1) / scale(i) / scale(j),
    );
    const { values, vectors } = positiveEigen(direct, order);
    const reciprocals = positiveEigen(inverted, order).values;
    let worst = 0;
    for (let p = 0; p < order; p++) {
      expect(values[p] * reciprocals[order - 1 - p]).toBeCloseTo(1, 9);
      for (let q = 0; q <= p; q++) {
        let product = p === q ? -1 : 0;
        for (let i = 0; i < order; i++) product += vectors[p * order + i] * vectors[q * order + i];
        worst = Math.max(worst, Math.abs(product));
      }
    }
    expect(worst).toBeLessThan(1e-12);
  });

  test('vectors are orthonormal, and solve A v = value v', () => {
    const { values, vectors } = positiveEigen(graded.slice(), n);
    for (let p = 0; p < n; p++) {
      const v = vectors.subarray(p * n, (p + 1) * n);
      for (let q = 0; q <= p; q++) {
        const product = v.reduce((sum, x, i) => sum + x * vectors[q * n + i], 0);
        expect(product).toBeCloseTo(p === q ? 1 : 0, 13);
      }
      const image = v.map((_, i) => v.reduce((sum, x, j) => sum + graded[i * n + j] * x, 0));
      expect(
        largestDifference(
          image,
          v.map((x) => values[p] * x),
        ),
      ).toBeLessThan(1e-14);
    }
  });
});
