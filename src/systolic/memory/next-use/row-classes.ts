import { gemmShape, type Layer } from '../../../workload/index.ts';

/** A row of the ifmap as windows see it. */
export interface PlaneRow {
  /** Number of its image's first output pixel in the product. */
  readonly firstPixel: number;
  readonly y: number;
}

/** Rows that are alike. */
export interface RowClass {
  readonly row: PlaneRow;
  /** The unit of the first output pixel that sees each of them, and how many units see one. */
  readonly firstUnits: number[];
  readonly units: number;
}

/**
 * Rows are alike if the same filter rows see them, from output rows whose pixels begin at the same place modulo a unit's length.
 * Rows at the edges of a part form classes of their own.
 */
export function rowClasses(layer: Layer, unitPixels: number): RowClass[] {
  const { batch, ifmapHeight, ofmapHeight, ofmapWidth, filterHeight, strideHeight, padHeight } = layer;
  const from = layer.part?.firstM ?? 0;
  const to = from + gemmShape(layer).m;
  // One unit of all pixels: it does not matter where in it a row is.
  const period = unitPixels >= to - from ? 1 : unitPixels;
  const unitOf = (pixel: number): number => Math.floor((Math.min(to - 1, Math.max(from, pixel)) - from) / unitPixels);
  const classes = new Map<string, RowClass>();
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
      const unit = unitOf(pixel0);
      const known = classes.get(key);
      if (known) known.firstUnits.push(unit);
      else classes.set(key, { row: { firstPixel, y }, firstUnits: [unit], units: unitOf(pixel1 - 1) - unit + 1 });
    }
  }
  return [...classes.values()];
}

/** The first and the last output row (or column) that sees a place of the padded ifmap. */
export function outputRows(place: number, filter: number, stride: number, count: number): readonly [number, number] {
  return [Math.max(0, Math.ceil((place - filter + 1) / stride)), Math.min(count - 1, Math.floor(place / stride))];
}

/** Units that see the same rows in the same places. */
export interface UnitClass {
  readonly count: number;
  /** The rows they see: each row's class, and how many units earlier it was seen. */
  readonly seen: readonly SeenRow[];
}

export interface SeenRow {
  readonly rowClass: number;
  readonly unit: number;
}

/** Sorts units into classes. A list of what is seen has a number: that of the list before its last entry, and the entry. */
export function unitClasses(rows: readonly RowClass[], units: number): UnitClass[] {
  const lists: { readonly before: number; readonly last: SeenRow }[] = [];
  const numbers = new Map<number, number>();
  const entries = rows.reduce((sum, row) => sum + row.units, 0);
  const listOf = new Int32Array(units).fill(-1);
  let entry = 0;
  rows.forEach((row, rowClass) => {
    for (let unit = 0; unit < row.units; unit++, entry++) {
      for (const first of row.firstUnits) {
        const before = listOf[first + unit];
        const key = (before + 1) * entries + entry;
        let list = numbers.get(key);
        if (list === undefined) {
          list = lists.push({ before, last: { rowClass, unit } }) - 1;
          numbers.set(key, list);
        }
        listOf[first + unit] = list;
      }
    }
  });
  const counts = new Map<number, number>();
  for (const list of listOf) counts.set(list, (counts.get(list) ?? 0) + 1);
  return [...counts].map(([list, count]) => {
    const seen: SeenRow[] = [];
    for (let at = list; at >= 0; at = lists[at].before) seen.push(lists[at].last);
    return { count, seen };
  });
}
