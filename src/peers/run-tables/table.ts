import { fail, InputError, nearestName } from '../../base/errors.ts';
import type { Pieces, SourcePieces, SourceText } from '../../base/source.ts';
import { type Cell, cellSpan, type Row, readCsv } from '../../formats/csv.ts';
import { appendPlainRows, type PlainColumn } from './plain-rows.ts';

/** A column of a run's table. An empty cell of a column of numbers is NaN. */
export type TypedColumn =
  | { readonly name: string; readonly numbers: Float64Array }
  | { readonly name: string; readonly texts: readonly string[] };

/** A table by columns. */
export type Table = readonly TypedColumn[];

/** Columns of trace.csv and of events.csv that other files need by name. */
export const TRACE_TIMES = ['time_s', 'duration_s'] as const;
export const DECISION_WORDS = ['kind', 'policy', 'domain', 'from', 'to', 'reason'] as const;

/** The content of the cells of a column; nobody asks for that of a column that is not read. */
export type ColumnKind = PlainColumn['kind'];

/** Least characters that are read at a time. Larger texts are slower: each is a place of its own in memory. */
const BATCH = 2 ** 15;

/**
 * Reads a table of any length, of which only the columns that are read stay in memory. It has at least the `needed` columns. Errors: `csv-syntax`,
 * `missing-key`, `column-count`, `wrong-type`.
 */
export function readTable(
  { file, pieces }: SourcePieces,
  kindOf: (column: string) => ColumnKind,
  needed: readonly string[] = [],
): TypedColumn[] {
  let columns: Column[] | undefined;
  let line = 0;
  for (const text of batches(pieces)) {
    const source = { file, text };
    placedAfter(line, () => {
      const first = columns ? 0 : text.indexOf('\n') + 1;
      const [header] = first > 0 ? readCsv({ file, text: text.slice(0, first) }) : [];
      if (header) columns = columnsOf(source, header, kindOf, needed);
      if (columns && appendPlainRows(text, first, columns)) return;
      const rows = readCsv(source);
      if (header) rows.shift();
      columns ??= rows.length === 0 ? undefined : columnsOf(source, rows.shift()!, kindOf, needed);
      for (const row of rows) appendRow(source, columns!, row);
      checkLastLine(source);
    });
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) line++;
  }
  columns ??= columnsOf({ file, text: '' }, [], kindOf, needed);
  return columns.filter(({ kind }) => kind !== 'unread').map((column) => column.result());
}

/** The numbers and texts of columns that a table has. */
export function numbersOf(table: readonly TypedColumn[], name: string): Float64Array {
  const column = table.find((one) => one.name === name);
  return column && 'numbers' in column ? column.numbers : new Float64Array();
}

export function textsOf(table: readonly TypedColumn[], name: string): readonly string[] {
  const column = table.find((one) => one.name === name);
  return column && 'texts' in column ? column.texts : [];
}

/** Whole lines, many at a time. */
function* batches(pieces: Pieces): Generator<string> {
  let waiting = '';
  for (const piece of pieces) {
    const end = waiting.length + piece.length < BATCH ? 0 : piece.lastIndexOf('\n') + 1;
    if (end > 0) {
      yield waiting + piece.slice(0, end);
      waiting = piece.slice(end);
    } else waiting += piece;
  }
  if (waiting !== '') yield waiting;
}

/** Every row of a run's table ends its line. Error: `column-count`, at the row that does not. */
function checkLastLine(source: SourceText): void {
  const { text } = source;
  if (text.endsWith('\n')) return;
  const from = text.lastIndexOf('\n') + 1;
  fail('column-count', 'the last row is cut short', {
    span: cellSpan(source, { text: text.slice(from), from, to: text.length }),
    expected: 'a table that is complete',
  });
}

/** Does `read` on a text that follows so many lines of its file, to which the places of errors refer. */
function placedAfter(lines: number, read: () => void): void {
  try {
    read();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(
      error.diagnostics.map((d) => ({ ...d, span: d.span && { ...d.span, line: d.span.line + lines } })),
    );
  }
}

/** A column that grows. */
interface Column extends PlainColumn {
  append(source: SourceText, cell: Cell): void;
  result(): TypedColumn;
}

function columnsOf(
  source: SourceText,
  header: Row,
  kindOf: (column: string) => ColumnKind,
  needed: readonly string[],
): Column[] {
  const names = header.map(({ text }) => text);
  const missing = needed.find((name) => !names.includes(name));
  if (missing !== undefined) {
    fail('missing-key', `${source.file} has no column "${missing}"`, {
      span: cellSpan(source, header[0] ?? { text: '', from: 0, to: 0 }),
      expected: 'a table that isotherm run wrote',
      suggestion: nearestName(missing, names),
    });
  }
  return names.map((name) => {
    const kind = kindOf(name);
    if (kind === 'unread') return UNREAD;
    return kind === 'text' ? new TextColumn(name) : new NumberColumn(name, kind);
  });
}

function appendRow(source: SourceText, columns: readonly Column[], row: Row): void {
  if (row.length !== columns.length) {
    fail('column-count', `a row has ${row.length} values, and the header ${columns.length}`, {
      span: cellSpan(source, row[0]),
      expected: 'a table that is complete',
    });
  }
  for (let c = 0; c < row.length; c++) columns[c].append(source, row[c]);
}

const UNREAD: Column = {
  kind: 'unread',
  count: 0,
  push() {},
  append() {},
  truncate() {},
  result: () => ({ name: '', texts: [] }),
};

class TextColumn implements Column {
  readonly kind = 'text';
  private readonly texts: string[] = [];
  /** Most texts are repeated. One of each is enough. */
  private readonly known = new Map<string, string>();
  private readonly name: string;

  constructor(name: string) {
    this.name = name;
  }

  get count(): number {
    return this.texts.length;
  }

  push(text: string): void {
    const same = this.known.get(text);
    if (same === undefined) this.known.set(text, text);
    this.texts.push(same ?? text);
  }

  append(_: SourceText, { text }: Cell): void {
    this.push(text);
  }

  truncate(count: number): void {
    this.texts.length = count;
  }

  result(): TypedColumn {
    return { name: this.name, texts: this.texts };
  }
}

class NumberColumn implements Column {
  readonly kind: 'number' | 'number or empty';
  count = 0;
  private numbers = new Float64Array(256);
  private readonly name: string;

  constructor(name: string, kind: 'number' | 'number or empty') {
    this.name = name;
    this.kind = kind;
  }

  push(value: number): void {
    if (this.count === this.numbers.length) {
      const larger = new Float64Array(2 * this.count);
      larger.set(this.numbers);
      this.numbers = larger;
    }
    this.numbers[this.count++] = value;
  }

  append(source: SourceText, cell: Cell): void {
    const isBlank = cell.text === '' && this.kind === 'number or empty';
    this.push(isBlank ? Number.NaN : numberIn(source, cell, this.name));
  }

  truncate(count: number): void {
    this.count = count;
  }

  result(): TypedColumn {
    return { name: this.name, numbers: this.numbers.subarray(0, this.count) };
  }
}

function numberIn(source: SourceText, cell: Cell, name: string): number {
  const value = cell.text === '' ? Number.NaN : Number(cell.text);
  if (Number.isFinite(value)) return value;
  return fail('wrong-type', `"${name}" is ${JSON.stringify(cell.text)}`, {
    span: cellSpan(source, cell),
    expected: 'a number',
  });
}
