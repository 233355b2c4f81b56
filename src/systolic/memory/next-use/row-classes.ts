import { gemmShape, type Layer } from '../../../workload/index.ts';

/** A row of the ifmap as windows see it. */
export interface PlaneRow {
  /** Number of its image's first output pixel in the product. */
  readonly firstPixel: number;
  readonly y: number;
}

/**
 * Rows with how many are alike: seen through the same filter rows, by output rows whose pixels begin at the same place modulo `period`. Rows at the edges of a
 * part are classes of their own.
 */
export function rowClasses(layer: Layer, period: number): Iterable<readonly [PlaneRow, number]> {
  const { batch, ifmapHeight, ofmapHeight, ofmapWidth, filterHeight, strideHeight, padHeight } = layer;
  const from = layer.part?.firstM ?? 0;
  const to = from + gemmShape(layer).m;
  const classes = new Map<string, [PlaneRow, number]>();
  for (let image = 0; image < batch; image++) {
    const firstPixel = image * ofmapHeight * ofmapWidth;
    for (let y = 0; y < ifmapHeight; y++) {
      const [low, high] = outputRows(y + padHeight, filterHeight, strideHeight, ofmapHeight);
      if (low > high) continue;
      const pixel0 = firstPixel + low * ofmapWidth;
      const pixel1 = firstPixel + (high + 1) * ofmapWidth;
      if (pixel1 <= from || pixel0 >= to) continue;
      const isWhole = pixel0 >= from && pixel1 <= to;
      const place = isWhole ? (pixel0 - from) % period : `${image},${y}`;
      const key = `${y + padHeight - low * strideHeight},${high - low},${place}`;
      const known = classes.get(key);
      if (known) known[1]++;
      else classes.set(key, [{ firstPixel, y }, 1]);
    }
  }
  return classes.values();
}

/** The first and the last output row (or column) that sees a place of the padded ifmap. */
export function outputRows(place: number, filter: number, stride: number, count: number): readonly [number, number] {
  return [Math.max(0, Math.ceil((place - filter + 1) / stride)), Math.min(count - 1, Math.floor(place / stride))];
}
