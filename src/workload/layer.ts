import { keptWords, placeBits, type Sparsity } from '../formats/scalesim/index.ts';

export type { Sparsity };

/**
 * One matrix product of a network as the systolic array sees it: a convolution lowered by im2col, or a GEMM. A GEMM of
 * M x K by K x N is stored as a 1 x 1 convolution over an ifmap of 1 x M pixels with K channels and N filters, which
 * touches the same words in the same order.
 *
 * `channels` and `filters` are those of one group. Groups (grouped or depthwise convolution, attention heads) are
 * independent products that run in sequence.
 */
export interface Layer {
  readonly name: string;
  readonly type: 'conv' | 'gemm';
  readonly batch: number;
  readonly groups: number;
  readonly ifmapHeight: number;
  readonly ifmapWidth: number;
  readonly channels: number;
  readonly filterHeight: number;
  readonly filterWidth: number;
  readonly filters: number;
  readonly strideHeight: number;
  readonly strideWidth: number;
  /** Zero pixels added on either side. The array reads them from the scratchpad, but they are never fetched from DRAM. */
  readonly padHeight: number;
  readonly padWidth: number;
  /** Output pixels per image. They are explicit, because SCALE-Sim rounds a partial last window up and we round it down. */
  readonly ofmapHeight: number;
  readonly ofmapWidth: number;
  /** N:M sparsity of the filters, with the same positions in all of them (docs/methods/sparsity.md); absent for dense filters. */
  readonly sparsity?: Sparsity | undefined;
  /** Position of this part in the product, if several parts are computed side by side; absent for the whole product. */
  readonly part?: ProductPart;
}

/**
 * A block of the product of each group: `m` output pixels from `firstM` on, `n` filters, `k` kept window words from
 * `firstK` on.
 */
export interface ProductPart extends GemmShape {
  readonly firstM: number;
  readonly firstK: number;
}

/** A layer of the input file that is not a matrix product. It is reported but not simulated. */
export interface OmittedLayer {
  readonly name: string;
  readonly type: string;
}

export interface Workload {
  readonly name: string;
  readonly layers: readonly Layer[];
  readonly omitted: readonly OmittedLayer[];
  /** Default sizes that were assumed for sizes that the file leaves open. */
  readonly assumptions?: readonly string[];
}

/** M x K by K x N of one group of a layer, or of its part: M output pixels (of all images), K kept window words, N filters. */
export interface GemmShape {
  readonly m: number;
  readonly n: number;
  readonly k: number;
}

/** The matrix product of one group of a layer, or of its part. */
export function gemmShape(layer: Layer): GemmShape {
  return layer.part ?? wholeShape(layer);
}

/** The product that all parts of a layer make up together. */
export function wholeShape(layer: Layer): GemmShape {
  return {
    m: layer.batch * layer.ofmapHeight * layer.ofmapWidth,
    n: layer.filters,
    k: layer.sparsity ? keptWords(layer.sparsity, windowWords(layer)) : windowWords(layer),
  };
}

/** Words of a window, including dropped ones. */
export function windowWords({ filterHeight, filterWidth, channels }: Layer): number {
  return filterHeight * filterWidth * channels;
}

/** Bits that give the position of a kept weight in its block and travel with it; 0 if all weights are kept. */
export function metadataBits({ sparsity }: Layer): number {
  return sparsity && sparsity.kept < sparsity.block ? placeBits(sparsity) : 0;
}

/** Multiply-accumulates of all groups, without those of dropped weights. */
export function layerMacs(layer: Layer): number {
  const { m, n, k } = gemmShape(layer);
  return m * n * k * layer.groups;
}

/** For `macs` executed of a layer, the multiply-accumulates including those of dropped weights. */
export function denseMacs(layer: Layer, macs: number): number {
  return layer.sparsity ? (macs / wholeShape(layer).k) * windowWords(layer) : macs;
}

/** Multiply-accumulates of one inference: of all layers and groups, without those of dropped weights. */
export function workloadMacs(workload: Workload): number {
  return workload.layers.reduce((sum, layer) => sum + layerMacs(layer), 0);
}
