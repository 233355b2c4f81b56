import { gemmShape, type Layer } from '../../../workload/index.ts';
import type { Sweep } from './order.ts';
import { PairCounts } from './pair-counts.ts';
import { outputRows, type PlaneRow } from './row-classes.ts';

/** Pixels that return after `base` folds, and the difference of the slots of the taps they are seen through. */
export interface Returns {
  /** From one sweep to the next. */
  readonly outer: boolean;
  readonly base: number;
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
  private readonly pairs = new PairCounts();
  private readonly tapCount: number;
  private alike = 1;
  /** Of the pixel at hand, by touch: block and tap. */
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

  /** Adds `times` rows like this one. */
  addRow(row: PlaneRow, times: number): void {
    const { ifmapWidth, strideWidth } = this.layer;
    // Pixels a stride apart are seen through the same taps, by windows beside each other.
    for (let first = 0; first < Math.min(strideWidth, ifmapWidth); first++) {
      for (let x = first; x < ifmapWidth; ) {
        const count = this.collect(row, x);
        const alike = Math.min(this.alike, Math.ceil((ifmapWidth - x) / strideWidth));
        if (count > 0) this.addPixel(count, times * alike);
        x += alike * strideWidth;
      }
    }
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

  get returns(): Iterable<Returns> {
    const { tapCount } = this;
    return [...this.pairs.all()].map(([key, pairs]) => ({
      outer: key % 2 === 1,
      base: Math.floor(key / 2),
      pairs: [...pairs].map(([taps, pixels]) => [Math.floor(taps / tapCount), taps % tapCount, pixels] as const),
    }));
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
    const { block, tap } = this;
    const { blocks, unitBlocks, repeats, slots, sweeps } = this.sweep;
    this.distinct += times;
    this.touches += count * times;
    const unitFolds = unitBlocks * slots;
    const unitOf = (i: number): number => Math.floor(block[i] / unitBlocks);
    let first = 0;
    for (let i = 1; i <= count; i++) {
      const isEnd = i === count;
      if (!isEnd && unitOf(i) === unitOf(first)) {
        this.add(false, (block[i] - block[i - 1]) * slots, tap[i - 1], tap[i], times * repeats);
        continue;
      }
      // Through its last repeat, then on to the next unit.
      const last = i - 1;
      if (repeats > 1) {
        const around = unitFolds - (block[last] - block[first]) * slots;
        this.add(false, around, tap[last], tap[first], times * (repeats - 1));
      }
      if (isEnd) break;
      const units = (unitOf(i) - unitOf(last)) * repeats - (repeats - 1);
      const within = (block[i] % unitBlocks) - (block[last] % unitBlocks);
      this.add(false, units * unitFolds + within * slots, tap[last], tap[i], times);
      first = i;
    }
    if (sweeps === 1) return;
    const last = count - 1;
    const sweepFolds = Math.ceil(blocks / unitBlocks) * repeats * unitFolds;
    const seen = (unitOf(last) - unitOf(0)) * repeats * unitFolds + (repeats - 1) * unitFolds;
    const within = ((block[last] % unitBlocks) - (block[0] % unitBlocks)) * slots;
    this.add(true, sweepFolds - seen - within, tap[last], tap[0], times);
  }

  private add(outer: boolean, base: number, from: number, to: number, pixels: number): void {
    // With a single slot it is all one through which taps.
    const taps = this.sweep.slots === 1 ? 0 : from * this.tapCount + to;
    this.pairs.add(base * 2 + (outer ? 1 : 0), taps, pixels);
  }
}
