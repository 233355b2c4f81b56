import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Dimension, parseQuantity } from '../../src/base/units.ts';
import { problemOf } from '../energy/support.ts';

describe('parseQuantity', () => {
  // The right-hand side is the double nearest the decimal number, written out; 1 KiB is 1024 B.
  test.each<[string, Dimension, number]>([
    ['5ms', 'time', 0.005],
    ['100ns', 'time', 100e-9],
    ['3ps', 'time', 3e-12],
    ['7us', 'time', 7e-6],
    ['2s', 'time', 2],
    // As we print them: the micro sign, the Greek letter, degrees Celsius (273.15 K are 0 °C).
    ['262 \u00b5s', 'time', 262e-6],
    ['262 \u03bcs', 'time', 262e-6],
    ['80.5 °C', 'temperature', 353.65],
    ['0.1GHz', 'frequency', 1e8],
    ['800MHz', 'frequency', 8e8],
    ['32.768kHz', 'frequency', 32768],
    ['50Hz', 'frequency', 50],
    ['1.05V', 'voltage', 1.05],
    ['950mV', 'voltage', 0.95],
    ['30mW', 'power', 0.03],
    ['2.5W', 'power', 2.5],
    ['3uW', 'power', 3e-6],
    ['8pJ', 'energy', 8e-12],
    ['0.3fJ', 'energy', 0.3e-15],
    ['4nJ', 'energy', 4e-9],
    ['4uJ', 'energy', 4e-6],
    ['4mJ', 'energy', 4e-3],
    ['4J', 'energy', 4],
    ['8pJ/bit', 'energy per bit', 8e-12],
    ['7fJ/bit', 'energy per bit', 7e-15],
    ['64KiB', 'capacity', 65536],
    ['1.5MiB', 'capacity', 1572864],
    ['2GiB', 'capacity', 2147483648],
    ['1MB', 'capacity', 1e6],
    ['12B', 'capacity', 12],
    ['8GB/s', 'bandwidth in bytes', 8e9],
    ['1GiB/s', 'bandwidth in bytes', 1073741824],
    ['8bit', 'width', 8],
    ['8 bits', 'width', 8],
    ['45nm', 'length', 45e-9],
    ['1.2mm', 'length', 1.2e-3],
    ['12mm2', 'area', 12e-6],
    ['3 um2', 'area', 3e-12],
    ['1e2m2', 'area', 100],
    ['0V', 'voltage', 0],
    ['-0V', 'voltage', 0],
    ['0e9V', 'voltage', 0],
    [' 1e3 MHz ', 'frequency', 1e9],
    ['.5V', 'voltage', 0.5],
    ['5.V', 'voltage', 5],
    ['+5V', 'voltage', 5],
  ])('%s is a %s of %d', (text, dimension, si) => {
    expect(parseQuantity(text, dimension)).toBe(si);
  });

  test('a decimal prefix is a shift of the decimal point, correctly rounded', () => {
    const exponents = { GHz: 9, MHz: 6, kHz: 3, Hz: 0 };
    const mantissa = fc.tuple(fc.nat(999999), fc.nat(999999)).map(([a, b]) => `${a}.${b}`);
    fc.assert(
      fc.property(mantissa, fc.constantFrom(...Object.entries(exponents)), (digits, [suffix, exponent]) => {
        expect(parseQuantity(digits + suffix, 'frequency')).toBe(Number(`${digits}e${exponent}`));
      }),
    );
  });

  test.each<[unknown, Dimension, string, string | undefined]>([
    [800, 'frequency', 'missing-unit', undefined],
    ['800', 'frequency', 'missing-unit', undefined],
    [1e21, 'frequency', 'missing-unit', undefined],
    ['800mhz', 'frequency', 'wrong-unit', '800MHz'],
    ['5V', 'frequency', 'wrong-unit', undefined],
    ['5GB', 'bandwidth in bytes', 'wrong-unit', undefined],
    ['fast', 'frequency', 'wrong-type', undefined],
    ['', 'frequency', 'wrong-type', undefined],
    [Number.NaN, 'frequency', 'wrong-type', undefined],
    [Number.POSITIVE_INFINITY, 'frequency', 'wrong-type', undefined],
    [true, 'frequency', 'wrong-type', undefined],
    [null, 'frequency', 'wrong-type', undefined],
    [['5V'], 'voltage', 'wrong-type', undefined],
    // A mapping that String() cannot show.
    [{ toString: 5 }, 'frequency', 'wrong-type', undefined],
    ['-5MHz', 'frequency', 'out-of-range', undefined],
    ['1e999Hz', 'frequency', 'out-of-range', undefined],
    ['1e99999999999999999999999Hz', 'frequency', 'out-of-range', undefined],
    ['1e31Hz', 'frequency', 'out-of-range', undefined],
    // Not zero, only too small for a double or for this world.
    ['1e-400s', 'time', 'out-of-range', undefined],
    ['1e-31s', 'time', 'out-of-range', undefined],
  ])('%j is no %s: %s', (input, dimension, code, suggestion) => {
    expect(problemOf(() => parseQuantity(input, dimension))).toMatchObject({ code, suggestion });
  });

  test('the message names the unit that is wanted', () => {
    expect(() => parseQuantity(800, 'frequency')).toThrow(
      'error[missing-unit]: 800 has no unit\n  = expected a frequency with its unit, such as 800MHz',
    );
    expect(() => parseQuantity('x', 'energy')).toThrow('"x" is not an energy');
  });

  test('a long text of digits is refused at once', () => {
    const start = performance.now();
    expect(problemOf(() => parseQuantity(`${'1'.repeat(50_000)}!`, 'time')).code).toBe('wrong-type');
    // Trying every way to split the digits takes tens of seconds.
    expect(performance.now() - start).toBeLessThan(1000);
  });
});
