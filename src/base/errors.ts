import type { ErrorCode } from './error-codes.ts';
import { printable, printableLine } from './printable.ts';

export { ERROR_CODES, type ErrorCode } from './error-codes.ts';

/** A place in an input text. Lines and columns count from 1; `length` is the number of characters to underline. */
export interface Span {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly length: number;
  /** The whole source line, without its line end. */
  readonly lineText: string;
}

/** One problem of an input, with everything a reader needs to fix it. */
export interface Diagnostic {
  readonly code: ErrorCode;
  readonly message: string;
  readonly span?: Span | undefined;
  /** The input that was expected, as a noun phrase ("a frequency such as 800MHz"). */
  readonly expected?: string | undefined;
  /** The nearest valid name. */
  readonly suggestion?: string | undefined;
}

/**
 * Thrown for wrong input. `diagnostics` holds every problem found, in source order and without repeats. The message
 * shows at most 50, at most ten per code and file, and counts the rest. Any other exception is a defect of Isotherm.
 */
export class InputError extends Error {
  override readonly name = 'InputError';
  readonly diagnostics: readonly Diagnostic[];

  constructor(diagnostics: readonly Diagnostic[]) {
    const distinct = [...new Map(diagnostics.map((d) => [keyOf(d), d])).values()];
    super(someOf(distinct));
    this.diagnostics = distinct;
  }
}

/** Most diagnostics a message prints; more would push the first ones off the screen. */
const MOST_PRINTED = 50;

/** A key that is equal for diagnostics that print alike. It skips the drawing: drawing thousands would take seconds. */
function keyOf({ code, message, span, expected, suggestion }: Diagnostic): string {
  const place = span ? [span.file, span.line, span.column, span.length] : [];
  return [code, message, expected, suggestion, ...place].join('\0');
}

/** Most diagnostics of one code and file that a message prints: an unsuitable file repeats one error on every line. */
const MOST_OF_A_KIND = 10;

/** The text of the first diagnostics, within both limits, and a count of the others. */
function someOf(diagnostics: readonly Diagnostic[]): string {
  const kinds = new Map<string, number>();
  const shown: string[] = [];
  let more = 0;
  for (const diagnostic of diagnostics) {
    const { code, span } = diagnostic;
    const kind = `[${code}]${span ? ` in ${printableLine(span.file)}` : ''}`;
    const count = (kinds.get(kind) ?? 0) + 1;
    kinds.set(kind, count);
    if (count <= MOST_OF_A_KIND && shown.length < MOST_PRINTED) shown.push(formatDiagnostic(diagnostic));
    else if (count <= MOST_OF_A_KIND) more++;
  }
  const counted = [...kinds].flatMap(([kind, count]) => moreOf(count - MOST_OF_A_KIND, ` ${kind}`));
  return [...shown, ...counted, ...moreOf(more, '')].join('\n\n');
}

function moreOf(count: number, kind: string): string[] {
  return count > 0 ? [`and ${count} more ${count === 1 ? 'error' : 'errors'}${kind}`] : [];
}

/** Throws one diagnostic. */
export function fail(
  code: ErrorCode,
  message: string,
  more: { span?: Span | undefined; expected?: string | undefined; suggestion?: string | undefined } = {},
): never {
  throw new InputError([{ code, message, ...more }]);
}

/** Receives a warning for each input that another tool accepts or drops silently. */
export type Tolerate = (warning: Diagnostic) => void;

/**
 * Passes a problem to `tolerate`, or adds it to `problems` if there is no such callback. Returns whether it was
 * tolerated; the caller then reads on as the other tool does.
 */
export function isTolerated(problem: Diagnostic, problems: Diagnostic[], tolerate: Tolerate | undefined): boolean {
  if (tolerate) tolerate(problem);
  else problems.push(problem);
  return tolerate !== undefined;
}

/**
 * The result of `run`. If it throws an InputError, adds its diagnostics to `problems` and returns undefined, so that
 * one run reports several.
 */
export function attempt<T>(problems: Diagnostic[], run: () => T): T | undefined {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    problems.push(...error.diagnostics);
    return undefined;
  }
}

/** Runs `run`; an InputError without a place gets the place `span`. */
export function placedAt<T>(span: Span | undefined, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(error.diagnostics.map((d) => ({ ...d, span: d.span ?? span })));
  }
}

/**
 * Diagnostics sorted by line and column; equal places keep their order. All must be of one file. Diagnostics without a
 * place come first.
 */
export function inSourceOrder(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const order = (a: Diagnostic, b: Diagnostic): number =>
    (a.span?.line ?? 0) - (b.span?.line ?? 0) || (a.span?.column ?? 0) - (b.span?.column ?? 0);
  return [...diagnostics].sort(order);
}

/**
 * A diagnostic as text: code and message, file:line:column, the source line with carets, the expected input, the
 * nearest valid name.
 */
export function formatDiagnostic(d: Diagnostic): string {
  return drawDiagnostic('error', d);
}

/** A warning as text, laid out as an error; the input is accepted. */
export function formatWarning(d: Diagnostic): string {
  return drawDiagnostic('warning', d);
}

function drawDiagnostic(severity: string, d: Diagnostic): string {
  const lines = [`${severity}[${d.code}]: ${printable(cutNames(d.message))}`];
  const { span } = d;
  const gutter = span ? ' '.repeat(String(span.line).length) : ' ';
  if (span) {
    const [source, carets] = drawLine(span);
    lines.push(`${gutter}--> ${printableLine(span.file)}:${span.line}:${span.column}`);
    lines.push(`${gutter} |`, `${span.line} | ${source}`, `${gutter} | ${carets}`);
  }
  if (d.expected !== undefined) lines.push(`${gutter} = expected ${printable(cutList(d.expected))}`);
  if (d.suggestion !== undefined) lines.push(`${gutter} = did you mean "${printable(d.suggestion)}"?`);
  return lines.join('\n');
}

/** Shortens quoted names to the length at which values are shown. */
function cutNames(text: string): string {
  return text.replace(/"([^"]*)"/g, (quoted, name: string) =>
    name.length > LONGEST_VALUE ? describeValue(name) : quoted,
  );
}

/** Cuts a list of names that would fill the screen, between two names. */
function cutList(text: string): string {
  if (text.length <= LONGEST_LIST) return text;
  const end = text.lastIndexOf(', ', LONGEST_LIST);
  return `${text.slice(0, end < 0 ? LONGEST_LIST : end)}${end < 0 ? '' : ','} ...`;
}

const LONGEST_LIST = 600;

/** An input value for a message: the value itself if it is short, else its kind. */
export function describeValue(value: unknown): string {
  if (value === null || value === undefined || value === '') return 'empty';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'object') return Object.keys(value).length === 0 ? 'an empty mapping' : 'a mapping';
  if (typeof value !== 'string') return String(value);
  return value.length > LONGEST_VALUE ? `"${value.slice(0, LONGEST_VALUE)}..."` : `"${value}"`;
}

const LONGEST_VALUE = 60;

/**
 * Longest source line drawn whole. A longer one is cut to the part around the problem is drawn, as a one-line file would
 * fill the screen.
 */
const LONGEST_LINE = 160;

/** The source line and the carets below it. */
function drawLine({ lineText, column, length }: Span): [string, string] {
  const from = lineText.length <= LONGEST_LINE ? 0 : Math.max(0, column - 1 - LONGEST_LINE / 4);
  const to = lineText.length <= LONGEST_LINE ? lineText.length : from + LONGEST_LINE;
  const before = from > 0 ? '...' : '';
  const after = to < lineText.length ? '...' : '';
  const indent = before + lineText.slice(from, column - 1);
  const carets = Math.max(1, Math.min(length, Math.max(to, column) - column + 1));
  return [printable(before + lineText.slice(from, to) + after), indent.replace(/[^\t]/g, ' ') + '^'.repeat(carets)];
}

/** The candidate nearest to `name` by edit distance, if it is near enough to be a likely slip. */
export function nearestName(name: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined;
  // Short names are few slips from others that nobody meant: bash is two from tcsh.
  const mostSlips = name.length > 4 ? Math.max(2, Math.floor(name.length / 3)) : 1;
  let bestDistance = Math.min(name.length - 1, mostSlips) + 1;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - name.length) >= bestDistance) continue;
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** Optimal string alignment distance (insert, delete, substitute, swap neighbours). */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = last[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      row[j] = Math.min(last[j] + 1, row[j - 1] + 1, substitution);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        row[j] = Math.min(row[j], beforeLast[j - 2] + 1);
      }
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length];
}

/** Maps every item. If several fail, throws one error with the problems of all, in the items' order. */
export function mapCollecting<T, R>(items: Iterable<T>, map: (item: T) => R): R[] {
  const results: R[] = [];
  const problems: Diagnostic[] = [];
  for (const item of items) attempt(problems, () => results.push(map(item)));
  if (problems.length > 0) throw new InputError(problems);
  return results;
}
