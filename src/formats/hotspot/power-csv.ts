import { type Diagnostic, fail, InputError, type Span } from '../../base/errors.ts';
import { type SourceText, spanOf } from '../../base/source.ts';
import { readColumns, type TableCells } from '../columns.ts';
import { MOST_PROBLEMS } from '../csv.ts';
import type { HotspotTrace } from './floorplan-and-trace.ts';

/** Columns of time, which are no blocks. */
const TIMES: readonly string[] = ['time_s', 'duration_s'];
/** The mark of a block's power among the columns of a run's trace.csv. */
const POWER = 'power_w:';

/** A power trace as CSV, with the length of each sample if the file has one, s. */
export interface PowerCsv extends HotspotTrace {
  readonly durationS: Float64Array | undefined;
  /** The place of the length of sample k. */
  durationSpan(k: number): Span;
}

/**
 * Reads a power trace as CSV: a column a block in W, a row a sample. From a run's trace.csv it takes the columns `power_w:BLOCK`. A column
 * `duration_s` gives the length of each sample; `time_s` is passed over. Errors: `csv-syntax`, `table-invalid`, `wrong-type`, `empty-trace`.
 */
export function readPowerCsv(source: SourceText): PowerCsv {
  const { columns: header, rows } = readColumns(source, []);
  const marked = header.filter((column) => column.startsWith(POWER));
  const columns = marked.length > 0 ? marked : header.filter((column) => !TIMES.includes(column));
  if (columns.length === 0)
    fail('empty-trace', `${source.file} has no column of a block`, { span: spanOf(source, 0, 1) });
  const problems: Diagnostic[] = [];
  const numbers = (column: string, what: string): Float64Array =>
    Float64Array.from(rows, (row, k) => numberIn(row, column, `sample ${k + 1} of ${what}`, problems));
  const names = columns.map((column) => (marked.length > 0 ? column.slice(POWER.length) : column));
  const values = columns.map((column, c) => numbers(column, names[c]));
  const durationS = header.includes('duration_s') ? numbers('duration_s', 'duration_s') : undefined;
  if (problems.length > 0) throw new InputError(problems.slice(0, MOST_PROBLEMS));
  const nameAt = (c: number): Span => {
    const start = withoutComments(source.text);
    const at = source.text.indexOf(columns[c], start);
    return spanOf(source, at, at + columns[c].length);
  };
  return {
    names,
    nameSpan: nameAt,
    samples: rows.length,
    columns: values,
    span: (c, k) => rows[k].span(columns[c]),
    durationS,
    durationSpan: (k) => rows[k].span('duration_s'),
  };
}

/** Where the first line stands that is no comment. */
function withoutComments(text: string): number {
  let at = 0;
  while (text[at] === '#') at = text.indexOf('\n', at) + 1 || text.length;
  return at;
}

function numberIn(row: TableCells, column: string, what: string, problems: Diagnostic[]): number {
  const text = row.cell(column);
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value))
    problems.push({
      code: 'wrong-type',
      message: `${what} is "${text}"`,
      span: row.span(column),
      expected: 'a number',
    });
  return value;
}
