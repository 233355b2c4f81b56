import { describe, expect, test } from 'vitest';
import { parseYaml } from '../../src/base/document.ts';
import { parseOverride, withOverrides } from '../../src/base/overrides.ts';
import { load, problemsOf, QUICKSTART } from '../cosim/support.ts';
import { diagnosticsOf } from '../energy/support.ts';

const TEXT = 'a: {b: 1, c: [x, {y: 2}]}\nn: null\ns: text\nbase: &k {v: 1}\nalias: *k\n';
const DOCUMENT = parseYaml({ file: 'a.yaml', text: TEXT });
const set = (...texts: string[]) =>
  withOverrides(
    DOCUMENT,
    texts.map((text) => parseOverride(text)),
  );
const valueAfter = (...texts: string[]) => set(...texts).value;
const problems = (...texts: string[]) => problemsOf(() => set(...texts));

describe('parseOverride', () => {
  test.each([
    ['a=1', ['a'], 1],
    ['a.b=800MHz', ['a', 'b'], '800MHz'],
    ['a.0.b=true', ['a', '0', 'b'], true],
    [' a . b = x', ['a', 'b'], 'x'],
    ['a=', ['a'], null],
    ['a=b=c', ['a'], 'b=c'],
    ['a={x: [1, 2]}', ['a'], { x: [1, 2] }],
    ['a=007', ['a'], 7],
  ])('%s', (text, path, value) => {
    expect(parseOverride(text)).toMatchObject({ path, value });
  });

  test.each([
    ['nothing', 'override-invalid --set:1:1 nothing'],
    ['=1', 'override-invalid --set:1:1 =1'],
    ['', 'override-invalid --set:1:1 '],
    ['a..b=1', 'override-invalid --set:1:1 a..b=1'],
    ['.a=1', 'override-invalid --set:1:1 .a=1'],
    ['a=[1', 'override-invalid --set:1:3 [1'],
    ['a=!tag x', 'override-invalid --set:1:3 !tag x'],
    ['a=*x', 'override-invalid --set:1:3 *x'],
    ['a={b: 1, b: 2}', 'override-invalid --set:1:3 {b: 1, b: 2}'],
  ])('%s is none', (text, problem) => {
    expect(problemsOf(() => parseOverride(text))).toEqual([problem]);
  });
});

describe('withOverrides', () => {
  test('replaces values, makes mappings, and leaves the document as it was', () => {
    expect(valueAfter('a.b=5')).toMatchObject({ a: { b: 5, c: ['x', { y: 2 }] }, s: 'text' });
    expect(valueAfter('n.x.y=1', 'new.z=2')).toMatchObject({ n: { x: { y: 1 } }, new: { z: 2 } });
    expect(valueAfter('a=1', 'a=2')).toMatchObject({ a: 2 });
    expect(DOCUMENT.value).toEqual(parseYaml({ file: 'a.yaml', text: TEXT }).value);
    expect(withOverrides(DOCUMENT, [])).toBe(DOCUMENT);
  });

  test('reaches into lists by index, and adds at the end', () => {
    expect(valueAfter('a.c.1.y=9', 'a.c.0=z')).toMatchObject({ a: { c: ['z', { y: 9 }] } });
    expect(valueAfter('a.c.2=end')).toMatchObject({ a: { c: ['x', { y: 2 }, 'end'] } });
  });

  test('an alias keeps its own value', () => {
    expect(valueAfter('alias.v=2')).toMatchObject({ base: { v: 1 }, alias: { v: 2 } });
  });

  test.each([
    // A hole in a list, or a list of a thousand million entries, is a slip.
    ['a.c.3=x', 'override-invalid --set:1:1 a.c.3'],
    ['a.c.999999999.y=x', 'override-invalid --set:1:1 a.c.999999999.y'],
    ['a.c.-1=x', 'override-invalid --set:1:1 a.c.-1'],
    ['a.c.first=x', 'override-invalid --set:1:1 a.c.first'],
    ['a.c.length=0', 'override-invalid --set:1:1 a.c.length'],
    ['s.x=1', 'override-invalid --set:1:1 s.x'],
    ['a.b.x.y=1', 'override-invalid --set:1:1 a.b.x.y'],
  ])('%s has no place to go', (text, problem) => {
    expect(problems(text)).toEqual([problem]);
  });

  const EMPTY = parseYaml({ file: 'a.yaml', text: 'a: {c: []}' });
  test.each([
    ['a.c.3=x', DOCUMENT, 'the list has entries 0 to 1; "3" is not one of them', 'a number from 0 to 2'],
    [
      'a.c.2.y=x',
      DOCUMENT,
      'the list has entries 0 to 1; "2" is not one of them',
      'a number from 0 to 1; a.c.2={...} adds a whole entry',
    ],
    ['a.c.1=x', EMPTY, 'the list has no entries', 'a number from 0 to 0'],
    ['a.c.0.y=x', EMPTY, 'the list has no entries', 'a.c.0={...}, which adds a whole entry'],
  ])('%s: the message says which entries there are', (text, document, message, expected) => {
    expect(diagnosticsOf(() => withOverrides(document, [parseOverride(text)]))).toMatchObject([{ message, expected }]);
  });

  test('a file that is a scalar has no keys to set', () => {
    const scalar = parseYaml({ file: 'a.yaml', text: 'hello' });
    expect(problemsOf(() => withOverrides(scalar, [parseOverride('a=1')]))).toEqual(['override-invalid --set:1:1 a']);
  });

  test.each([
    '__proto__.polluted=1',
    'a.__proto__.polluted=1',
    'constructor.prototype.polluted=1',
    '__proto__={polluted: 1}',
  ])('%s touches nothing but the document', (text) => {
    const { value } = set(text);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    expect((value as Record<string, unknown>).polluted).toBeUndefined();
    expect(JSON.stringify(value)).toContain('polluted');
  });

  test('positions of what was set are those of the command line', () => {
    const document = set('a.b=5', 'x.y=6');
    const shown = (span: { file: string; line: number; column: number }) => `${span.file}:${span.line}:${span.column}`;
    expect(shown(document.span(['a', 'b']))).toBe('--set:1:5');
    expect(shown(document.span(['a', 'b', 'deeper']))).toBe('--set:1:5');
    expect(shown(document.keySpan(['a', 'b']))).toBe('--set:1:1');
    expect(shown(document.span(['a', 'c']))).toBe('a.yaml:1:14');
    // A mapping that only the override made.
    expect(shown(document.keySpan(['x']))).toBe('--set:1:1');
    expect(shown(document.span(['a']))).toBe('a.yaml:1:4');
  });
});

describe('--set of an experiment', () => {
  const loaded = (...overrides: string[]) => load(QUICKSTART, { set: overrides });

  test('reaches the experiment and its accelerator', () => {
    const { spec, design, workload } = loaded('accelerator.array.rows=16', 'workload=alexnet', 'batch=2');
    expect(design.spec.array).toMatchObject({ rows: 16, columns: 32 });
    expect(workload.name).toBe('alexnet');
    expect(workload.layers[0].batch).toBe(2);
    expect(spec.batch).toBe(2);
  });

  test('may name another accelerator and change it', () => {
    expect(
      loaded('accelerator=cloud-tpu', 'policy.frequency=700MHz', 'accelerator.array.columns=64').design.spec,
    ).toMatchObject({ name: 'cloud-tpu', array: { rows: 128, columns: 64 } });
  });

  test.each([
    ['accelerator.array.rows=0', 'out-of-range --set:1:24 0'],
    ['accelerator.array.rosw=8', 'unknown-key --set:1:1 accelerator.array.rosw'],
    ['accelerator.dram.latency=5', 'missing-unit --set:1:26 5'],
    ['nothing=1', 'unknown-key --set:1:1 nothing'],
    ['policy.frequency=450MHz', 'unknown-operating-point --set:1:18 450MHz'],
    ['policy.frequency.core=450MHz', 'override-invalid --set:1:1 policy.frequency.core'],
    ['accelerator.__proto__.x=1', 'unknown-key --set:1:1 accelerator.__proto__.x'],
    ['__proto__.x=1', 'unknown-key --set:1:1 __proto__.x'],
    ['workload=./nothing.csv', 'file-not-found --set:1:10 ./nothing.csv'],
    [
      'accelerator.domains.core.operating_points.0.voltage=2V',
      'operating-points-not-monotone isotherm:accelerators/edge-npu/accelerator.yaml:31:9 { frequency: 300MHz, voltage: 0.80V }',
    ],
  ])('%s', (override, problem) => {
    expect(problemsOf(() => loaded(override))).toEqual([problem]);
    expect(({} as Record<string, unknown>).x).toBeUndefined();
  });
});
