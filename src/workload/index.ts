import { type Diagnostic, fail, placedAt } from '../base/errors.ts';
import { type SourceText, spanOf } from '../base/source.ts';
import { hasContent, type Row, rowSpan, splitCsv, withoutMark } from '../formats/csv.ts';
import { scaleSimForm } from '../formats/scalesim/index.ts';
import type { Workload } from './layer.ts';
import { readScaleSimTopology } from './scalesim.ts';
import { checkBatch, checkCountable, nameOf } from './shapes.ts';
import { readIsothermTopology } from './topology.ts';

export * from './layer.ts';
export { isOnnx, type OnnxOptions, readOnnxModel } from './onnx/model.ts';
export { readScaleSimTopology } from './scalesim.ts';
export { OMITTED_TYPES, readIsothermTopology, TOPOLOGY_COLUMNS } from './topology.ts';

export const TOPOLOGY_FORMS = ['isotherm', 'scalesim-conv', 'scalesim-gemm'] as const;

export type TopologyForm = (typeof TOPOLOGY_FORMS)[number];

export interface TopologyOptions {
  /** The form of the text. By default the text itself decides. */
  readonly form?: TopologyForm | undefined;
  /** Images (sequences) per inference; multiplies the file's own number. Default 1. */
  readonly batch?: number | undefined;
}

/**
 * Reads a topology file of any of the three forms. A text has our form if its header names the columns `layer` and
 * `type`. Otherwise it is SCALE-Sim's, with convolutions or GEMMs according to the number of values in its rows. The
 * workload gets the name of the file. Errors: those of `readIsothermTopology` and `readScaleSimTopology`; `csv-syntax`
 * if the form is unclear; `out-of-range` for a batch that is not a whole number above zero, or for a network beyond
 * 2^53 MACs.
 */
export function readTopology(source: SourceText, { form, batch = 1 }: TopologyOptions = {}): Workload {
  checkBatch(batch);
  return placedAt(spanOf(source, 0, 1), () => {
    const workload = { name: nameOf(source.file), ...readForm(source, form ?? formOf(source), batch) };
    checkCountable(workload, source.file);
    return workload;
  });
}

function readForm(source: SourceText, form: TopologyForm, batch: number): Omit<Workload, 'name'> {
  if (form === 'isotherm') return readIsothermTopology(source, batch);
  let unended = 0;
  const warn = ({ expected }: Diagnostic): void => {
    if (expected?.endsWith(',"')) unended++;
  };
  const layers = readScaleSimTopology(source, form === 'scalesim-conv' ? 'conv' : 'gemm', batch, warn);
  if (unended === 0) return { layers, omitted: [] };
  const rows = `${unended} ${unended === 1 ? 'row' : 'rows'} of ${source.file}`;
  return { layers, omitted: [], assumptions: [`${rows} without a comma at the end: the last value of each counts`] };
}

function formOf(marked: SourceText): TopologyForm {
  const source = withoutMark(marked);
  const rows = splitCsv(source);
  const header = rows.find((row) => hasContent(row) && !row[0].text.startsWith('#'));
  if (!header) fail('empty-workload', `${source.file} is empty`, { expected: 'a topology file' });
  if (hasColumn(header, 'layer') && hasColumn(header, 'type')) return 'isotherm';
  const form = scaleSimForm(source);
  if (form) return `scalesim-${form}`;
  fail('csv-syntax', `cannot tell which form of topology ${source.file} has`, {
    span: rowSpan(source, header),
    expected:
      'a header row with the columns "layer" and "type", or SCALE-Sim rows of 8 or 9 (conv) or of 4 values (gemm); or name ' +
      `the form: ${TOPOLOGY_FORMS.join(', ')}`,
  });
}

function hasColumn(header: Row, name: string): boolean {
  return header.some((cell) => cell.text.replaceAll('"', '').trim() === name);
}
