import { attempt, type Diagnostic, InputError } from '../../base/errors.ts';
import { type SourceText, spanOf } from '../../base/source.ts';
import {
  readScaleSimConfig,
  readScaleSimConv,
  readScaleSimGemm,
  type ScaleSimCompat,
  type ScaleSimConfig,
  type ScaleSimShape,
} from '../../formats/scalesim/index.ts';

/** The input of SCALE-Sim: a configuration and the layers of a topology. */
export interface ScaleSimInput {
  readonly config: ScaleSimConfig;
  readonly layers: readonly ScaleSimShape[];
}

/** The texts of a SCALE-Sim run, and the form of the topology. */
export interface ScaleSimTexts {
  readonly config: SourceText;
  readonly topology: SourceText;
  readonly form: 'conv' | 'gemm';
  /** v3's layouts. SCALE-Sim's own engine does not use them here. */
  readonly layout?: SourceText | undefined;
}

/**
 * Reads both files as a version of SCALE-Sim does. Errors of both files: those of `readScaleSimConfig` and
 * `readScaleSimConv`.
 */
export function readScaleSimInput({ config, topology, form }: ScaleSimTexts, compat: ScaleSimCompat): ScaleSimInput {
  const problems: Diagnostic[] = [];
  const input = {
    config: attempt(problems, () => readScaleSimConfig(config, compat.version, compat.tolerate)),
    layers: attempt(problems, () => readLayers(topology, form, compat)),
  };
  if (!input.config || !input.layers) throw new InputError(problems);
  const { config: read, layers } = input;
  if (!read.sparsity && layers.some(({ sparsity }) => sparsity && sparsity.kept < sparsity.block)) {
    const message = `the sparse layers of ${topology.file} run dense`;
    const span = spanOf(topology, 0, 1);
    compat.tolerate({ code: 'option-unused', message, span, expected: 'SparsitySupport: True' });
  }
  return { config: read, layers };
}

/** Reads layers. A GEMM of M x K by K x N becomes a convolution of N filters of 1 x K over M rows of K words. */
function readLayers(source: SourceText, form: 'conv' | 'gemm', compat: ScaleSimCompat): ScaleSimShape[] {
  if (form === 'conv') return readScaleSimConv(source, compat);
  return readScaleSimGemm(source, compat).map(({ name, m, n, k, sparsity }) => {
    const ifmap = { ifmapHeight: m, ifmapWidth: k, channels: 1 };
    const strides = { strideHeight: 1, strideWidth: 1 };
    return { name, ...ifmap, filterHeight: 1, filterWidth: k, filters: n, ...strides, sparsity };
  });
}
