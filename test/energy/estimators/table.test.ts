import { expect, test } from 'vitest';
import { readTable, tableEstimator } from '../../../src/energy/estimators/table.ts';
import type { Value } from '../../../src/energy/expression/expression.ts';
import { diagnosticsOf, problemOf, sourcesIn } from '../support.ts';

const HEAD = 'width,delta,action,energy_pj,area_um2,leakage_mw,cell,v0_v,t0_k,source,assumption';
const table = (...rows: string[]) => readTable('thing', { file: 't/thing.csv', text: [HEAD, ...rows].join('\n') });
const THING = table(
  '8,,read|write,1,,,,0.9,300,"paper, p. 3",',
  ',0,read,0.5 * width,,,,0.9,300,paper,halved',
  ',,read,width * delta,,,,none,320,paper,',
  '8,,,,40,,,0.9,300,paper,',
  ',,,,4 * width,0.25,hp,1.1,300,paper,',
);
const estimator = tableEstimator('45nm', [THING]);
const query = (attributes: Record<string, Value>, technology: Value = '45nm') => ({
  class: 'thing',
  attributes: new Map(Object.entries({ technology, ...attributes })),
});
const action = (attributes: Record<string, Value>, name: string, given: Record<string, Value> = {}) =>
  estimator.estimateAction({ ...query(attributes), action: name, arguments: new Map(Object.entries(given)) });

test('the first row that matches answers, in SI units', () => {
  expect(action({ width: 8 }, 'write')).toEqual({
    energyJ: 1e-12,
    voltageV: 0.9,
    temperatureK: 300,
    source: 'paper, p. 3',
    assumption: undefined,
  });
  expect(action({ width: 16 }, 'read', { delta: 0 })).toMatchObject({ energyJ: 8e-12, assumption: 'halved' });
  // voltage `none`: the supply is not the array's
  expect(action({ width: 16 }, 'read', { delta: 2 })).toMatchObject({
    energyJ: 32e-12,
    voltageV: null,
    temperatureK: 320,
  });
});

test('area and leakage come from rows without an action', () => {
  expect(estimator.estimateArea(query({ width: 8 }))).toMatchObject({ areaM2: 40e-12 });
  expect(estimator.estimateArea(query({ width: 16 }))).toMatchObject({ areaM2: 64e-12 });
  expect(estimator.estimateLeakage(query({}))).toMatchObject({ powerW: 0.25e-3, cell: 'hp', voltageV: 1.1 });
});

test('what a table cannot stand for is refused with a reason', () => {
  expect(action({}, 'write')).toEqual({ reason: 'its table of thing has no row for width=(none), delta=(none)' });
  expect(action({}, 'read', { delta: 0 })).toEqual({ reason: 'energy_pj = 0.5 * width: no value is named "width"' });
  expect(action({ width: 8 }, 'red')).toEqual({ reason: 'thing has the actions read, write (did you mean "read"?)' });
  expect(action({ width: 8 }, 'write', { speed: 1 })).toEqual({
    reason: 'its figures do not depend on the argument "speed"',
  });
  expect(estimator.estimateArea(query({ width: 8 }, '22nm'))).toEqual({
    reason: 'it has figures for 45nm, not for 22nm',
  });
  expect(tableEstimator('45nm', []).estimateArea(query({}))).toEqual({ reason: 'it has no class "thing"' });
});

test.each([
  ['no source', '8,,read,1,,,,0.9,300,,', '2:22'],
  ['no voltage', '8,,read,1,,,,,300,paper,', '2:14'],
  ['no temperature', '8,,read,1,,,,0.9,,paper,', '2:18'],
  ['a voltage of zero', '8,,read,1,,,,0,300,paper,', '2:14'],
  ['area in a row with an action', '8,,read,1,5,,,0.9,300,paper,', '2:1'],
  ['no figure', '8,,read,,,,,0.9,300,paper,', '2:1'],
  ['energy in a row without an action', '8,,,1,,,,0.9,300,paper,', '2:1'],
  ['a figure that is no expression', '8,,read,1 +,,,,0.9,300,paper,', '2:9'],
])('%s is table-invalid, with its place', (_, row, at) => {
  expect(problemOf(() => table(row))).toMatchObject({ code: 'table-invalid', at });
});

test('all wrong rows are reported, comments and blank lines counted', () => {
  const problems = diagnosticsOf(() =>
    table('# a comment', '8,,read,1,,,,0.9,300,,', '', '8,,read,x +,,,,0.9,300,paper,'),
  );
  expect(problems.map((p) => p.span?.line)).toEqual([3, 5]);
});

test('wrong columns and broken CSV', () => {
  const problem = (text: string) => problemOf(() => readTable('thing', { file: 'thing.csv', text }));
  expect(problem('action,v0,t0_k,source\nread,1,300,p\n')).toMatchObject({ code: 'table-invalid', at: '1:1' });
  expect(problem('v0_v,action,action,t0_k,source\n')).toMatchObject({
    code: 'table-invalid',
    at: '1:13',
    marked: 'action',
  });
  expect(problem('action,v0_v,t0_k,source\n')).toMatchObject({ code: 'table-invalid', at: '1:1' });
  expect(problem('').code).toBe('table-invalid');
  expect(problem('action,energy_pj,v0_v,t0_k,source\nread,1,1,300,p\nread,1\n')).toMatchObject({
    code: 'csv-syntax',
    at: '3:1',
    marked: 'read,1',
  });
  expect(problem('action,energy_pj,v0_v,t0_k,source\nread,1,1,300,"p\n')).toMatchObject({
    code: 'csv-syntax',
    at: '2:14',
  });
});

test('the kind of a figure is one of three, and every bundled row has one', () => {
  const head = 'action,energy_pj,v0_v,t0_k,kind,source\n';
  const read = (kind: string) => readTable('thing', { file: 'thing.csv', text: `${head}read,1,1,300,${kind},p\n` });
  expect(read('generated').rows[0].provenance.kind).toBe('generated');
  expect(read('').rows[0].provenance.kind).toBeUndefined();
  expect(problemOf(() => read('generate'))).toMatchObject({
    code: 'table-invalid',
    marked: 'generate',
    suggestion: 'generated',
  });
  for (const source of sourcesIn('tech-tables/45nm', '.csv').filter(({ file }) => !file.includes('cacti'))) {
    expect(readTable('any', source).rows.every(({ provenance }) => provenance.kind !== undefined)).toBe(true);
  }
});
