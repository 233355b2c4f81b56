import { expect, test } from 'vitest';
import { readTable, tableEstimator } from '../../src/energy/estimators/table.ts';
import { actionOf, componentOf, diagnosticsOf, ertOf, problemOf, readText } from './support.ts';

const FIGURES = ',1.0,300,hand';
const add = readTable('add', {
  file: 'add.csv',
  text: `action,energy_pj,area_um2,v0_v,t0_k,source\ngo,width,${FIGURES}\n,,10 * width${FIGURES}\n`,
});
const sram = readTable('SRAM', {
  file: 'SRAM.csv',
  text: `delta,action,energy_pj,area_um2,v0_v,t0_k,source\n0,read,1,${FIGURES}\n1,read,5,${FIGURES}\n,,,7${FIGURES}\n`,
});
const ESTIMATORS = [tableEstimator('t', [add, sram])];

/** A design with one component `x` of the first of the given classes. */
const design = (classes: string, component = '{name: x, class: top}') =>
  readText(`architecture:
  version: 0.4
  subtree:
    - name: chip
      attributes: {technology: "t"}
      local:
        - ${component}
compound_components:
  version: 0.4
  classes:
${classes}`);
const ert = (classes: string, component?: string) => ertOf([design(classes, component)], ESTIMATORS);

const PAIR = `    - name: top
      attributes: {w: 8, n: 3}
      subcomponents:
        - {name: "unit[0..n-1]", class: add, attributes: {width: w}, energy_scale: 1 / n, area_scale: 2}
        - {name: bank, class: SRAM}
      actions:
        - name: go
          arguments: {k: 1..n, d: 0..1}
          energy_scale: 0.5
          subcomponents:
            - name: unit[0..k-1]
              actions: [{name: go, energy_scale: k}]
            - name: bank
              actions: [{name: read, arguments: {delta: d}}]
            - name: unit[2]
              actions: [{name: go}]
`;

test('entries: one for each combination of arguments, the first one fastest', () => {
  const entries = componentOf(ert(PAIR), 'x').actions.map((a) => [...a.arguments.values()].map(({ value }) => value));
  expect(entries).toEqual([[1, 0], [2, 0], [3, 0], [1, 1], [2, 1], [3, 1]]); // biome-ignore format: a table
});

test('energy: figure x scales x length of the list in the action; area: declared length', () => {
  const go = actionOf(ert(PAIR), 'x', 'go', { k: 2, d: 1 });
  expect(
    go.parts.map(({ path, multiplicity, actionScale, partScale, unitEnergyJ }) => [
      path,
      multiplicity,
      actionScale * partScale,
      unitEnergyJ * 1e12,
    ]),
  ).toEqual([
    ['unit[0..1]', 2, (0.5 * 2) / 3, 8],
    ['bank', 1, 0.5, 5],
    ['unit[2]', 1, 0.5 / 3, 8],
  ]);
  expect(go.energyJ * 1e12).toBeCloseTo((2 * 8) / 3 + 2.5 + 8 / 6, 12);
  expect(componentOf(ert(PAIR), 'x').areaM2 * 1e12).toBeCloseTo(3 * 80 * 2 + 7, 12);
});

test('a component value wins over the default of its class, and defaults may refer to it', () => {
  const text = PAIR.replace('n: 3', 'n: w / 4');
  expect(componentOf(ert(text, '{name: x, class: top, attributes: {w: 16}}'), 'x').actions).toHaveLength(4 * 2);
});

test('an empty range of arguments has no entries', () => {
  expect(componentOf(ert(PAIR.replace('k: 1..n', 'k: 1..n-3')), 'x').actions).toEqual([]);
});

test('a primitive component has the actions it lists, scaled once', () => {
  const component =
    '{name: x, class: add, energy_scale: 3, area_scale: 2, attributes: {width: 4}, required_actions: [go]}';
  const design = ert(PAIR, component);
  expect(actionOf(design, 'x', 'go')).toMatchObject({ parts: [{ path: '', multiplicity: 1, partScale: 3 }] });
  expect(actionOf(design, 'x', 'go').energyJ * 1e12).toBeCloseTo(12, 12);
  expect(componentOf(design, 'x').areaM2 * 1e12).toBeCloseTo(80, 12);
});

const NESTED = `    - name: top
      subcomponents:
        - {name: in, class: inner}
      actions:
        - {name: go, subcomponents: [{name: in, actions: [{name: fire, arguments: {n: 1}}]}]}
    - name: inner
      attributes: {technology: "must_specify"}
      subcomponents:
        - {name: a, class: add, attributes: {width: 4}}
      actions:
        - {name: fire, arguments: {n: 1..2}, subcomponents: [{name: a, actions: [{name: go, energy_scale: n}]}]}
`;

test('technology reaches nested classes by itself, and outer arguments the inner action', () => {
  expect(actionOf(ert(NESTED.replace('{n: 1}', '{n: 2}')), 'x', 'go').energyJ * 1e12).toBeCloseTo(8, 12);
});

// Line, underlined text and suggestion; classes begin in line 11.
test.each([
  [
    'a misspelt inner action, which Accelergy counts as zero',
    NESTED.replace('name: fire, arguments: {n: 1}}', 'name: fyre}'),
    'action-unknown',
    15,
    'fyre',
    'fire',
  ],
  ['a class within itself', NESTED.replace('class: add', 'class: top'), 'compound-cycle', 19, 'top', undefined],
  [
    'an attribute that must be given',
    PAIR.replace('w: 8', 'w: "must_specify"'),
    'attribute-missing',
    7,
    'x',
    undefined,
  ],
  ['an unknown class', PAIR.replace('class: SRAM', 'class: SRM'), 'unknown-name', 15, 'SRM', 'SRAM'],
  ['an undeclared subcomponent', PAIR.replace('name: bank\n', 'name: bnak\n'), 'unknown-name', 23, 'bnak', 'bank'],
  ['an index outside the declared list', PAIR.replace('unit[2]', 'unit[3]'), 'out-of-range', 25, 'unit[3]', undefined],
  [
    'an index where no list is declared',
    PAIR.replace('name: bank\n', 'name: bank[0]\n'),
    'out-of-range',
    23,
    'bank[0]',
    undefined,
  ],
  [
    'two subcomponents of one name',
    PAIR.replace('name: bank,', 'name: "unit[3..4]",'),
    'duplicate-name',
    15,
    '"unit[3..4]"',
    undefined,
  ],
  [
    'a scale below zero',
    PAIR.replace('energy_scale: 0.5', 'energy_scale: 0 - 1'),
    'out-of-range',
    19,
    '0 - 1',
    undefined,
  ],
  ['an argument outside its range', NESTED.replace('{n: 1}', '{n: 3}'), 'argument-out-of-range', 15, '3', undefined],
  [
    'an argument the inner action does not have',
    NESTED.replace('{n: 1}', '{n: 1, nn: 7}'),
    'unknown-name',
    15,
    '7',
    'n',
  ],
  [
    'an argument that is not given',
    NESTED.replace(', arguments: {n: 1}}', '}'),
    'attribute-missing',
    15,
    'fire',
    undefined,
  ],
  ['far too many combinations', PAIR.replace('k: 1..n', 'k: 0..1e9'), 'argument-out-of-range', 18, '0..1e9', undefined],
  ['an action no estimator knows', PAIR.replace('name: read', 'name: reed'), 'no-estimator', 24, 'reed', undefined],
])('%s', (_, classes, code, line, marked, suggestion) => {
  const problem = problemOf(() => ert(classes));
  expect(problem).toMatchObject({ code, marked, suggestion });
  expect(problem.at).toMatch(new RegExp(`^${line}:`));
});

test('a required action that the class does not have', () => {
  const problem = () => ert(PAIR, '{name: x, class: top, required_actions: [goo]}');
  expect(problemOf(problem)).toMatchObject({ code: 'action-unknown', marked: 'goo', suggestion: 'go' });
});

test('an unknown class of a component', () => {
  expect(problemOf(() => ert(PAIR, '{name: x, class: topp}'))).toMatchObject({
    code: 'unknown-name',
    marked: 'topp',
    suggestion: 'top',
  });
});

test('no-estimator gives the reason of each estimator, and the actions there are', () => {
  const [problem] = diagnosticsOf(() => ert(PAIR.replace('name: read', 'name: reed')));
  expect(problem.message).toContain('SRAM has the actions read (did you mean "read"?)');
});
