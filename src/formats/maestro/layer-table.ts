import { type Diagnostic, fail, InputError, type Span } from '../../base/errors.ts';
import { type SourceText, spanOf } from '../../base/source.ts';
import { type Cell, cellSpan, type Row, readCsv, rowSpan } from '../csv.ts';

/** A row of a table of layers: the sizes that its type has, and the number of the type. */
export interface LayerRow {
  readonly sizes: readonly number[];
  readonly type: number;
  readonly span: Span;
}

/** Types of layers in tables of GAMMA and ConfuciuX; T of a row. */
export const LAYER_KINDS = ['FC', 'CONV', 'DSCONV', 'GEMM'] as const;

/** Sizes of each type; the other columns mean nothing. */
const SIZES = [2, 6, 6, 3];

/** Largest size. */
const LARGEST = 2 ** 20;

/**
 * Reads a table of layers as GAMMA and ConfuciuX have them: six sizes and the type T. `headers` are the first lines that are
 * known, `types` the types and their meaning. Throws every problem found.
 */
export function readLayerTable(
  source: SourceText,
  headers: readonly string[],
  types: ReadonlyMap<number, string>,
): LayerRow[] {
  const [header, ...rows] = readCsv(source);
  const found = header?.map(({ text }) => text.trim()).join();
  if (found === undefined || !headers.includes(found)) {
    fail('csv-syntax', 'the first line has other columns', {
      span: header ? rowSpan(source, header) : spanOf(source, 0, 1),
      expected: headers.join(' or '),
    });
  }
  const table = new TableReader(source, found.split(','), types);
  const layers = rows.flatMap((row) => table.row(row));
  if (table.problems.length > 0) throw new InputError(table.problems);
  if (layers.length === 0)
    fail('empty-workload', 'the network has no layers', {
      span: rowSpan(source, header),
      expected: 'a row for each layer',
    });
  return layers;
}

class TableReader {
  readonly problems: Diagnostic[] = [];
  private readonly source: SourceText;
  private readonly columns: readonly string[];
  private readonly types: ReadonlyMap<number, string>;

  constructor(source: SourceText, columns: readonly string[], types: ReadonlyMap<number, string>) {
    this.source = source;
    this.columns = columns;
    this.types = types;
  }

  row(row: Row): LayerRow[] {
    const span = rowSpan(this.source, row);
    const expected = this.columns.length;
    if (row.length !== expected) {
      const message = `a row of ${row.length} values`;
      this.problems.push({ code: 'column-count', message, span, expected: `${expected} values` });
      return [];
    }
    const before = this.problems.length;
    const type = this.type(row[row.length - 1]);
    const sizes = row.slice(0, SIZES[type] ?? 0).map((cell, i) => this.size(cell, this.columns[i]));
    if (this.problems.length > before) return [];
    this.checkFilter(sizes, type, span);
    this.checkProducts(sizes, span);
    return [{ sizes, type, span }];
  }

  private size(cell: Cell, column: string): number {
    const value = Number(cell.text);
    if (cell.text.trim() !== '' && Number.isInteger(value) && value >= 1 && value <= LARGEST) return value;
    this.problems.push({
      code: 'out-of-range',
      message: `${column} is "${cell.text.trim()}"`,
      span: cellSpan(this.source, cell),
      expected: 'a whole number from 1 to 2^20',
    });
    return 1;
  }

  private type(cell: Cell): number {
    const value = cell.text.trim() === '' ? Number.NaN : Number(cell.text);
    if (this.types.has(value)) return value;
    this.problems.push({
      code: 'not-supported',
      message: `a layer of type ${cell.text.trim()}`,
      span: cellSpan(this.source, cell),
      expected: [...this.types].map(([number, name]) => `${number} (${name})`).join(', '),
    });
    return value;
  }

  private checkFilter([, , y, x, r, s]: readonly number[], type: number, span: Span): void {
    if (LAYER_KINDS[type] !== 'CONV' && LAYER_KINDS[type] !== 'DSCONV') return;
    if (r <= y && s <= x) return;
    this.problems.push({
      code: 'filter-larger-than-ifmap',
      message: `a filter of ${r} x ${s} over ${y} x ${x}`,
      span,
      expected: 'R up to Y and S up to X',
    });
  }

  private checkProducts(sizes: readonly number[], span: Span): void {
    if (sizes.reduce((product, size) => product * size, 1) <= Number.MAX_SAFE_INTEGER) return;
    const message = 'the layer has more than 2^53 products';
    this.problems.push({ code: 'out-of-range', message, span, expected: 'a smaller layer' });
  }
}
