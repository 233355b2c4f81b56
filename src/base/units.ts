import { describeValue, fail, type Span } from './errors.ts';
import { fixedText } from './number-text.ts';

/** The dimensions of input quantities. Each lists its accepted suffixes and their factors to SI. */
const SUFFIXES = {
  time: { s: 1, ms: 1e-3, us: 1e-6, ns: 1e-9, ps: 1e-12 },
  frequency: { Hz: 1, kHz: 1e3, MHz: 1e6, GHz: 1e9 },
  voltage: { V: 1, mV: 1e-3 },
  power: { W: 1, mW: 1e-3, uW: 1e-6 },
  energy: { J: 1, mJ: 1e-3, uJ: 1e-6, nJ: 1e-9, pJ: 1e-12, fJ: 1e-15 },
  'energy per bit': { 'J/bit': 1, 'nJ/bit': 1e-9, 'pJ/bit': 1e-12, 'fJ/bit': 1e-15 },
  capacity: { B: 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3, kB: 1e3, MB: 1e6, GB: 1e9 },
  'bandwidth in bytes': {
    'B/s': 1,
    'kB/s': 1e3,
    'MB/s': 1e6,
    'GB/s': 1e9,
    'KiB/s': 1024,
    'MiB/s': 1024 ** 2,
    'GiB/s': 1024 ** 3,
  },
  width: { bit: 1, bits: 1 },
  length: { m: 1, mm: 1e-3, um: 1e-6, nm: 1e-9 },
  area: { m2: 1, mm2: 1e-6, um2: 1e-12 },
  capacitance: { F: 1, mF: 1e-3, uF: 1e-6, nF: 1e-9, pF: 1e-12 },
  'voltage slew': { 'V/s': 1, 'V/ms': 1e3, 'mV/us': 1e3, 'V/us': 1e6 },
  'slope per volt': { '/V': 1, '/mV': 1e3 },
  temperature: { C: 1, K: 1 },
  'temperature difference': { K: 1, mK: 1e-3 },
  'frequency per kelvin': { 'Hz/K': 1, 'kHz/K': 1e3, 'MHz/K': 1e6, 'GHz/K': 1e9 },
  'frequency per kelvin second': { 'Hz/K/s': 1, 'kHz/K/s': 1e3, 'MHz/K/s': 1e6, 'GHz/K/s': 1e9 },
  'frequency seconds per kelvin': { 'Hzs/K': 1, 'kHzs/K': 1e3, 'MHzs/K': 1e6, 'GHzs/K': 1e9 },
} as const;

/** 0 °C in K. */
export const ZERO_CELSIUS_K = 273.15;

/** Offset added after the factor. Only the Celsius scale has a zero that is not zero in SI. */
const OFFSETS: Readonly<Record<string, number>> = { 'temperature C': ZERO_CELSIUS_K };

/** A temperature as plain text with two decimals: `85.00 C`. */
export function celsiusText(kelvin: number): string {
  return `${fixedText(kelvin - ZERO_CELSIUS_K, 2)} C`;
}

export type Dimension = keyof typeof SUFFIXES;

export const DIMENSIONS = Object.keys(SUFFIXES) as readonly Dimension[];

/** An example of each dimension for messages. */
const EXAMPLES: Record<Dimension, string> = {
  time: '5ms',
  frequency: '800MHz',
  voltage: '0.9V',
  power: '30mW',
  energy: '2pJ',
  'energy per bit': '8pJ/bit',
  capacity: '64KiB',
  'bandwidth in bytes': '8GB/s',
  width: '8bit',
  length: '45nm',
  area: '12mm2',
  capacitance: '100nF',
  'voltage slew': '10mV/us',
  'slope per volt': '2.6/V',
  temperature: '85C',
  'temperature difference': '2K',
  'frequency per kelvin': '20MHz/K',
  'frequency per kelvin second': '5MHz/K/s',
  'frequency seconds per kelvin': '1MHzs/K',
};

const QUANTITY = /^([+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)\s*([A-Za-z/]*2?)$/;

/** No physical quantity lies outside these bounds in any SI unit. Within them no product of a run overflows a double. */
const SMALLEST = 1e-30;
const LARGEST = 1e30;

/** A dimension as a noun phrase for messages: `a frequency with its unit, such as 800MHz`. */
export function describeQuantity(dimension: Dimension): string {
  return `${withArticle(dimension)} with its unit, such as ${EXAMPLES[dimension]}`;
}

function withArticle(dimension: Dimension): string {
  return `${/^[aeiou]/.test(dimension) ? 'an' : 'a'} ${dimension}`;
}

/**
 * Parses a quantity with a unit suffix ("5ms", "1GHz", "64KiB") and returns it in SI (capacities in bytes, widths in
 * bits). Quantities are zero or positive. Errors: `missing-unit` for a bare number, `wrong-unit` for a suffix of
 * another dimension, `wrong-type` for anything else, `out-of-range` for a negative or physically absurd value.
 */
export function parseQuantity(input: unknown, dimension: Dimension, span?: Span): number {
  const expected = describeQuantity(dimension);
  const shown = describeValue(input);
  const match = typeof input === 'string' || typeof input === 'number' ? QUANTITY.exec(plain(String(input))) : null;
  if (!match) fail('wrong-type', `${shown} is not ${withArticle(dimension)}`, { span, expected });
  const [, digits, suffix] = match;
  if (suffix === '') fail('missing-unit', `${shown} has no unit`, { span, expected });
  const factors: Readonly<Record<string, number>> = SUFFIXES[dimension];
  if (!Object.hasOwn(factors, suffix)) {
    const suffixes = Object.keys(factors);
    const suggestion = suffixes.find((s) => s.toLowerCase() === suffix.toLowerCase());
    fail('wrong-unit', `"${suffix}" is not a unit of ${dimension}`, {
      span,
      expected: `one of ${suffixes.join(', ')}`,
      suggestion: suggestion && digits + suggestion,
    });
  }
  const value = scale(digits, factors[suffix]);
  // A value is zero only if it was written as zero; 1e-400s is out of range.
  if (value === 0 && /^[^eE]*[1-9]/.test(digits)) failRange(shown, dimension, span);
  if (value !== 0 && !(value >= SMALLEST && value <= LARGEST)) failRange(shown, dimension, span);
  return Math.abs(value) + (OFFSETS[`${dimension} ${suffix}`] ?? 0);
}

/** Parses a quantity that may lie on either side of zero: `-2ms`. Returns it in SI. Errors: those of `parseQuantity`. */
export function parseSigned(input: unknown, dimension: Dimension, span?: Span): number {
  const text = typeof input === 'string' ? input.trim() : '';
  return text.startsWith('-') && !/^-\s*[+-]/.test(text)
    ? 0 - parseQuantity(text.slice(1), dimension, span)
    : parseQuantity(input, dimension, span);
}

/** The text with `u` for a millionth, as either of its two letters, and `C` for degrees Celsius: quantities are read as we print them. */
function plain(text: string): string {
  return text
    .trim()
    .replace(/[\u00b5\u03bc]/, 'u')
    .replace('\u00b0C', 'C');
}

function failRange(shown: string, dimension: Dimension, span: Span | undefined): never {
  fail('out-of-range', `${shown} is out of range for ${withArticle(dimension)}`, {
    span,
    expected: 'zero or more, within reason',
  });
}

/**
 * digits x factor, correctly rounded for decimal factors: "8pJ" becomes the double nearest 8e-12, not 8 * 1e-12. A
 * quantity thus does not depend on its prefix.
 */
function scale(digits: string, factor: number): number {
  const exponent = Math.round(Math.log10(factor));
  if (10 ** exponent !== factor && Number(`1e${exponent}`) !== factor) return Number(digits) * factor;
  const [mantissa, own = '0'] = digits.toLowerCase().split('e');
  return Number(`${mantissa}e${Number(own) + exponent}`);
}
