import { fail, type Span } from '../base/errors.ts';
import { type SourceText, spanOf } from '../base/source.ts';
import { type Cell, cellSpan, readCsv, rowSpan, withoutMark } from './csv.ts';

/** One row of a table: its cells by column (blank if absent) and their places. */
export interface TableCells {
  cell(column: string): string;
  /** The place of a cell, or of the whole row. */
  span(column?: string): Span;
}

export interface CsvTable {
  readonly columns: readonly string[];
  readonly rows: readonly TableCells[];
}

/**
 * Reads a CSV with a header line. Errors: `csv-syntax` (quotes, number of cells), `table-invalid` (a required column is
 * missing, a column appears twice, no rows).
 */
export function readColumns(text: SourceText, required: readonly string[]): CsvTable {
  const source = withoutMark(text);
  const [header = [], ...rows] = readCsv(source);
  const columns = header.map((cell) => cell.text);
  const span = header.length > 0 ? rowSpan(source, header) : spanOf(source, 0, 1);
  const missing = required.filter((column) => !columns.includes(column));
  if (missing.length > 0)
    fail('table-invalid', `the table lacks the columns ${missing.join(', ')}`, { span, expected: required.join(', ') });
  const repeated = header.find((cell, i) => columns.indexOf(cell.text) !== i);
  if (repeated) fail('table-invalid', `there are two columns "${repeated.text}"`, { span: cellSpan(source, repeated) });
  if (rows.length === 0) fail('table-invalid', 'the table has no rows', { span });
  return { columns, rows: rows.map((row) => tableCells(source, columns, row)) };
}

function tableCells(source: SourceText, columns: readonly string[], row: readonly Cell[]): TableCells {
  const whole = () => rowSpan(source, row);
  if (row.length !== columns.length) {
    fail('csv-syntax', `this row has ${row.length} cells`, {
      span: whole(),
      expected: `${columns.length}, as the header`,
    });
  }
  const at = (column: string): Cell | undefined => row[columns.indexOf(column)];
  return {
    cell: (column) => at(column)?.text ?? '',
    span: (column) => {
      const cell = column === undefined ? undefined : at(column);
      return cell ? cellSpan(source, cell) : whole();
    },
  };
}

/** The value of a cell that must be a finite number. Error: `table-invalid`. */
export function numberCell(row: TableCells, column: string): number {
  const text = row.cell(column);
  const value = Number(text);
  if (text !== '' && Number.isFinite(value)) return value;
  return fail('table-invalid', `"${text}" under "${column}" is not a number`, { span: row.span(column) });
}

/** The text of a cell that must not be blank. Error: `table-invalid`. */
export function textCell(row: TableCells, column: string): string {
  const text = row.cell(column);
  if (text !== '') return text;
  return fail('table-invalid', `"${column}" is blank`, { span: row.span(column), expected: 'every row to have one' });
}
