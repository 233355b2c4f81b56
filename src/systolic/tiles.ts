import { gemmShape, type Layer, type ProductPart, type Sparsity, windowWords } from '../workload/index.ts';

/** A rectangle of a matrix: indices [a0, a1) x [b0, b1). For ifmaps a is the output pixel and b the kept window word. */
export interface Tile {
  readonly a0: number;
  readonly a1: number;
  readonly b0: number;
  readonly b1: number;
}

/** Counts the distinct words behind rectangles of an operand's matrix. */
export interface TileCounter {
  /** Distinct words of `tile` that none of `kept` contains. */
  fresh(tile: Tile, kept: readonly Tile[]): number;
}

/** Every cell of the matrix is a word of its own: filters, GEMM operands, convolutions whose windows do not overlap. */
export const plainTiles: TileCounter = {
  fresh(tile, kept) {
    let rest = cells(tile);
    // The kept rectangles of a schedule never overlap each other.
    for (const k of kept) rest -= cells(intersection(tile, k));
    return rest;
  },
};

/** The counter for a layer's ifmap, where im2col shows one word in many cells and padding in none. */
export function ifmapTiles(layer: Layer): TileCounter {
  const { filterHeight, filterWidth, strideHeight, strideWidth, padHeight, padWidth } = layer;
  const overlaps = filterHeight > strideHeight || filterWidth > strideWidth;
  const overhangs =
    (layer.ofmapHeight - 1) * strideHeight + filterHeight > layer.ifmapHeight ||
    (layer.ofmapWidth - 1) * strideWidth + filterWidth > layer.ifmapWidth;
  if (!overlaps && !overhangs && padHeight === 0 && padWidth === 0) return plainTiles;
  const { part, sparsity } = layer;
  const ofWindow = windowTiles(layer);
  const ofKept = sparsity ? keptTiles(ofWindow, sparsity, windowWords(layer)) : ofWindow;
  return part ? movedTiles(ofKept, part) : ofKept;
}

/** Tiles of kept window words, counted as those of the window words between their first and their last. */
function keptTiles(counter: TileCounter, { kept, block }: Sparsity, words: number): TileCounter {
  const wordOf = (b: number): number => Math.min(words, Math.floor(b / kept) * block + (b % kept));
  const whole = (tile: Tile): Tile => ({ ...tile, b0: wordOf(tile.b0), b1: wordOf(tile.b1) });
  return { fresh: (tile, others) => counter.fresh(whole(tile), others.map(whole)) };
}

/** Tiles counted from the first pixel and the first kept window word of a part. */
function movedTiles(counter: TileCounter, { firstM, firstK }: ProductPart): TileCounter {
  const moved = ({ a0, a1, b0, b1 }: Tile): Tile => {
    return { a0: a0 + firstM, a1: a1 + firstM, b0: b0 + firstK, b1: b1 + firstK };
  };
  return { fresh: (tile, kept) => counter.fresh(moved(tile), kept.map(moved)) };
}

export function wholeIfmap(layer: Layer): Tile {
  const { m, k } = gemmShape(layer);
  return { a0: 0, a1: m, b0: 0, b1: k };
}

function cells({ a0, a1, b0, b1 }: Tile): number {
  return Math.max(0, a1 - a0) * Math.max(0, b1 - b0);
}

function intersection(s: Tile, t: Tile): Tile {
  return { a0: Math.max(s.a0, t.a0), a1: Math.min(s.a1, t.a1), b0: Math.max(s.b0, t.b0), b1: Math.min(s.b1, t.b1) };
}

/**
 * Channels fall into at most a few classes in which every tile covers one contiguous range of filter taps; within a class
 * the words are pixels, counted row by row as unions of intervals. Cost: rows touched x filter height, whatever the number
 * of channels. Tiles are of the whole window here; under sparsity each class falls apart by the channel's place in a block,
 * which says which taps are kept.
 */
function windowTiles(layer: Layer): TileCounter {
  const rows = new RowUnion(layer);
  const masks = tapMasks(layer);
  const period = layer.sparsity?.block ?? 1;
  const { channels } = layer;
  // Channels at which a tile's tap range changes; two per tile, and the ends.
  const cuts = new Int32Array(16);
  const patches: MutablePatch[] = Array.from({ length: 7 }, () => ({ pixel0: 0, pixel1: 0, tap0: 0, tap1: 0 }));
  return {
    fresh(tile, kept) {
      if (cells(tile) === 0) return 0;
      cuts[0] = 0;
      cuts[1] = channels;
      let cutCount = insertCut(cuts, insertCut(cuts, 2, tile.b0 % channels), tile.b1 % channels);
      for (const k of kept) cutCount = insertCut(cuts, insertCut(cuts, cutCount, k.b0 % channels), k.b1 % channels);
      let words = 0;
      for (let i = 0; i + 1 < cutCount; i++) {
        setPatch(patches[0], tile, cuts[i], channels);
        let count = 1;
        for (const k of kept) {
          setPatch(patches[count], k, cuts[i], channels);
          if (patches[count].tap1 > patches[count].tap0 && k.a1 > k.a0) count++;
        }
        for (const { place, taps } of masks) {
          const alike = congruent(cuts[i], cuts[i + 1], place, period);
          if (alike > 0) words += alike * rows.freshPixels(patches, count, taps);
        }
      }
      return words;
    },
  };
}

/** Which taps are kept (1); null if all are. */
type TapMask = Uint8Array | null;

/** The taps kept in channels at each place of a block, as far as there are channels and any are. */
function tapMasks({ filterHeight, filterWidth, channels, sparsity }: Layer): { place: number; taps: TapMask }[] {
  const { kept, block } = sparsity ?? { kept: 1, block: 1 };
  const masks = Array.from({ length: Math.min(block, channels) }, (_, place) => {
    const isKept = (tap: number): boolean => (tap * channels + place) % block < kept;
    const taps = Uint8Array.from({ length: filterHeight * filterWidth }, (_, tap) => (isKept(tap) ? 1 : 0));
    return { place, taps: taps.includes(0) ? taps : null };
  });
  return masks.filter(({ taps }) => taps === null || taps.includes(1));
}

/** How many of the numbers [from, to) are `place` modulo `period`. */
function congruent(from: number, to: number, place: number, period: number): number {
  return Math.ceil((to - place) / period) - Math.ceil((from - place) / period);
}

/** Inserts a value into the sorted, distinct `cuts[0..count)`; returns the new count. */
function insertCut(cuts: Int32Array, count: number, value: number): number {
  let i = count;
  while (i > 0 && cuts[i - 1] > value) i--;
  if (i > 0 && cuts[i - 1] === value) return count;
  cuts.copyWithin(i + 1, i, count);
  cuts[i] = value;
  return count + 1;
}

/** Output pixels [pixel0, pixel1) seen through filter taps [tap0, tap1), both in raster order. */
type Patch = Readonly<MutablePatch>;

interface MutablePatch {
  pixel0: number;
  pixel1: number;
  tap0: number;
  tap1: number;
}

function setPatch(patch: MutablePatch, { a0, a1, b0, b1 }: Tile, channel: number, channels: number): void {
  patch.pixel0 = a0;
  patch.pixel1 = a1;
  patch.tap0 = Math.ceil((b0 - channel) / channels);
  patch.tap1 = Math.ceil((b1 - channel) / channels);
}

/** Unions of the intervals that patches cover in one row of the ifmap. Columns of a stride's residue are one interval. */
class RowUnion {
  private readonly layer: Layer;
  private readonly from: Int32Array;
  private readonly to: Int32Array;
  private mask: TapMask = null;
  private count = 0;

  constructor(layer: Layer) {
    this.layer = layer;
    // Kept taps that do not touch make an interval each.
    const runs = layer.sparsity ? layer.filterWidth : 1;
    const most = 4 * (layer.filterHeight + 1) * runs;
    this.from = new Int32Array(most);
    this.to = new Int32Array(most);
  }

  /** Pixels of patch 0, seen through taps of the mask, that none of the other `count - 1` covers. */
  freshPixels(patches: readonly Patch[], count: number, mask: TapMask): number {
    const [{ pixel0, pixel1, tap0, tap1 }] = patches;
    if (tap1 <= tap0) return 0;
    this.mask = mask;
    const { ofmapHeight, ofmapWidth, ifmapHeight, filterWidth, strideHeight, padHeight } = this.layer;
    const perImage = ofmapHeight * ofmapWidth;
    const tapRow0 = Math.floor(tap0 / filterWidth);
    const tapRow1 = Math.floor((tap1 - 1) / filterWidth);
    let pixels = 0;
    for (let image = Math.floor(pixel0 / perImage); image * perImage < pixel1; image++) {
      const first = Math.max(pixel0 - image * perImage, 0);
      const last = Math.min(pixel1 - image * perImage, perImage) - 1;
      const y0 = Math.max(0, Math.floor(first / ofmapWidth) * strideHeight + tapRow0 - padHeight);
      const y1 = Math.min(ifmapHeight - 1, Math.floor(last / ofmapWidth) * strideHeight + tapRow1 - padHeight);
      for (let y = y0; y <= y1; y++) pixels += this.freshInRow(image * perImage, y, patches, count);
    }
    return pixels;
  }

  private freshInRow(pixelBase: number, y: number, patches: readonly Patch[], count: number): number {
    let fresh = 0;
    // Columns of a residue beyond the filter's width are in no window.
    const residues = Math.min(this.layer.strideWidth, this.layer.filterWidth);
    for (let residue = 0; residue < residues; residue++) {
      this.count = 0;
      for (let i = 1; i < count; i++) this.addPatch(patches[i], pixelBase, y, residue);
      const kept = this.covered();
      this.addPatch(patches[0], pixelBase, y, residue);
      fresh += this.covered() - kept;
    }
    return fresh;
  }

  /** Adds the intervals of columns x, x + padWidth = q strideWidth + residue, that a patch covers in row y; q is kept. */
  private addPatch(patch: Patch, pixelBase: number, y: number, residue: number): void {
    const { ofmapHeight, ofmapWidth, filterWidth, strideHeight, strideWidth, padHeight, padWidth, ifmapWidth } =
      this.layer;
    const { mask } = this;
    const pixel0 = Math.max(patch.pixel0 - pixelBase, 0);
    const pixel1 = Math.min(patch.pixel1 - pixelBase, ofmapHeight * ofmapWidth);
    if (pixel1 <= pixel0) return;
    const oy0 = Math.floor(pixel0 / ofmapWidth);
    const oy1 = Math.floor((pixel1 - 1) / ofmapWidth);
    const fy0 = Math.floor(patch.tap0 / filterWidth);
    const fy1 = Math.floor((patch.tap1 - 1) / filterWidth);
    const lowest = Math.ceil((padWidth - residue) / strideWidth);
    const highest = Math.ceil((ifmapWidth + padWidth - residue) / strideWidth);
    for (let fy = fy0; fy <= fy1; fy++) {
      const oy = (y + padHeight - fy) / strideHeight;
      if (oy < oy0 || oy > oy1 || !Number.isInteger(oy)) continue;
      const ox0 = oy === oy0 ? pixel0 - oy * ofmapWidth : 0;
      const ox1 = oy === oy1 ? pixel1 - oy * ofmapWidth : ofmapWidth;
      const fx0 = fy === fy0 ? patch.tap0 - fy * filterWidth : 0;
      const fx1 = fy === fy1 ? patch.tap1 - fy * filterWidth : filterWidth;
      // Taps that are kept one beside the other are one interval.
      const row = fy * filterWidth;
      for (let from = fx0, to = fx1; from < fx1; from = to, to = fx1) {
        if (mask) {
          while (from < fx1 && mask[row + from] === 0) from++;
          for (to = from; to < fx1 && mask[row + to] === 1; ) to++;
        }
        const shift0 = Math.ceil((from - residue) / strideWidth);
        const shift1 = Math.ceil((to - residue) / strideWidth);
        if (shift1 > shift0) this.add(Math.max(lowest, ox0 + shift0), Math.min(highest, ox1 - 1 + shift1));
      }
    }
  }

  private add(from: number, to: number): void {
    if (to <= from) return;
    let i = this.count++;
    for (; i > 0 && this.from[i - 1] > from; i--) {
      this.from[i] = this.from[i - 1];
      this.to[i] = this.to[i - 1];
    }
    this.from[i] = from;
    this.to[i] = to;
  }

  private covered(): number {
    let sum = 0;
    let end = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < this.count; i++) {
      if (this.to[i] <= end) continue;
      sum += this.to[i] - Math.max(this.from[i], end);
      end = this.to[i];
    }
    return sum;
  }
}
