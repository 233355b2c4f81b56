import { fail } from '../../base/errors.ts';
import {
  keptWords,
  placeBits,
  type ScaleSimShape,
  type ScaleSimSparsity,
  type Sparsity,
} from '../../formats/scalesim/index.ts';
import type { FilterStorage } from '../scalesim/layer-report.ts';
import { checkAddresses, filterMatrix, type LayerSizes } from './matrices.ts';
import { NumpyRandom } from './numpy-random.ts';
import type { AddressMatrix } from './streams.ts';

/** The filters of a layer as v3 packs them. */
export interface SparseFilters {
  /** Filters x packed rows; rows without a word are holes. */
  readonly matrix: AddressMatrix;
  /** The words of the window that all filters keep (layer-wise); null if each filter keeps its own. */
  readonly words: Int32Array | null;
  /** Words of a block of the ifmap, which the rows of two share (row-wise). */
  readonly block?: number;
  readonly storage: FilterStorage;
}

const DENSE: Sparsity = { kept: 1, block: 1 };

/** The sparsity v3 gives a layer: that of the topology. */
export function sparsityOf(layer: ScaleSimShape): Sparsity {
  return layer.sparsity ?? DENSE;
}

/** Packs a layer's filters. Errors: as of `filterMatrix`; `not-supported` where v3 loses a weight, and mostly fails. */
export function sparseFilters(layer: ScaleSimShape, sizes: LayerSizes, config: ScaleSimSparsity): SparseFilters {
  const { rowWise, dropsFirst } = config;
  const sparsity = sparsityOf(layer);
  if (rowWise) {
    // Blocks that are filled up at most double a window, but for short ones.
    checkAddresses(layer, (2 * sizes.window + 4 * rowWise.block) * sizes.filters);
    const counts = drawnCounts(sizes.filters, rowWise.block, rowWise.seed);
    const matrix = rowWiseMatrix(sizes, counts, rowWise.block, dropsFirst);
    const { window } = sizes;
    const ones = counts.reduce((sum, kept) => sum + keptWords({ kept, block: rowWise.block }, window), 0);
    return { matrix, words: null, block: rowWise.block, storage: storageOf(sizes, sparsity, matrix, ones, config) };
  }
  if (dropsFirst && sizes.filters === 1 && sizes.window <= sparsity.block) {
    fail('not-supported', `layer "${layer.name}": SCALE-Sim loses the weight at address 0 of one filter of one block`, {
      expected: 'a FilterOffset above 0',
    });
  }
  const words = keptOfWindow(sizes.window, sparsity);
  const matrix = filterMatrix(layer, sizes, words);
  return { matrix, words, storage: storageOf(sizes, sparsity, matrix, words.length * sizes.filters, config) };
}

function keptOfWindow(window: number, { kept, block }: Sparsity): Int32Array {
  const words = new Int32Array(keptWords({ kept, block }, window));
  for (let k = 0, at = 0; k < window; k++) if (k % block < kept) words[at++] = k;
  return words;
}

/** How many of every block each filter keeps: drawn anew for every layer. */
function drawnCounts(filters: number, block: number, seed: number): number[] {
  const random = new NumpyRandom(seed);
  return Array.from({ length: filters }, () => random.integer(1, Math.floor(block / 2) + 1));
}

/**
 * Every two blocks of the window, the last ones filled up, become half a block's rows each; under odd blocks the rows left over are at
 * the end. A filter stands on the plane at every `stride` words, so that no padding falls onto another one's words.
 */
function rowWiseMatrix(
  { window, filters }: LayerSizes,
  counts: readonly number[],
  block: number,
  dropsFirst: boolean,
): AddressMatrix {
  const rows = Math.ceil(window / (2 * block)) * block;
  const half = Math.floor(block / 2);
  const stride = 2 * rows + 1;
  const temporal = new Int32Array(rows).fill(stride - 1);
  for (let row = 0; row < 2 * half * (rows / block); row++)
    temporal[row] = Math.floor(row / half) * block + (row % half);
  const holes = new Uint8Array(stride * filters).fill(1);
  for (let n = 0; n < filters; n++) {
    for (let k = 0; k < window; k++) if (k % block < counts[n]) holes[n * stride + k] = 0;
  }
  // The word at address 0 passes for a dropped one, so that those after it move up; left alone it is put back.
  const last = Math.min(counts[0], window) - 1;
  if (dropsFirst && last > 0) holes[last] = 1;
  const spatial = Int32Array.from({ length: filters }, (_, n) => n * stride);
  const distinct = holes.reduce((sum, hole) => sum + 1 - hole, 0);
  return { spatial, temporal, span: holes.length, distinct, unique: false, holes };
}

/** As SPARSE_REPORT counts: a word for each weight, index and pointer, 32 bits of places in their blocks to a word. */
function storageOf(
  { window, filters }: LayerSizes,
  sparsity: Sparsity,
  { temporal }: AddressMatrix,
  ones: number,
  { representation }: ScaleSimSparsity,
): FilterStorage {
  const original = window * filters;
  if (representation === 'ellpack_block') {
    const packed = temporal.length * filters;
    const metadata = (packed * placeBits(sparsity)) / 32;
    return { representation, original, stored: packed + metadata, metadata };
  }
  const pointers = (representation === 'csr' ? window : filters) + 1;
  return { representation, original, stored: 2 * ones + pointers, metadata: ones + pointers };
}
