import { type Diagnostic, fail, InputError, nearestName, type Span } from '../../base/errors.ts';
import { type SourceText, spanOf } from '../../base/source.ts';
import { cellSpan, MOST_PROBLEMS, withoutMark } from '../../formats/csv.ts';
import {
  type LineLayout,
  type PlacedBanks,
  type PlacedConfig,
  readScaleSimLayouts,
  type ScaleSimLayout,
  type ScratchpadBanks,
} from '../../formats/scalesim/index.ts';
import { gemmShape, type Layer } from '../../workload/index.ts';

/** The layout of an operand of a layer in the banks of its scratchpad. */
export type BankedLayout = LineLayout & ScratchpadBanks;

/** The layouts of a layer, for the operands that have one. */
export interface LayerLayouts {
  readonly ifmap?: BankedLayout;
  readonly filter?: BankedLayout;
}

/** Up to this size, placing each access of a layer takes seconds. */
const MOST_WORDS = 2 ** 30;

/**
 * The layouts of layers. Each layer has the row of its name; the channels of a "DP" layer have the row of that layer.
 * Undefined if no scratchpad has a layout. Errors: those of `readScaleSimLayouts`; `missing-key` for a missing file or
 * row; `out-of-range` for a line that holds more than the banks provide, and for a layer of more than 2^30 words.
 * Warning: `option-unused` for an unused file or row.
 */
export function layoutsOf(
  marked: SourceText | undefined,
  layers: readonly Layer[],
  banks: PlacedConfig['banks'],
  warn: (warning: Diagnostic) => void,
): LayerLayouts[] | undefined {
  const asked = banks.ifmap ?? banks.filter;
  if (!marked || !asked) {
    const message = 'the configuration asks for a layout, but there is no layout file';
    if (asked) fail('missing-key', message, { span: asked.span, expected: '-l FILE' });
    const expected = 'IfmapCustomLayout: True or FilterCustomLayout: True';
    if (marked) warn(unused(`${marked.file} has no effect`, expected, spanOf(marked, 0, 1)));
    return undefined;
  }
  const source = withoutMark(marked);
  const rows = readScaleSimLayouts(source);
  const byName = new Map(rows.map((row) => [row.name, row]));
  const used = new Set<ScaleSimLayout>();
  const problems: Diagnostic[] = [];
  const layouts = layers.map((layer) => {
    const row = byName.get(layer.name) ?? byName.get(layer.name.replace(/(DP.*)Channel_\d+$/, '$1'));
    if (problems.length >= MOST_PROBLEMS) return {};
    if (!row) {
      problems.push(noRow(source, rows, layer.name));
      return {};
    }
    used.add(row);
    const span = cellSpan(source, row.cell);
    const of = (operand: 'ifmap' | 'filter') => banked(operand, banks[operand], row, layer, span, problems);
    return { ...of('ifmap'), ...of('filter') };
  });
  if (problems.length > 0) throw new InputError(problems);
  for (const row of rows) {
    if (!used.has(row)) warn(unused(`no layer is named "${row.name}"`, undefined, cellSpan(source, row.cell)));
  }
  return layouts;
}

function unused(message: string, expected?: string, span?: Span): Diagnostic {
  return { code: 'option-unused', message, span, expected };
}

function noRow(source: SourceText, rows: readonly ScaleSimLayout[], name: string): Diagnostic {
  const suggestion = nearestName(
    name,
    rows.map((row) => row.name),
  );
  const near = rows.find((row) => row.name === suggestion);
  const span = near ? cellSpan(source, near.cell) : spanOf(source, 0, 0);
  return { code: 'missing-key', message: `there is no layout of layer "${name}"`, span, suggestion };
}

function banked(
  operand: 'ifmap' | 'filter',
  banks: PlacedBanks | undefined,
  row: ScaleSimLayout,
  layer: Layer,
  span: Span,
  problems: Diagnostic[],
): LayerLayouts {
  if (!banks) return {};
  const { lineWords, banks: count, ports } = banks;
  const words = row[operand].factors.reduce((product, factor) => product * factor, 1);
  const add = (message: string, expected: string): void => {
    problems.push({ code: 'out-of-range', message, span, expected });
  };
  if (words > lineWords) {
    add(`${words} ${operand} words in a line of ${lineWords}`, `factors whose product is at most ${lineWords}`);
  }
  if (operandWords(operand, layer) > MOST_WORDS) {
    add(`the ${operand} of "${layer.name}" is too large for its conflicts to be counted`, 'at most 2^30 words');
  }
  return { [operand]: { ...row[operand], lineWords, banks: count, ports } };
}

/** Words of an operand, or cells of its matrix if there are more of them. */
function operandWords(operand: 'ifmap' | 'filter', layer: Layer): number {
  const { m, n, k } = gemmShape(layer);
  if (operand === 'filter') return n * k;
  return Math.max(m * k, layer.ifmapHeight * layer.ifmapWidth * layer.channels);
}
