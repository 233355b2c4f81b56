/** A column that rows are appended to. */
export interface PlainColumn {
  readonly kind: 'text' | 'number' | 'number or empty' | 'unread';
  /** Rows so far. */
  readonly count: number;
  push(value: number | string): void;
  /** Forgets all rows but the first `count`. */
  truncate(count: number): void;
}

const [NEWLINE, BLANK, QUOTE, HASH, COMMA, MINUS, POINT, ZERO, NINE] = [10, 32, 34, 35, 44, 45, 46, 48, 57];

/** Powers of ten that a double holds exactly. */
const POWERS = Float64Array.from({ length: 23 }, (_, i) => Number(`1e${i}`));

/** Whole numbers of this many digits are exact in a double, so one division rounds a decimal fraction as `Number` does. */
const EXACT_DIGITS = 15;

/**
 * Appends the rows of a text from `from` on: complete lines without comments, blanks around cells or letters beyond ASCII, as
 * `isotherm run` writes them. If anything else stands there it appends nothing and returns false: a slower reader says what is wrong.
 * This one makes no object a cell, and a column that nobody reads costs it the search for the next comma.
 */
export function appendPlainRows(text: string, from: number, columns: readonly PlainColumn[]): boolean {
  if (!text.endsWith('\n') || text.includes('\r')) return false;
  const bytes = new TextEncoder().encode(text);
  if (bytes.length !== text.length) return false;
  const before = columns.map(({ count }) => count);
  let at = from;
  while (at < bytes.length) {
    if (bytes[at] === NEWLINE) at++;
    else {
      at = appendRow(text, bytes, at, columns);
      if (at < 0) {
        columns.forEach((column, c) => {
          column.truncate(before[c]);
        });
        return false;
      }
    }
  }
  return true;
}

/** Returns where the next line begins, or -1 for a line that is not plain. */
function appendRow(text: string, bytes: Uint8Array, start: number, columns: readonly PlainColumn[]): number {
  if (bytes[start] <= BLANK || bytes[start] === HASH) return -1;
  let at = start;
  let hasContent = false;
  const last = columns.length - 1;
  for (let c = 0; c <= last; c++) {
    const isQuoted = bytes[at] === QUOTE;
    const end = isQuoted ? quotedEnd(bytes, at) : plainEnd(bytes, at);
    if (bytes[end] !== (c === last ? NEWLINE : COMMA)) return -1;
    hasContent ||= end > at;
    if (!appendCell(text, bytes, at, end, columns[c])) return -1;
    at = end + 1;
  }
  return hasContent ? at : -1;
}

function plainEnd(bytes: Uint8Array, from: number): number {
  let end = from;
  while (bytes[end] > COMMA || (bytes[end] !== COMMA && bytes[end] !== NEWLINE && bytes[end] !== QUOTE)) end++;
  return end;
}

/** The place after the closing quote; `from` if the line ends before it. */
function quotedEnd(bytes: Uint8Array, from: number): number {
  let end = from + 1;
  while (bytes[end] !== NEWLINE) {
    if (bytes[end] === QUOTE && bytes[end + 1] !== QUOTE) return end + 1;
    end += bytes[end] === QUOTE ? 2 : 1;
  }
  return from;
}

/** Returns whether the cell is what its column holds. */
function appendCell(text: string, bytes: Uint8Array, from: number, to: number, column: PlainColumn): boolean {
  const isQuoted = bytes[from] === QUOTE;
  if (column.kind === 'unread') return true;
  if (column.kind === 'text') {
    const [first, end] = isQuoted ? [from + 1, to - 1] : [from, to];
    if (end > first && (bytes[first] <= BLANK || bytes[end - 1] <= BLANK)) return false;
    const content = text.slice(first, end);
    column.push(isQuoted ? content.replaceAll('""', '"') : content);
    return true;
  }
  if (isQuoted || (to === from && column.kind === 'number')) return false;
  const value = to > from ? numberIn(text, bytes, from, to) : Number.NaN;
  if (!Number.isFinite(value) && to > from) return false;
  column.push(value);
  return true;
}

/** The number in text[from, to); NaN if there is none. */
function numberIn(text: string, bytes: Uint8Array, from: number, to: number): number {
  let at = bytes[from] === MINUS ? from + 1 : from;
  let [whole, digits, decimals] = [0, 0, -1];
  for (; at < to; at++) {
    const byte = bytes[at];
    if (byte >= ZERO && byte <= NINE) {
      whole = 10 * whole + (byte - ZERO);
      digits++;
      if (decimals >= 0) decimals++;
    } else if (byte === POINT && decimals < 0) decimals = 0;
    else break;
  }
  if (at < to || digits === 0 || digits > EXACT_DIGITS) return Number(text.slice(from, to));
  const value = decimals > 0 ? whole / POWERS[decimals] : whole;
  return bytes[from] === MINUS ? -value : value;
}
