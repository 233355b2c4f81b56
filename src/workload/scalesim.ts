import type { Diagnostic } from '../base/errors.ts';
import type { SourceText } from '../base/source.ts';
import { type Cell, cellSpan, MOST_PROBLEMS, throwProblems, withoutMark } from '../formats/csv.ts';
import { readScaleSimConv, readScaleSimGemm, type ScaleSimConv } from '../formats/scalesim/index.ts';
import type { Layer } from './layer.ts';
import { gemmLayer, tooLargeToCount, withSparsity } from './shapes.ts';

/**
 * The layers of a SCALE-Sim topology with SCALE-Sim's shapes: no padding, and a partial last window counts. `warn` as
 * for `readScaleSimConv`. Errors: those of `readScaleSimConv` and `readScaleSimGemm`; `out-of-range` for a layer beyond
 * 2^53 MACs.
 */
export function readScaleSimTopology(
  source: SourceText,
  form: 'conv' | 'gemm',
  batch = 1,
  warn?: (warning: Diagnostic) => void,
): Layer[] {
  return form === 'conv'
    ? counted(source, readScaleSimConv(source, undefined, warn), (row) => convLayer(row, batch))
    : counted(source, readScaleSimGemm(source, undefined, warn), (row) => {
        return withSparsity(gemmLayer(row.name, row, { batch, groups: 1 }), row.sparsity);
      });
}

/** SCALE-Sim's convolution as a layer. */
function convLayer(row: ScaleSimConv, batch: number): Layer {
  const { cell: _, sparsity, ...shape } = row;
  const layer: Layer = {
    ...shape,
    type: 'conv',
    batch,
    groups: 1,
    padHeight: 0,
    padWidth: 0,
    ofmapHeight: windows(row.ifmapHeight, row.filterHeight, row.strideHeight),
    ofmapWidth: windows(row.ifmapWidth, row.filterWidth, row.strideWidth),
  };
  return withSparsity(layer, sparsity);
}

/** ceil((size - filter + stride) / stride): in SCALE-Sim (v2 22f88b1) the last window may extend beyond the edge. */
function windows(size: number, filter: number, stride: number): number {
  return Math.ceil((size - filter) / stride) + 1;
}

function counted<Row extends { readonly cell: Cell }>(
  source: SourceText,
  rows: readonly Row[],
  layerOf: (row: Row) => Layer,
): Layer[] {
  const problems: Diagnostic[] = [];
  const layers = rows.map((row) => {
    const layer = layerOf(row);
    const problem = tooLargeToCount(layer, () => cellSpan(withoutMark(source), row.cell));
    if (problem && problems.length < MOST_PROBLEMS) problems.push(problem);
    return layer;
  });
  throwProblems(problems);
  return layers;
}
