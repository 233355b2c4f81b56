import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Diagnostic,
  ERROR_CODES,
  fail,
  formatDiagnostic,
  InputError,
  inSourceOrder,
  nearestName,
  placedAt,
  type Span,
} from '../../src/base/errors.ts';

const at = (line: number, column: number, length: number, lineText: string): Span => ({
  file: 'a.yaml',
  line,
  column,
  length,
  lineText,
});

describe('formatDiagnostic', () => {
  test('code and message alone', () => {
    expect(formatDiagnostic({ code: 'file-not-found', message: 'no such file: x' })).toBe(
      'error[file-not-found]: no such file: x',
    );
  });

  test('the line with carets, what was expected, the nearest name', () => {
    const diagnostic: Diagnostic = {
      code: 'unknown-key',
      message: 'unknown key "rwos" in "array"',
      span: at(8, 3, 4, '  rwos: 32'),
      expected: 'one of rows, columns',
      suggestion: 'rows',
    };
    expect(formatDiagnostic(diagnostic).split('\n')).toEqual([
      'error[unknown-key]: unknown key "rwos" in "array"',
      ' --> a.yaml:8:3',
      '  |',
      '8 |   rwos: 32',
      '  |   ^^^^',
      '  = expected one of rows, columns',
      '  = did you mean "rows"?',
    ]);
  });

  test('the gutter is as wide as the line number', () => {
    const text = formatDiagnostic({ code: 'wrong-type', message: 'm', span: at(120, 1, 1, 'x'), expected: 'y' });
    expect(text.split('\n').slice(1)).toEqual([
      '   --> a.yaml:120:1',
      '    |',
      '120 | x',
      '    | ^',
      '    = expected y',
    ]);
  });

  test('carets stand below tabs as the terminal draws them', () => {
    const [, , , source, carets] = formatDiagnostic({
      code: 'wrong-type',
      message: 'm',
      span: at(1, 4, 2, '\ta\tbc'),
    }).split('\n');
    expect(source).toBe('1 | \ta\tbc');
    expect(carets).toBe('  | \t \t^^');
  });

  test('at least one caret, also behind the end of the line', () => {
    expect(formatDiagnostic({ code: 'wrong-type', message: 'm', span: at(1, 3, 0, 'ab') })).toMatch(/\n {2}\| {3}\^$/);
  });

  test('control characters do not reach the terminal', () => {
    const text = formatDiagnostic({ code: 'wrong-type', message: 'a\u001b[2J', span: at(1, 2, 1, '\u001b]0;x\u0007') });
    expect(text).not.toMatch(/[^\P{Cc}\n\t]/u);
    expect(text).toContain('1 | \ufffd]0;x\ufffd');
  });

  test('a very long line is drawn around what is wrong', () => {
    const lineText = `${'a'.repeat(500)}BAD${'c'.repeat(500)}`;
    const [, , , source, carets] = formatDiagnostic({
      code: 'wrong-type',
      message: 'm',
      span: at(1, 501, 3, lineText),
    }).split('\n');
    expect(source.length).toBeLessThan(180);
    expect(source.slice(carets.indexOf('^'), carets.lastIndexOf('^') + 1)).toBe('BAD');
  });

  test('carets end with the part of a long line that is drawn', () => {
    const [, , , source, carets] = formatDiagnostic({
      code: 'wrong-type',
      message: 'm',
      span: at(1, 1, 10_000, 'a'.repeat(10_000)),
    }).split('\n');
    expect(carets.length).toBeLessThanOrEqual(source.length);
  });
});

describe('InputError', () => {
  test('carries all diagnostics, each once', () => {
    const one: Diagnostic = { code: 'wrong-type', message: 'a', span: at(1, 1, 1, 'x') };
    const error = new InputError([one, { ...one }, { ...one, message: 'b' }]);
    expect(error.diagnostics.map((d) => d.message)).toEqual(['a', 'b']);
    expect(error.message.match(/error\[/g)).toHaveLength(2);
    expect(error).toBeInstanceOf(Error);
    expect(error.name).toBe('InputError');
  });

  test('placedAt gives a place to what has none', () => {
    const place = at(3, 1, 1, 'here');
    const other = at(9, 1, 1, 'there');
    const run = () => {
      throw new InputError([
        { code: 'wrong-type', message: 'a' },
        { code: 'wrong-type', message: 'b', span: other },
      ]);
    };
    try {
      placedAt(place, run);
      expect.unreachable();
    } catch (error) {
      expect((error as InputError).diagnostics.map((d) => d.span)).toEqual([place, other]);
    }
    expect(placedAt(place, () => 5)).toBe(5);
    expect(() =>
      placedAt(place, () => {
        throw new TypeError('a defect');
      }),
    ).toThrow(TypeError);
  });

  test('inSourceOrder sorts by line and column and keeps the order within a place', () => {
    const d = (message: string, line?: number, column = 1): Diagnostic => ({
      code: 'wrong-type',
      message,
      span: line === undefined ? undefined : at(line, column, 1, ''),
    });
    const sorted = inSourceOrder([d('c', 2, 5), d('b', 2, 1), d('e', 3), d('b2', 2, 1), d('a')]);
    expect(sorted.map((x) => x.message)).toEqual(['a', 'b', 'b2', 'c', 'e']);
  });

  test('fail throws one', () => {
    expect(() => fail('wrong-unit', 'no', { suggestion: 'V' })).toThrow('error[wrong-unit]: no\n  = did you mean "V"?');
  });

  test('codes are different', () => {
    expect(new Set(ERROR_CODES).size).toBe(ERROR_CODES.length);
  });
});

describe('nearestName', () => {
  test.each<[string, string[], string | undefined]>([
    ['resnet81', ['alexnet', 'resnet18', 'resnet50'], 'resnet18'], // a swap is one slip
    ['EDGE-NPU', ['edge-npu'], 'edge-npu'], // case is none
    ['polices', ['policies', 'components'], 'policies'],
    ['frequncy', ['frequency'], 'frequency'],
    ['gpu', ['edge-npu'], undefined],
    ['wss', ['os', 'ws', 'is'], 'ws'],
    // Two letters are always two slips from two others: no suggestion.
    ['zz', ['os', 'ws', 'is'], undefined],
    ['x', ['os', 'y'], undefined],
    ['', ['a'], undefined],
    ['abc', [], undefined],
  ])('%s among %j: %s', (name, candidates, nearest) => {
    expect(nearestName(name, candidates)).toBe(nearest);
  });

  test('a name is nearest to itself, and one slip away is found among strangers', () => {
    const word = fc.stringMatching(/^[a-z]{4,12}$/);
    fc.assert(
      fc.property(word, fc.nat(), (name, i) => {
        expect(nearestName(name, [name])).toBe(name);
        const at = i % name.length;
        expect(nearestName(name.slice(0, at) + name.slice(at + 1), ['0123456789012345', name])).toBe(name);
      }),
    );
  });

  test('a name of a megabyte costs nothing', () => {
    const start = performance.now();
    expect(nearestName('x'.repeat(1_000_000), ['rows', 'columns'])).toBeUndefined();
    expect(performance.now() - start).toBeLessThan(200);
  });
});

test('fifty errors are shown, and said how many more there are', () => {
  // Codes in turn, so that none comes ten times among the first 51.
  const many = (n: number) =>
    new InputError(
      Array.from({ length: n }, (_, i) => ({ code: ERROR_CODES[i % ERROR_CODES.length], message: `m${i}` })),
    );
  const left = ({ message }: InputError): number =>
    [...message.matchAll(/^and (\d+) more errors?/gm)].reduce((sum, [, count]) => sum + Number(count), 0);
  expect(many(50).message).not.toContain('more error');
  expect(many(51).message).toMatch(/m49\n\nand 1 more error$/);
  expect(many(20_002).message.match(/^error/gm)).toHaveLength(50);
  expect(left(many(20_002))).toBe(20_002 - 50);
  expect(many(20_002).diagnostics).toHaveLength(20_002);
});
