import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Diagnostic } from '../../src/base/errors.ts';
import { cellSpan, readCsv, splitCsv, wholeNumber } from '../../src/formats/csv.ts';

function places(text: string): string[] {
  const source = { file: 'f', text };
  return readCsv(source)
    .flat()
    .map((cell) => {
      const { line, column, length } = cellSpan(source, cell);
      return `${cell.text} ${line}:${column}+${length}`;
    });
}

test('cells know their place, however the line is written', () => {
  expect(places('a,b\r\n# c, d\r\n\r\n  x , "y, z",\n')).toEqual([
    'a 1:1+1',
    'b 1:3+1',
    'x 4:3+1',
    'y, z 4:7+6',
    ' 4:14+1',
  ]);
});

test('letters of several bytes count as what they are in the text', () => {
  expect(places('é,\u{1f600},z\n')).toEqual(['é 1:1+1', '\u{1f600} 1:3+2', 'z 1:6+1']);
});

test('rows of blanks are left out, a text of one row needs no line end', () => {
  expect(readCsv({ file: 'f', text: ' ,\n\n,,' })).toEqual([]);
  expect(places('a')).toEqual(['a 1:1+1']);
});

// A quote in a comment sends the same text through csv-parse, with which plain texts must agree.
test('a text without quotes has the same cells as under csv-parse', () => {
  const piece = fc.constantFrom(
    'a',
    '1.5',
    '-2e-3',
    ',',
    '\n',
    '\r\n',
    '\r',
    ' ',
    '\t',
    '#',
    '\u00a0',
    '\ufeff',
    'é',
    ':',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
      const text = pieces.join('');
      const cells = (all: string) => attemptOf(() => readCsv({ file: 'f', text: all }));
      expect(cells(text)).toEqual(cells(`${text}\n#"\n`));
    }),
    { numRuns: 2000 },
  );
});

function attemptOf<T>(doing: () => T): T | string {
  try {
    return doing();
  } catch (error) {
    return String(error);
  }
}

test("SCALE-Sim's splitting knows no quotes and no comments", () => {
  const rows = splitCsv({ file: 'f', text: '# "a,b"\n\n c ,' });
  expect(rows.map((row) => row.map((cell) => cell.text))).toEqual([['# "a', 'b"'], [''], ['c', '']]);
});

test.each([
  ['7', 7],
  ['+7', 7],
  ['007', 7],
  ['-0', 0],
  ['7.0', 'wrong-type'],
  ['1e3', 'wrong-type'],
  ['', 'missing-key'],
  ['-7', 'out-of-range'],
  ['1e10', 'out-of-range'],
])('%j as a whole number', (text, expected) => {
  const problems: Diagnostic[] = [];
  const value = wholeNumber({ file: 'f', text }, { text, from: 0, to: text.length }, 'it', 0, problems);
  expect(value ?? problems[0].code).toBe(expected);
  expect(problems).toHaveLength(value === undefined ? 1 : 0);
});
