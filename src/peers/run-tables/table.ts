import { fail, nearestName } from '../../base/errors.ts';
import type { SourceText } from '../../base/source.ts';
import { type Cell, cellSpan, type Row, readCsv } from '../../formats/csv.ts';

/** A table by named columns. */
export interface Table {
  readonly source: SourceText;
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
}

/** Reads a table with at least the `needed` columns. Errors: `csv-syntax`, `missing-key`, `column-count`. */
export function tableOf(source: SourceText, needed: readonly string[] = []): Table {
  const [header, ...rows] = readCsv(source);
  const columns = header?.map(({ text }) => text) ?? [];
  const missing = needed.find((name) => !columns.includes(name));
  if (missing !== undefined) {
    fail('missing-key', `${source.file} has no column "${missing}"`, {
      span: cellSpan(source, header?.[0] ?? { text: '', from: 0, to: 0 }),
      expected: 'a table that isotherm run wrote',
      suggestion: nearestName(missing, columns),
    });
  }
  const uneven = rows.find((row) => row.length !== columns.length);
  if (uneven) {
    fail('column-count', `a row has ${uneven.length} values, and the header ${columns.length}`, {
      span: cellSpan(source, uneven[0]),
      expected: 'a table that is complete',
    });
  }
  return { source, columns, rows };
}

/** The numbers of a column; an empty cell is an error, or `empty`. Error: `wrong-type`. */
export function numbersIn({ source, columns, rows }: Table, name: string, empty?: number): Float64Array {
  const at = columns.indexOf(name);
  return Float64Array.from(rows, (row) =>
    row[at].text === '' && empty !== undefined ? empty : numberIn(source, row[at], name),
  );
}

/** The texts of a column. */
export function textsIn({ columns, rows }: Table, name: string): string[] {
  const at = columns.indexOf(name);
  return rows.map((row) => row[at].text);
}

function numberIn(source: SourceText, cell: Cell, name: string): number {
  const value = cell.text === '' ? Number.NaN : Number(cell.text);
  if (Number.isFinite(value)) return value;
  return fail('wrong-type', `"${name}" is ${JSON.stringify(cell.text)}`, {
    span: cellSpan(source, cell),
    expected: 'a number',
  });
}
