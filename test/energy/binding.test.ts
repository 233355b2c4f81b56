import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addCounts, COUNTER_INDEX, COUNTERS, type Counter, zeroCounts } from '../../src/base/counters.ts';
import { parseYaml } from '../../src/base/document.ts';
import { actionCounts, energyAt } from '../../src/energy/account.ts';
import { type Bindings, bindActions } from '../../src/energy/binding.ts';
import { readTable, tableEstimator } from '../../src/energy/estimators/table.ts';
import { diagnosticsOf, ertOf, readText } from './support.ts';

const mem = readTable('mem', {
  file: 'mem.csv',
  text: 'action,energy_pj,area_um2,v0_v,t0_k,source\nread|write,2,,1,300,hand\n,,1,1,300,hand\n',
});
const ert = ertOf(
  [
    readText(`
architecture:
  version: 0.4
  subtree:
    - name: chip
      attributes: {technology: "t"}
      local:
        - {name: ram, class: buffer}
        - {name: "pe[0..9]", class: mem, required_actions: [read]}
        - {name: idle, class: mem}
compound_components:
  version: 0.4
  classes:
    - name: buffer
      subcomponents: [{name: m, class: mem}]
      actions:
        - name: read
          arguments: {data: 0..1, hops: 1..3}
          subcomponents: [{name: m, actions: [{name: read, energy_scale: data * hops}]}]
        - {name: write, subcomponents: [{name: m, actions: [{name: write}]}]}
`),
  ],
  [tableEstimator('t', [mem])],
);
const SCOPE = new Map([
  ['word_bits', 8],
  ['far', 3],
]);

/** Binds what stands under `bindings:` of a file. */
function bind(text: string) {
  const document = parseYaml({ file: 'accelerator.yaml', text: `bindings:\n${text.replace(/^/gm, '  ')}\n` });
  const bindings = (document.value as { bindings: Bindings }).bindings;
  return bindActions(ert, bindings, SCOPE, { document, path: ['bindings'] });
}
const REST = 'pe: {read: macs}\nidle: {}';
const countsOf = (values: Partial<Record<Counter, number>>) => {
  const counts = zeroCounts();
  for (const [name, value] of Object.entries(values)) counts[COUNTER_INDEX[name as Counter]] = value;
  return counts;
};

test('an action counts a linear form of counters', () => {
  const [read] = bind(
    `ram: {"read(data=1)": ifmap_sram_reads * word_bits / 64 + 2 * (macs - dram_ifmap_reads)}\n${REST}`,
  );
  const coefficients = Object.fromEntries(
    COUNTERS.map((name, i) => [name, read.coefficients[i]]).filter(([, c]) => c !== 0),
  );
  expect(coefficients).toEqual({ ifmap_sram_reads: 0.125, macs: 2, dram_ifmap_reads: -2 });
});

test('an action key picks the first entry with the given arguments; values may be expressions', () => {
  const chosen = (key: string) => [...bind(`ram: {"${key}": macs}\n${REST}`)[0].arguments.values()];
  expect(chosen('read')).toEqual([0, 1]);
  expect(chosen('read(hops=2)')).toEqual([0, 2]);
  expect(chosen('read(hops = far, data = 1)')).toEqual([1, 3]);
  expect(chosen('write()')).toEqual([]);
});

test('energy per component: counts over all instances x energy of one action at the voltage', () => {
  const bound = bind('ram: {"read(data=1, hops=2)": macs, write: 3 * macs}\npe: {read: macs * 10}\nidle: {}');
  const counts = countsOf({ macs: 5 });
  expect([...actionCounts(bound, counts)]).toEqual([5, 15, 50]);
  // 2 pJ at 1 V: read x 2, write x 1; half the voltage is a quarter
  const energies = energyAt(bound, counts, (component) => (component === 'ram' ? 1 : 0.5));
  expect(energies.get('ram')! * 1e12).toBeCloseTo(5 * 4 + 15 * 2, 12);
  expect(energies.get('pe')! * 1e12).toBeCloseTo((50 * 2) / 4, 12);
});

test('energies of intervals add up to the energy of the whole', () => {
  const bound = bind(
    'ram: {"read(data=1, hops=2)": macs - dram_read_bits / 8, write: 3 * ifmap_sram_reads}\npe: {read: macs * 10}\nidle: {}',
  );
  const column = fc.array(fc.integer({ min: 0, max: 1_000_000 }), {
    minLength: COUNTERS.length,
    maxLength: COUNTERS.length,
  });
  const at = (counts: Float64Array) => energyAt(bound, counts, () => 0.8);
  fc.assert(
    fc.property(column, column, (a, b) => {
      const both = Float64Array.from(a);
      addCounts(both, Float64Array.from(b));
      for (const [component, energyJ] of at(both)) {
        const parts = at(Float64Array.from(a)).get(component)! + at(Float64Array.from(b)).get(component)!;
        expect(Math.abs(energyJ - parts)).toBeLessThanOrEqual(1e-12 * Math.max(1e-6, Math.abs(parts)));
      }
    }),
  );
});

test('numbers and zero are possible counts; without a place errors just have none', () => {
  expect(bindActions(ert, { ram: { write: 0 }, pe: {}, idle: {} }, SCOPE)[0].coefficients.every((c) => c === 0)).toBe(
    true,
  );
  expect(
    diagnosticsOf(() => bindActions(ert, { ram: { write: 'mac' }, pe: {}, idle: {} }, SCOPE))[0].span,
  ).toBeUndefined();
});

test.each<[string, string, string, string, string | undefined]>([
  ['an unknown component', 'rom: {}', 'unknown-name', 'rom', 'ram'],
  ['an unknown action', 'ram: {raed: macs}', 'action-unknown', 'raed', 'read'],
  [
    'an action of a component that lists none',
    'ram: {}\npe: {}\nidle: {read: macs}',
    'action-unknown',
    'read',
    undefined,
  ],
  ['an unknown argument', 'ram: {"read(dat=1)": macs}', 'unknown-name', '"read(dat=1)"', 'data'],
  ['a value without an entry', 'ram: {"read(hops=4)": macs}', 'argument-out-of-range', '"read(hops=4)"', undefined],
  ['a broken key', 'ram: {"read(1)": macs}', 'expression-syntax', '"read(1)"', undefined],
  ['another broken key', 'ram: {"read write": macs}', 'expression-syntax', '"read write"', undefined],
  ['an unknown counter', 'ram: {write: mcas}', 'expression-unknown-name', 'mcas', 'macs'],
  ['a constant', 'ram: {write: macs + 1}', 'expression-not-linear', 'macs + 1', undefined],
  ['a product of counters', 'ram: {write: 2 + macs * macs}', 'expression-not-linear', 'macs * macs', undefined],
])('%s', (_, text, code, marked, suggestion) => {
  const { span, ...problem } = diagnosticsOf(() => bind(text)).find((p) => p.code === code)!;
  expect(problem.suggestion).toBe(suggestion);
  expect(span!.lineText.slice(span!.column - 1, span!.column - 1 + span!.length)).toBe(marked);
});

test('all components without a binding are named', () => {
  const problems = diagnosticsOf(() => bind('ram: {write: macs}'));
  expect(problems.map((p) => [p.code, p.message])).toEqual([
    ['component-unbound', 'component "pe" has no binding'],
    ['component-unbound', 'component "idle" has no binding'],
  ]);
  expect(problems[0].span).toMatchObject({ line: 1, column: 1 });
});
