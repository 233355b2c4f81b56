/**
 * The memory model of docs/methods/memory.md by enumeration: what is fetched, streamed or kept is decided with set
 * operations on the words each fold touches. Slow; for small layers.
 */
import { COUNTERS, type Counter } from '../../src/base/counters.ts';
import type { Layer } from '../../src/workload/layer.ts';
import type { GridCounter } from './pe-grid.ts';
import { formStages, type MemoryOperatingPoint, type ReferenceStage, stageTimeS } from './stage-time.ts';
import {
  enumerateFolds,
  type Fold,
  fitsInto,
  INPUTS,
  type Input,
  isSubset,
  type MemoryConfig,
  mappingOf,
  minus,
  placeBits,
  SCRATCHPADS,
  type Scratchpad,
  union,
} from './touched-words.ts';

export type { MemoryOperatingPoint, ReferenceStage } from './stage-time.ts';
export { stageTimeByStepping, stageTimeS } from './stage-time.ts';
export { compulsoryWords, ifmapAddress, type MemoryConfig } from './touched-words.ts';

export interface ReferenceFold {
  group: number;
  fc: number;
  tile: number;
  fr: number;
  cycles: number;
  t: number;
  ru: number;
  cu: number;
  /** Words arriving before the fold computes (while the fold before it does). */
  prefetchBytes: Record<Input, number>;
  /** Bytes crossing the DRAM interface while the fold computes. */
  streamBytes: Record<Input | 'psumIn' | 'psumOut' | 'results', number>;
  /** Results leaving in the stage after the fold. */
  outBytes: number;
  /** Bits the array moves at each scratchpad. */
  padBits: Record<Scratchpad, number>;
}

export interface ReferenceLayer {
  counts: Record<Counter, number>;
  /** Stall-free array cycles. */
  cycles: number;
  /** The T tile; all of T where it is not split. */
  tTile: number;
  spills: boolean;
  folds: ReferenceFold[];
}

export interface ReferenceSchedule {
  layers: ReferenceLayer[];
  stages: ReferenceStage[];
  timeS: (op: MemoryOperatingPoint) => number;
}

export function referenceSchedule(layers: readonly Layer[], config: MemoryConfig): ReferenceSchedule {
  const planned = layers.map((layer) => planLayer(layer, config));
  const stages = formStages(planned, config);
  return {
    layers: planned.map(({ summary }) => summary),
    stages,
    timeS: (op) => stages.reduce((sum, stage) => sum + stageTimeS(stage, op), 0),
  };
}

// ---- ifmap and filter words: what is fetched for a fold, and when ---------------------------------------------------

interface Fetch {
  words: number;
  prefetched: boolean;
}

function fetchWords(folds: readonly Fold[], operand: Input, config: MemoryConfig): Fetch[] {
  const fits = (words: number) => fitsInto(config, operand, words * config.bits[operand]);
  const tile = (s: number) => folds[s].touched[operand];
  const ofGroup = new Map<number, Set<number>>();
  for (const { group, touched } of folds) ofGroup.set(group, union(ofGroup.get(group) ?? new Set(), touched[operand]));

  let resident = new Set<number>();
  return folds.map(({ group }, s) => {
    const keepsAll = fits(ofGroup.get(group)!.size);
    let prefetched: boolean;
    let words = tile(s);
    if (s === 0) {
      prefetched = fits(tile(s).size);
      resident = new Set();
    } else if (folds[s - 1].group !== group) {
      prefetched = fits(tile(s - 1).size + tile(s).size);
      resident = new Set();
    } else if (keepsAll) {
      prefetched = true;
      words = minus(tile(s), resident);
    } else {
      prefetched = fits(union(tile(s - 1), tile(s)).size);
      if (prefetched) words = minus(tile(s), tile(s - 1));
    }
    // What a rule leaves unfetched must really be there.
    if (!isSubset(minus(tile(s), words), resident))
      throw new Error(`fold ${s}: ${operand} words neither held nor fetched`);
    resident = keepsAll ? union(resident, words) : fits(tile(s).size) ? tile(s) : new Set();
    if (!fits(resident.size)) throw new Error(`fold ${s}: more ${operand} words held than fit`);
    return { words: words.size, prefetched };
  });
}

// ---- one layer ------------------------------------------------------------------------------------------------------

export interface PlannedLayer {
  summary: ReferenceLayer;
  /** Of the first and last fold, for the fill across layers: tile bits and whether the first is prefetched. */
  first: Record<Input, { bits: number; prefetched: boolean }>;
  last: Record<Input, number>;
  /** Bits of the ofmap tiles of the first and last fold, as held in the scratchpad. */
  firstResultBits: number;
  lastResultBits: number;
}

function planLayer(layer: Layer, design: MemoryConfig): PlannedLayer {
  const config = { ...design, bits: { ...design.bits, filter: design.bits.filter + placeBits(layer) } };
  const { t, rowFolds } = mappingOf(layer, config);
  const sums = config.dataflow !== 'os' && rowFolds > 1;
  checkPorts(config, sums);
  const tMax = Math.floor((config.scratchpadBytes.ofmap * 8) / (2 * config.cols * config.bits.psum));
  const spills = sums && config.psum === 'spill' && t > tMax;
  const tTile = sums && config.psum === 'accumulate' ? bestTile(layer, config, t, tMax) : t;
  const folds = enumerateFolds(layer, config, tTile);
  const fetches = { ifmap: fetchWords(folds, 'ifmap', config), filter: fetchWords(folds, 'filter', config) };
  const traffic = resultTraffic(folds, config, sums, spills);
  const tileBits = (fold: Fold, operand: Input) => fold.touched[operand].size * config.bits[operand];
  return {
    summary: {
      counts: layerCounts(folds, fetches, traffic, config),
      cycles: folds.reduce((sum, { cycles }) => sum + cycles, 0),
      tTile,
      spills,
      folds: folds.map((fold, s) =>
        foldRecord(fold, { ifmap: fetches.ifmap[s], filter: fetches.filter[s] }, traffic[s], config),
      ),
    },
    first: byInput((operand) => ({ bits: tileBits(folds[0], operand), prefetched: fetches[operand][0].prefetched })),
    last: byInput((operand) => tileBits(folds[folds.length - 1], operand)),
    firstResultBits: folds[0].touched.ofmap.size * traffic[0].ofmapWordBits,
    lastResultBits: folds[folds.length - 1].touched.ofmap.size * traffic[folds.length - 1].ofmapWordBits,
  };
}

function byInput<T>(value: (operand: Input) => T): Record<Input, T> {
  return { ifmap: value('ifmap'), filter: value('filter') };
}

/** Two rows of words at the port must fit. */
function checkPorts(config: MemoryConfig, sums: boolean): void {
  const { rows, cols, dataflow, bits } = config;
  const ports = { ifmap: dataflow === 'is' ? cols : rows, filter: dataflow === 'is' ? rows : cols, ofmap: cols };
  const width = { ifmap: bits.ifmap, filter: bits.filter, ofmap: sums ? bits.psum : bits.ofmap };
  for (const pad of SCRATCHPADS) {
    if (!fitsInto(config, pad, 2 * ports[pad] * width[pad])) throw new Error(`scratchpad-too-small: ${pad}`);
  }
}

/** The T tile that fetches the fewest bytes, by trying every candidate. */
function bestTile(layer: Layer, config: MemoryConfig, t: number, tMax: number): number {
  const candidates = new Set<number>();
  for (let i = 0; i < 40; i++) {
    const candidate = Math.ceil(t / 2 ** i);
    if (candidate >= Math.min(t, 64) && candidate <= tMax) candidates.add(candidate);
  }
  if (candidates.size === 0) candidates.add(tMax);
  const longestFirst = [...candidates].sort((a, b) => b - a);
  const cost = longestFirst.map((tile) => fetchedBits(layer, config, tile));
  return longestFirst[cost.indexOf(Math.min(...cost))];
}

/** Ifmap and filter bits fetched in the layer if T were tiled so. */
export function fetchedBits(layer: Layer, config: MemoryConfig, tTile: number): number {
  const folds = enumerateFolds(layer, config, tTile);
  let bits = 0;
  for (const operand of INPUTS) {
    for (const { words } of fetchWords(folds, operand, config)) bits += words * config.bits[operand];
  }
  return bits;
}

interface ResultTraffic {
  /** Width of the words the array writes, which is the width they are held in. */
  ofmapWordBits: number;
  psumInWords: number;
  psumOutWords: number;
  resultWords: number;
  /** Results stream out during the fold; otherwise they leave in the stage after it. */
  streams: boolean;
}

function resultTraffic(folds: readonly Fold[], config: MemoryConfig, sums: boolean, spills: boolean): ResultTraffic[] {
  const { bits } = config;
  // A layer that accumulates holds psum width throughout, results and spilled sums too.
  const ofmapWordBits = sums ? bits.psum : bits.ofmap;
  const tileBits = (fold: Fold | undefined) => (fold ? fold.touched.ofmap.size * ofmapWordBits : 0);
  return folds.map((fold, s) => {
    const words = fold.touched.ofmap.size;
    const final = !sums || fold.lastRowFold;
    return {
      ofmapWordBits,
      psumInWords: spills && fold.fr > 0 ? words : 0,
      psumOutWords: spills && !final ? words : 0,
      resultWords: final ? words : 0,
      streams: !fitsInto(config, 'ofmap', tileBits(fold) + tileBits(folds[s + 1])),
    };
  });
}

function foldRecord(
  fold: Fold,
  fetch: Record<Input, Fetch>,
  traffic: ResultTraffic,
  { bits }: MemoryConfig,
): ReferenceFold {
  const { group, fc, tile, fr, t, ru, cu, cycles, array } = fold;
  const bytes = (operand: Input, prefetched: boolean) =>
    fetch[operand].prefetched === prefetched ? (fetch[operand].words * bits[operand]) / 8 : 0;
  const resultBytes = (traffic.resultWords * bits.ofmap) / 8;
  return {
    ...{ group, fc, tile, fr, t, ru, cu, cycles },
    prefetchBytes: byInput((operand) => bytes(operand, true)),
    streamBytes: {
      ...byInput((operand) => bytes(operand, false)),
      psumIn: (traffic.psumInWords * bits.psum) / 8,
      psumOut: (traffic.psumOutWords * bits.psum) / 8,
      results: traffic.streams ? resultBytes : 0,
    },
    outBytes: traffic.streams ? 0 : resultBytes,
    padBits: {
      ifmap: array.ifmap_sram_reads * bits.ifmap,
      filter: array.filter_sram_reads * bits.filter,
      ofmap: array.ofmap_sram_reads * bits.psum + array.ofmap_sram_writes * traffic.ofmapWordBits,
    },
  };
}

function layerCounts(
  folds: readonly Fold[],
  fetches: Record<Input, Fetch[]>,
  traffic: readonly ResultTraffic[],
  { bits }: MemoryConfig,
): Record<Counter, number> {
  const counts = Object.fromEntries(COUNTERS.map((name) => [name, 0])) as Record<Counter, number>;
  folds.forEach(({ array }, s) => {
    const { ofmapWordBits, psumInWords, psumOutWords, resultWords } = traffic[s];
    const { ifmap, filter } = { ifmap: fetches.ifmap[s].words, filter: fetches.filter[s].words };
    for (const [name, n] of Object.entries(array)) counts[name as GridCounter] += n;
    counts.dram_ifmap_reads += ifmap;
    counts.dram_filter_reads += filter;
    counts.dram_ofmap_reads += psumInWords;
    counts.dram_ofmap_writes += psumOutWords + resultWords;
    counts.filter_sram_read_bits += array.filter_sram_reads * bits.filter;
    counts.filter_sram_write_bits += filter * bits.filter;
    counts.ifmap_sram_write_bits += ifmap * bits.ifmap;
    counts.ofmap_sram_read_bits += (array.ofmap_sram_reads + psumOutWords) * bits.psum + resultWords * ofmapWordBits;
    counts.ofmap_sram_write_bits += array.ofmap_sram_writes * ofmapWordBits + psumInWords * bits.psum;
    counts.dram_read_bits += ifmap * bits.ifmap + filter * bits.filter + psumInWords * bits.psum;
    counts.dram_write_bits += psumOutWords * bits.psum + resultWords * bits.ofmap;
  });
  return counts;
}
