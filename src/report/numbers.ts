import { ZERO_CELSIUS_K } from '../base/units.ts';

const PREFIXES: readonly (readonly [number, string])[] = [
  [1e15, 'P'],
  [1e12, 'T'],
  [1e9, 'G'],
  [1e6, 'M'],
  [1e3, 'k'],
  [1, ''],
  [1e-3, 'm'],
  [1e-6, 'µ'],
  [1e-9, 'n'],
  [1e-12, 'p'],
];

/** Three significant digits with an SI prefix: `262 µs`, `1.81 G`. */
export function engineering(value: number, unit: string): string {
  if (value === 0) return `0 ${unit}`.trimEnd();
  const rounded = Number(value.toPrecision(3));
  const [factor, prefix] = PREFIXES.find(([f]) => Math.abs(rounded) >= f) ?? [0, ''];
  // Only unusual inputs lead outside the prefixes.
  if (factor === 0 || Math.abs(rounded) >= 1e18) return `${rounded} ${unit}`.trimEnd();
  return `${threeDigits(rounded / factor)} ${prefix}${unit}`.trimEnd();
}

/** Three significant digits, trailing zeros kept, no exponent: 1.10, 12.3, 512. */
function threeDigits(value: number): string {
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value)) + 1e-12));
  return value.toFixed(digits);
}

/** At most three digits and a prefix, without zeros at the end: `100 G`, `1.5`; beyond the prefixes an exponent. */
export function shortNumber(value: number): string {
  if (value !== 0 && (Math.abs(value) >= 1e18 || Math.abs(value) < 1e-12))
    return value.toExponential(0).replace('+', '');
  return engineering(value, '')
    .replace(/(\.\d*?)0+(?=\s|$)/, '$1')
    .replace(/\.(?=\s|$)/, '');
}

/** A share as a percentage with one decimal: `97.5 %`, `100 %`, `<0.1 %`. */
export function percent(share: number): string {
  const value = 100 * share;
  if (value > 0 && value < 0.05) return '<0.1 %';
  return `${value >= 99.95 ? '100' : value.toFixed(1)} %`;
}

/** The residual of a balance: `1.4e-14`, or `0` if it is exact. */
export function residualText(residual: number): string {
  return residual === 0 ? '0' : residual.toExponential(1);
}

/** A temperature as figures show it: `85.0 °C`. */
export function celsius(temperatureK: number): string {
  return `${(temperatureK - ZERO_CELSIUS_K).toFixed(1)} °C`;
}

/** A number, a blank and a unit, with or without a prefix. */
const QUANTITY = /(\d) (?=(?:[fpnµmkMGTP]?(?:s|J·s|J|W|V|Hz|K|B|B\/s|MAC\/s)|°C|%)(?![\p{L}\d]))/gu;

/** The text with quantities that no line breaks: a number stays beside its unit. */
export function unbroken(text: string): string {
  return text.replace(QUANTITY, '$1\u00a0');
}

/** `1 miss`, `2 misses`. */
export function counted(count: number, one: string, many: string): string {
  return `${groupDigits(count)} ${count === 1 ? one : many}`;
}

/** A number with commas between thousands: `12,345`, `12,345.6`. */
export function groupDigits(value: number): string {
  return String(value).replace(/^-?\d+/, (whole) => whole.replace(/\B(?=(\d{3})+$)/g, ','));
}

/** A coordinate with one decimal, which is finer than any screen shows. */
export function coordinate(value: number): string {
  const text = value.toFixed(1);
  return text.endsWith('.0') ? text.slice(0, -2) : text;
}

/** The times of a run as the page shows them: all in one unit. */
export interface TimeTexts {
  readonly unit: string;
  /** The number alone, for a column with the unit in its title. */
  readonly number: (seconds: number) => string;
  readonly text: (seconds: number) => string;
}

/**
 * Texts of times within a run of `wholeS` seconds: in the unit that suits the whole run, with the digits that tell a hundredth of an
 * epoch apart, so that events of one epoch stay in order.
 */
export function timeTexts(wholeS: number, epochS: number): TimeTexts {
  const [factor, unit] = wholeS >= 1 ? [1, 's'] : wholeS >= 1e-3 ? [1e-3, 'ms'] : [1e-6, 'µs'];
  // An epoch may be longer than the run.
  const leastS = wholeS > 0 ? Math.min(epochS, wholeS) : epochS;
  const decimals = Math.max(0, Math.min(12, 2 + Math.ceil(-Math.log10(leastS / factor) - 1e-9)));
  const number = (seconds: number): string => (seconds / factor).toFixed(decimals);
  return { unit, number, text: (seconds) => `${number(seconds)} ${unit}` };
}

/** The metrics of an objective as people write them: `EDP`. */
export function metricName(objective: string): string {
  return objective.replace(/\bedp\b/, 'EDP').replace(/\bed2p\b/, 'ED²P');
}
