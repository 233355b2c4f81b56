import { type Diagnostic, fail, isTolerated, type Tolerate } from '../../base/errors.ts';
import type { SourceText } from '../../base/source.ts';
import {
  type Cell,
  cellSpan,
  hasContent,
  MOST_PROBLEMS,
  type Row,
  rowSpan,
  splitCsv,
  throwProblems,
  wholeNumber,
  withoutMark,
} from '../csv.ts';
import type { ScaleSimVersion } from './config.ts';
import { readSparsity, type Sparsity } from './sparsity.ts';

/** A layer of SCALE-Sim: a convolution without padding. Users give ifmaps that are already padded. */
export interface ScaleSimShape {
  readonly name: string;
  readonly ifmapHeight: number;
  readonly ifmapWidth: number;
  readonly filterHeight: number;
  readonly filterWidth: number;
  readonly channels: number;
  readonly filters: number;
  readonly strideHeight: number;
  readonly strideWidth: number;
  /** Sparsity in v3; absent for dense filters. */
  readonly sparsity?: Sparsity | undefined;
}

/** A row of a SCALE-Sim convolution topology. */
export interface ScaleSimConv extends ScaleSimShape {
  /** The cell at which the row starts: its name. */
  readonly cell: Cell;
}

/** A row of a SCALE-Sim GEMM topology: M x K by K x N. */
export interface ScaleSimGemm {
  readonly name: string;
  readonly m: number;
  readonly n: number;
  readonly k: number;
  /** Sparsity in v3; absent for dense filters. */
  readonly sparsity?: Sparsity | undefined;
  /** The cell at which the row starts: its name. */
  readonly cell: Cell;
}

const CONV_CELLS = [
  'ifmap height',
  'ifmap width',
  'filter height',
  'filter width',
  'channels',
  'filters',
  'stride',
] as const;
const GEMM_CELLS = ['M', 'N', 'K'] as const;

/** Most channels of a "DP" row, so that a slip cannot fill the memory. Networks have a few thousand. */
const MOST_CHANNELS = 65536;

/** Reads as a version of SCALE-Sim does. Whatever that version drops becomes a warning for `tolerate` instead of an error. */
export interface ScaleSimCompat {
  readonly version: ScaleSimVersion;
  readonly tolerate: Tolerate;
}

interface RowReader {
  readonly source: SourceText;
  readonly problems: Diagnostic[];
  readonly compat: ScaleSimCompat | undefined;
  /** Receives a warning for each row that does not mean what it seems to. */
  readonly warn: ((warning: Diagnostic) => void) | undefined;
}

/**
 * Reads SCALE-Sim's convolution topology: name, ifmap height, ifmap width, filter height, filter width, channels,
 * filters, stride and a comma at the end. A ninth value is the horizontal stride (v2) or the sparsity N:M (v3). A name
 * that contains "DP" stands for one layer per channel, as in SCALE-Sim.
 *
 * SCALE-Sim always skips the first line and drops whatever follows the last comma of a row. Without `compat`, a first
 * line that is a layer is an error (`csv-syntax`), and the last value of a row without a final comma counts, with a
 * warning. With `compat` this reader drops what SCALE-Sim drops, with warnings. `warn` also receives a warning for rows
 * that stand for several layers. Other errors: `missing-key`, `wrong-type`, `out-of-range`, `filter-larger-than-ifmap`.
 */
export function readScaleSimConv(
  source: SourceText,
  compat?: ScaleSimCompat,
  warn?: (warning: Diagnostic) => void,
): ScaleSimConv[] {
  return readRows(source, { compat, warn }, (reader, row) => {
    const sizes = numbersOf(reader, row, CONV_CELLS);
    const ninth = ninthOf(reader, row);
    checkCount(reader, row, CONV_CELLS.length + 2);
    if (!sizes) return [];
    checkFits(reader, row, sizes);
    const [ifmapHeight, ifmapWidth, filterHeight, filterWidth, channels, filters, strideHeight] = sizes;
    const shape = { ifmapHeight, ifmapWidth, filterHeight, filterWidth, channels, filters, strideHeight };
    const layer = { ...nameOf(reader, row), ...shape, strideWidth: strideHeight, ...ninth };
    return layer.name.includes('DP') ? perChannel(reader, row, layer) : [layer];
  });
}

/**
 * Reads SCALE-Sim's GEMM topology: name, M, N, K and a comma at the end; v3 adds the sparsity N:M. Errors as for
 * `readScaleSimConv`.
 */
export function readScaleSimGemm(
  source: SourceText,
  compat?: ScaleSimCompat,
  warn?: (warning: Diagnostic) => void,
): ScaleSimGemm[] {
  return readRows(source, { compat, warn }, (reader, row) => {
    const sizes = numbersOf(reader, row, GEMM_CELLS);
    const cell = compat?.version === 'v2' ? undefined : row[GEMM_CELLS.length + 1];
    const sparsity = cell && readSparsity(reader.source, cell, reader.problems);
    checkCount(reader, row, GEMM_CELLS.length + 2);
    if (!sizes) return [];
    const [m, n, k] = sizes;
    return [{ ...nameOf(reader, row), m, n, k, ...(sparsity && { sparsity }) }];
  });
}

/**
 * The form of a SCALE-Sim file: convolutions (rows of 8 or 9 values) or GEMMs (rows of 4); undefined if its rows decide
 * neither. A file of one kind in which some rows are too short still counts as that kind, so that its reader can point
 * at them.
 */
export function scaleSimForm(source: SourceText): 'conv' | 'gemm' | undefined {
  const rows = splitCsv(withoutMark(source)).slice(1).filter(hasContent);
  const counts = rows.map((row) => {
    const values = withoutBlankEnd(row);
    return values[values.length - 1].text.includes(':') ? values.length - 1 : values.length;
  });
  const conv = counts.some((count) => count === 8 || count === 9);
  const gemm = counts.includes(4);
  return conv === gemm ? undefined : conv ? 'conv' : 'gemm';
}

function readRows<T>(
  marked: SourceText,
  { compat, warn }: Pick<RowReader, 'compat' | 'warn'>,
  read: (reader: RowReader, row: Row) => T[],
): T[] {
  const reader: RowReader = { source: withoutMark(marked), problems: [], compat, warn };
  const [header, ...rows] = splitCsv(reader.source);
  checkHeader(reader, header);
  const layers: T[] = [];
  // SCALE-Sim takes a line of commas alone for a layer without values.
  const isRow = compat ? (row: Row): boolean => row.length > 1 || hasContent(row) : hasContent;
  for (const row of rows.filter(isRow)) {
    if (reader.problems.length >= MOST_PROBLEMS) break;
    checkEnd(reader, row);
    // SCALE-Sim drops exactly one value, blank or not. A row of one value becomes empty.
    const kept = compat ? row.slice(0, -1) : withoutBlankEnd(hasRemark(row) ? row.slice(0, -1) : row);
    if (kept.length > 0) layers.push(...read(reader, kept));
    else
      reader.problems.push({ code: 'missing-key', message: 'the row has no comma', span: rowSpan(reader.source, row) });
  }
  throwProblems(reader.problems);
  if (layers.length === 0) {
    fail('empty-workload', `${marked.file} names no layer`, { span: rowSpan(reader.source, header) });
  }
  return layers;
}

/** Reports an input that SCALE-Sim accepts: a warning under `compat`, else an error. */
function tell({ problems, compat }: RowReader, diagnostic: Diagnostic): void {
  isTolerated(diagnostic, problems, compat?.tolerate);
}

function checkHeader(reader: RowReader, header: Row): void {
  const values = withoutBlankEnd(header).slice(1);
  if (values.length === 0 || !values.every((cell) => /^[\d:.]+$/.test(cell.text))) return;
  const message = 'the first line holds a layer, but SCALE-Sim takes it for a header and skips it';
  const span = rowSpan(reader.source, header);
  tell(reader, { code: 'csv-syntax', message, span, expected: 'a header, or a blank line' });
}

/** Handles a row without its last comma. Its intent is clear; only SCALE-Sim loses the value. */
function checkEnd(reader: RowReader, row: Row): void {
  const last = row[row.length - 1];
  if (last.text === '' || (!reader.compat && hasRemark(row))) return;
  const span = cellSpan(reader.source, last);
  const expected = `"${last.text},"`;
  if (reader.compat) {
    const message = `the row does not end with a comma; SCALE-Sim drops its last value, ${last.text}`;
    reader.compat.tolerate({ code: 'csv-syntax', message, span, expected });
    return;
  }
  const message = `the row does not end with a comma; ${last.text} counts, though SCALE-Sim drops it`;
  reader.warn?.({ code: 'csv-syntax', message, span, expected });
}

/** Whether words follow the last comma, such as `#dw`. They hold no value that could be lost. */
function hasRemark(row: Row): boolean {
  return row.length > 1 && /^\D+$/.test(row[row.length - 1].text);
}

function nameOf(reader: RowReader, [cell]: Row): { name: string; cell: Cell } {
  const message = 'the layer has no name';
  if (cell.text === '') tell(reader, { code: 'missing-key', message, span: cellSpan(reader.source, cell) });
  return { name: cell.text, cell };
}

function numbersOf(reader: RowReader, row: Row, names: readonly string[]): number[] | undefined {
  const { source, problems } = reader;
  if (row.length <= names.length) {
    const message = `the row has no ${names[row.length - 1]}`;
    const expected = `a name and ${names.length} values: ${names.join(', ')}`;
    problems.push({ code: 'missing-key', message, span: rowSpan(source, row), expected });
    return undefined;
  }
  const values = names.map((name, i) => wholeNumber(source, row[i + 1], `the ${name}`, 1, problems));
  return values.every((value) => value !== undefined) ? values : undefined;
}

/** The ninth value: the horizontal stride in v2, the sparsity in v3. v3 has no horizontal stride. */
function ninthOf({ source, problems, compat }: RowReader, row: Row): { strideWidth?: number; sparsity?: Sparsity } {
  const cell = row[CONV_CELLS.length + 1];
  if (!cell) return {};
  const version = compat?.version ?? (cell.text.includes(':') ? 'v3' : 'v2');
  if (version === 'v2') {
    const strideWidth = wholeNumber(source, cell, 'the horizontal stride', 1, problems);
    return strideWidth === undefined ? {} : { strideWidth };
  }
  const sparsity = readSparsity(source, cell, problems);
  return sparsity ? { sparsity } : {};
}

function checkCount(reader: RowReader, row: Row, most: number): void {
  if (row.length <= most) return;
  const message = `a value beyond the ${most} that SCALE-Sim reads`;
  tell(reader, { code: 'csv-syntax', message, span: cellSpan(reader.source, row[most]) });
}

function checkFits({ source, problems }: RowReader, row: Row, sizes: readonly number[]): void {
  const [ifmapHeight, ifmapWidth, filterHeight, filterWidth] = sizes;
  const tooLarge = filterHeight > ifmapHeight ? row[3] : filterWidth > ifmapWidth ? row[4] : undefined;
  if (!tooLarge) return;
  problems.push({
    code: 'filter-larger-than-ifmap',
    message: `a filter of ${filterHeight} x ${filterWidth} over an ifmap of ${ifmapHeight} x ${ifmapWidth}`,
    span: cellSpan(source, tooLarge),
    expected: 'an ifmap that includes its padding; SCALE-Sim has no column for padding',
  });
}

function perChannel({ source, problems, warn }: RowReader, row: Row, layer: ScaleSimConv): ScaleSimConv[] {
  if (layer.channels > MOST_CHANNELS) {
    const message = `"DP" in the name makes one layer per channel: ${layer.channels} layers, too many`;
    const expected = `at most ${MOST_CHANNELS}`;
    problems.push({ code: 'out-of-range', message, span: cellSpan(source, row[5]), expected });
    return [];
  }
  const { name, channels } = layer;
  const message = `"DP" in the name makes ${channels} layers of one channel and ${layer.filters} filters each, as in SCALE-Sim`;
  warn?.({ code: 'csv-syntax', message, span: cellSpan(source, row[0]) });
  return Array.from({ length: channels }, (_, i) => ({ ...layer, name: `${name}Channel_${i}`, channels: 1 }));
}

/** The row without blank cells at its end. SCALE-Sim's rows end with a comma, and real files often with several. */
export function withoutBlankEnd(row: Row): Row {
  let length = row.length;
  while (length > 1 && row[length - 1].text === '') length--;
  return row.slice(0, length);
}
