import { type Diagnostic, isTolerated, nearestName, type Span, type Tolerate } from '../../base/errors.ts';
import type { SourceText } from '../../base/source.ts';
import { MOST_PROBLEMS } from '../csv.ts';
import { decimal, isQuantity, QUANTITY, type Word, type Words, wordSpan, wordsSpan } from './text.ts';

/** One option: its default in HotSpot's program, and the function that reads its value (undefined for an invalid value). */
export interface Option<T> {
  readonly initial: T;
  readonly expected: string;
  read(text: string): T | undefined;
}

export type OptionTable = Readonly<Record<string, Option<unknown>>>;

/** The values of a table, by key. */
export type OptionValues<Table extends OptionTable> = {
  readonly [K in keyof Table]: Table[K] extends Option<infer T> ? T : never;
};

export function numeric(initial: number, expected: string, accepts: (value: number) => boolean): Option<number> {
  const read = (text: string): number | undefined => {
    const value = decimal(text);
    return value !== undefined && accepts(value) ? value : undefined;
  };
  return { initial, expected, read };
}

export const positive = (initial: number): Option<number> => numeric(initial, QUANTITY, isQuantity);
export const count = (initial: number): Option<number> =>
  numeric(initial, 'a whole number from 1', (value) => Number.isInteger(value) && value > 0);
export const flag = (initial: 0 | 1): Option<0 | 1> =>
  numeric(initial, '0 or 1', (value) => value === 0 || value === 1) as Option<0 | 1>;

export function oneOf<T extends string>(initial: T, ...others: T[]): Option<T> {
  const values = [initial, ...others];
  return { initial, expected: values.join(' or '), read: (text) => values.find((value) => value === text) };
}

/** Options that HotSpot takes from the command line alone. */
const COMMAND_LINE_ONLY: readonly string[] = ['c', 'f', 'p', 'o', 'd'];

/** The options that some lines give, and the place of each. */
export interface GivenOptions<Table extends OptionTable> {
  readonly values: Partial<OptionValues<Table>>;
  readonly given: ReadonlyMap<keyof Table, Span>;
}

/**
 * Reads `-key value` lines. Problems: `unknown-key`, `option-unused`, `duplicate-name`, `column-count`, `wrong-type`,
 * `out-of-range`. If there is a `tolerate`, it receives a warning for whatever HotSpot ignores: unknown keys,
 * repetitions of a key, further words.
 */
export function readOptions<Table extends OptionTable>(
  source: SourceText,
  rows: readonly Words[],
  table: Table,
  problems: Diagnostic[],
  tolerate?: Tolerate,
): GivenOptions<Table> {
  const given = new Map<string, Span>();
  const values: Record<string, unknown> = {};
  const ignored = (problem: Diagnostic): void => void isTolerated(problem, problems, tolerate);
  for (const words of rows) {
    if (problems.length >= MOST_PROBLEMS) break;
    const key = keyOf(source, words, table, problems, ignored);
    if (key === undefined || (words.length > 2 && !tolerate)) continue;
    const first = given.get(key);
    if (first) {
      const where = first.line === words[0].line ? '' : ` on line ${first.line}`;
      const message = `-${key} is given already${where}`;
      ignored({ code: 'duplicate-name', message, span: wordSpan(source, words[0]) });
      continue;
    }
    given.set(key, wordsSpan(source, words));
    values[key] = optionValue(source, key, table[key], words[1], problems);
  }
  return { values: values as Partial<OptionValues<Table>>, given };
}

function keyOf(
  source: SourceText,
  words: Words,
  table: OptionTable,
  problems: Diagnostic[],
  ignored: Tolerate,
): string | undefined {
  if (words.length !== 2 || !words[0].text.startsWith('-')) {
    const message = `this line has ${words.length} ${words.length === 1 ? 'word' : 'words'}`;
    const problem = { message, span: wordsSpan(source, words), expected: 'an option, "-key value"' };
    const readable = words.length > 2 && words[0].text.startsWith('-');
    if (!readable) {
      problems.push({ code: 'column-count', ...problem });
      return undefined;
    }
    ignored({ code: 'column-count', ...problem });
  }
  const key = words[0].text.slice(1);
  if (Object.hasOwn(table, key)) return key;
  const span = wordSpan(source, words[0]);
  if (COMMAND_LINE_ONLY.includes(key)) {
    // HotSpot's own -d writes these options.
    ignored({
      code: 'option-unused',
      message: `-${key} has no effect in a file: it belongs on the command line`,
      span,
    });
    return undefined;
  }
  const near = nearestName(key, Object.keys(table));
  const suggestion = near && `-${near}`;
  ignored({ code: 'unknown-key', message: `HotSpot has no option -${key}`, span, suggestion });
  return undefined;
}

function optionValue(
  source: SourceText,
  key: string,
  option: Option<unknown>,
  word: Word,
  problems: Diagnostic[],
): unknown {
  const value = option.read(word.text);
  if (value !== undefined) return value;
  const code = decimal(word.text) === undefined || typeof option.initial === 'string' ? 'wrong-type' : 'out-of-range';
  const message = `-${key} cannot be "${word.text}"`;
  problems.push({ code, message, span: wordSpan(source, word), expected: option.expected });
  return undefined;
}
