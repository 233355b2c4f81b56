import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nineDigits } from '../../src/base/number-text.ts';
import { writeCsv } from '../../src/report/files/csv.ts';
import { engineering, percent, timeTexts, unbroken } from '../../src/report/numbers.ts';
import { fittedTables, textTable } from '../../src/report/table.ts';

test.each([
  [0, '0'],
  [1 / 3, '0.333333333'],
  [2 / 3, '0.666666667'],
  [0.0002147245, '0.0002147245'],
  [4.377438474e-7, '4.37743847e-7'],
  [-1.5, '-1.5'],
  [123456789.123, '123456789'],
  // Counts are exact, however many digits they take.
  [1814073344, '1814073344'],
  [Number.MAX_SAFE_INTEGER, '9007199254740991'],
])('nineDigits(%d) is %s', (value, text) => {
  expect(String(nineDigits(value))).toBe(text);
});

test('nineDigits keeps nine significant digits', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      const read = nineDigits(value);
      expect(Math.abs(read - value)).toBeLessThanOrEqual(Math.abs(value) * 5e-9 + Number.MIN_VALUE);
      if (!Number.isInteger(value)) expect(read).toBe(Number(value.toPrecision(9)));
    }),
  );
});

test.each([
  [0, 'J', '0 J'],
  [262e-6, 's', '262 µs'],
  [1814073344, '', '1.81 G'],
  [1.1, 'W', '1.10 W'],
  [12.34, 'W', '12.3 W'],
  [0.0999, 'V', '99.9 mV'],
  // Rounding may reach the next prefix.
  [999.6, 'B', '1.00 kB'],
  [0.9996e-3, 's', '1.00 ms'],
  [-0.005, 'J', '-5.00 mJ'],
  [2.65e-12, 'J', '2.65 pJ'],
  // Beyond the prefixes.
  [1e-15, 'J', '1e-15 J'],
  [1e-300, 'J', '1e-300 J'],
  [1.5e12, 'Hz', '1.50 THz'],
  [1e40, 'Hz', '1e+40 Hz'],
])('engineering(%d, %j) is %s', (value, unit, text) => {
  expect(engineering(value, unit)).toBe(text);
});

test.each([
  [0, '0.0 %'],
  [0.0004, '<0.1 %'],
  [0.0005, '0.1 %'],
  [0.975, '97.5 %'],
  [0.9994, '99.9 %'],
  [0.9996, '100 %'],
  [1, '100 %'],
])('percent(%d) is %s', (share, text) => {
  expect(percent(share)).toBe(text);
});

test('textTable aligns columns, with a rule below the header and above the footer', () => {
  const columns = [
    { title: 'layer', align: 'left' },
    { title: 'MACs', align: 'right' },
  ] as const;
  expect(
    textTable(
      columns,
      [
        ['a', '1'],
        ['longest', '22'],
      ],
      [['total', '12345']],
    ),
  ).toEqual([
    'layer     MACs',
    '--------------',
    'a            1',
    'longest     22',
    '--------------',
    'total    12345',
  ]);
  expect(textTable(columns, [])).toEqual(['layer  MACs', '-----------']);
});

test('writeCsv quotes what needs it, and ends every line with LF', () => {
  expect(
    writeCsv(
      ['name', 'n'],
      [
        ['plain', 1],
        ['with, comma', 0.1],
        ['with "quotes"', 2],
        ['two\nlines', 3],
      ],
    ),
  ).toBe('name,n\nplain,1\n"with, comma",0.1\n"with ""quotes""",2\n"two\nlines",3\n');
});

test('times of a run share a unit, and tell a hundredth of an epoch apart', () => {
  const texts = timeTexts(20, 1e-3);
  expect(texts.text(1.23456789)).toBe('1.23457 s');
  expect(texts.number(1.23457 + 1e-5)).not.toBe(texts.number(1.23457));
  expect(timeTexts(3.15e-3, 1e-4).text(1.41e-3)).toBe('1.410 ms');
  expect(timeTexts(5e-4, 1e-4).text(0)).toBe('0 µs');
  // An epoch of half a second, and a run that ends before it.
  expect(timeTexts(8.25e-3, 0.5).text(8.25e-3)).toBe('8.25 ms');
});

test('a table that is too wide becomes several with the first column; nothing is cut or lost', () => {
  const columns = ['name', 'one', 'two', 'note'].map((title) => ({ title, align: 'right' }) as const);
  const rows = [
    ['a', '11111', '22222', 'a long remark about a'],
    ['b', '3', '4', ''],
  ];
  const footer = [['bound', '5', '', '']];
  expect(fittedTables(columns, rows, footer, 100)).toEqual([textTable(columns, rows, footer)]);
  const narrow = fittedTables(columns, rows, footer, 20);
  expect(narrow.map(([header]) => header.trim().split(/ +/))).toEqual([
    ['name', 'one', 'two'],
    ['name', 'note'],
  ]);
  // The bound says something in the first table alone; the remark stays whole beyond the width.
  expect(narrow.map((lines) => lines.some((line) => line.includes('bound')))).toEqual([true, false]);
  expect(narrow.flat().join('\n')).toContain('a long remark about a');
  expect(Math.max(...narrow[0].map((line) => line.length))).toBeLessThanOrEqual(20);
});

test.each([
  ['met the 6.00 ms deadline at 85.0 °C', 'met the 6.00\u00a0ms deadline at 85.0\u00a0°C'],
  ['8.00 GB/s and 1.58 W over 100 µs', '8.00\u00a0GB/s and 1.58\u00a0W over 100\u00a0µs'],
  // No units: words that begin with the letters of one.
  ['2 misses of 19 inferences in 3 s', '2 misses of 19 inferences in 3\u00a0s'],
])('no line breaks the quantities of "%s"', (text, expected) => {
  expect(unbroken(text)).toBe(expected);
});
