import { expect, test } from 'vitest';
import type { Value } from '../../../src/energy/expression/expression.ts';
import { blockOf } from '../../../src/energy/input/blocks.ts';
import { runRules } from '../../../src/energy/input/rules.ts';
import { valuesOf as plainOf } from '../../../src/energy/input/values.ts';
import { attributesOf, given } from '../../../src/formats/accelergy/index.ts';
import { parseTaggedYaml, type TaggedMap } from '../../../src/formats/tagged-yaml.ts';
import { diagnosticsOf, problemOf } from '../support.ts';

/** A block of attributes, evaluated with some names from outside. The block begins in line 6 at column 11, as in a container. */
function valuesOf(attributes: string, outer: Record<string, Value> = {}): Record<string, Value> {
  const indented = attributes
    .trim()
    .split('\n')
    .map((line) => `        ${line}`);
  const root = parseTaggedYaml({ file: 'in.yaml', text: `\n\n\n\n\n${indented.join('\n')}` }) as TaggedMap;
  const names = Object.entries(outer).map(([name, value]) => [name, given(value, root.span)] as const);
  return Object.fromEntries(plainOf(blockOf(attributesOf(root), [new Map(names)], runRules())));
}

test('quoted text is text, unquoted text an expression, numbers and truth values stand for themselves', () => {
  expect(valuesOf('a: "b * 2"\nb: 4\nc: b * 2\nd: true\ne: 1e-9')).toEqual({
    a: 'b * 2',
    b: 4,
    c: 8,
    d: true,
    e: 1e-9,
  });
});

test('an empty attribute is no attribute', () => {
  expect(valuesOf('a:\nb: 1')).toEqual({ b: 1 });
});

test('attributes may refer to later ones, and come out in their order', () => {
  expect(Object.entries(valuesOf('depth: size / width\nwidth: 8\nsize: kib * 1024\nkib: 2'))).toEqual([
    ['depth', 256],
    ['width', 8],
    ['size', 2048],
    ['kib', 2],
  ]);
});

test('a name means an attribute above, then one outside, then one below', () => {
  // Accelergy 0.4 knows the first two; the third makes forward references work.
  expect(valuesOf('w: 1\nx: w', { w: 9 })).toEqual({ w: 1, x: 1 });
  expect(valuesOf('x: w\nw: 1', { w: 9 })).toEqual({ x: 9, w: 1 });
  expect(valuesOf('technology: technology', { technology: '45nm' })).toEqual({ technology: '45nm' });
});

test('a loop is an error that shows the way round', () => {
  const problem = () => valuesOf('a: 1\nb: c + a\nc: d\nd: b');
  expect(problemOf(problem)).toMatchObject({ code: 'expression-cycle', at: '7:12' });
  expect(diagnosticsOf(problem)[0].message).toContain('b -> c -> d -> b');
  expect(problemOf(() => valuesOf('a: a + 1')).code).toBe('expression-cycle');
});

test('text without quotes is an error that says how to write text', () => {
  const [problem] = diagnosticsOf(() => valuesOf('technology: 45nm'));
  expect(problem).toMatchObject({ code: 'expression-syntax', span: { line: 6, column: 23 } });
  expect(problem.expected).toContain('"45nm"');
});

test('several problems come together, in source order', () => {
  expect(diagnosticsOf(() => valuesOf('a: 1 +\nb: 2 *')).map((d) => d.span?.line)).toEqual([6, 7]);
  expect(diagnosticsOf(() => valuesOf('a: x1\nb: 1 / 0\nc: .inf')).map((d) => d.code)).toEqual([
    'expression-unknown-name',
    'expression-not-a-number',
    'expression-not-a-number',
  ]);
});

test('a chain of references is bounded, and a block of text is an expression as in Accelergy', () => {
  const chain = (length: number) =>
    valuesOf(Array.from({ length }, (_, i) => `a${i}: ${i + 1 === length ? 1 : `a${i + 1}`}`).join('\n'));
  expect(chain(400).a0).toBe(1);
  expect(problemOf(() => chain(1200)).code).toBe('out-of-range');
  expect(valuesOf('a: >-\n  2 *\n  3')).toEqual({ a: 6 });
});
