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
  /** Filters x packed rows. Rows without a word are holes. */
  readonly matrix: AddressMatrix;
  /** The window words that all filters keep (layer-wise); null if each filter keeps its own. */
  readonly words: Int32Array | null;
  /** Words of a block of the ifmap (row-wise); the rows of two blocks share it. */
  readonly block?: number;
  readonly storage: FilterStorage;
}

const DENSE: Sparsity = { kept: 1, block: 1 };

/** The sparsity of a layer in v3, taken from the topology. */
export function sparsityOf(layer: ScaleSimShape): Sparsity {
  return layer.sparsity ?? DENSE;
}

/** Packs a layer's filters. Errors: as for `filterMatrix`; `not-supported` where v3 loses a weight and usually fails. */
export function sparseFilters(layer: ScaleSimShape, sizes: LayerSizes, config: ScaleSimSparsity): SparseFilters {
  const { rowWise, dropsFirst } = config;
  const sparsity = sparsityOf(layer);
  if (rowWise) {
    // Padding blocks at most doubles a window, except for short windows.
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

/** The number of words that each filter keeps of every block, drawn anew for every layer. */
function drawnCounts(filters: number, block: number, seed: number): number[] {
  const random = new NumpyRandom(seed);
  return Array.from({ length: filters }, () => random.integer(1, Math.floor(block / 2) + 1));
}

/**
 * The packed filters with row-wise sparsity. The window is padded to pairs of blocks, and each block becomes half a
 * block of rows. If blocks are odd, the remaining rows come at the end. The filters lie `stride` words apart on the
 * plane, so that the padding of one never overlaps the words of another.
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
  // v3 takes the word at address 0 for a dropped one, so that the following words move up. If it is the only kept word,
  // v3 restores it.
  const last = Math.min(counts[0], window) - 1;
  if (dropsFirst && last > 0) holes[last] = 1;
  const spatial = Int32Array.from({ length: filters }, (_, n) => n * stride);
  const distinct = holes.reduce((sum, hole) => sum + 1 - hole, 0);
  return { spatial, temporal, span: holes.length, distinct, unique: false, holes };
}

/** Storage as SPARSE_REPORT counts it: one word per weight, index and pointer; block positions take 32 bits to a word. */
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
