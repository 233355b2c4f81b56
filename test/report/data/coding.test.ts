import fc from 'fast-check';
import { expect, test } from 'vitest';
import { codeIntegers, decodeIntegers } from '../../../src/report/data/coding.ts';
import {
  codeColumn,
  codeTimes,
  decodeColumn,
  decodeTimes,
  ticksPerSecond,
} from '../../../src/report/data/numbers-coded.ts';
import { lawOptions } from '../../tier.ts';

test('by hand: 1, 2, 2 are differences of 1, 1 and 0', () => {
  // Folded 2, 2, 0; their mean of 4/3 gives the parameter floor(log2(7/3)) = 1 in 5 bits: 00001.
  // Rice codes of parameter 1: 2 = 10 0, 2 = 10 0, 0 = 0 0. Together 00001100 10000000 (one bit of filling): 0x0c 0x80.
  expect(codeIntegers([1, 2, 2])).toBe(btoa('\x0c\x80'));
});

test('whole numbers come back as they were, however large their steps', () => {
  const whole = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.integer(), fc.integer({ min: -(2 ** 51), max: 2 ** 51 }));
  fc.assert(
    fc.property(fc.array(whole, { maxLength: 300 }), (values) => {
      expect([...decodeIntegers(codeIntegers(values), values.length)]).toEqual(values);
    }),
    lawOptions(),
  );
});

test('a text cut short ends, with zeros or repeated values', () => {
  const text = codeIntegers(Array.from({ length: 200 }, (_, i) => i * i));
  expect(decodeIntegers(text.slice(0, 40), 200)).toHaveLength(200);
});

test('columns of few values, and of whole numbers, are exact', () => {
  const clocks = Float64Array.from({ length: 1000 }, (_, i) => [2e8, 0.1 + 0.2, 8e8][i % 3]);
  expect(decodeColumn(codeColumn(clocks), 1000)).toEqual(clocks);
  const layers = Float64Array.from({ length: 1000 }, (_, i) => (i % 300) - 1);
  expect(decodeColumn(codeColumn(layers), 1000)).toEqual(layers);
});

test('other columns are off by at most half a level of 4,095', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 70, maxLength: 300 }),
      (list) => {
        const column = Float64Array.from(list);
        const back = decodeColumn(codeColumn(column), column.length);
        const range = Math.max(...list) - Math.min(...list);
        const room = (0.5 * range) / 4095 + 1e-12 * Math.max(...list.map(Math.abs));
        back.forEach((value, i) => {
          expect(Math.abs(value - column[i])).toBeLessThanOrEqual(room);
        });
      },
    ),
    lawOptions(),
  );
});

test('times keep eleven digits of the run, and even steps take next to nothing', () => {
  const ticks = ticksPerSecond(20);
  // 20 s in 10^11 to 10^12 ticks.
  expect(ticks).toBe(1e10);
  const timeS = Float64Array.from({ length: 20_001 }, (_, i) => i * 1e-3);
  const coded = codeTimes(timeS, ticks);
  expect(decodeTimes(coded, ticks)).toEqual(timeS.map((s) => Number(s.toFixed(10))));
  expect(coded.steps.length).toBeLessThan(6000);
});
