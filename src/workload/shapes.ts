import { type Diagnostic, fail, type Span } from '../base/errors.ts';
import { type GemmShape, type Layer, layerMacs, type Sparsity, type Workload, workloadMacs } from './layer.ts';

/** `groups` products of M x K by K x N, each as a 1 x 1 convolution over an ifmap of 1 x M pixels. */
export function gemmLayer(
  name: string,
  { m, n, k }: GemmShape,
  { batch, groups }: { batch: number; groups: number },
): Layer {
  return {
    name,
    type: 'gemm',
    batch,
    groups,
    ifmapHeight: 1,
    ifmapWidth: m,
    channels: k,
    filterHeight: 1,
    filterWidth: 1,
    filters: n,
    strideHeight: 1,
    strideWidth: 1,
    padHeight: 0,
    padWidth: 0,
    ofmapHeight: 1,
    ofmapWidth: m,
  };
}

/** The layer with the given sparsity of its filters. */
export function withSparsity(layer: Layer, sparsity: Sparsity | undefined): Layer {
  return sparsity ? { ...layer, sparsity } : layer;
}

/**
 * The problem of a layer too large to count; undefined if there is none. MACs and words must stay below 2^53, up to
 * which doubles are exact integers, because the checks of a run compare them without tolerance.
 */
export function tooLargeToCount(layer: Layer, spanOf: () => Span | undefined): Diagnostic | undefined {
  const ifmapWords = layer.batch * layer.groups * layer.ifmapHeight * layer.ifmapWidth * layer.channels;
  if (layerMacs(layer) <= Number.MAX_SAFE_INTEGER && ifmapWords <= Number.MAX_SAFE_INTEGER) return undefined;
  const message = `layer "${layer.name}" has more than 2^53 MACs or ifmap words`;
  return { code: 'out-of-range', message, span: spanOf(), expected: 'a layer that can be counted exactly' };
}

/** Throws `out-of-range` for a batch that is not a whole number above zero. */
export function checkBatch(batch: number): void {
  if (Number.isInteger(batch) && batch >= 1 && batch <= 2 ** 31) return;
  fail('out-of-range', `a batch of ${batch}`, { expected: 'a whole number from 1 to 2^31' });
}

/** Throws `out-of-range` for a network whose MACs together are too many to be counted. */
export function checkCountable(workload: Workload, file: string): void {
  if (workloadMacs(workload) <= Number.MAX_SAFE_INTEGER) return;
  fail('out-of-range', `${file} has more than 2^53 MACs`, { expected: 'a network that can be counted exactly' });
}

/** Turns `workloads/resnet18.csv` into `resnet18`. */
export function nameOf(file: string): string {
  return file.replace(/^.*[\\/]/, '').replace(/\.(csv|onnx)$/i, '');
}
