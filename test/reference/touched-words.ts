/**
 * The words each fold of a layer touches, as sets of addresses: every port in every cycle of the fold asks for its word.
 * Counts of the array come from the register-by-register grid.
 */
import type { Layer } from '../../src/workload/layer.ts';
import { type Dataflow, type GridCounter, simulateFold, totalCounts } from './pe-grid.ts';

export interface MemoryConfig {
  rows: number;
  cols: number;
  dataflow: Dataflow;
  bits: { ifmap: number; filter: number; ofmap: number; psum: number };
  scratchpadBytes: Record<Scratchpad, number>;
  psum: 'accumulate' | 'spill';
  prefetchAcrossLayers: boolean;
}

export type Scratchpad = 'ifmap' | 'filter' | 'ofmap';
export const SCRATCHPADS = ['ifmap', 'filter', 'ofmap'] as const;
export const INPUTS = ['ifmap', 'filter'] as const;
export type Input = (typeof INPUTS)[number];

/** Whether a scratchpad holds so many bits. */
export function fitsInto(config: MemoryConfig, pad: Scratchpad, bits: number): boolean {
  return bits <= config.scratchpadBytes[pad] * 8;
}

/** Distinct ifmap and filter words a layer touches, whatever the array. */
export function compulsoryWords(layer: Layer): Record<Input, number> {
  const { m, k, n } = shapeOf(layer);
  const ifmap = new Set<number>();
  for (let group = 0; group < layer.groups; group++) {
    for (let pixel = 0; pixel < m; pixel++) {
      for (let word = 0; word < k; word++) touch(ifmap, ifmapAddress(layer, group, pixel, word));
    }
  }
  return { ifmap: ifmap.size, filter: layer.groups * k * n };
}

// ---- addresses ------------------------------------------------------------------------------------------------------

/** Of all of the layer, or of the block of its product that a part is. */
function shapeOf(layer: Layer): { m: number; k: number; n: number } {
  if (layer.part) return layer.part;
  return {
    m: layer.batch * layer.ofmapHeight * layer.ofmapWidth,
    k: keptWindow(layer).length,
    n: layer.filters,
  };
}

const windows = new WeakMap<Layer, number[]>();

/** The window words the filters keep: of every block the first N. */
function keptWindow(layer: Layer): number[] {
  const known = windows.get(layer);
  if (known) return known;
  const { kept, block } = layer.sparsity ?? { kept: 1, block: 1 };
  const window = Array.from({ length: layer.filterHeight * layer.filterWidth * layer.channels }, (_, k) => k);
  const words = window.filter((k) => k % block < kept);
  windows.set(layer, words);
  return words;
}

/** Bits that count to M - 1, and travel with a kept filter word unless all are kept. */
export function placeBits({ sparsity }: Layer): number {
  let bits = 0;
  if (sparsity && sparsity.kept < sparsity.block) for (let places = 1; places < sparsity.block; places *= 2) bits++;
  return bits;
}

/**
 * The word (group, image, y, x, channel) that a kept window word of an output pixel reads, both counted from the beginning of the
 * part, as one number: row-major in that order. Null for padding and overhang.
 */
export function ifmapAddress(layer: Layer, group: number, ofPart: number, wordOfPart: number): number | null {
  const pixel = ofPart + (layer.part?.firstM ?? 0);
  const windowWord = keptWindow(layer)[wordOfPart + (layer.part?.firstK ?? 0)];
  const ox = pixel % layer.ofmapWidth;
  const oy = Math.floor(pixel / layer.ofmapWidth) % layer.ofmapHeight;
  const image = Math.floor(pixel / (layer.ofmapWidth * layer.ofmapHeight));
  const channel = windowWord % layer.channels;
  const fx = Math.floor(windowWord / layer.channels) % layer.filterWidth;
  const fy = Math.floor(windowWord / (layer.channels * layer.filterWidth));
  const y = oy * layer.strideHeight + fy - layer.padHeight;
  const x = ox * layer.strideWidth + fx - layer.padWidth;
  if (y < 0 || y >= layer.ifmapHeight || x < 0 || x >= layer.ifmapWidth) return null;
  const row = (group * layer.batch + image) * layer.ifmapHeight + y;
  return (row * layer.ifmapWidth + x) * layer.channels + channel;
}

function touch(set: Set<number>, address: number | null): void {
  if (address !== null) set.add(address);
}

export function union(a: Set<number>, b: Set<number>): Set<number> {
  return new Set([...a, ...b]);
}

export function minus(a: Set<number>, b: Set<number>): Set<number> {
  return new Set([...a].filter((word) => !b.has(word)));
}

export function isSubset(a: Set<number>, b: Set<number>): boolean {
  return minus(a, b).size === 0;
}

// ---- folds and what they touch --------------------------------------------------------------------------------------

export interface Fold {
  group: number;
  fc: number;
  tile: number;
  fr: number;
  t: number;
  ru: number;
  cu: number;
  cycles: number;
  lastRowFold: boolean;
  touched: Record<Scratchpad, Set<number>>;
  array: Record<GridCounter, number>;
}

export interface Mapping {
  sr: number;
  sc: number;
  t: number;
  rowFolds: number;
}

export function mappingOf(layer: Layer, { dataflow, rows }: MemoryConfig): Mapping {
  const { m, k, n } = shapeOf(layer);
  const [sr, sc, t] = { os: [m, n, k], ws: [k, n, m], is: [k, m, n] }[dataflow];
  return { sr, sc, t, rowFolds: Math.ceil(sr / rows) };
}

export function enumerateFolds(layer: Layer, config: MemoryConfig, tTile: number): Fold[] {
  const { rows, cols } = config;
  const { sr, sc, t: allT, rowFolds } = mappingOf(layer, config);
  const folds: Fold[] = [];
  for (let group = 0; group < layer.groups; group++) {
    for (let fc = 0; fc * cols < sc; fc++) {
      for (let tile = 0; tile * tTile < allT; tile++) {
        for (let fr = 0; fr < rowFolds; fr++) {
          const ru = Math.min(rows, sr - fr * rows);
          const cu = Math.min(cols, sc - fc * cols);
          const t = Math.min(tTile, allT - tile * tTile);
          const { array, cycles } = measureFold(config, ru, cu, t, config.dataflow !== 'os' && fr > 0);
          const touched = touchedWords(layer, config, {
            group,
            r0: fr * rows,
            c0: fc * cols,
            t0: tile * tTile,
            ru,
            cu,
            t,
            cycles,
          });
          folds.push({ group, fc, tile, fr, t, ru, cu, cycles, lastRowFold: fr === rowFolds - 1, touched, array });
        }
      }
    }
  }
  return folds;
}

interface FoldRange {
  group: number;
  r0: number;
  c0: number;
  t0: number;
  ru: number;
  cu: number;
  t: number;
  cycles: number;
}

/** Every word every port asks for or gives, in every cycle of the fold. */
function touchedWords(layer: Layer, config: MemoryConfig, range: FoldRange): Record<Scratchpad, Set<number>> {
  const { dataflow, rows } = config;
  const { group, r0, c0, t0, ru, cu, t, cycles } = range;
  const { m: allM, k: allK, n: allN } = shapeOf(layer);
  const touched = { ifmap: new Set<number>(), filter: new Set<number>(), ofmap: new Set<number>() };
  const ifmap = (m: number, k: number) => touch(touched.ifmap, ifmapAddress(layer, group, m, k));
  const filter = (k: number, n: number) => touch(touched.filter, (group * allK + k) * allN + n);
  const ofmap = (m: number, n: number) => touch(touched.ofmap, (group * allM + m) * allN + n);
  const inT = (k: number) => k >= 0 && k < t;
  const inRows = (r: number) => r >= 0 && r < ru;

  for (let j = 0; j < cycles; j++) {
    for (let r = 0; r < ru; r++) {
      const k = dataflow === 'os' ? j - r : j - rows - r;
      if (!inT(k)) continue;
      if (dataflow === 'os') ifmap(r0 + r, k);
      if (dataflow === 'ws') ifmap(t0 + k, r0 + r);
      if (dataflow === 'is') filter(r0 + r, t0 + k);
    }
    for (let c = 0; c < cu; c++) {
      const stationaryRow = rows - 1 - j;
      if (dataflow === 'os' && inT(j - c)) filter(j - c, c0 + c);
      if (dataflow === 'ws' && inRows(stationaryRow)) filter(r0 + stationaryRow, c0 + c);
      if (dataflow === 'is' && inRows(stationaryRow)) ifmap(c0 + c, r0 + stationaryRow);

      const drainedRow = c + t - 1 + rows - 1 - j;
      const out = j - (2 * rows - 1) - c;
      if (dataflow === 'os' && inRows(drainedRow)) ofmap(r0 + drainedRow, c0 + c);
      if (dataflow === 'ws' && inT(out)) ofmap(t0 + out, c0 + c);
      if (dataflow === 'is' && inT(out)) ofmap(c0 + c, t0 + out);
    }
  }
  return touched;
}

interface MeasuredFold {
  array: Record<GridCounter, number>;
  cycles: number;
}

const measured = new Map<string, MeasuredFold>();

/** The array's counts do not depend on the values, so a fold of each shape is run once, on ones. */
function measureFold(config: MemoryConfig, ru: number, cu: number, t: number, accumulates: boolean): MeasuredFold {
  const { dataflow, rows, cols } = config;
  const key = [dataflow, rows, cols, ru, cu, t, accumulates].join();
  let fold = measured.get(key);
  if (fold === undefined) {
    const [m, k, n] = { os: [ru, t, cu], ws: [t, ru, cu], is: [cu, ru, t] }[dataflow];
    const partialSums = accumulates ? ones(m, n) : undefined;
    const { counts, length } = simulateFold({ dataflow, rows, cols, a: ones(m, k), b: ones(k, n), partialSums });
    fold = { array: totalCounts(counts), cycles: length };
    measured.set(key, fold);
  }
  return fold;
}

function ones(height: number, width: number): number[][] {
  return Array.from({ length: height }, () => new Array<number>(width).fill(1));
}
