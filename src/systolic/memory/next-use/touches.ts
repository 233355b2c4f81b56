import { gemmShape, type Layer } from '../../../workload/index.ts';
import type { Sweep } from './order.ts';
import { unitCount } from './room.ts';
import { outputRows, type PlaneRow, type RowClass } from './row-classes.ts';

/** How a word returns: in the same repeat of a unit, in the next repeat, in a later unit, in the next sweep. */
export const KINDS = ['visit', 'repeat', 'between', 'outer'] as const;
export type Kind = (typeof KINDS)[number];

/** Pixels that return after `base` folds, and the difference of the slots of the taps they are seen through. */
export interface Returns {
  readonly kind: Kind;
  readonly base: number;
  /** The unit of the earlier touch, from the first that sees the row on; how many units on the later one is. */
  readonly unit: number;
  readonly distance: number;
  /** The earlier tap, the later one, and how many pixels. */
  readonly pairs: Iterable<readonly [number, number, number]>;
}

/** Counts how pixels of one channel are touched by a sweep. */
export class PixelTouches {
  /** Pixels that are touched, and touches of them by windows; repeats aside. */
  distinct = 0;
  touches = 0;
  private readonly layer: Layer;
  private readonly taps: Uint8Array | null;
  private readonly sweep: Sweep;
  private readonly blockPixels: number;
  private readonly from: number;
  private readonly to: number;
  /** Pixels by the taps they are seen through, by the other properties. */
  private pairs = new Map<number, Map<number, number>>();
  private firstUnit = 0;
  private units = 1;
  private readonly tapCount: number;
  private alike = 1;
  /** Touches of the current pixel: block and tap of each. */
  private readonly block: Int32Array;
  private readonly tap: Int32Array;

  /** `blockPixels` output pixels are a block; `taps` says which are in the product. */
  constructor(layer: Layer, taps: Uint8Array | null, sweep: Sweep, blockPixels: number) {
    const most = layer.filterHeight * layer.filterWidth;
    this.layer = layer;
    this.taps = taps;
    this.sweep = sweep;
    this.blockPixels = blockPixels;
    this.from = layer.part?.firstM ?? 0;
    this.to = this.from + gemmShape(layer).m;
    this.tapCount = most;
    this.block = new Int32Array(most);
    this.tap = new Int32Array(most);
  }

  /** How the pixels of a row return that stands for a class. */
  addRow({ row, firstUnits, units }: RowClass): Returns[] {
    const times = firstUnits.length;
    const { ifmapWidth, strideWidth } = this.layer;
    this.pairs = new Map();
    this.firstUnit = firstUnits[0];
    this.units = units;
    // Pixels a stride apart are seen through the same taps, by windows beside each other.
    for (let first = 0; first < Math.min(strideWidth, ifmapWidth); first++) {
      for (let x = first; x < ifmapWidth; ) {
        const count = this.collect(row, x);
        const alike = Math.min(this.alike, Math.ceil((ifmapWidth - x) / strideWidth));
        if (count > 0) {
          this.distinct += times * alike;
          this.touches += count * times * alike;
          this.addPixel(count, alike);
        }
        x += alike * strideWidth;
      }
    }
    return this.returns();
  }

  /** Collects the touches of a pixel; returns how many. Sets how many pixels, a stride apart from it on, are touched alike. */
  private collect({ firstPixel, y }: PlaneRow, x: number): number {
    const { layer, taps, from, to, blockPixels } = this;
    const { filterHeight, filterWidth, ofmapHeight, ofmapWidth, strideHeight, strideWidth } = layer;
    const row = y + layer.padHeight;
    const column = x + layer.padWidth;
    const [oy0, oy1] = outputRows(row, filterHeight, strideHeight, ofmapHeight);
    const [ox0, ox1] = outputRows(column, filterWidth, strideWidth, ofmapWidth);
    const isInside = column - filterWidth + 1 > 0 && ox1 < ofmapWidth - 1;
    let alike = isInside ? ofmapWidth - 1 - ox1 : 1;
    let count = 0;
    for (let oy = oy0; oy <= oy1; oy++) {
      const tapRow = (row - oy * strideHeight) * filterWidth + column;
      for (let ox = ox0; ox <= ox1; ox++) {
        const pixel = firstPixel + oy * ofmapWidth + ox - from;
        if (pixel < 0) alike = Math.min(alike, -pixel);
        if (pixel < 0 || pixel >= to - from) continue;
        const tap = tapRow - ox * strideWidth;
        if (taps && taps[tap] === 0) continue;
        const block = Math.floor(pixel / blockPixels);
        alike = Math.min(alike, (block + 1) * blockPixels - pixel, to - from - pixel);
        this.insert(count++, block, tap);
      }
    }
    this.alike = Math.max(1, alike);
    return count;
  }

  /** Touch number `count`, in its place: by block, then by tap. Blocks come in order. */
  private insert(count: number, block: number, tap: number): void {
    let i = count;
    while (i > 0 && this.block[i - 1] === block && this.tap[i - 1] > tap) {
      this.tap[i] = this.tap[i - 1];
      i--;
    }
    this.block[count] = block;
    this.tap[i] = tap;
  }

  /** Intervals between the touches of `times` pixels. */
  private addPixel(count: number, times: number): void {
    const { block } = this;
    const { unitBlocks, repeats, slots, sweeps } = this.sweep;
    const unitFolds = unitBlocks * slots;
    const unitOf = (i: number): number => Math.floor(block[i] / unitBlocks);
    let first = 0;
    for (let i = 1; i <= count; i++) {
      const isEnd = i === count;
      const last = i - 1;
      const unit = unitOf(last);
      if (!isEnd && unitOf(i) === unit) {
        const base = (block[i] - block[last]) * slots;
        if (base > 0 || slots > 1) this.add('visit', base, unit, 0, last, i, times);
        continue;
      }
      // Through its last repeat, then on to the next unit.
      if (repeats > 1)
        this.add('repeat', unitFolds - (block[last] - block[first]) * slots, unit, 0, last, first, times);
      if (isEnd) break;
      const distance = unitOf(i) - unit;
      const within = (block[i] % unitBlocks) - (block[last] % unitBlocks);
      this.add('between', visitsOn(distance, repeats) * unitFolds + within * slots, unit, distance, last, i, times);
      first = i;
    }
    if (sweeps === 1) return;
    const last = count - 1;
    const visits = unitCount(this.sweep) * repeats;
    const seen = (unitOf(last) - unitOf(0)) * repeats + repeats - 1;
    const within = ((block[last] % unitBlocks) - (block[0] % unitBlocks)) * slots;
    this.add('outer', (visits - seen) * unitFolds - within, this.firstUnit, 0, last, 0, times);
  }

  private add(
    kind: Kind,
    base: number,
    unit: number,
    distance: number,
    earlier: number,
    later: number,
    pixels: number,
  ): void {
    const { units } = this;
    // With a single slot it is all one through which taps.
    const taps = this.sweep.slots === 1 ? 0 : this.tap[earlier] * this.tapCount + this.tap[later];
    const place = (base * units + unit - this.firstUnit) * units + distance;
    const key = place * KINDS.length + KINDS.indexOf(kind);
    let counts = this.pairs.get(key);
    if (!counts) {
      counts = new Map();
      this.pairs.set(key, counts);
    }
    counts.set(taps, (counts.get(taps) ?? 0) + pixels);
  }

  private returns(): Returns[] {
    const { tapCount, units } = this;
    return [...this.pairs].map(([key, pairs]) => {
      const place = Math.floor(key / KINDS.length);
      return {
        kind: KINDS[key % KINDS.length],
        base: Math.floor(place / (units * units)),
        unit: Math.floor(place / units) % units,
        distance: place % units,
        pairs: [...pairs].map(([taps, pixels]) => [Math.floor(taps / tapCount), taps % tapCount, pixels] as const),
      };
    });
  }
}

/** Visits from the last repeat of a unit to the first of the one that is so many units on. */
export function visitsOn(distance: number, repeats: number): number {
  return (distance - 1) * repeats + 1;
}
