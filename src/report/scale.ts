import { engineering } from './numbers.ts';

/** A range, and the round numbers within it. */
export interface Axis {
  readonly low: number;
  readonly high: number;
  readonly ticks: readonly number[];
}

/** An axis with exactly this range. */
export function exactAxis(low: number, high: number, about: number): Axis {
  return { low, high, ticks: roundNumbers(low, high, roundStep((high - low) / about)) };
}

/** A range below this share of its values is drawn flat: it is noise, and its ticks would be long numbers. */
const FLAT = 1e-4;

/** An axis around this range that begins and ends at round numbers. An empty range is widened. */
export function roundAxis(low: number, high: number, about = 4): Axis {
  const room = high - low > FLAT * Math.max(Math.abs(low), Math.abs(high)) ? 0 : 0.1 * Math.abs(high) || 1;
  const [from, to] = low >= 0 ? [Math.max(0, low - room), high + room] : [low - room, high + room];
  const step = roundStep((to - from) / about);
  const [first, last] = [Math.floor(from / step + 1e-9), Math.ceil(to / step - 1e-9)];
  return exactRound(first, last, step);
}

function exactRound(first: number, last: number, step: number): Axis {
  const ticks = Array.from({ length: last - first + 1 }, (_, i) => clean((first + i) * step));
  return { low: ticks[0], high: ticks[ticks.length - 1], ticks };
}

/** The smallest of 1, 2 and 5 times a power of ten that is at least `least`. */
function roundStep(least: number): number {
  if (!(least > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(least));
  return clean(power * ([1, 2, 5].find((digit) => digit * power >= least * (1 - 1e-9)) ?? 10));
}

function roundNumbers(low: number, high: number, step: number): number[] {
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => clean((first + i) * step));
}

/** Drops the last digits, which come from rounding in the multiplication. */
function clean(value: number): number {
  return Number(value.toPrecision(12));
}

/** The position of a value along the axis, 0 to 1. */
export function along({ low, high }: Axis, value: number): number {
  return high > low ? (value - low) / (high - low) : 0;
}

/** Decades beside the outermost values of a logarithmic axis. */
const LOG_ROOM = 0.08;

/** A logarithmic axis fitted to a range: ticks at decades; at 1, 2 and 5 if there are few; those of a linear axis if that leaves one. */
export function logAxis(least: number, most: number, about: number): Axis {
  const [low, high] = [least * 10 ** -LOG_ROOM, most * 10 ** LOG_ROOM];
  const within = (digits: readonly number[]): number[] => {
    const [first, last] = [Math.floor(Math.log10(low)), Math.ceil(Math.log10(high))];
    const powers = Array.from({ length: last - first + 1 }, (_, i) => first + i);
    const all = powers.flatMap((power) => digits.map((digit) => Number(`${digit}e${power}`)));
    return all.filter((tick) => tick >= low && tick <= high);
  };
  const found = [within([1]), within([1, 2, 5])].find(({ length }, i) => length >= 3 - i);
  const ticks = found ?? exactAxis(low, high, about).ticks.filter((tick) => tick > 0);
  const every = Math.max(1, Math.ceil(ticks.length / about));
  return { low, high, ticks: ticks.filter((_, i) => i % every === 0) };
}

/** The position of a value along a logarithmic axis, 0 to 1. */
export function alongLog({ low, high }: Axis, value: number): number {
  return Math.log(value / low) / Math.log(high / low);
}

/** The unit with a prefix that suits the axis, and the labels of its ticks in that unit. */
export function axisLabels(axis: Axis, unit: string): { readonly unit: string; readonly labels: readonly string[] } {
  const { ticks } = axis;
  const exponent = exponentOf(axis, unit);
  const step = ticks.length > 1 ? (ticks[1] - ticks[0]) / 10 ** exponent : 1;
  const digits = Math.min(12, Math.max(0, -Math.floor(Math.log10(step) + 1e-9)));
  return {
    unit: prefixed(exponent, unit),
    labels: ticks.map((tick) => (tick === 0 ? '0' : (tick / 10 ** exponent).toFixed(digits))),
  };
}

/** Formats values with the axis's prefix, all to the digit that is the third of `largest`: 0.95 V beside 1.00 V. */
export function inUnitOf(axis: Axis, unit: string, largest: number): (value: number) => string {
  const exponent = exponentOf(axis, unit);
  const digits = largest > 0 ? 2 - Math.floor(Math.log10(largest / 10 ** exponent) + 1e-9) : 0;
  return (value) => `${(value / 10 ** exponent).toFixed(Math.max(0, digits))} ${prefixed(exponent, unit)}`;
}

/** The exponent, a multiple of three, that suits the larger end. */
function exponentOf({ low, high }: Axis, unit: string): number {
  const largest = Math.max(Math.abs(low), Math.abs(high));
  if (unit === '' || unit === '°C' || !(largest > 0)) return 0;
  return 3 * Math.min(3, Math.max(-4, Math.floor(Math.log10(largest * (1 + 1e-9)) / 3)));
}

function prefixed(exponent: number, unit: string): string {
  return engineering(Number(`1e${exponent}`), unit).replace(/^\S+ ?/, '');
}
