import fc from 'fast-check';
import { expect, test } from 'vitest';
import { energyAtVoltage } from '../../src/energy/ert.ts';
import type { Estimator } from '../../src/energy/estimators/estimator.ts';
import { technologyEstimators } from '../../src/energy/estimators/index.ts';
import { readTable, tableEstimator } from '../../src/energy/estimators/table.ts';
import { actionOf, bundledEstimators, componentOf, diagnosticsOf, ertOf, readText, sourcesIn } from './support.ts';

const tableOf = (cls: string, ...rows: string[]) =>
  readTable(cls, {
    file: `${cls}.csv`,
    text: ['action,energy_pj,area_um2,leakage_mw,v0_v,t0_k,source', ...rows].join('\n'),
  });

const DESIGN = readText(`
architecture:
  version: 0.4
  subtree:
    - name: chip
      attributes: {technology: "t"}
      local:
        - {name: x, class: mixed}
compound_components:
  version: 0.4
  classes:
    - name: mixed
      subcomponents:
        - {name: core, class: core}
        - {name: io, class: io}
        - {name: "ram[0..1]", class: ram}
      actions:
        - name: go
          subcomponents:
            - {name: core, actions: [{name: go}]}
            - {name: io, actions: [{name: go}]}
            - {name: "ram[0..1]", actions: [{name: go, energy_scale: 0.25}]}
`);
const TABLES = [
  tableOf('core', 'go,9,,,0.9,300,a', ',,1,0.5,0.9,300,a'),
  tableOf('io', 'go,7,,,none,300,b', ',,2,,none,300,b'),
  tableOf('ram', 'go,8,,,2,300,c', ',,3,0.125,2,300,c'),
];

test('E(V) = fixed + C V^2: each part from its own reference voltage, or fixed', () => {
  const go = actionOf(ertOf([DESIGN], [tableEstimator('t', TABLES)]), 'x', 'go');
  // core 9 pJ at 0.9 V; two RAMs of 8 pJ x 0.25 at 2 V; io 7 pJ whatever the voltage
  expect(go.capacitanceF * 1e12).toBeCloseTo(9 / 0.81 + 4 / 4, 12);
  expect(go.fixedJ * 1e12).toBeCloseTo(7, 12);
  expect(go.energyJ * 1e12).toBeCloseTo(9 + 7 + 4, 12);
  expect(energyAtVoltage(go, 1.8) * 1e12).toBeCloseTo(7 + 9 * 4 + 4 * 0.81, 12);
});

test('halving the voltage quarters what scales', () => {
  const go = actionOf(ertOf([DESIGN], [tableEstimator('t', TABLES)]), 'x', 'go');
  fc.assert(
    fc.property(fc.double({ min: 0.3, max: 2, noNaN: true }), (v) => {
      const scaled = (voltage: number) => energyAtVoltage(go, voltage) - go.fixedJ;
      expect(scaled(v / 2) / scaled(v)).toBeCloseTo(0.25, 9);
    }),
  );
});

test('area and leakage by part; what nobody has a leakage figure for is named', () => {
  const entry = componentOf(ertOf([DESIGN], [tableEstimator('t', TABLES)]), 'x');
  expect(entry.areaM2 * 1e12).toBeCloseTo(1 + 2 + 2 * 3, 12);
  expect(entry.leakageParts.map((p) => [p.path, p.powerW])).toEqual([
    ['core', 0.5e-3],
    ['ram[0..1]', 0.25e-3],
  ]);
  expect(entry.leakageUnknown).toEqual([
    { path: 'io', class: 'io', reasons: ['t tables: its table of io has no leakage_mw'] },
  ]);
});

/** Answers anything of class core with a fixed energy, or refuses. */
const fake = (name: string, priority: number, energyJ?: number): Estimator => ({
  name,
  priority,
  classes: ['core', 'io', 'ram'],
  estimateAction: () =>
    energyJ === undefined ? { reason: 'not today' } : { energyJ, voltageV: 1, temperatureK: 300, source: name },
  estimateArea: () => ({ areaM2: 0, source: name }),
  estimateLeakage: () => ({ reason: 'no leakage' }),
});

test('estimators are asked by priority, then in order; a refusal passes the question on', () => {
  const winner = (...estimators: Estimator[]) => actionOf(ertOf([DESIGN], estimators), 'x', 'go').parts[0].source;
  expect(winner(fake('low', 1, 1), fake('high', 2, 1))).toBe('high');
  expect(winner(fake('first', 1, 1), fake('second', 1, 1))).toBe('first');
  expect(winner(fake('low', 1, 1), fake('high', 2))).toBe('low');
});

test("no answer at all is no-estimator with everyone's reason, for all parts at once", () => {
  const problems = diagnosticsOf(() => ertOf([DESIGN], [fake('a', 1), fake('b', 2)]));
  expect(problems.map((p) => [p.code, p.span?.line])).toEqual([
    ['no-estimator', 20],
    ['no-estimator', 21],
    ['no-estimator', 22],
  ]);
  expect(problems[0].message).toBe(
    '"core" of component "x": no estimator has the energy of core.go\n  b: not today\n  a: not today',
  );
});

test('a technology folder: class tables before the sweep, other files left alone', () => {
  expect(bundledEstimators().map((e) => [e.name, e.priority])).toEqual([
    ['45nm tables', 85],
    ['45nm SRAM sweep', 80],
  ]);
  expect(technologyEstimators('45nm', sourcesIn('tech-tables/45nm', 'temperature.csv'))).toEqual([]);
});
