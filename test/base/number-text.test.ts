import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fixedText, NumberText, nineDigits, significantText } from '../../src/base/number-text.ts';
import { lawOptions } from '../tier.ts';

function written(values: readonly number[]): string {
  const out = new NumberText();
  for (const value of values) {
    out.number(value);
    out.byte(10);
  }
  return out.take();
}

const expected = (values: readonly number[]): string => values.map((value) => `${nineDigits(value)}\n`).join('');

/** Doubles whose tenth digit is at or near a tie, in any decade. */
const nearTies = fc
  .tuple(fc.integer({ min: 1e8, max: 1e9 - 1 }), fc.integer({ min: -20, max: 12 }), fc.integer({ min: -2, max: 2 }))
  .map(([nine, exponent, off]) => {
    const tie = Number(`${nine}5e${exponent}`);
    return tie + off * Number.EPSILON * tie;
  });

test.each([
  ['any double', fc.double()],
  ['doubles of the sizes of results', fc.double({ min: 1e-9, max: 1e12, noNaN: true })],
  ['nine digits and a tie', nearTies],
  ['whole numbers', fc.maxSafeInteger()],
  ['short decimals', fc.tuple(fc.integer(), fc.integer({ min: 0, max: 12 })).map(([n, k]) => n / 10 ** k)],
])('%s: as String of nine digits', (_, value) => {
  fc.assert(
    fc.property(fc.array(value, { minLength: 20, maxLength: 50 }), (values) => {
      expect(written(values)).toBe(expected(values));
      const negative = values.map((one) => -one);
      expect(written(negative)).toBe(expected(negative));
    }),
    lawOptions(4000, 400),
  );
});

test('powers of ten, their neighbours, and what is no number', () => {
  const powers = Array.from({ length: 40 }, (_, k) => 10 ** (k - 20));
  const values = powers.flatMap((p) => [p, p * (1 - Number.EPSILON), p * (1 + Number.EPSILON), p * 0.9999999995]);
  const odd = [0, -0, Number.NaN, Number.POSITIVE_INFINITY, Number.MIN_VALUE, Number.MAX_VALUE, 999999999.5];
  expect(written([...values, ...odd])).toBe(expected([...values, ...odd]));
});

test('texts of any characters and any length keep their place', () => {
  const long = 'ä😀'.repeat(50_000);
  const out = new NumberText();
  out.number(1.5);
  out.text(long);
  out.number(-0.25);
  expect(out.take()).toBe(`1.5${long}-0.25`);
});

test.each([
  ['any double', fc.double()],
  ['readings', fc.double({ min: 1e-7, max: 1e6, noNaN: true })],
  [
    'at or near a tie',
    fc
      .tuple(fc.integer({ min: 0, max: 99999 }), fc.integer({ min: -8, max: 3 }), fc.integer({ min: -2, max: 2 }))
      .map(([n, exponent, off]) => Number(`${n}5e${exponent}`) * (1 + off * Number.EPSILON)),
  ],
  ['short decimals', fc.tuple(fc.integer(), fc.integer({ min: 0, max: 12 })).map(([n, k]) => n / 10 ** k)],
])('%s: digits and decimals as toPrecision and toFixed have them', (_, value) => {
  fc.assert(
    fc.property(value, fc.integer({ min: 1, max: 9 }), fc.integer({ min: 0, max: 4 }), (size, digits, decimals) => {
      for (const one of [size, -size]) {
        expect(significantText(one, digits)).toBe(String(Number(one.toPrecision(digits))));
        expect(fixedText(one, decimals)).toBe(one.toFixed(decimals));
      }
    }),
    lawOptions(20_000, 2000),
  );
});
