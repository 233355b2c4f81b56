import { type Diagnostic, nearestName, type Span } from '../base/errors.ts';
import type { SourceText } from '../base/source.ts';
import { type Cell, cellSpan, type Row, readCsv, rowSpan, throwProblems, wholeNumber } from '../formats/csv.ts';

/** A CSV whose header names its columns, and the problems found in it so far. */
export interface Table {
  readonly source: SourceText;
  readonly header: Row;
  readonly rows: readonly Row[];
  /** The index of each column the header names. */
  readonly columns: ReadonlyMap<string, number>;
  /** Missing columns that were reported already, so that not every row repeats them. */
  readonly missing: Set<string>;
  readonly problems: Diagnostic[];
}

/**
 * A column of whole numbers of at least `min`. `blank` is the value of a blank cell: a number, or the name of an
 * earlier column whose number counts. Without `blank` a blank cell is an error.
 */
export interface NumberColumn {
  readonly min: 0 | 1;
  readonly blank?: number | string;
}

/**
 * Splits a text into a table; undefined if it has no header. Throws `csv-syntax`. If one of the `needed` columns is
 * missing, no row can be checked, and it throws all problems of the header.
 */
export function readTable(source: SourceText, known: readonly string[], needed: readonly string[]): Table | undefined {
  const [header, ...rows] = readCsv(source);
  if (!header) return undefined;
  const problems: Diagnostic[] = [];
  const columns = readHeader(source, header, known, problems);
  const table: Table = { source, header, rows, columns, missing: new Set(), problems };
  const absent = needed.filter((column) => !columns.has(column));
  for (const column of absent) addMissingColumn(table, column, 'every');
  if (absent.length > 0) throwProblems(problems);
  return table;
}

/** The cell of a column. If the row is too short or the column is missing, a blank cell at the row's end. */
export function cellOf({ columns }: Table, row: Row, column: string): Cell {
  const end = row[row.length - 1].to;
  return row[columns.get(column) ?? row.length] ?? { text: '', from: end, to: end };
}

/**
 * The numbers of a row by column, or undefined if one is wrong or missing. A value in a column that this type of row
 * does not use is a problem too, since it would be silently lost. `text` names the text columns.
 */
export function numbersOf<Name extends string>(
  table: Table,
  row: Row,
  type: string,
  wanted: Readonly<Record<Name, NumberColumn>>,
  text: readonly string[],
): Record<Name, number> | undefined {
  const numbers: Record<string, number> = {};
  for (const [column, { min, blank }] of Object.entries<NumberColumn>(wanted)) {
    const cell = cellOf(table, row, column);
    const whenBlank = typeof blank === 'string' ? numbers[blank] : blank;
    const value = cell.text === '' && blank !== undefined ? whenBlank : numberIn(table, cell, type, column, min);
    if (value !== undefined) numbers[column] = value;
  }
  for (const column of table.columns.keys()) {
    if (!(column in wanted) && !text.includes(column)) checkBlank(table, row, type, column);
  }
  return Object.keys(wanted).every((column) => column in numbers) ? (numbers as Record<Name, number>) : undefined;
}

/** Reports a value beyond the named columns. */
export function checkLength({ source, header, problems }: Table, row: Row): void {
  const stray = row.find((cell, i) => cell.text !== '' && (header[i]?.text ?? '') === '');
  if (!stray) return;
  const expected = 'as many cells as the header names columns';
  problems.push({ code: 'csv-syntax', message: 'a value under no column', span: cellSpan(source, stray), expected });
}

function readHeader(
  source: SourceText,
  header: Row,
  known: readonly string[],
  problems: Diagnostic[],
): Map<string, number> {
  const columns = new Map<string, number>();
  for (const [i, cell] of header.entries()) {
    const { text } = cell;
    const span = cellSpan(source, cell);
    if (columns.has(text)) problems.push({ code: 'duplicate-name', message: `column "${text}" comes twice`, span });
    else if (known.includes(text)) columns.set(text, i);
    else if (text !== '') problems.push(unknownColumn(text, span, known));
  }
  return columns;
}

function unknownColumn(text: string, span: Span, known: readonly string[]): Diagnostic {
  const suggestion = nearestName(text, known);
  const expected = `one of ${known.join(', ')}`;
  return { code: 'unknown-key', message: `unknown column "${text}"`, span, expected, suggestion };
}

function addMissingColumn({ source, header, missing, problems }: Table, column: string, type: string): void {
  if (missing.has(column)) return;
  missing.add(column);
  const message = `no column "${column}", which ${type} layer needs`;
  problems.push({ code: 'missing-key', message, span: rowSpan(source, header) });
}

function numberIn(table: Table, cell: Cell, type: string, column: string, min: 0 | 1): number | undefined {
  const { source, columns, problems } = table;
  if (columns.has(column)) return wholeNumber(source, cell, `${column} of a ${type} layer`, min, problems);
  addMissingColumn(table, column, `a ${type}`);
  return undefined;
}

function checkBlank(table: Table, row: Row, type: string, column: string): void {
  const cell = cellOf(table, row, column);
  if (cell.text === '') return;
  const message = `a layer of type ${type} has no ${column}`;
  table.problems.push({ code: 'unknown-key', message, span: cellSpan(table.source, cell), expected: 'a blank cell' });
}
