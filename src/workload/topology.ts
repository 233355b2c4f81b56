import { type Diagnostic, fail, nearestName, type Span } from '../base/errors.ts';
import { type SourceText, spanOf } from '../base/source.ts';
import { type Cell, cellSpan, MOST_PROBLEMS, type Row, rowSpan, throwProblems, withoutMark } from '../formats/csv.ts';
import { readSparsity } from '../formats/scalesim/index.ts';
import type { Layer, OmittedLayer } from './layer.ts';
import { gemmLayer, tooLargeToCount, withSparsity } from './shapes.ts';
import { cellOf, checkLength, type NumberColumn, numbersOf, readTable, type Table } from './table.ts';

const COUNT: NumberColumn = { min: 1 };
const COUNT_OR_ONE: NumberColumn = { min: 1, blank: 1 };

const CONV = {
  ifmap_h: COUNT,
  ifmap_w: COUNT,
  channels: COUNT,
  filter_h: COUNT,
  filter_w: COUNT,
  filters: COUNT,
  stride: COUNT,
  stride_w: { min: 1, blank: 'stride' },
  padding: { min: 0 },
  padding_w: { min: 0, blank: 'padding' },
  groups: COUNT_OR_ONE,
  batch: COUNT_OR_ONE,
} as const satisfies Record<string, NumberColumn>;

const GEMM = {
  m: COUNT,
  n: COUNT,
  k: COUNT,
  groups: COUNT_OR_ONE,
  batch: COUNT_OR_ONE,
} as const satisfies Record<string, NumberColumn>;

const TEXT = ['layer', 'type'] as const;

/** Columns of matrix products that hold text. */
const PRODUCT_TEXT = [...TEXT, 'sparsity'] as const;

/** The columns of a topology file. */
export const TOPOLOGY_COLUMNS: readonly string[] = [
  ...new Set([...PRODUCT_TEXT, ...Object.keys(CONV), ...Object.keys(GEMM)]),
];

/** Layer types that are not matrix products. They are listed but not simulated. */
export const OMITTED_TYPES: readonly string[] = [
  ...['pool', 'add', 'multiply', 'activation', 'norm', 'softmax', 'embedding', 'concat'],
  ...['split', 'reshape', 'transpose', 'pad', 'resize', 'reduce', 'dropout'],
];

/**
 * Reads our topology CSV (docs/formats/topology.md). `batch` multiplies the file's batch column.
 *
 * Errors, all of a file at once unless a stray quote hides the others: `csv-syntax`; `unknown-key` for a column, or for
 * a value that the row's type does not use; `missing-key` for a column or a cell; `wrong-type`; `out-of-range`;
 * `unknown-name` for a layer type; `duplicate-name` for a layer or a column; `filter-larger-than-ifmap`;
 * `empty-workload`.
 */
export function readIsothermTopology(marked: SourceText, batch = 1): { layers: Layer[]; omitted: OmittedLayer[] } {
  const source = withoutMark(marked);
  const table = readTable(source, TOPOLOGY_COLUMNS, TEXT);
  if (!table) {
    const span = spanOf(source, 0, 1);
    fail('empty-workload', `${source.file} has no header row`, { span, expected: 'a row that names the columns' });
  }
  const names = new Map<string, Cell>();
  const layers: Layer[] = [];
  const omitted: OmittedLayer[] = [];
  for (const row of table.rows) {
    if (table.problems.length >= MOST_PROBLEMS) break;
    checkLength(table, row);
    const name = readName(table, row, names);
    const layer = readLayer(table, row, name, batch);
    if (layer) layers.push(layer);
    else omitted.push({ name, type: cellOf(table, row, 'type').text });
  }
  throwProblems(table.problems);
  if (layers.length === 0) {
    fail('empty-workload', `${source.file} has no conv or gemm layer`, { span: rowSpan(source, table.header) });
  }
  return { layers, omitted };
}

function readName(table: Table, row: Row, names: Map<string, Cell>): string {
  const { source, problems } = table;
  const cell = cellOf(table, row, 'layer');
  const first = names.get(cell.text);
  if (cell.text === '') {
    problems.push({ code: 'missing-key', message: 'the layer has no name', span: cellSpan(source, cell) });
  } else if (first) {
    const message = `layer "${cell.text}" is on line ${cellSpan(source, first).line} already`;
    problems.push({ code: 'duplicate-name', message, span: cellSpan(source, cell) });
  } else {
    names.set(cell.text, cell);
  }
  return cell.text;
}

/** The layer of a row; undefined if its type is not a matrix product or if the row has an error. */
function readLayer(table: Table, row: Row, name: string, batch: number): Layer | undefined {
  const type = cellOf(table, row, 'type');
  if (type.text === 'conv') return counted(table, row, sparse(table, row, readConv(table, row, name, batch)));
  if (type.text === 'gemm') return counted(table, row, sparse(table, row, readGemm(table, row, name, batch)));
  if (OMITTED_TYPES.includes(type.text)) numbersOf(table, row, type.text, {}, TEXT);
  else table.problems.push(unknownType(type, cellSpan(table.source, type)));
  return undefined;
}

function unknownType(type: Cell, span: Span): Diagnostic {
  const types = ['conv', 'gemm', ...OMITTED_TYPES];
  const expected = `one of ${types.join(', ')}`;
  if (type.text === '') return { code: 'missing-key', message: 'the layer has no type', span, expected };
  const suggestion = nearestName(type.text, types);
  return { code: 'unknown-name', message: `unknown layer type "${type.text}"`, span, expected, suggestion };
}

function readGemm(table: Table, row: Row, name: string, batch: number): Layer | undefined {
  const numbers = numbersOf(table, row, 'gemm', GEMM, PRODUCT_TEXT);
  return numbers && gemmLayer(name, numbers, { batch: batch * numbers.batch, groups: numbers.groups });
}

/** The file gives the channels and filters of the whole layer, as papers do, while a Layer has those of one group. */
function readConv(table: Table, row: Row, name: string, batch: number): Layer | undefined {
  const numbers = numbersOf(table, row, 'conv', CONV, PRODUCT_TEXT);
  if (!numbers) return undefined;
  const { groups } = numbers;
  checkDivides(table, row, 'channels', numbers);
  checkDivides(table, row, 'filters', numbers);
  checkFits(table, row, 'h', [numbers.ifmap_h, numbers.filter_h, numbers.padding]);
  checkFits(table, row, 'w', [numbers.ifmap_w, numbers.filter_w, numbers.padding_w]);
  return {
    name,
    type: 'conv',
    batch: batch * numbers.batch,
    groups,
    ifmapHeight: numbers.ifmap_h,
    ifmapWidth: numbers.ifmap_w,
    channels: numbers.channels / groups,
    filterHeight: numbers.filter_h,
    filterWidth: numbers.filter_w,
    filters: numbers.filters / groups,
    strideHeight: numbers.stride,
    strideWidth: numbers.stride_w,
    padHeight: numbers.padding,
    padWidth: numbers.padding_w,
    ofmapHeight: Math.floor((numbers.ifmap_h + 2 * numbers.padding - numbers.filter_h) / numbers.stride) + 1,
    ofmapWidth: Math.floor((numbers.ifmap_w + 2 * numbers.padding_w - numbers.filter_w) / numbers.stride_w) + 1,
  };
}

function checkDivides(
  table: Table,
  row: Row,
  column: 'channels' | 'filters',
  numbers: Readonly<Record<'channels' | 'filters' | 'groups', number>>,
): void {
  const { groups } = numbers;
  if (numbers[column] % groups === 0) return;
  const message = `${numbers[column]} ${column} do not divide into ${groups} groups`;
  const expected = `a multiple of ${groups}: the ${column} of the whole layer`;
  table.problems.push({
    code: 'out-of-range',
    message,
    span: cellSpan(table.source, cellOf(table, row, column)),
    expected,
  });
}

function checkFits(table: Table, row: Row, axis: 'h' | 'w', [ifmap, filter, padding]: readonly number[]): void {
  const padded = ifmap + 2 * padding;
  if (filter <= padded) return;
  table.problems.push({
    code: 'filter-larger-than-ifmap',
    message: `filter_${axis} is ${filter}, but the ifmap with its padding is ${padded}`,
    span: cellSpan(table.source, cellOf(table, row, `filter_${axis}`)),
    expected: `at most ifmap_${axis} + 2 x padding = ${padded}`,
  });
}

function sparse(table: Table, row: Row, layer: Layer | undefined): Layer | undefined {
  const cell = cellOf(table, row, 'sparsity');
  const sparsity = cell.text === '' ? undefined : readSparsity(table.source, cell, table.problems);
  return layer && withSparsity(layer, sparsity);
}

function counted(table: Table, row: Row, layer: Layer | undefined): Layer | undefined {
  const problem = layer && tooLargeToCount(layer, () => cellSpan(table.source, cellOf(table, row, 'layer')));
  if (problem) table.problems.push(problem);
  return layer;
}
