import { describe, expect, test } from 'vitest';
import { type Path, parseYaml, subDocument } from '../../src/base/document.ts';
import type { Span } from '../../src/base/errors.ts';
import { spanOf } from '../../src/base/source.ts';
import { problemsOf } from '../cosim/support.ts';

const parse = (text: string) => parseYaml({ file: 'a.yaml', text });
const problems = (text: string) => problemsOf(() => parse(text));
const shown = ({ line, column, length, lineText }: Span) =>
  `${line}:${column} ${lineText.slice(column - 1, column - 1 + length)}`;

const TEXT = `version: 1
array:
  rows: 32
  "columns": 'thirty two'
list: [a, {b: 1}]
lines:
  - one
  - two: 2
`;

describe('positions', () => {
  // Counted in TEXT by hand.
  test.each<[Path, string, string]>([
    [['version'], '1:10 1', '1:1 version'],
    [['array', 'rows'], '3:9 32', '3:3 rows'],
    [['array', 'columns'], "4:14 'thirty two'", '4:3 "columns"'],
    [['list', 1, 'b'], '5:15 1', '5:12 b'],
    [['lines', 0], '7:5 one', '7:5 one'],
    [['lines', 1, 'two'], '8:10 2', '8:5 two'],
    // What is not there has the place of what is around it.
    [['array', 'depth'], '3:3 rows: 32', '3:3 rows: 32'],
    [['lines', 9], '7:3 - one', '7:3 - one'],
    [[], '1:1 version: 1', '1:1 version: 1'],
  ])('of %j', (path, value, key) => {
    expect(shown(parse(TEXT).span(path))).toBe(value);
    expect(shown(parse(TEXT).keySpan(path))).toBe(key);
  });

  test('inside an alias are those of its anchor', () => {
    const document = parse('base: &b {x: 1}\nother: *b\n');
    expect(document.value).toEqual({ base: { x: 1 }, other: { x: 1 } });
    expect(shown(document.span(['other', 'x']))).toBe('1:14 1');
    expect(shown(document.keySpan(['other', 'x']))).toBe('1:11 x');
    expect(shown(document.span(['other']))).toBe('2:8 *b');
  });

  test('under keys that are numbers or empty', () => {
    const document = parse('7: {a: x}\nnull: y\n');
    expect(document.value).toEqual({ 7: { a: 'x' }, '': 'y' });
    expect(shown(document.span(['7', 'a']))).toBe('1:8 x');
    expect(shown(document.keySpan(['']))).toBe('2:1 null');
  });

  test('with CRLF line ends, tabs and a byte order mark', () => {
    const document = parse('\ufeffa: 1\r\nb:\t"x"\r\n');
    expect(document.value).toEqual({ a: 1, b: 'x' });
    expect(shown(document.span(['a']))).toBe('1:4 1');
    expect(document.span(['b'])).toMatchObject({ line: 2, column: 4, lineText: 'b:\t"x"' });
  });

  test('of a part are those of the whole', () => {
    const document = parse(TEXT);
    const part = subDocument(document, ['array'], { rows: 32 });
    expect(part.value).toEqual({ rows: 32 });
    expect(shown(part.span(['rows']))).toBe('3:9 32');
    expect(shown(part.keySpan(['rows']))).toBe('3:3 rows');
    expect(part.isQuoted(['columns'])).toBe(true);
  });

  test('a span ends with its line', () => {
    expect(spanOf({ file: 'f', text: 'ab\ncd' }, 1, 5)).toMatchObject({
      line: 1,
      column: 2,
      length: 1,
      lineText: 'ab',
    });
    expect(spanOf({ file: 'f', text: '\n\nx' }, 0, 1)).toMatchObject({ line: 1, column: 1, lineText: '' });
    expect(spanOf({ file: 'f', text: 'ab' }, 99, 100)).toMatchObject({ line: 1, column: 3, length: 1 });
  });
});

test('quotes are told from plain text, through aliases too', () => {
  const document = parse('a: "x"\nb: \'x\'\nc: x\nd: &k "y"\ne: *k\nf: [1]\n');
  expect(['a', 'b', 'c', 'd', 'e', 'f'].filter((key) => document.isQuoted([key]))).toEqual(['a', 'b', 'd', 'e']);
});

test('numbers, truth values and emptiness are those of YAML 1.2', () => {
  expect(parse('[1, 0x10, 1e3, .nan, .inf, yes, true, ~, 2001-12-14]').value).toEqual([
    ...[1, 16, 1000, Number.NaN, Number.POSITIVE_INFINITY, 'yes', true, null, '2001-12-14'],
  ]);
  // A directive does not bring dates, sets and bytes in.
  expect(parse('%YAML 1.1\n---\n- 2001-12-14\n- yes\n').value).toEqual(['2001-12-14', 'yes']);
});

test.each([
  ['', null],
  ['# only a comment\n', null],
  ['\n\n', null],
  ['- a\n', ['a']],
  ['text', 'text'],
  ['{__proto__: {a: 1}}', JSON.parse('{"__proto__": {"a": 1}}')],
])('%j is read as it is', (text, value) => {
  expect(parse(text).value).toEqual(value);
  expect(shown(parse(text).span([]))).toMatch(/^1:1/);
});

describe('yaml-syntax', () => {
  test.each<[string, string, string[]]>([
    ['a key twice', 'a: 1\nb: 2\na: 3\n', ['yaml-syntax a.yaml:3:1 a']],
    ['a key twice, as number and as text', '1: x\n"1": y\n', ['yaml-syntax a.yaml:2:1 "1"']],
    ['an alias without anchor', 'a: *nobody\n', ['yaml-syntax a.yaml:1:4 *nobody']],
    ['an alias before its anchor', 'a: *b\nb: &b 1\n', ['yaml-syntax a.yaml:1:4 *b']],
    ['an anchor that holds itself', 'a: &a [*a]\n', ['yaml-syntax a.yaml:1:8 *a']],
    ['a key that is a list', '? [a, b]\n: 1\n', ['yaml-syntax a.yaml:1:3 [a, b]']],
    ['a tag without meaning', 'a: !money 5\n', ['yaml-syntax a.yaml:1:4 !money']],
    ['a tag of YAML 1.1', 'a: !!set {x}\n', ['yaml-syntax a.yaml:1:4 !!set']],
    ['a second document', 'a: 1\n---\nb: 2\n', ['yaml-syntax a.yaml:2:1 ---']],
    ['two mistakes', 'a: *x\nb: [1\n', ['yaml-syntax a.yaml:1:4 *x', 'yaml-syntax a.yaml:3:1 ']],
    ['a bracket left open', 'a: [1, 2\n', ['yaml-syntax a.yaml:2:1 ']],
    ['a tab as indentation', 'a:\n\tb: 1\n', ['yaml-syntax a.yaml:2:1 \t']],
  ])('%s', (_, text, expected) => {
    expect(problems(text)).toEqual(expected);
  });

  test('an alias inside of its anchor is said to be one; one of an anchor of the same name further inside is fine', () => {
    expect(() => parse('a: &a [*a]\n')).toThrow(/inside of its own anchor &a/);
    expect(parse('a: &a [&a 1, *a]\n').value).toEqual({ a: [1, 1] });
  });

  test('an alias bomb', () => {
    // 9 levels of 9 aliases each would be 3.9e8 values.
    const lines = [
      'a: &a [x]',
      ...[...'bcdefghij'].map((name, i) => `${name}: &${name} [${`*${'abcdefghij'[i]},`.repeat(9)}]`),
    ];
    expect(problems(lines.join('\n'))).toEqual(['yaml-syntax a.yaml:10:32 *i']);
  });

  // Each would overflow the stack of whoever walks it, the parser's own first.
  test.each([
    ['brackets', '['.repeat(30_000)],
    ['mappings', `a: ${'{a: '.repeat(3000)}${'}'.repeat(3000)}`],
    ['dashes', '- '.repeat(20_000)],
    ['indentation', Array.from({ length: 1500 }, (_, i) => `${' '.repeat(i)}a:`).join('\n')],
    [
      'aliases',
      ['a0: &a0 [x]', ...Array.from({ length: 90 }, (_, i) => `a${i + 1}: &a${i + 1} [[[*a${i}]]]`)].join('\n'),
    ],
  ])('nesting without end: %s', (_, text) => {
    const [first, ...rest] = problems(text);
    expect(first).toMatch(/^yaml-syntax a\.yaml:\d+:\d+/);
    expect(rest).toEqual([]);
  });
});
