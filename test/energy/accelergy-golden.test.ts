import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { zeroCounts } from '../../src/base/counters.ts';
import { energyAt } from '../../src/energy/account.ts';
import { bindActions } from '../../src/energy/binding.ts';
import type { Ert } from '../../src/energy/ert.ts';
import { technologyEstimators } from '../../src/energy/estimators/index.ts';
import { readDesignFile } from '../../src/energy/input/read.ts';
import { actionOf, ertOf, significant, sourcesIn } from './support.ts';

const GOLDEN = 'test/golden/accelergy';

interface GoldenErt {
  readonly name: string;
  readonly actions: readonly {
    readonly name: string;
    readonly arguments: Record<string, number>;
    readonly energy: number;
  }[];
}

function caseErt(name: string): Ert {
  const files = sourcesIn(`${GOLDEN}/${name}/input`, '.yaml').map((source) => readDesignFile(source));
  return ertOf(files, technologyEstimators('45nm', sourcesIn(`${GOLDEN}/${name}/tables`, '.csv')));
}

function golden<T>(name: string, file: string): T {
  return parse(readFileSync(`${GOLDEN}/${name}/${file}`, 'utf8')) as T;
}

/** Accelergy's rows without the arguments it propagates to primitives. */
function goldenEnergies(name: string): Record<string, number> {
  const { ERT } = golden<{ ERT: { tables: GoldenErt[] } }>(name, 'ERT.yaml');
  const rows = ERT.tables.flatMap((table) =>
    table.actions.map(({ name: action, arguments: given, energy }) => {
      const own = Object.entries(given).filter(
        ([key]) => !['global_cycle_seconds', 'action_latency_cycles'].includes(key),
      );
      return [`${table.name} ${action} ${JSON.stringify(own)}`, energy] as const;
    }),
  );
  return Object.fromEntries(rows);
}

function ourEnergies(ert: Ert): Record<string, number> {
  const rows = ert.components.flatMap(({ component, actions }) =>
    actions.map((entry) => {
      const name = `${component.segments.join('.')} ${entry.action} ${JSON.stringify([...entry.arguments].map(([key, { value }]) => [key, value]))}`;
      return [name, significant(entry.energyJ * 1e12)] as const;
    }),
  );
  return Object.fromEntries(rows);
}

describe.each(['sa16_table', 'nested_scale'])('%s', (name) => {
  const ert = caseErt(name);

  test('every energy of the ERT equals Accelergy 0.4 to its 6 digits', () => {
    expect(ourEnergies(ert)).toEqual(goldenEnergies(name));
  });

  test('entries stand in the same order: the first argument is the fastest', () => {
    const keys = (record: object, component: string) =>
      Object.keys(record).filter((key) => key.startsWith(`${component} `));
    for (const { component } of ert.components) {
      const full = component.segments.join('.');
      expect(keys(ourEnergies(ert), full)).toEqual(keys(goldenEnergies(name), full));
    }
  });

  test('every area equals Accelergy 0.4 to its 6 digits', () => {
    const { ART } = golden<{ ART: { tables: { name: string; area: number }[] } }>(name, 'ART.yaml');
    const ours = ert.components.map((c) => [c.component.segments.join('.'), significant(c.areaM2 * 1e12)]);
    expect(Object.fromEntries(ours)).toEqual(Object.fromEntries(ART.tables.map((t) => [t.name, t.area])));
  });
});

test('worked by hand: go of a_plain in nested_scale', () => {
  const { parts, energyJ } = actionOf(caseErt('nested_scale'), 'a_plain', 'go');
  const pjOf = (path: RegExp) => parts.filter((p) => path.test(p.path)).reduce((sum, p) => sum + p.energyJ * 1e12, 0);
  // 64 bit adder 0.42 pJ x (m 8 x fire 0.5) x (4 x 8 of them) x (0.75 x 4 energy scales)
  expect(pjOf(/add/)).toBeCloseTo(161.28, 10);
  // 16 bit register 0.144 pJ x (1 + 2 times, fire 0.5) x 4 of them x (0.75 x 2)
  expect(pjOf(/regs/)).toBeCloseTo(1.296, 10);
  // 16 bit counter 0.12537 pJ x 3
  expect(pjOf(/ctl/)).toBeCloseTo(0.37611, 10);
  expect(energyJ * 1e12).toBeCloseTo(162.95211, 10);
});

test('the energy of sa16_table is that of Accelergy, whose counts enter as coefficients of one counter', () => {
  const bindings = {
    dram: { read: '5120 * macs', write: '1024 * macs', leak: 0 },
    ifmap_sram: {
      'read(data_delta=1, address_delta=1)': '24576 * macs',
      'read(data_delta=0, address_delta=1)': '812 * macs',
      'write(data_delta=1, address_delta=1)': '4096 * macs',
      leak: '30000 * macs',
    },
    filter_sram: {
      'read(data_delta=1, address_delta=1)': '8192 * macs',
      'write(data_delta=1, address_delta=1)': '4096 * macs',
      leak: '30000 * macs',
    },
    ofmap_sram: { 'write(data_delta=1, address_delta=1)': '6272 * macs', write: '17 * macs', leak: '30000 * macs' },
    noc_row: { 'send(hops=4)': '1536 * macs', 'send(hops=2)': '100.5 * macs' },
    'pe.cell': { compute: '1.6e6 * macs', compute_gated: '2400 * macs', leak: '7680000 * macs' },
  };
  const bound = bindActions(caseErt('sa16_table'), bindings, new Map());
  const counts = zeroCounts();
  counts[0] = 1;
  // The tables of this case are at 1 V. Accelergy multiplies energies rounded to 6 digits.
  const ours = energyAt(bound, counts, () => 1);
  const { energy_estimation: theirs } = golden<{
    energy_estimation: { components: { name: string; energy: number }[] };
  }>('sa16_table', 'energy_estimation.yaml');
  for (const { name, energy } of theirs.components) {
    const ourName = name.replace(/^sa16\./, '').replace(/\[.*?\]/g, '');
    expect(Math.abs(ours.get(ourName)! * 1e12 - energy) / energy).toBeLessThan(1e-5);
  }
});
