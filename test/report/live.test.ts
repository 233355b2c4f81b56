import { expect, test } from 'vitest';
import { numberIn } from '../../src/report/live/sort-tables.ts';

test('cells sort by their values, whatever their prefixes', () => {
  const cells = [
    '36.3 mW',
    '1.81 G',
    '58.0 W',
    '<0.1 %',
    '95.5 %',
    '262 µs',
    '1,234',
    '3.1e-15',
    '12 MHz',
    '7 B',
    '3 s',
    'pe',
  ];
  const values = [0.0363, 1.81e9, 58, 0.1, 95.5, 262e-6, 1234, 3.1e-15, 12e6, 7, 3, Number.NaN];
  cells.forEach((cell, i) => {
    if (Number.isNaN(values[i])) expect(numberIn(cell)).toBeNaN();
    else expect(numberIn(cell) / values[i]).toBeCloseTo(1, 12);
  });
});
