import { type ErrorCode, fail, type Span } from '../../base/errors.ts';

/** A path of the experiment and the values it takes in turn, as written. */
export interface Sweep {
  readonly path: string;
  readonly values: readonly string[];
}

/** Most values of one range. */
const MOST_VALUES = 100_000;

/**
 * Parses `path=a,b,c`, or `path=A..B/STEP`. Errors: `override-invalid` without a path, a value or a sign; those of
 * `valuesOf`.
 */
export function parseSweep(text: string): Sweep {
  const equals = text.indexOf('=');
  const span = spanOf('--sweep', text);
  if (equals < 1) {
    fail('override-invalid', `"${text}" is not a sweep`, { span, expected: 'path=a,b,c, such as limit=75C,85C' });
  }
  return { path: text.slice(0, equals).trim(), values: valuesOf('--sweep', text.slice(equals + 1)) };
}

/**
 * The values of a list `a,b,c` or a range `A..B/STEP`, whose three numbers have one unit. Commas inside brackets and
 * quotes separate nothing. Errors, under the name of the option: `out-of-range` for an empty or reversed range, or too
 * many values; `wrong-type`; `duplicate-name` for a value that appears twice.
 */
export function valuesOf(option: string, text: string): string[] {
  const span = spanOf(option, text);
  const refuse = (code: ErrorCode, message: string, expected: string): never => fail(code, message, { span, expected });
  const values = topLevelParts(text).flatMap((part) => (part.includes('..') ? rangeOf(part, refuse) : [part]));
  if (values.some((value) => value === ''))
    refuse('wrong-type', 'a value is empty', 'values such as 4ms,5ms or 4ms..8ms/1ms');
  const twice = values.find((value, i) => values.indexOf(value) < i);
  if (twice !== undefined) refuse('duplicate-name', `the value ${twice} appears twice`, 'different values');
  return values;
}

const RANGE =
  /^([+-]?[\d.]+(?:[eE][+-]?\d+)?)\s*([A-Za-z/]*\d?)\.\.([+-]?[\d.]+(?:[eE][+-]?\d+)?)\s*([A-Za-z/]*\d?)\/([+-]?[\d.]+(?:[eE][+-]?\d+)?)\s*([A-Za-z/]*\d?)$/;

function rangeOf(text: string, refuse: (code: ErrorCode, message: string, expected: string) => never): string[] {
  const match = RANGE.exec(text.trim());
  const expected = 'FROM..TO/STEP, such as 4ms..8ms/1ms';
  if (!match) return refuse('wrong-type', `"${text}" is not a range`, expected);
  const [, first, unit, last, unitOfLast, by, unitOfStep] = match;
  if (unit !== unitOfLast || unit !== unitOfStep) {
    return refuse('wrong-unit', `the range "${text}" has several units`, 'one unit in all three numbers');
  }
  const [from, to, step] = [Number(first), Number(last), Number(by)];
  if (![from, to, step].every(Number.isFinite)) return refuse('wrong-type', `"${text}" is not a range`, expected);
  if (step <= 0) return refuse('out-of-range', `the step of "${text}" is not above zero`, 'a positive step');
  if (to < from)
    return refuse('out-of-range', `the range "${text}" is reversed`, `${last}${unit}..${first}${unit}/${by}${unit}`);
  const count = Math.floor(((to - from) / step) * (1 + 1e-12) + 1e-9) + 1;
  if (count > MOST_VALUES)
    return refuse('out-of-range', `the range "${text}" has ${count} values`, `at most ${MOST_VALUES}`);
  return Array.from({ length: count }, (_, i) => `${Number((from + i * step).toPrecision(12))}${unit}`);
}

/** The parts between commas outside brackets and quotes. */
function topLevelParts(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let quote = '';
  let part = '';
  for (const character of text) {
    if (quote !== '') quote = character === quote ? '' : quote;
    else if (character === '"' || character === "'") quote = character;
    else if ('[{('.includes(character)) depth++;
    else if (']})'.includes(character)) depth--;
    if (character === ',' && depth === 0 && quote === '') {
      parts.push(part.trim());
      part = '';
    } else part += character;
  }
  return [...parts, part.trim()];
}

export function spanOf(file: string, text: string): Span {
  return { file, line: 1, column: 1, length: Math.max(1, text.length), lineText: text.replace(/[\r\n]/g, ' ') };
}

/** Every combination of the values, as overrides; the last sweep changes fastest. */
export function combinations(sweeps: readonly Sweep[]): string[][] {
  let all: string[][] = [[]];
  for (const { values } of sweeps) all = all.flatMap((before) => values.map((value) => [...before, value]));
  return all;
}
