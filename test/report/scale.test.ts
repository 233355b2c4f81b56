import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { along, axisLabels, exactAxis, roundAxis } from '../../src/report/scale.ts';

/** By hand: the ticks nearest to the wanted number with a step of 1, 2 or 5. */
test.each([
  [0, 0.9, 4, [0, 0.5, 1]],
  [0, 1, 2, [0, 0.5, 1]],
  [0, 12.2, 4, [0, 5, 10, 15]],
  [0.65, 0.9, 3, [0.6, 0.7, 0.8, 0.9]],
  [-3, 7, 4, [-5, 0, 5, 10]],
  // A range of nothing has a tenth around it, and nothing at all has a whole one.
  [0.9, 0.9, 3, [0.8, 0.9, 1]],
  [0, 0, 2, [0, 0.5, 1]],
])('roundAxis(%d, %d, %d) has ticks %j', (low, high, about, ticks) => {
  expect(roundAxis(low, high, about).ticks).toEqual(ticks);
});

test('an exact axis keeps its range; its ticks are inside', () => {
  expect(exactAxis(0.13, 0.87, 4)).toEqual({ low: 0.13, high: 0.87, ticks: [0.2, 0.4, 0.6, 0.8] });
});

describe('for any range', () => {
  const value = fc.double({ min: -1e9, max: 1e9, noNaN: true }).map((v) => (Math.abs(v) < 1e-9 ? 0 : v));

  test('a round axis covers it in few steps of 1, 2 or 5', () => {
    fc.assert(
      fc.property(value, value, (a, b) => {
        const [low, high] = [Math.min(a, b), Math.max(a, b)];
        const axis = roundAxis(low, high);
        const room = 1e-6 * (axis.high - axis.low);
        expect(axis.low).toBeLessThanOrEqual(low + room);
        expect(axis.high).toBeGreaterThanOrEqual(high - room);
        expect(axis.ticks.length).toBeLessThanOrEqual(7);
        expect(axis.ticks.length).toBeGreaterThanOrEqual(2);
        const digits = (axis.ticks[1] - axis.ticks[0]).toPrecision(6).replace(/e.*/, '').replace(/[.0]/g, '');
        expect(['1', '2', '5']).toContain(digits);
      }),
    );
  });
});

test.each([
  [0, 0.9, 'V', ['0', '500', '1000'], 'mV', exactAxis(0, 0.9, 2)],
  [0, 1e9, 'Hz', ['0', '0.5', '1.0'], 'GHz', roundAxis(0, 1e9, 2)],
  [0, 12.2, 'W', ['0', '5', '10', '15'], 'W', roundAxis(0, 12.2)],
  [0, 4e-4, 's', ['0', '200', '400'], 'µs', roundAxis(0, 4e-4, 2)],
  [44, 46, '°C', ['44.0', '44.5', '45.0', '45.5', '46.0'], '°C', roundAxis(44, 46)],
  [0, 1, '', ['0', '0.5', '1.0'], '', roundAxis(0, 1, 2)],
])('labels of %d to %d %s are %j %s', (_low, _high, unit, labels, prefixed, axis) => {
  const made = axisLabels(axis, unit);
  expect(made.unit).toBe(prefixed);
  expect(made.labels).toEqual(labels.slice(0, axis.ticks.length));
});

test('along goes from 0 to 1', () => {
  const axis = exactAxis(2, 6, 4);
  expect([2, 3, 6].map((value) => along(axis, value))).toEqual([0, 0.25, 1]);
});
