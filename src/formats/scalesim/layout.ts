import { type Diagnostic, fail } from '../../base/errors.ts';
import type { SourceText } from '../../base/source.ts';
import {
  type Cell,
  hasContent,
  MOST_PROBLEMS,
  type Row,
  rowSpan,
  splitCsv,
  throwProblems,
  wholeNumber,
  withoutMark,
} from '../csv.ts';
import { withoutBlankEnd } from './topology.ts';

/**
 * The layout of an operand in the lines of its scratchpad. An ifmap has the dimensions height, width and channels;
 * filters have number, channels, height and width.
 */
export interface LineLayout {
  /** Number of indices of each dimension that share a line. */
  readonly factors: readonly number[];
  /** Position of each dimension in the order within a line; the dimension at position 0 changes slowest. */
  readonly places: readonly number[];
}

/** A row of SCALE-Sim v3's layout file. */
export interface ScaleSimLayout {
  readonly name: string;
  /** The cell at which the row starts: its name. */
  readonly cell: Cell;
  readonly ifmap: LineLayout;
  readonly filter: LineLayout;
}

const FACTORS = ['ifmap height', 'ifmap width', 'filter height', 'filter width', 'channel', 'filter'] as const;
const IFMAP = ['ifmap height', 'ifmap width', 'channel'] as const;
const FILTER = ['filter', 'channel', 'filter height', 'filter width'] as const;

/** The order columns: their dimensions, whether they order words within a line or lines, and the number at which they begin. */
const ORDERS = [
  { of: IFMAP, kind: 'intra-line', first: 0 },
  { of: IFMAP, kind: 'inter-line', first: 3 },
  { of: FILTER, kind: 'intra-line', first: 0 },
  { of: FILTER, kind: 'inter-line', first: 4 },
] as const;

const COLUMNS = [
  ...FACTORS.map((name) => `${name} intra-line factor`),
  ...ORDERS.flatMap(({ of, kind }) => of.map((name) => `${name} ${kind} order`)),
];

/**
 * Reads SCALE-Sim v3's layout file: a header, then one row per layer with its name, six factors and four orders. A
 * comma may end the row. Errors: `csv-syntax` for a layout in the first line or values beyond the last, `missing-key`,
 * `wrong-type`, `out-of-range` for a value, or for an order that does not name each position once, `duplicate-name`.
 */
export function readScaleSimLayouts(marked: SourceText): ScaleSimLayout[] {
  const source = withoutMark(marked);
  const problems: Diagnostic[] = [];
  const [header, ...rows] = splitCsv(source);
  const values = withoutBlankEnd(header).slice(1);
  if (values.length > 0 && values.every(({ text }) => /^\d+$/.test(text))) {
    const message = 'the first line holds a layout, but SCALE-Sim takes it for a header and skips it';
    fail('csv-syntax', message, { span: rowSpan(source, header), expected: 'a header, or a blank line' });
  }
  const layouts = new Map<string, ScaleSimLayout>();
  for (const row of rows.filter(hasContent)) {
    if (problems.length >= MOST_PROBLEMS) break;
    const layout = layoutOf(source, withoutBlankEnd(row), problems);
    if (!layout) continue;
    if (layouts.has(layout.name)) {
      const message = `there are two layouts of "${layout.name}"`;
      problems.push({ code: 'duplicate-name', message, span: rowSpan(source, [layout.cell]) });
    }
    layouts.set(layout.name, layout);
  }
  throwProblems(problems);
  return [...layouts.values()];
}

function layoutOf(source: SourceText, row: Row, problems: Diagnostic[]): ScaleSimLayout | undefined {
  const [cell, ...cells] = row;
  const add = (code: 'missing-key' | 'csv-syntax', message: string, at: Row): void => {
    const expected = `a name, ${FACTORS.length} factors and ${COLUMNS.length - FACTORS.length} places`;
    problems.push({ code, message, span: rowSpan(source, at), expected });
  };
  if (cell.text === '') add('missing-key', 'the layout has no name', row);
  else if (cells.length < COLUMNS.length) add('missing-key', `the row has no ${COLUMNS[cells.length]}`, row);
  else if (cells.length > COLUMNS.length) add('csv-syntax', 'a value too many', cells.slice(COLUMNS.length));
  if (cell.text === '' || cells.length !== COLUMNS.length) return undefined;
  const before = problems.length;
  const values = cells.map((value, i) => {
    return wholeNumber(source, value, `the ${COLUMNS[i]}`, i < FACTORS.length ? 1 : 0, problems) ?? 1;
  });
  if (problems.length === before) checkOrders(source, cells, values, problems);
  if (problems.length > before) return undefined;
  const [height, width, filterHeight, filterWidth, channels, filters] = values;
  return {
    name: cell.text,
    cell,
    ifmap: { factors: [height, width, channels], places: values.slice(6, 9) },
    filter: { factors: [filters, channels, filterHeight, filterWidth], places: values.slice(12, 16) },
  };
}

function checkOrders(source: SourceText, cells: Row, values: readonly number[], problems: Diagnostic[]): void {
  let at = FACTORS.length;
  for (const { of, kind, first } of ORDERS) {
    const from = at;
    at += of.length;
    const places = of.map((_, i) => first + i);
    const given = values.slice(from, at);
    if (places.every((place) => given.includes(place))) continue;
    const message = `the ${kind} order of ${of.join(', ')} is ${given.join(', ')}`;
    const span = rowSpan(source, cells.slice(from, at));
    problems.push({ code: 'out-of-range', message, span, expected: `each of ${places.join(', ')} once` });
  }
}
