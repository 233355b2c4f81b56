import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InputError } from '../../../src/base/errors.ts';
import { spanOf } from '../../../src/base/source.ts';
import { evaluateExpression } from '../../../src/energy/expression/cached.ts';
import { evaluate } from '../../../src/energy/expression/evaluate.ts';
import { parseExpression, type Value } from '../../../src/energy/expression/expression.ts';
import { evaluateLinear } from '../../../src/energy/expression/linear.ts';
import { lawOptions } from '../../tier.ts';
import { diagnosticsOf, problemOf } from '../support.ts';

const pythonValue = (text: string, scope: Record<string, Value> = {}) =>
  evaluate(parseExpression(text), new Map(Object.entries(scope)));

// Every value is what Python 3.11 gives for the same text (worked by hand, the unusual ones checked in the interpreter).
test.each<[string, Value]>([
  ['1 + 2 * 3', 7],
  ['(1 + 2) * 3', 9],
  ['7 / 2', 3.5],
  ['7 // 2', 3],
  ['-7 // 2', -4],
  ['-7 % 3', 2],
  ['7 % -3', -2],
  ['6 % 3', 0],
  ['2 ** 3 ** 2', 512],
  ['-2 ** 2', -4],
  ['2 ** -1', 0.5],
  ['10 - 4 - 3', 3],
  ['64 / 4 / 2', 8],
  ['1e-9 * 1e9', 1],
  ['.5 + 5.', 5.5],
  ['0 < 3 <= 3', true],
  ['3 > 2 > 2', false],
  ['1 == 1.0', true],
  ['"a" == 1', false],
  ['"a" != 1', true],
  ['"LP" + "DDR4"', 'LPDDR4'],
  ["'a' < 'b'", true],
  ['True + True', 2],
  ['not 0', true],
  ['not 1 == 2', true],
  ['0 or 5', 5],
  ['2 and 3', 3],
  ['0 and 1 / 0', 0],
  ['5 if 1024 > 512 else 9', 5],
  ['1 if 0 else 2 if 0 else 3', 3],
  ['1 / 0 if False else 4', 4],
  ['round(2.5) + round(3.5)', 6],
  ['round(-1.5)', -2],
  ['round(2.4999)', 2],
  ['int(-2.7)', -2],
  ['floor(-2.5) + ceil(-2.5)', -5],
  // CPython 3.11.2.
  ['3 // 1e-9', 2999999999],
  ['-7 // 0.1', -70],
  ['max(3, 256, 17) - min(4, 2)', 254],
  ['str(min(2 > 1, 1)) + str(min(1, 2 > 1)) + str(max([1 > 2, 2 > 1]))', 'True1True'],
  ['ceil(log2(4097))', 13],
  ['log(8, 2)', 3],
  ['log10(1000)', 3],
  ['sqrt(2) ** 2', 2.0000000000000004],
  ['comb(5, 2)', 10],
  ['comb(2, 5)', 0],
  ['gcd(12, -18)', 6],
  ['pow(2, 10) + abs(-1)', 1025],
  ['exp(0) + float(1)', 2],
  ['floor(pi) + floor(e)', 5],
  ['sum([1, 2, 3]) + len([4, 5])', 8],
  ['min(range(4, 9)) + max([1, 7, 3])', 11],
  ['sum(range(10, 0, -3))', 22],
  ['len(range(0)) + len("abc")', 3],
  ['str(1024) + "k"', '1024k'],
  ['str(1e-9) + str(True) + str(0.5)', '1e-09True0.5'],
  ['int("12") + float("0.5")', 12.5],
  ['bool([]) or bool(2)', true],
  ['round(2.675, 2)', 2.67],
  ['round(0.125, 2) + round(0.375, 2)', 0.5],
  ['round(1250, -2) + round(1350, -2)', 2600],
  ['round(0.6, 0) + round(0.5) + round(1.5) + round(0.04, 1)', 3],
  ['sum([1, 2] if True else [3])', 3],
])('%s is %s, as in Python', (text, expected) => {
  expect(pythonValue(text)).toBe(expected);
});

test('log2 is exact for every power of two that a memory can be deep', () => {
  for (let n = 0; n <= 52; n++) expect(pythonValue(`log2(${2 ** n})`)).toBe(n);
});

test('names come from the scope, which hides constants', () => {
  expect(pythonValue('kib // 4', { kib: 1024 })).toBe(256);
  expect(pythonValue('e', { e: 5 })).toBe(5);
  expect(pythonValue('mode + "x"', { mode: 'a' })).toBe('ax');
});

describe('errors', () => {
  const line = 'width: ';
  const at = (text: string) => spanOf({ file: 'a.yaml', text: line + text }, line.length, line.length + text.length);
  const problem = (text: string, scope: Record<string, Value> = {}) =>
    problemOf(() => evaluate(parseExpression(text, at(text)), new Map(Object.entries(scope))));

  test.each<[string, string, string]>([
    ['1 +', 'expression-syntax', '1:11'],
    ['(1', 'expression-syntax', '1:10'],
    ['1 2', 'expression-syntax', '1:10'],
    ['45nm', 'expression-syntax', '1:10'],
    ['a = b', 'expression-syntax', '1:10'],
    ['max(1)', 'expression-not-a-number', '1:8'],
    ['max()', 'expression-syntax', '1:8'],
    ['sum(3)', 'expression-not-a-number', '1:8'],
    ['[1, 2]', 'expression-not-a-number', '1:8'],
    ['range(10 ** 9)', 'expression-not-a-number', '1:8'],
    ['int("x")', 'expression-not-a-number', '1:8'],
    ['max(1, )', 'expression-syntax', '1:15'],
    ['1 if 2', 'expression-syntax', '1:14'],
    ['1 + not 2', 'expression-syntax', '1:12'],
    ['f[0]', 'expression-syntax', '1:9'],
    ['(x).constructor', 'expression-syntax', '1:11'],
    ['1 + flor(2)', 'expression-unknown-name', '1:12'],
    ['1 + widht', 'expression-unknown-name', '1:12'],
    ['constructor', 'expression-unknown-name', '1:8'],
    ['2 * (1 / 0)', 'expression-not-a-number', '1:12'],
    ['5 % 0', 'expression-not-a-number', '1:8'],
    ['1 + log(-1)', 'expression-not-a-number', '1:12'],
    ['log(0)', 'expression-not-a-number', '1:8'],
    ['10 ** 400', 'expression-not-a-number', '1:8'],
    ['1e999', 'expression-not-a-number', '1:8'],
    ['(-8) ** 0.5', 'expression-not-a-number', '1:8'],
    ['0 ** -1', 'expression-not-a-number', '1:8'],
    ['comb(2.5, 1)', 'expression-not-a-number', '1:8'],
    ['gcd(0.5, 1)', 'expression-not-a-number', '1:8'],
    ['comb(5000, 2500)', 'expression-not-a-number', '1:8'],
    ['2 * "a"', 'expression-not-a-number', '1:12'],
    ['1 < "a"', 'expression-not-a-number', '1:12'],
  ])('%s: %s at %s', (text, code, place) => {
    expect(problem(text, { width: 8 })).toMatchObject({ code, at: place });
  });

  test('the nearest name is suggested', () => {
    expect(problem('1 + widht', { width: 8 }).suggestion).toBe('width');
    expect(problem('flor(2)').suggestion).toBe('floor');
  });

  test('depth is bounded: no text can overflow the stack', () => {
    const many = 100_000;
    for (const text of [
      '('.repeat(many) + 1 + ')'.repeat(many),
      '-'.repeat(many) + 1,
      `1${' + 1'.repeat(many)}`,
      `2${' ** 2'.repeat(many)}`,
    ]) {
      expect(problem(text).code).toBe('expression-syntax');
    }
    expect(pythonValue('('.repeat(400) + 1 + ')'.repeat(400))).toBe(1);
  });
});

test('arbitrary text gives a value or an InputError, nothing else', () => {
  const piece = fc.constantFrom(
    '1',
    '2.5',
    'x',
    '"s"',
    '(',
    ')',
    '+',
    '-',
    '*',
    '/',
    '//',
    '**',
    '%',
    '<',
    '==',
    'and',
    'not',
    'if',
    'else',
    'max',
    ',',
    ' ',
    '[',
    '$',
    "'",
  );
  const text = fc.oneof(
    fc.string(),
    fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join(' ')),
  );
  fc.assert(
    fc.property(text, (t) => {
      try {
        pythonValue(t, { x: 3 });
        evaluateLinear(parseExpression(t), (name) => name === 'x', new Map());
      } catch (error) {
        expect(error).toBeInstanceOf(InputError);
      }
    }),
    lawOptions(4000),
  );
});

describe('linear forms', () => {
  const isCounter = (name: string) => ['a', 'b', 'c'].includes(name);
  const formOf = (text: string) => {
    const { constant, coefficients } = evaluateLinear(parseExpression(text), isCounter, new Map([['bits', 8]]));
    return { constant, ...Object.fromEntries(coefficients) };
  };

  test('coefficients worked by hand', () => {
    expect(formOf('a * bits / 64 + b')).toEqual({ constant: 0, a: 0.125, b: 1 });
    expect(formOf('2 * (a - b) - -a + 3')).toEqual({ constant: 3, a: 3, b: -2 });
    expect(formOf('a if bits > 4 else b')).toEqual({ constant: 0, a: 1 });
    expect(formOf('max(1, bits) * +c')).toEqual({ constant: 0, c: 8 });
  });

  test.each([
    'a * b',
    'bits / a',
    'a ** 1',
    'a // 2',
    'a % 2',
    'max(a, 1)',
    'a > 1',
    'not a',
    'a and 1',
    '1 if a else 2',
  ])('%s is not linear', (text) => {
    expect(problemOf(() => formOf(text)).code).toBe('expression-not-linear');
  });

  test('a constant that is no number is an error', () => {
    expect(problemOf(() => formOf('a * "x"')).code).toBe('expression-not-a-number');
    expect(problemOf(() => formOf('a / 0')).code).toBe('expression-not-a-number');
  });

  /** Texts that are linear in a, b and c by construction; whole numbers keep both ways of evaluating exact. */
  const linear = fc.letrec<{ form: string }>((tie) => ({
    form: fc.oneof(
      { maxDepth: 5 },
      fc.constantFrom('a', 'b', 'c', '3', '-2'),
      fc.tuple(tie('form'), fc.constantFrom('+', '-'), tie('form')).map(([x, op, y]) => `(${x} ${op} ${y})`),
      fc.tuple(fc.integer({ min: -9, max: 9 }), tie('form')).map(([k, x]) => `(${k}) * (${x})`),
      tie('form').map((x) => `-(${x})`),
      tie('form').map((x) => `(${x}) / 2`),
    ),
  })).form;

  test('a linear form has the value of the expression, whatever the variables', () => {
    const number = fc.integer({ min: -1000, max: 1000 });
    fc.assert(
      fc.property(linear, number, number, number, (text, a, b, c) => {
        const { constant, coefficients } = evaluateLinear(parseExpression(text), isCounter, new Map());
        const values = { a, b, c };
        const viaForm = [...coefficients].reduce((sum, [name, k]) => sum + k * values[name as 'a'], constant);
        expect(viaForm).toBeCloseTo(Number(pythonValue(text, values)), 6);
      }),
      lawOptions(1000),
    );
  });
});

test('a range that is too long says how long one may be', () => {
  const [problem] = diagnosticsOf(() => evaluateExpression('sum(range(10 ** 9))', new Map()));
  expect(problem.expected).toContain('at most 10000 values');
});
