// The browser build carries its own Buffer, while the plain build needs Node's. Both contain the same parser.
import { parse } from 'csv-parse/browser/esm/sync';
import { type Diagnostic, type ErrorCode, fail, InputError, type Span } from '../base/errors.ts';
import { type SourceText, spanOf } from '../base/source.ts';

/** One cell: its value, and its range [from, to) in the text without surrounding blanks. */
export interface Cell {
  readonly text: string;
  readonly from: number;
  readonly to: number;
}

export type Row = readonly Cell[];

/**
 * Reads CSV (RFC 4180 quoting). Lines that start with `#` are comments. The result omits comments, blank lines and rows
 * of blank cells; rows may differ in length. Errors: `csv-syntax` for a stray or unclosed quote and for a cell that
 * spans lines.
 */
export function readCsv(source: SourceText): Row[] {
  const rows = /["\ufeff]/.test(source.text) ? quotedRows(source) : plainRows(source.text);
  const broken = rows.flat().find((cell) => /[\r\n]/.test(cell.text));
  if (broken) fail('csv-syntax', 'a cell may not span lines', { span: cellSpan(source, broken) });
  return rows.filter(hasContent);
}

/** The rows of a text without quotes and byte order marks, as `quotedRows` gives them but ten times as fast. */
function plainRows(text: string): Row[] {
  const rows: Row[] = [];
  let at = 0;
  while (at < text.length) {
    const stop = text.indexOf('\n', at);
    const end = stop < 0 ? text.length : stop;
    const line = text.slice(at, text[end - 1] === '\r' ? end - 1 : end);
    if (!/^\s*#/.test(line)) rows.push(cellsOf(line, at));
    at = end + 1;
  }
  return rows;
}

/** The cells of a line that begins at `at`. */
function cellsOf(line: string, at: number): Cell[] {
  let from = at;
  return line.split(',').map((piece) => {
    const first = from;
    from += piece.length + 1;
    if (/^[\w.:+-]+$/.test(piece)) return { text: piece, from: first, to: from - 1 };
    const { text, from: start, to } = trimmed(piece, 0, piece.length);
    return { text, from: first + start, to: first + to };
  });
}

function quotedRows(source: SourceText): Row[] {
  const { text } = source;
  const charAt = charOfByte(text);
  const rows: Cell[][] = [];
  try {
    parse(text, {
      ...OPTIONS,
      // The parser gives no columns. When it casts a cell, however, it has read exactly the bytes before the cell's end.
      cast: (value, { bytes, index }) => {
        if (index === 0) rows.push([]);
        const row = rows[rows.length - 1];
        const to = charAt(bytes);
        const from = index === 0 ? text.lastIndexOf('\n', to - 1) + 1 : text.indexOf(',', row[index - 1].to) + 1;
        row.push({ ...trimmed(text, from, to), text: value });
        return value;
      },
    });
  } catch (error) {
    failAtQuote(source, charAt, error);
  }
  return rows;
}

const OPTIONS = {
  trim: true,
  comment: '#',
  comment_no_infix: true,
  skip_empty_lines: true,
  relax_column_count: true,
  record_delimiter: ['\r\n', '\n'],
  max_record_size: 0,
};

/** Splits lines at commas without quoting or comments, as SCALE-Sim does. Blank lines remain as rows of one cell. */
export function splitCsv(source: SourceText): Row[] {
  let at = 0;
  return source.text.split('\n').map((line) => {
    return line.split(',').map((piece) => {
      const cell = trimmed(source.text, at, at + piece.length);
      at += piece.length + 1;
      return cell;
    });
  });
}

export function hasContent(row: Row): boolean {
  return row.some((cell) => cell.text !== '');
}

export function cellSpan(source: SourceText, cell: Cell): Span {
  return spanOf(source, cell.from, cell.to);
}

/** The span of a whole row, from its first cell to its last. */
export function rowSpan(source: SourceText, row: Row): Span {
  return spanOf(source, row[0].from, row[row.length - 1].to);
}

/** The text without a byte order mark. Spreadsheets write one, and it would count as a column. */
export function withoutMark(source: SourceText): SourceText {
  return source.text.startsWith('\ufeff') ? { file: source.file, text: source.text.slice(1) } : source;
}

/** A reader stops at this many problems: the rest of an unsuitable file shows nothing new. */
export const MOST_PROBLEMS = 20;

/** No dimension of a layer comes near this. The limit keeps a slip such as a pasted address from passing as a size. */
const LARGEST = 2 ** 31;

/**
 * The cell as a whole number of at least `min` in decimal digits; `what` names it in messages. Otherwise adds a problem
 * and returns undefined: `missing-key` for a blank cell, `wrong-type`, or `out-of-range` below `min` or beyond 2^31.
 */
export function wholeNumber(
  source: SourceText,
  cell: Cell,
  what: string,
  min: 0 | 1,
  problems: Diagnostic[],
): number | undefined {
  const value = Number(cell.text);
  const inDigits = /^[+-]?\d+$/.test(cell.text);
  if (inDigits && value >= min && value <= LARGEST) return Math.abs(value);
  const [code, is] = whatIsWrong(cell.text, inDigits);
  const expected = `a whole number from ${min} to 2^31`;
  problems.push({ code, message: `${what} ${is}`, span: cellSpan(source, cell), expected });
  return undefined;
}

function whatIsWrong(text: string, inDigits: boolean): [ErrorCode, string] {
  if (text === '') return ['missing-key', 'is missing'];
  // 1e99 counts as a number that is too large, not as text.
  const isNumber = inDigits || (Number.isInteger(Number(text)) && Math.abs(Number(text)) > LARGEST);
  return isNumber ? ['out-of-range', `is out of range: ${text}`] : ['wrong-type', `is not a whole number: "${text}"`];
}

/** Throws the collected problems in source order, if there are any. */
export function throwProblems(problems: readonly Diagnostic[]): void {
  if (problems.length === 0) return;
  const order = (a: Diagnostic, b: Diagnostic): number =>
    (a.span?.line ?? 0) - (b.span?.line ?? 0) || (a.span?.column ?? 0) - (b.span?.column ?? 0);
  throw new InputError([...problems].sort(order));
}

/** csv-parse reports the end of the last good cell. The faulty quote is in the cell after it. */
function failAtQuote(source: SourceText, charAt: (byte: number) => number, error: unknown): never {
  const { code, bytes } = error as { code?: string; bytes?: number };
  if (typeof bytes !== 'number') throw error;
  const { text } = source;
  const end = charAt(bytes);
  const skipped = /^(?:[^\S\n]*(?:#[^\n]*)?\n)*/.exec(text.slice(end))![0].length;
  const from = text[end] === ',' ? end + 1 : end + skipped;
  const stop = text.slice(from).indexOf('\n');
  const cell = trimmed(text, from, stop < 0 ? text.length : from + stop);
  const message = code === 'CSV_QUOTE_NOT_CLOSED' ? 'this quote is never closed' : 'a quote in the middle of a cell';
  fail('csv-syntax', message, { span: cellSpan(source, cell), expected: 'quotes around the whole cell, or none' });
}

/** Returns a function from a byte offset of the UTF-8 form to an index in the text. Call it in ascending order. */
function charOfByte(text: string): (byte: number) => number {
  const bytes = new TextEncoder().encode(text);
  let byte = 0;
  let char = 0;
  return (to) => {
    // A sequence of four bytes is a surrogate pair; continuation bytes (10xxxxxx) count with their first.
    for (; byte < to; byte++) char += bytes[byte] >= 0xf0 ? 2 : (bytes[byte] & 0xc0) === 0x80 ? 0 : 1;
    return char;
  };
}

function trimmed(text: string, from: number, to: number): Cell {
  const piece = text.slice(from, to);
  const content = piece.trim();
  const start = content === '' ? from : from + piece.indexOf(content);
  return { text: content, from: start, to: start + content.length };
}
