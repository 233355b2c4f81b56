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
  const found = evaluateTimeloop(machineOf(problem, architecture, energies), mapping!);

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
