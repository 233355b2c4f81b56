import { gemmShape, type Layer } from '../../workload/index.ts';
import type { BankedLayout } from './layouts.ts';

/**
 * The location of each cell of an operand's matrix. Cell (a, k) is window word k of filter or output pixel a. It lies
 * at row `fromY[a] + stepY[k]` and column `fromX[a] + stepX[k]` of the operand if these are less than `height` and
 * `width`; otherwise it is overhang. Its line is `lineY[row] + lineX[column] + lineK[k]`; its word in the line is the
 * sum of the `place`s.
 */
export interface Placement {
  readonly height: number;
  readonly width: number;
  /** Indexed by a. */
  readonly fromY: Int32Array;
  readonly fromX: Int32Array;
  /** Indexed by k. */
  readonly stepY: Int32Array;
  readonly stepX: Int32Array;
  readonly lineK: Int32Array;
  readonly placeK: Int32Array;
  /** Indexed by row and by column. */
  readonly lineY: Int32Array;
  readonly placeY: Int32Array;
  readonly lineX: Int32Array;
  readonly placeX: Int32Array;
}

/** The part of a line's number, and of the position in it, that an index of one dimension contributes. */
interface Dimension {
  readonly line: Int32Array;
  readonly place: Int32Array;
}

/** The placement of an operand of a SCALE-Sim layer: one image, one group, no padding. */
export function placement(operand: 'ifmap' | 'filter', layer: Layer, layout: BankedLayout): Placement {
  const shape = layer.type === 'gemm' ? asConvolution(layer) : layer;
  return operand === 'ifmap' ? ifmapPlacement(shape, layout) : filterPlacement(shape, layout);
}

/** SCALE-Sim's form of M x K by K x N, to which the columns of a layout refer: filters of 1 x K over an ifmap of M x K. */
function asConvolution(layer: Layer): Layer {
  const { ifmapWidth: m, channels: k } = layer;
  return { ...layer, ifmapHeight: m, ifmapWidth: k, channels: 1, filterWidth: k, ofmapHeight: m, ofmapWidth: 1 };
}

function ifmapPlacement(layer: Layer, layout: BankedLayout): Placement {
  const { ifmapHeight, ifmapWidth, channels, strideHeight, strideWidth, ofmapWidth } = layer;
  const [y, x, channel] = dimensions([ifmapHeight, ifmapWidth, channels], layout);
  const { m, k } = gemmShape(layer);
  const word = windowPlaces(layer, k);
  return {
    height: ifmapHeight,
    width: ifmapWidth,
    // A stride may lead far beyond the edge, so rows are clipped.
    fromY: Int32Array.from({ length: m }, (_, i) => Math.min(ifmapHeight, Math.floor(i / ofmapWidth) * strideHeight)),
    fromX: Int32Array.from({ length: m }, (_, i) => Math.min(ifmapWidth, (i % ofmapWidth) * strideWidth)),
    stepY: word.y,
    stepX: word.x,
    lineK: word.channel.map((c) => channel.line[c]),
    placeK: word.channel.map((c) => channel.place[c]),
    lineY: y.line,
    placeY: y.place,
    lineX: x.line,
    placeX: x.place,
  };
}

/** The placement of filters, which are the rows of an operand that is one column wide. */
function filterPlacement(layer: Layer, layout: BankedLayout): Placement {
  const { filters, channels, filterHeight, filterWidth } = layer;
  const [filter, channel, y, x] = dimensions([filters, channels, filterHeight, filterWidth], layout);
  const { k } = gemmShape(layer);
  const word = windowPlaces(layer, k);
  const sum = (part: keyof Dimension): Int32Array =>
    word.channel.map((c, i) => channel[part][c] + y[part][word.y[i]] + x[part][word.x[i]]);
  return {
    height: filters,
    width: 1,
    fromY: Int32Array.from({ length: filters }, (_, n) => n),
    fromX: new Int32Array(filters),
    stepY: new Int32Array(k),
    stepX: new Int32Array(k),
    lineK: sum('line'),
    placeK: sum('place'),
    lineY: filter.line,
    placeY: filter.place,
    lineX: new Int32Array(1),
    placeX: new Int32Array(1),
  };
}

/** Row, column and channel of each kept word of a window. */
function windowPlaces({ filterWidth, channels, sparsity }: Layer, words: number) {
  const { kept, block } = sparsity ?? { kept: 1, block: 1 };
  const places = { y: new Int32Array(words), x: new Int32Array(words), channel: new Int32Array(words) };
  for (let k = 0; k < words; k++) {
    const word = Math.floor(k / kept) * block + (k % kept);
    const tap = Math.floor(word / channels);
    places.y[k] = Math.floor(tap / filterWidth);
    places.x[k] = tap % filterWidth;
    places.channel[k] = word % channels;
  }
  return places;
}

/**
 * The contribution of each dimension. A line is a tile of the operand. Lines are numbered with the last dimension
 * fastest; this choice has no effect.
 */
function dimensions(sizes: readonly number[], { factors, places }: BankedLayout): Dimension[] {
  const linesAlong = sizes.map((size, d) => Math.ceil(size / factors[d]));
  return sizes.map((size, d) => {
    const perLine = linesAlong.slice(d + 1).reduce((product, lines) => product * lines, 1);
    const perPlace = factors.reduce((product, factor, i) => (places[i] > places[d] ? product * factor : product), 1);
    return {
      line: Int32Array.from({ length: size }, (_, i) => Math.floor(i / factors[d]) * perLine),
      place: Int32Array.from({ length: size }, (_, i) => (i % factors[d]) * perPlace),
    };
  });
}
