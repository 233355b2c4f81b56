import { expect, test } from 'vitest';
import { readCsv } from '../../../src/formats/csv.ts';
import { energyReport } from '../../../src/peers/accelergy/index.ts';
import { energyOf, estimateText, problemsOf } from './support.ts';

const DESIGN = `architecture:
  version: 0.4
  subtree:
    - name: t
      attributes: {technology: "45nm", global_cycle_seconds: 1e-9}
      local:
        - {name: "add[0..3]", class: intadder, attributes: {width: 32}, required_actions: [add, leak]}
        - {name: ram, class: SRAM, attributes: {width: 64, depth: 1024}, required_actions: [read, leak]}
        - {name: dram, class: DRAM, attributes: {width: 64, type: "DDR4"}, required_actions: [read, leak]}
`;
const at = (voltagesV: readonly number[], temperatureK?: number, text = DESIGN) =>
  estimateText(text, { supplies: { voltagesV, temperatureK } });

function rowsOf(text: string): Record<string, string>[] {
  const [head, ...rows] = readCsv({ file: 'f', text });
  return rows.map((row) => Object.fromEntries(row.map((cell, i) => [head[i].text, cell.text])));
}

test('energies follow the square of the supply; DRAM, which has its own, keeps its figure and says so', () => {
  // Aladdin's units hold at 0.9 V, CACTI's itrs-lstp transistors of 45 nm at 1.1 V.
  const [own, half] = [estimateText(DESIGN), at([0.45])];
  const share = (name: string, action: string) => energyOf(half, name, action)! / energyOf(own, name, action)!;
  expect(share('t.add[0..3]', 'add')).toBeCloseTo(0.25, 5);
  expect(share('t.ram', 'read')).toBeCloseTo((0.45 / 1.1) ** 2, 5);
  expect(share('t.dram', 'read')).toBe(1);
  const dram = half.tables.find(({ component }) => component.name === 'dram')!;
  expect(dram.rows[0].parts[0].assumption).toContain('taken at any voltage');
});

test('leakage follows supply and temperature: P0 (V / V0) e^(2.6 (V - V0)) g(T) / g(T0)', () => {
  const ratio = (name: string, voltagesV: number[], temperatureK?: number) =>
    energyOf(at(voltagesV, temperatureK), name, 'leak')! / energyOf(estimateText(DESIGN), name, 'leak')!;
  const ofVoltage = (v: number, v0: number) => (v / v0) * Math.exp(2.6 * (v - v0));
  expect(ratio('t.add[0..3]', [0.6])).toBeCloseTo(ofVoltage(0.6, 0.9), 4);
  expect(ratio('t.add[0..3]', [], 350)).toBeCloseTo(Math.exp(0.015 * 50), 4);
  // CACTI 7.0.3, itrs-lstp at 45 nm, 256 KiB: 0.00623184 mW at 300 K and 0.0412422 mW at 350 K, in tech-tables/cacti-leakage-temperature.csv.
  expect(ratio('t.ram', [0.8], 350)).toBeCloseTo(ofVoltage(0.8, 1.1) * (0.0412422 / 0.00623184), 3);
  expect(ratio('t.add[0..3]', [0.9], 300)).toBe(1);
});

test('ert.csv has a row for each supply, leakage.csv the power of all instances', () => {
  const { files } = at([0.9, 0.6], 350);
  const rows = rowsOf(files.get('ert.csv')!).filter(
    ({ component, action }) => component === 't.add[0..3]' && action === 'add',
  );
  expect(rows.map((row) => row.voltage_v)).toEqual(['0.9', '0.6']);
  expect(Number(rows[1].energy_pj) / Number(rows[0].energy_pj)).toBeCloseTo((0.6 / 0.9) ** 2, 8);
  const leaks = rowsOf(files.get('leakage.csv')!).filter(({ component }) => component === 't.add[0..3]');
  expect(leaks.map((row) => [row.voltage_v, row.temperature_k])).toEqual([
    ['0.9', '350'],
    ['0.6', '350'],
  ]);
  // The power of four instances is four times the energy of a cycle of one over 1 ns.
  const leakPj = energyOf(at([0.9], 350), 't.add[0..3]', 'leak')!;
  expect(Number(leaks[0].power_w)).toBeCloseTo((4 * leakPj * 1e-12) / 1e-9, 8);
  expect(estimateText(DESIGN).files.has('ert.csv')).toBe(false);
});

test('what has no supply refuses one', () => {
  const supplies = { voltagesV: [0.8] };
  expect(problemsOf(DESIGN, { supplies, peer: 'accelergy-0.4' })).toEqual(['not-supported']);
  const ert = 'ERT: {version: 0.4, tables: [{name: a, actions: [{name: read, arguments: {}, energy: 1}]}]}\n';
  expect(problemsOf(ert, { supplies })).toEqual(['not-supported 1:6']);
  expect(problemsOf(DESIGN, { supplies: { voltagesV: [0] } })).toEqual(['out-of-range']);
  expect(problemsOf(DESIGN, { supplies: { voltagesV: [], temperatureK: 1e9 } })).toEqual(['out-of-range']);
});

test("areas count Timeloop's instances once", () => {
  const nodes = `architecture:
  version: 0.4
  nodes:
    - !Container {name: c, spatial: {meshX: 10}, attributes: {technology: "45nm", global_cycle_seconds: 1e-9}}
    - !Component {name: a, class: intadder, attributes: {width: 32}}
action_counts:
  version: 0.4
  subtree: [{name: system_top_level, local: [{name: "a[1..10]", action_counts: [{name: add, counts: 1}]}]}]
`;
  // Aladdin's adder of 32 bit at 1 ns: 278 um2 at 40 nm, scaled to 45 nm.
  const { areaMm2 } = energyReport(estimateText(nodes));
  const [{ areaUm2 }] = estimateText(nodes.replace('meshX: 10', 'meshX: 1').replace('1..10', '1..1')).tables;
  expect(areaMm2).toBeCloseTo(10 * areaUm2 * 1e-6, 9);
});
