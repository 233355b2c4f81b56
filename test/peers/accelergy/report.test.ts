import { expect, test } from 'vitest';
import { energyReport, energyText, explainEnergies, REPORT_FORMATS } from '../../../src/peers/accelergy/index.ts';
import { estimateText, problemsOf } from './support.ts';

// An ERT of round figures, so that every sum can be done by hand.
const ERT = `ERT:
  version: 0.4
  tables:
  - {name: 't.pe[0..3]', actions: [{name: mac_random, arguments: {}, energy: 2}, {name: leak, arguments: {}, energy: 0.5}]}
  - {name: t.buffer, actions: [{name: read, arguments: {}, energy: 10}]}
action_counts:
  version: 0.4
  local:
  - {name: 't.pe[0..3]', action_counts: [{name: mac_random, counts: 100}, {name: leak, counts: 80}]}
  - {name: t.buffer, action_counts: [{name: read, counts: 16}]}
`;

test('splits the energy of counts by component and action, with shares and figures of merit', () => {
  const report = energyReport(estimateText(ERT), { timeS: 1e-9 });
  // 100 x 2 + 80 x 0.5 + 16 x 10 = 400 pJ; 40 of them leak; 100 MACs; 400 pJ in 1 ns.
  expect(report).toMatchObject({ totalPj: 400, leakageShare: 0.1, macs: 100, pjPerMac: 4 });
  expect(report.powerW).toBeCloseTo(0.4, 12);
  expect(report.areaMm2).toBeUndefined();
  expect(report.rows.map(({ component, action, energyPj, share }) => [component, action, energyPj, share])).toEqual([
    ['t.pe[0..3]', '', 240, 0.6],
    ['t.pe[0..3]', 'mac_random', 200, 0.5],
    ['t.pe[0..3]', 'leak', 40, 0.1],
    ['t.buffer', '', 160, 0.4],
    ['t.buffer', 'read', 160, 0.4],
  ]);
  expect(REPORT_FORMATS.csv(report).split('\n').slice(0, 2)).toEqual([
    'component,action,counts,energy_pj,share,arguments',
    't.pe[0..3],,,240,0.6,',
  ]);
  expect(JSON.parse(REPORT_FORMATS.json(report))).toMatchObject({ version: 1, totalPj: 400 });
  expect(REPORT_FORMATS.json(report)).not.toContain('""');
  expect(REPORT_FORMATS.md(report)).toContain('| energy per MAC | 4 pJ |');
});

test('rows of one action tell by which arguments they differ, and a small share is not zero', () => {
  const report = energyReport(
    estimateText(`ERT:
  version: 0.4
  tables:
  - {name: t.b, actions: [{name: read, arguments: {a: 0, b: 0}, energy: 0.001}, {name: read, arguments: {a: 1, b: 0}, energy: 10}]}
action_counts:
  version: 0.4
  local:
  - {name: t.b, action_counts: [{name: read, arguments: {a: 0, b: 0}, counts: 1}, {name: read, arguments: {a: 1, b: 0}, counts: 1}]}
`),
  );
  expect(REPORT_FORMATS.csv(report)).toContain('t.b,read,1,10,0.99990001,"a=1, b=0"');
  expect(REPORT_FORMATS.md(report)).toContain('| t.b | read(a=0, b=0) | 1 | 0.001 | <0.1 % |');
});

test('has all digits of a number of MACs', () => {
  expect(REPORT_FORMATS.md(energyReport(estimateText(ERT), { macs: 1_814_073_344 }))).toContain(
    '| MACs | 1814073344 |',
  );
});

test('the text of a terminal begins with the energy and its largest part', () => {
  expect(energyText(estimateText(ERT)).split('\n')[0]).toBe('400 pJ, most of it in t.pe[0..3]: 60.0 %');
});

test('counts the area of every instance', () => {
  const text = `architecture:
  version: 0.4
  subtree:
  - name: t
    attributes: {technology: "40nm", global_cycle_seconds: 1e-9}
    local:
    - {name: 'a[0..9]', class: intadder, attributes: {width: 32}}
action_counts:
  version: 0.4
  local: [{name: 't.a[0..9]', action_counts: [{name: add, counts: 1000}]}]
`;
  const report = energyReport(estimateText(text), { timeS: 1e-6, macs: 500 });
  // Aladdin's adder at 1 ns: 278 um2 and 0.21 pJ.
  expect(report.areaMm2).toBeCloseTo(10 * 278e-6, 12);
  expect(report.pjPerMac).toBeCloseTo(0.42, 12);
  expect(report.wattsPerMm2).toBeCloseTo(210e-12 / 1e-6 / 2780e-6, 12);
});

test('needs counts', () => {
  const without = ERT.slice(0, ERT.indexOf('action_counts:'));
  expect(problemsOf(without)).toEqual([]);
  expect(() => energyReport(estimateText(without))).toThrow('action counts');
});

test('an explanation says which figures are of all instances, and repeats none that nothing scales', () => {
  const text = explainEnergies(
    estimateText(`architecture:
  version: 0.4
  subtree:
  - name: t
    attributes: {technology: "40nm", global_cycle_seconds: 1e-9}
    local:
    - {name: a, class: intadder, attributes: {width: 32, n_instances: 4}, required_actions: [add, leak]}
    - {name: b, class: pair}
compound_components:
  version: 0.4
  classes:
  - {name: pair, subcomponents: [{name: x, class: intadder, attributes: {width: 32}}], actions: [{name: go, subcomponents: [{name: x, actions: [{name: add}]}]}]}
`),
  );
  // Aladdin's adder of 32 bit at 1 ns: 278 um2 and 0.21 pJ at 40 nm.
  expect(text).toContain('  area: 1112 um2 of 4 instances, 278 um2 each\n');
  expect(text).toMatch(/ {2}leak: \S+ pJ of 4 instances\n/);
  expect(text).toContain('    x.add: 0.21 pJ\n');
});
