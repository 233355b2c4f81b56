import { fail } from '../../base/errors.ts';
import type { ScaleSimShape } from '../../formats/scalesim/index.ts';
import type { AddressMatrix } from './streams.ts';

/** Sizes of a layer in SCALE-Sim: output pixels, words of a window, filters. */
export interface LayerSizes {
  readonly ofmapHeight: number;
  readonly ofmapWidth: number;
  readonly pixels: number;
  readonly window: number;
  readonly filters: number;
}

/** The sizes of a layer. A partial last window counts: ceil((size - filter + stride) / stride). */
export function layerSizes(layer: ScaleSimShape): LayerSizes {
  const { ifmapHeight, ifmapWidth, filterHeight, filterWidth, channels, filters, strideHeight, strideWidth } = layer;
  const ofmapHeight = Math.ceil((ifmapHeight - filterHeight + strideHeight) / strideHeight);
  const ofmapWidth = Math.ceil((ifmapWidth - filterWidth + strideWidth) / strideWidth);
  const window = filterHeight * filterWidth * channels;
  return { ofmapHeight, ofmapWidth, pixels: ofmapHeight * ofmapWidth, window, filters };
}

/** Each address takes some 20 bytes of marks and lists: 2.7 GB at most. SCALE-Sim's own matrices are larger still. */
const MOST_ADDRESSES = 2 ** 27;

/**
 * The ifmap as the im2col matrix pixels x window. Addresses are in height, width, channel order on a plane wide enough
 * for windows beyond the edge. `spatial` indexes pixels, `temporal` the `words` of the window. Error: `out-of-range`
 * for more than 2^27 addresses.
 */
export function ifmapMatrix(layer: ScaleSimShape, sizes: LayerSizes, words = wholeWindow(sizes)): AddressMatrix {
  const { ifmapHeight, ifmapWidth, filterHeight, filterWidth, channels, strideHeight, strideWidth } = layer;
  const { ofmapHeight, ofmapWidth, pixels, window } = sizes;
  const height = Math.max(ifmapHeight, (ofmapHeight - 1) * strideHeight + filterHeight);
  const width = Math.max(ifmapWidth, (ofmapWidth - 1) * strideWidth + filterWidth);
  const span = height * width * channels;
  checkAddresses(layer, Math.max(span, pixels, window));
  const spatial = new Int32Array(pixels);
  for (let i = 0; i < pixels; i++) {
    const row = Math.floor(i / ofmapWidth) * strideHeight;
    spatial[i] = (row * width + (i % ofmapWidth) * strideWidth) * channels;
  }
  const rowWords = filterWidth * channels;
  const temporal = words.map((j) => Math.floor(j / rowWords) * width * channels + (j % rowWords));
  const holes = height > ifmapHeight || width > ifmapWidth ? overhang(layer, height, width) : null;
  const rows = touched(ofmapHeight, strideHeight, filterHeight, ifmapHeight);
  const columns = touched(ofmapWidth, strideWidth, filterWidth, ifmapWidth);
  const isWhole = words.length === window;
  const distinct = isWhole ? rows * columns * channels : countDistinct(spatial, temporal, span, holes);
  return { spatial, temporal, span, distinct, unique: distinct === pixels * words.length, holes };
}

function wholeWindow({ window }: LayerSizes): Int32Array {
  return Int32Array.from({ length: window }, (_, k) => k);
}

function countDistinct(spatial: Int32Array, temporal: Int32Array, span: number, holes: Uint8Array | null): number {
  const seen = holes ? holes.slice() : new Uint8Array(span);
  let count = 0;
  for (const s of spatial) {
    for (const t of temporal) {
      count += 1 - seen[s + t];
      seen[s + t] = 1;
    }
  }
  return count;
}

/** The filters as the matrix filters x `words` of the window; each filter is contiguous. Error: as for `ifmapMatrix`. */
export function filterMatrix(layer: ScaleSimShape, sizes: LayerSizes, words = wholeWindow(sizes)): AddressMatrix {
  const { window, filters } = sizes;
  const span = window * filters;
  checkAddresses(layer, span);
  return {
    spatial: Int32Array.from({ length: filters }, (_, n) => n * window),
    temporal: words,
    span,
    distinct: words.length * filters,
    unique: true,
    holes: null,
  };
}

/** The same matrix with its dimensions swapped. */
export function transposed(matrix: AddressMatrix): AddressMatrix {
  return { ...matrix, spatial: matrix.temporal, temporal: matrix.spatial };
}

/** Error: `out-of-range` for more than 2^27 addresses. */
export function checkAddresses(layer: ScaleSimShape, addresses: number): void {
  if (addresses <= MOST_ADDRESSES) return;
  fail('out-of-range', `layer "${layer.name}" has ${addresses} addresses in one operand`, {
    expected: `at most ${MOST_ADDRESSES} to repeat SCALE-Sim address by address; without --compat any number`,
  });
}

/** How many of the lines [0, size) lie under some window. */
function touched(windows: number, stride: number, filter: number, size: number): number {
  const end = (windows - 1) * stride + filter;
  const beyond = Math.max(0, end - size);
  // If windows do not overlap, the last one may lie entirely beyond the edge.
  return stride >= filter ? windows * filter - Math.min(beyond, filter) : end - beyond;
}

function overhang({ ifmapHeight, ifmapWidth, channels }: ScaleSimShape, height: number, width: number): Uint8Array {
  const holes = new Uint8Array(height * width * channels);
  for (let y = 0; y < height; y++) {
    holes.fill(1, (y * width + (y < ifmapHeight ? ifmapWidth : 0)) * channels, (y + 1) * width * channels);
  }
  return holes;
}
