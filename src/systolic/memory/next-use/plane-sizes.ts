import { gemmShape, type Layer, wholeShape } from '../../../workload/index.ts';
import { ifmapTiles, type TileCounter, wholeIfmap } from '../../tiles.ts';

/** Distinct ifmap words of a group. The windows of a whole layer cover the rows they reach, times the columns. */
export function distinctIfmapWords(layer: Layer): number {
  if (layer.sparsity || layer.part) return ifmapTiles(layer).fresh(wholeIfmap(layer), []);
  const { ifmapHeight, filterHeight, strideHeight, padHeight, ofmapHeight } = layer;
  const { ifmapWidth, filterWidth, strideWidth, padWidth, ofmapWidth } = layer;
  const rows = reached(ifmapHeight, filterHeight, strideHeight, padHeight, ofmapHeight);
  return layer.batch * rows * reached(ifmapWidth, filterWidth, strideWidth, padWidth, ofmapWidth) * layer.channels;
}

/** Places of an axis that a window reaches. */
function reached(places: number, filter: number, stride: number, pad: number, windows: number): number {
  if (filter >= stride) return Math.max(0, Math.min(places, (windows - 1) * stride + filter - pad));
  let count = 0;
  for (let tap = 0; tap < filter; tap++) count += seen(places, tap, stride, pad, windows);
  return count;
}

/** Windows whose tap lies in the ifmap, along an axis. */
function seen(places: number, tap: number, stride: number, pad: number, windows: number): number {
  const first = Math.max(0, Math.ceil((pad - tap) / stride));
  const last = Math.min(windows - 1, Math.floor((places - 1 + pad - tap) / stride));
  return Math.max(0, last - first + 1);
}

/** Pairs of an output pixel and a window word that is not padding, of a whole dense layer. */
export function ifmapTouches(layer: Layer): number {
  const along = (places: number, filter: number, stride: number, pad: number, windows: number): number => {
    let sum = 0;
    for (let tap = 0; tap < filter; tap++) sum += seen(places, tap, stride, pad, windows);
    return sum;
  };
  const { batch, channels, ifmapHeight, filterHeight, strideHeight, padHeight, ofmapHeight } = layer;
  const { ifmapWidth, filterWidth, strideWidth, padWidth, ofmapWidth } = layer;
  const rows = along(ifmapHeight, filterHeight, strideHeight, padHeight, ofmapHeight);
  return batch * channels * rows * along(ifmapWidth, filterWidth, strideWidth, padWidth, ofmapWidth);
}

/** Whether no two slices of K beside each other (cyclically) have a channel in common: their words are all different. */
export function slicesAreApart(layer: Layer, sliceLength: number): boolean {
  return !layer.sparsity && gemmShape(layer).k === wholeShape(layer).k && 2 * sliceLength <= layer.channels;
}

/** Counts the pixels of blocks that a tap sees inside the ifmap, one tap at a time. */
export function tapPixels(layer: Layer): (from: number, to: number, tap: number) => number {
  const isInside =
    layer.padHeight === 0 &&
    layer.padWidth === 0 &&
    (layer.ofmapHeight - 1) * layer.strideHeight + layer.filterHeight <= layer.ifmapHeight &&
    (layer.ofmapWidth - 1) * layer.strideWidth + layer.filterWidth <= layer.ifmapWidth;
  if (isInside) return (from, to) => to - from;
  const taps = layer.filterHeight * layer.filterWidth;
  const { part } = layer;
  const single: Layer = { ...layer, channels: 1, ...(part && { part: { ...part, k: taps, firstK: 0 } }) };
  const counter: TileCounter = ifmapTiles(single);
  return (a0, a1, tap) => counter.fresh({ a0, a1, b0: tap, b1: tap + 1 }, []);
}
