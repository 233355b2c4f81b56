import { describe, expect, test } from 'vitest';
import { InputError } from '../../src/base/errors.ts';
import { childOf, parseTaggedYaml, plainValueOf, type TaggedNode } from '../../src/formats/tagged-yaml.ts';

const parse = (text: string): TaggedNode => parseTaggedYaml({ file: 'a.yaml', text });
const plain = (text: string): unknown => plainValueOf(parse(text));

function codesOf(text: string): string[] {
  try {
    parse(text);
  } catch (error) {
    if (error instanceof InputError) return error.diagnostics.map(({ code }) => code);
    throw error;
  }
  return [];
}

describe('YAML with tags', () => {
  test('keeps tag, quotes and place of a node', () => {
    const nodes = childOf(
      childOf(parse('architecture:\n  nodes:\n  - !Component\n    name: "buf"\n'), 'architecture'),
      'nodes',
    );
    const first = nodes?.kind === 'list' ? nodes.items[0] : undefined;
    expect(first).toMatchObject({ kind: 'map', tag: '!Component' });
    expect(childOf(first, 'name')).toMatchObject({ value: 'buf', quoted: true, span: { line: 4, column: 11 } });
  });

  test('reads numbers as YAML 1.2 does, and an empty file as nothing', () => {
    expect(plain('{a: 1e-9, b: yes, c: 45nm, d: 0x10, e: }')).toEqual({ a: 1e-9, b: 'yes', c: '45nm', d: 16, e: null });
    expect(plain('')).toBe(null);
  });
});

// The examples are worked by hand from the rules: a key of the mapping wins; <<< goes into mappings and appends lists.
describe('merges', () => {
  test('<< adds the keys that a mapping lacks', () => {
    expect(plain('x: &x {a: 1, m: {p: 1}}\ny: {<<: *x, m: {q: 2}}\n')).toMatchObject({ y: { a: 1, m: { q: 2 } } });
    expect(plain('x: &x {a: 1}\nz: &z {a: 2, b: 3}\ny: {<<: [*x, *z]}\n')).toMatchObject({ y: { a: 1, b: 3 } });
  });

  test('<<< goes into mappings and appends lists', () => {
    const text = 'x: &x {a: 1, m: {p: 1, q: 1}, l: [1]}\ny: {<<<: *x, m: {q: 2}, l: [2]}\n';
    expect(plain(text)).toMatchObject({ y: { a: 1, m: { p: 1, q: 2 }, l: [2, 1] } });
  });

  // YAML 1.2 section 7.1: an alias means the last node above it that has the anchor.
  test('an anchor inside a node of the same anchor is the one that counts afterwards', () => {
    expect(plain('x: &x {a: 1, b: &x {c: 2}}\ny: *x\n')).toMatchObject({ y: { c: 2 } });
  });

  test('!nomerge keeps its mapping', () => {
    expect(plain('x: &x {a: 1}\ny: !nomerge {<<: *x}\n')).toMatchObject({ y: { '<<': { a: 1 } } });
  });
});

describe('bad YAML', () => {
  test.each([
    ['a repeated key', 'a: 1\na: 2\n'],
    ['an unknown anchor', 'a: *b\n'],
    ['an alias inside its anchor', 'a: &a {b: *a}\n'],
    ['a merge of a number', 'a: {<<: 3}\n'],
    ['a tab', 'a:\n\tb: 1\n'],
  ])('%s is a syntax error', (_, text) => expect(codesOf(text)).toEqual(['yaml-syntax']));

  test('merges that double what the line above has are refused at once', () => {
    const lines = Array.from({ length: 39 }, (_, i) => `x${i + 1}: &x${i + 1} {<<<: [*x${i}, *x${i}]}`);
    const before = process.cpuUsage();
    expect(() => plain(['x0: &x0 {a: [1, 2]}', ...lines].join('\n'))).toThrow('expand to more data');
    expect(process.cpuUsage(before).user / 1e6).toBeLessThan(2);
  });

  test('aliases that stand for billions are refused at once', () => {
    const levels = Array.from(
      { length: 12 },
      (_, i) => `a${i + 1}: &a${i + 1} [${Array(10).fill(`*a${i}`).join(', ')}]`,
    );
    expect(codesOf(['a0: &a0 [x]', ...levels].join('\n'))).toEqual(['yaml-syntax']);
  });
});
