import fc from 'fast-check';
import { expect, test } from 'vitest';
import { arbiter } from '../../src/energy/arbitration/index.ts';
import { buildErt, type ClassBook } from '../../src/energy/compound/index.ts';
import type { Estimator, Query } from '../../src/energy/estimators/estimator.ts';
import type { Value } from '../../src/energy/expression/expression.ts';
import { flattenTree } from '../../src/energy/input/architecture.ts';
import { rulesOf } from '../../src/energy/input/rules.ts';
import { keyOf } from '../../src/energy/input/values.ts';
import { type Attributes, NO_ATTRIBUTES, type Plain, readClasses } from '../../src/formats/accelergy/index.ts';
import { childOf, parseTaggedYaml } from '../../src/formats/tagged-yaml.ts';

/** The figures of one question are as good as unique: a hash of all it says, types included. */
const unit = (query: object, attributes: ReadonlyMap<string, Value>) => {
  const exact = [...attributes].map(([name, value]) => [
    name,
    typeof value,
    Object.is(value, -0) ? '-0' : String(value),
  ]);
  let hash = 2166136261;
  for (const letter of JSON.stringify([query, exact])) hash = Math.imul(hash ^ letter.charCodeAt(0), 16777619) >>> 0;
  return 1 + hash / 2 ** 32;
};
const CONDITIONS = { voltageV: 1, temperatureK: 300, source: 'hash' };
const area = ({ class: cls, attributes }: Query) => unit([cls], attributes);
const HASHES: Estimator = {
  name: 'hash',
  priority: 50,
  classes: [],
  estimateAction: ({ class: cls, action, attributes, arguments: given }) => ({
    energyJ: unit([cls, action, [...given].map(([name, value]) => [name, String(value)])], attributes),
    ...CONDITIONS,
  }),
  estimateArea: (query) => ({ areaM2: area(query), ...CONDITIONS }),
  estimateLeakage: (query) => ({ powerW: area(query), ...CONDITIONS }),
};

const CLASSES = `
compound_components:
  version: 0.4
  classes:
  - name: outer
    attributes: {w: 8, n: 2, unused: 1}
    subcomponents:
    - {name: "lane[0..n-1]", class: inner, attributes: {v: w + 1}, energy_scale: 2}
    - {name: spare, class: leaf, attributes: {label: text}}
    actions:
    - name: go
      arguments: {a: 0..1, w: 1..2}
      subcomponents:
      - {name: "lane[0..a]", actions: [{name: step, energy_scale: w}]}
      - {name: spare, actions: [{name: read}, {name: read, arguments: {a: a}, energy_scale: a + n}]}
  - name: inner
    attributes: {v: 1, hidden: n}
    subcomponents:
    - {name: cell, class: leaf, attributes: {v: v, hidden: hidden}, area_scale: v}
    actions:
    - {name: step, subcomponents: [{name: cell, actions: [{name: read, energy_scale: hidden}]}]}
`;

/** Attributes of a component as YAML, many of which are equal or nearly so. */
const attributesText = fc
  .record(
    {
      w: fc.constantFrom('1', '2', '1 + 1'),
      n: fc.constantFrom('1', '2', '3'),
      text: fc.constantFrom('1', '"1"', 'true', '"true"', '-0.0', '0', '"a\\"b"', '"a,b"', '"~"'),
      unused: fc.constantFrom('1', '2', '"2"', '[.nan]', '[null]', '{a: -0.0}', '{a: 0}'),
      N_INSTANCES: fc.constantFrom('2', '3'),
      n_instances: fc.constantFrom('1', '4'),
      global_cycle_seconds: fc.constantFrom('1e-9', '2e-9'),
    },
    { requiredKeys: ['text'] },
  )
  .map((given) => Object.entries(given).map(([name, text]) => `${name}: ${text}`));
const componentText = fc
  .record({
    class: fc.constantFrom('outer', 'leaf', '"leaf\\"x"'),
    attributes: attributesText,
    scale: fc.constantFrom('', ', energy_scale: 2', ', energy_scale: n_instances', ', area_scale: 2'),
    required: fc.constantFrom('', ', required_actions: [read]', ', required_actions: ["read\\"", read]'),
  })
  .map(
    ({ class: cls, attributes, scale, required }) =>
      `class: ${cls}, attributes: {${attributes.join(', ')}}${scale}${cls === 'outer' ? '' : required}`,
  );

/** The figures of components described by texts, estimated in one design. */
function figuresOf(texts: readonly string[]) {
  const local = texts.map((text, i) => `    - {name: c${i}, ${text}}\n`).join('');
  const root = parseTaggedYaml({
    file: 'in.yaml',
    text: `architecture:
  version: 0.4
  subtree:
  - name: sys
    attributes: {technology: "45nm", global_cycle_seconds: 1e-9}
    local:
${local}${CLASSES}`,
  });
  const rules = rulesOf({ peer: 'accelergy-0.4', isLegacy: false, warn: () => {} });
  const book: ClassBook = { compounds: readClasses([childOf(root, 'compound_components')!], rules) };
  const components = [...flattenTree(childOf(root, 'architecture')!, NO_ATTRIBUTES, rules).values()];
  const { components: entries } = buildErt(components, { book, rules, arbiter: arbiter([HASHES], rules) });
  return entries.map(({ actions, areaM2, leakageParts }) => ({
    actions: actions.map(({ action, arguments: given, energyJ }) => [
      action,
      [...given].map(([, { value }]) => value),
      energyJ,
    ]),
    areaM2,
    leakage: leakageParts.map(({ path, powerW }) => [path, powerW]),
  }));
}

test('what is kept for equal components changes no figure: a design gives each component what it gives it alone', () => {
  fc.assert(
    fc.property(fc.array(componentText, { minLength: 2, maxLength: 8 }), (texts) => {
      expect(figuresOf(texts)).toEqual(texts.flatMap((text) => figuresOf([text])));
    }),
    { numRuns: 25 },
  );
});

test('an attribute that its class never mentions changes nothing, one that reaches a part by any way does', () => {
  const [plain, unused, text, cycle, inner] = figuresOf(
    ['text: 1', 'text: 1, unused: 7', 'text: "1"', 'text: 1, global_cycle_seconds: 2e-9', 'text: 1, n: 3'].map(
      (attributes) => `class: outer, attributes: {${attributes}}`,
    ),
  );
  expect(unused).toEqual(plain);
  for (const other of [text, cycle, inner]) expect(other).not.toEqual(plain);
});

test('a key tells apart what differs in type, sign of zero, quotes or order, also inside lists and mappings', () => {
  const values: Plain[] = [
    0,
    -0,
    Number.NaN,
    null,
    '0',
    'null',
    '',
    true,
    'true',
    [],
    [null],
    [Number.NaN],
    [[1], 2],
    [[1, 2]],
  ];
  values.push({}, { a: -0 }, { a: 0 }, { a: [0] }, { 'a":0,"b': 0 }, { a: 0, b: 0 }, 'a":1,"b');
  const span = { file: '', line: 1, column: 1, length: 1, lineText: '' };
  const attributes = (...pairs: [string, Plain, boolean?][]): Attributes =>
    new Map(pairs.map(([name, value, bare = false]) => [name, { value, bare, span }]));
  const all = [
    ...values.map((value) => attributes(['a', value])),
    attributes(['a', '0', true]),
    attributes(['a', 0], ['b', 0]),
    attributes(['b', 0], ['a', 0]),
    attributes(['a":0,"b', 0]),
    attributes(),
  ];
  expect(new Set(all.map(keyOf)).size).toBe(all.length);
});
