import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readTimeloop } from '../../src/formats/timeloop/index.ts';
import {
  evaluateTimeloop,
  machineOf,
  mapspaceOf,
  objectiveOf,
  searchExactly,
  type TensorStats,
} from '../../src/mapping/index.ts';
import { diagnosticsOf } from '../energy/support.ts';

const ROOT = new URL('../golden/timeloop/', import.meta.url);

type Level = Readonly<Record<string, number | TensorStats>>;
interface Expected {
  readonly levels: Readonly<Record<string, Level>>;
  readonly networks: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, number>>>>>>;
  readonly summary: {
    readonly cycles: number;
    readonly utilization: number;
    readonly computes: number;
    readonly fJ_per_compute: { readonly Total: number };
  };
}

const EXPECTED = JSON.parse(readFileSync(new URL('expected_model.json', ROOT), 'utf8')) as Readonly<
  Record<string, Expected>
>;

function sourcesOf(name: string) {
  const folder = new URL(`${name}/`, ROOT);
  return readdirSync(folder).map((file) => ({ file, text: readFileSync(new URL(file, folder), 'utf8') }));
}

/** test/golden/timeloop: `timeloop-model` of Timeloop v3.0.3. */
describe.each(Object.entries(EXPECTED))('%s', (name, expected) => {
  const { problem, architecture, energies, mapping } = readTimeloop(sourcesOf(name));
  const found = evaluateTimeloop(machineOf(problem, architecture, energies), mapping!, undefined, true);

  test('has the counts, cycles and energies of every level', () => {
    const levels = Object.fromEntries(Object.entries(found.levels).map(([level, stats]) => [level, { ...stats }]));
    for (const [level, stats] of Object.entries(expected.levels)) {
      for (const [key, value] of Object.entries(stats)) {
        expect(levels[level][key], `${level} ${key}`).toEqual(
          typeof value === 'number' ? value : { ...value, energy_pJ: expect.closeTo(value.energy_pJ, 1) },
        );
      }
    }
  });

  test('has the traffic of every network', () => {
    for (const [network, tensors] of Object.entries(expected.networks)) {
      for (const [tensor, { multicast, ingresses, spatial_reductions }] of Object.entries(tensors)) {
        expect(found.networks[network][tensor], `${network} ${tensor}`).toEqual({
          multicast,
          ingresses,
          spatial_reductions,
        });
      }
    }
  });

  test('has the totals', () => {
    const { summary } = expected;
    expect(found.cycles).toBe(summary.cycles);
    expect(found.computes).toBe(summary.computes);
    expect(found.utilization).toBeCloseTo(summary.utilization, name === 'ws_gemm_imperfect' ? -1 : 2);
    // Printed with six digits.
    expect((1000 * found.energyPj) / found.computes / summary.fJ_per_compute.Total).toBeCloseTo(1, 5);
  });
});

const MAPPER = JSON.parse(readFileSync(new URL('expected_mapper.json', ROOT), 'utf8')) as Readonly<
  Record<string, Expected>
>;

/** test/golden/timeloop: `timeloop-mapper` of Timeloop v3.0.3, run to the end of its space. */
test.each(Object.entries(MAPPER))('%s: the optimum of the exhaustive search', (name, { summary }) => {
  const { problem, architecture, energies, constraints, metrics } = readTimeloop(sourcesOf(name));
  const machine = machineOf(problem, architecture, energies);
  const { best, reason } = searchExactly(mapspaceOf(machine, constraints), objectiveOf(metrics!), false);
  expect(reason).toBe('proven');
  expect(best!.cost.cycles).toBe(summary.cycles);
  expect((1000 * best!.cost.energyPj) / machine.macs / summary.fJ_per_compute.Total).toBeCloseTo(1, 5);
});

test('a problem needs data spaces, and a constraint keeps a tensor or bypasses it', () => {
  const problems = (text: string): string[] =>
    diagnosticsOf(() =>
      readTimeloop([
        ...sourcesOf('os_gemm').filter(({ file }) => !text.startsWith(file.slice(0, 7))),
        { file: 'mine.yaml', text },
      ]),
    ).map(({ code, span, message }) => `${code} ${span?.file}:${span?.line}:${span?.column} ${message}`);
  expect(problems('problem: {shape: {name: c, dimensions: [P], data-spaces: []}, instance: {P: 4}}')).toContain(
    'missing-key mine.yaml:1:58 the problem has no data spaces',
  );
  expect(problems('constraints: [{target: Reg, type: bypass, keep: [A, B], bypass: [B]}]')).toEqual([
    'duplicate-name mine.yaml:1:65 B is kept and bypassed',
  ]);
});

interface RandomCase {
  readonly problem: 'conv' | 'gemm';
  readonly instance: string;
  readonly arch: string;
  readonly ert: string;
  readonly mapping: string;
  readonly cycles: number;
  readonly cyclesOf: Readonly<Record<string, number>>;
  readonly levels: Readonly<Record<string, Readonly<Record<string, readonly number[]>>>>;
}

const SHAPES = {
  gemm: `name: gemm
    dimensions: [M, N, K]
    data-spaces:
    - {name: A, projection: [[[M]], [[K]]]}
    - {name: B, projection: [[[K]], [[N]]]}
    - {name: Z, projection: [[[M]], [[N]]], read-write: true}`,
  conv: `name: conv
    dimensions: [C, K, R, S, N, P, Q]
    coefficients: [{name: Wstride, default: 1}, {name: Hstride, default: 1}]
    data-spaces:
    - {name: W, projection: [[[C]], [[K]], [[R]], [[S]]]}
    - {name: I, projection: [[[N]], [[C]], [[R], [P, Wstride]], [[S], [Q, Hstride]]]}
    - {name: O, projection: [[[N]], [[K]], [[Q]], [[P]]], read-write: true}`,
};

/** test/golden/timeloop: random nests of two to four levels, link transfers switched off in random.json and credited in random-links.json. */
test.each([
  ['random.json', 32, false],
  ['random-links.json', 20, true],
])('%s: random mappings have the counts, cycles and energies of Timeloop itself', (file, count, links) => {
  const { cases } = JSON.parse(readFileSync(new URL(file, ROOT), 'utf8')) as { cases: readonly RandomCase[] };
  expect(cases).toHaveLength(count);
  cases.forEach(({ problem, instance, arch, ert, mapping, cycles, cyclesOf, levels }, i) => {
    const shape = `problem:\n  version: 0.3\n  shape:\n    ${SHAPES[problem]}\n  instance: ${instance}\n`;
    const sources = [arch, shape, ert, mapping].map((text, at) => ({ file: `${at}.yaml`, text }));
    const input = readTimeloop(sources);
    const machine = machineOf(input.problem, input.architecture, input.energies);
    const found = evaluateTimeloop(machine, input.mapping!, undefined, links);
    expect(found.cycles, `cycles of case ${i}`).toBe(cycles);
    for (const [level, tensors] of Object.entries(levels)) {
      expect(found.levels[level].cycles).toBe(cyclesOf[level]);
      for (const [tensor, expected] of Object.entries(tensors)) {
        const { capacity, instances, reads, updates, fills, energy_pJ } = found.levels[level][tensor] as TensorStats;
        // Energies are printed with two decimals.
        const counts = [capacity, instances, reads, updates, fills, expect.closeTo(energy_pJ, 1)];
        expect(expected, `case ${i}, ${tensor} in ${level}`).toEqual(counts);
      }
    }
  });
});
