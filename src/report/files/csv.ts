import { NumberText } from '../../base/number-text.ts';
import { joined } from '../../base/source.ts';

/** A column of a table of numbers, or the text of a cell by row. */
export type CsvColumn = ArrayLike<number> | ((row: number) => string);

const COMMA = 44;
const LINE_FEED = 10;

/**
 * Rows of cells as CSV with LF line ends. Numbers are `nineDigits` in their shortest form; texts are quoted where
 * necessary (RFC 4180).
 */
export function writeCsv(columns: readonly string[], rows: Iterable<readonly (string | number)[]>): string {
  return joined(csvPieces(columns, rows));
}

/** The same for millions of rows. */
export function* csvPieces(
  columns: readonly string[],
  rows: Iterable<readonly (string | number)[]>,
): Generator<string> {
  const out = new NumberText();
  out.text(headerOf(columns));
  for (const row of rows) {
    row.forEach((cell, i) => {
      if (i > 0) out.byte(COMMA);
      if (typeof cell === 'number') out.number(cell);
      else out.text(textCell(cell));
    });
    out.byte(LINE_FEED);
    if (out.isPiece) yield out.take();
  }
  yield out.take();
}

/** The same for columns. A cell that is no number stays empty. */
export function* columnPieces(
  names: readonly string[],
  columns: readonly CsvColumn[],
  rows: number,
): Generator<string> {
  const out = new NumberText();
  out.text(headerOf(names));
  for (let row = 0; row < rows; row++) {
    for (let c = 0; c < columns.length; c++) {
      const column = columns[c];
      if (c > 0) out.byte(COMMA);
      if (typeof column === 'function') out.text(textCell(column(row)));
      else if (!Number.isNaN(column[row])) out.number(column[row]);
    }
    out.byte(LINE_FEED);
    if (out.isPiece) yield out.take();
  }
  yield out.take();
}

function headerOf(names: readonly string[]): string {
  return `${names.map(textCell).join(',')}\n`;
}

function textCell(text: string): string {
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
