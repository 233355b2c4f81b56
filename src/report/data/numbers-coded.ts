import { codeIntegers, decodeIntegers } from './coding.ts';

/** A column of numbers in a file: a list of the few values that occur, or evenly spaced levels. */
export type CodedColumn =
  | { readonly values: readonly number[]; readonly codes: string }
  | { readonly low: number; readonly step: number; readonly codes: string };

/** With at most this many different values a column keeps each of them exactly. */
const MOST_EXACT = 64;

/** Levels of a column with more values. They are finer than a screen and than the three digits of a read-out. */
const LEVELS = 4095;

/** A column of finite numbers. Values are rounded to one of `levels` evenly spaced ones, unless all are whole or only few occur. */
export function codeColumn(column: Float64Array, levels = LEVELS): CodedColumn {
  const values = fewValues(column);
  if (values) {
    return { values, codes: codeIntegers(indicesOf(column, values)) };
  }
  let [low, high] = [column[0], column[0]];
  for (const value of column) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  const whole = column.every(Number.isSafeInteger);
  const step = whole ? 1 : (high - low) / levels;
  const steps = new Float64Array(column.length);
  for (let i = 0; i < steps.length; i++) steps[i] = Math.round((column[i] - low) / step);
  return { low, step, codes: codeIntegers(steps) };
}

export function decodeColumn(coded: CodedColumn, count: number): Float64Array {
  const column = decodeIntegers(coded.codes, count);
  if ('values' in coded) {
    const { values } = coded;
    for (let i = 0; i < count; i++) column[i] = values[column[i]] ?? Number.NaN;
  } else {
    const { low, step } = coded;
    for (let i = 0; i < count; i++) column[i] = low + step * column[i];
  }
  return column;
}

function fewValues(column: Float64Array): number[] | null {
  const values = new Set<number>();
  let last = Number.NaN;
  for (const value of column) {
    // A column of few values mostly repeats the last one, and a comparison is faster than the set.
    if (value === last) continue;
    values.add(value);
    last = value;
    if (values.size > MOST_EXACT) return null;
  }
  return [...values].sort((a, b) => a - b);
}

function indicesOf(column: Float64Array, values: readonly number[]): Float64Array {
  const index = new Map(values.map((value, i) => [value, i]));
  const indices = new Float64Array(column.length);
  let [last, at] = [Number.NaN, 0];
  for (let i = 0; i < indices.length; i++) {
    if (column[i] !== last) [last, at] = [column[i], index.get(column[i])!];
    indices[i] = at;
  }
  return indices;
}

/** Times that mostly follow each other at equal distances, as whole ticks; their steps are coded, not the times. */
export interface CodedTimes {
  readonly count: number;
  readonly steps: string;
}

export function codeTimes(timeS: ArrayLike<number>, ticksPerS: number): CodedTimes {
  const steps = new Float64Array(timeS.length);
  let last = 0;
  for (let i = 0; i < steps.length; i++) {
    const tick = Math.round(timeS[i] * ticksPerS);
    steps[i] = tick - last;
    last = tick;
  }
  return { count: steps.length, steps: codeIntegers(steps) };
}

/** The times in s. */
export function decodeTimes({ count, steps }: CodedTimes, ticksPerS: number): Float64Array {
  const times = decodeIntegers(steps, count);
  let tick = 0;
  for (let i = 0; i < count; i++) {
    tick += times[i];
    times[i] = tick / ticksPerS;
  }
  return times;
}

/** A power of ten of ticks in a second, so fine that 10^11 to 10^12 ticks make the run. */
export function ticksPerSecond(simulatedS: number): number {
  return simulatedS > 0 ? Number(`1e${11 - Math.floor(Math.log10(simulatedS))}`) : 1e9;
}
