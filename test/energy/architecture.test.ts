import { expect, test } from 'vitest';
import { describeDesign } from '../../src/energy/design-table.ts';
import { diagnosticsOf, problemOf, readText } from './support.ts';

const componentsOf = (text: string) => describeDesign([readText(text)]).components;

const TREE = `
variables: {version: 0.4, technology: "45nm", global_cycle_seconds: 1e-9, word: 16}
architecture:
  version: 0.4
  subtree:
    - name: chip[0..1]
      attributes: {kib: 1024, technology: "40nm"}
      local:
        - {name: "ram[0..word // 2 - 1]", class: SRAM, attributes: {width: word * 2, depth: kib * 4}}
        - {name: "port[3]", class: wire}
      subtree:
        - name: grid[0..kib // 256 - 1]
          attributes: {sub: kib * 2, kib: 2048}
          local:
            - {name: "mac[2..4]", class: any, subclass: intmac, attributes: {width: 8, reach: sub, kib: 1}}
`;

test('names, counts and order: subtree before local, counts multiply, brackets go, bounds see own attributes', () => {
  const components = componentsOf(TREE);
  expect(components.map(({ name, count }) => [name, count])).toEqual([
    ['grid.mac', 2 * 8 * 3],
    ['ram', 2 * 8],
    ['port', 2],
  ]);
  expect(components.map((c) => c.segments.join('.'))).toEqual([
    'chip[0..1].grid[0..7].mac[2..4]',
    'chip[0..1].ram[0..7]',
    'chip[0..1].port[3]',
  ]);
});

test('attributes: own first, then those of the containers, then what every query carries', () => {
  const [mac, ram] = componentsOf(TREE);
  // sub is evaluated in the container, above its own kib; Accelergy would refuse `reach`.
  expect([...mac.attributes].map(([name, { value }]) => [name, value])).toEqual([
    ['width', 8],
    ['reach', 2048],
    ['kib', 1],
    ['technology', '40nm'],
    ['sub', 2048],
    ['global_cycle_seconds', 1e-9],
  ]);
  expect(ram.attributes.get('width')?.value).toBe(32);
  expect(mac.class).toBe('intmac');
});

const inTree = (local: string) => `architecture:\n  version: 0.4\n  subtree:\n    - name: top\n      local:\n${local}`;

test.each([
  ['a list that ends before it begins', '        - {name: "a[5..2]", class: x}', 'out-of-range', '6:18'],
  ['two pairs of brackets', '        - {name: "a[0..1][0..2]", class: x}', 'wrong-type', '6:18'],
  ['a bound that is no number', '        - {name: "a[0..n]", class: x}', 'expression-unknown-name', '6:18'],
  [
    'the same name twice',
    '        - {name: a, class: x}\n        - {name: "a[0..1]", class: x}',
    'duplicate-name',
    '7:18',
  ],
])('%s', (_, local, code, at) => {
  expect(problemOf(() => componentsOf(inTree(local)))).toMatchObject({ code, at });
});

test('problems of several components come together', () => {
  const problems = diagnosticsOf(() =>
    componentsOf(
      inTree('        - {name: a, class: x, attributes: {w: v}}\n        - {name: b, class: x, attributes: {w: u}}'),
    ),
  );
  expect(problems.map((p) => [p.code, p.span?.line])).toEqual([
    ['expression-unknown-name', 6],
    ['expression-unknown-name', 7],
  ]);
});
