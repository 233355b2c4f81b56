import { addCounts, COUNTER_INDEX, type Counts, zeroCounts } from '../base/counters.ts';
import { gemmShape, type Layer, layerMacs } from '../workload/index.ts';
import type { Axis, MemoryConfig, SystolicConfig } from './config.ts';
import { findDataflow } from './dataflows/index.ts';
import { type FitProblem, fitProblems } from './fits.ts';
import { addDepartures } from './memory/accounting.ts';
import { type LayerProgress, layerProgress } from './progress.ts';
import { type LayerSchedule, scheduleLayer } from './schedule.ts';
import { buildStages } from './stages.ts';
import { ifmapTiles, plainTiles } from './tiles.ts';
import { fetchFiltersAhead } from './time/filters-ahead.ts';
import type { StageRun } from './time/stage-run.ts';

/**
 * Which two axes of the product the rows and the columns of arrays share out. `spatial`: those along the rows and along the columns
 * of an array (scale-out of Samajdar et al., ISPASS 2020). The others put the streamed axis in the place of one of these.
 */
export const SPLITS = ['spatial', 'spatio-temporal-columns', 'spatio-temporal-rows'] as const;
export type Split = (typeof SPLITS)[number];

/** Equal arrays side by side, each with scratchpads of its own, that share the DRAM. */
export interface Partitions {
  readonly rows: number;
  readonly columns: number;
  readonly split: Split;
}

/** Partial sums that an array adds up when all arrays are done: `summands` of each of `words` results. */
export interface Reduction {
  readonly words: number;
  readonly summands: number;
}

/** A layer as several arrays run it. Lists are by array, row by row. */
export interface PartitionedLayer {
  readonly layer: Layer;
  /** Null for an array that has no part in it. */
  readonly parts: readonly (LayerSchedule | null)[];
  /** The reduction of each array once all arrays are done; null for an array without one. */
  readonly reductions: readonly (Reduction | null)[];
  /** Stall-free cycles of the array that takes most. */
  readonly cycles: number;
  /** Counts of all arrays, reductions included. */
  readonly counts: Counts;
}

/**
 * Schedules a layer on several arrays. Groups are shared out if there are enough of them for all arrays: they have nothing in
 * common. Otherwise each array has a block of every group's product. Where the window is cut each array makes partial sums, which go to
 * DRAM at psum width and are added up after a barrier, every array a share of the results. Errors: those of `scheduleLayer`.
 */
export function schedulePartitioned(layer: Layer, config: SystolicConfig, partitions: Partitions): PartitionedLayer {
  const blocks = partsOf(layer, config, partitions);
  const summands = Math.max(...blocks.map((block) => block?.summands ?? 1));
  const memory = summands > 1 ? withPartialResults(config.memory) : config.memory;
  const parts = scheduleParts(blocks, { ...config, memory });
  const reductions = blocks.map((block) => block && reductionOf(block));
  const counts = zeroCounts();
  for (const part of parts) if (part) addCounts(counts, part.counts);
  for (const reduction of reductions) if (reduction) addCounts(counts, reductionCounts(reduction, config.memory));
  return { layer, parts, reductions, cycles: Math.max(...parts.map((part) => part?.cycles ?? 0)), counts };
}

/** Parts that do the same are scheduled once: there may be thousands of arrays. */
function scheduleParts(blocks: readonly (PartBlock | null)[], config: SystolicConfig): (LayerSchedule | null)[] {
  const known = new Map<string, LayerSchedule>();
  return blocks.map((block) => {
    if (!block) return null;
    const { part, groups } = block.layer;
    // Where windows neither overlap nor reach into padding, parts of a size fetch as many words wherever they lie.
    const place = part && ifmapTiles(block.layer) !== plainTiles ? [part.firstM, part.firstK] : [];
    const key = [groups, part?.m, part?.n, part?.k, ...place].join();
    const schedule = known.get(key) ?? scheduleLayer(block.layer, config);
    known.set(key, schedule);
    return schedule;
  });
}

/** The part of a layer that each array has; null for none. */
export function partLayers(layer: Layer, config: SystolicConfig, partitions: Partitions): (Layer | null)[] {
  return partsOf(layer, config, partitions).map((block) => block?.layer ?? null);
}

/** The reasons why the parts of a layer cannot run. Codes: those of `fitProblems`. */
export function partitionedMisfits(layer: Layer, config: SystolicConfig, partitions: Partitions): FitProblem[] {
  const blocks = partsOf(layer, config, partitions).flatMap((block) => block ?? []);
  const partial = blocks.some(({ summands }) => summands > 1);
  const memory = partial ? withPartialResults(config.memory) : config.memory;
  // Parts are equal, but for one line: one that is larger than all others needs the most.
  return blocks.length === 0 ? [] : fitProblems(largest(blocks).layer, { ...config, memory });
}

function largest(blocks: readonly PartBlock[]): PartBlock {
  return blocks.reduce((most, block) => (layerMacs(block.layer) > layerMacs(most.layer) ? block : most));
}

/** The memory of an array whose results are partial sums: its results are as wide as they are. */
function withPartialResults(memory: MemoryConfig): MemoryConfig {
  return { ...memory, wordBits: { ...memory.wordBits, ofmap: memory.wordBits.psum } };
}

interface PartBlock {
  readonly layer: Layer;
  /** Arrays that make partial sums of the same results, and which of them this is. */
  readonly summands: number;
  readonly index: number;
}

function partsOf(layer: Layer, config: SystolicConfig, partitions: Partitions): (PartBlock | null)[] {
  const arrays = partitions.rows * partitions.columns;
  if (layer.groups < arrays) return blocksOf(layer, config, partitions);
  return Array.from({ length: arrays }, (_, a) => {
    const [from, to] = share(layer.groups, arrays, a);
    return { layer: { ...layer, groups: to - from }, summands: 1, index: 0 };
  });
}

/** A block of the product for each array. */
function blocksOf(layer: Layer, config: SystolicConfig, { rows, columns, split }: Partitions): (PartBlock | null)[] {
  const shape = gemmShape(layer);
  const { axes } = findDataflow(config.dataflow);
  const byRow = split === 'spatio-temporal-columns' ? axes.streamed : axes.rows;
  const byColumn = split === 'spatio-temporal-rows' ? axes.streamed : axes.columns;
  const along = (axis: Axis): { of: number; isRows: boolean } | null => {
    if (axis === byRow) return { of: rows, isRows: true };
    return axis === byColumn ? { of: columns, isRows: false } : null;
  };
  const range = (axis: Axis, row: number, column: number): readonly [number, number] => {
    const cut = along(axis);
    return cut ? share(shape[axis], cut.of, cut.isRows ? row : column) : [0, shape[axis]];
  };
  const kCut = along('k');
  const summands = kCut ? Math.min(kCut.of, shape.k) : 1;
  return Array.from({ length: rows * columns }, (_, a) => {
    const [row, column] = [Math.floor(a / columns), a % columns];
    const [m0, m1] = range('m', row, column);
    const [n0, n1] = range('n', row, column);
    const [k0, k1] = range('k', row, column);
    if (m1 === m0 || n1 === n0 || k1 === k0) return null;
    const part = { m: m1 - m0, n: n1 - n0, k: k1 - k0, firstM: m0, firstK: k0 };
    const isWhole = part.m === shape.m && part.n === shape.n && part.k === shape.k;
    // If there are more arrays than words, each array before this one that has work has one word.
    const index = kCut ? Math.min(kCut.isRows ? row : column, k0) : 0;
    return { layer: isWhole ? layer : { ...layer, part }, summands, index };
  });
}

/** Share i of `of` equal ones, as equal as whole numbers get; the largest is ceil(extent / of). */
function share(extent: number, of: number, i: number): readonly [number, number] {
  return [Math.floor((extent * i) / of), Math.floor((extent * (i + 1)) / of)];
}

function reductionOf({ layer, summands, index }: PartBlock): Reduction | null {
  if (summands === 1) return null;
  const { m, n } = gemmShape(layer);
  const [from, to] = share(m * n * layer.groups, summands, index);
  return to > from ? { words: to - from, summands } : null;
}

/** Partial sums arrive from DRAM, are read and added, and the results leave. */
function reductionCounts({ words, summands }: Reduction, { wordBits }: MemoryConfig): Counts {
  const counts = zeroCounts();
  const add = (name: keyof typeof COUNTER_INDEX, value: number): void => {
    counts[COUNTER_INDEX[name]] += value;
  };
  const psumBits = words * summands * wordBits.psum;
  add('dram_ofmap_reads', words * summands);
  add('dram_read_bits', psumBits);
  add('ofmap_sram_reads', words * summands);
  add('ofmap_sram_read_bits', psumBits);
  add('ofmap_sram_writes', words);
  // As they arrive, and the sums.
  add('ofmap_sram_write_bits', psumBits + words * wordBits.psum);
  addDepartures(counts, words, wordBits.ofmap, wordBits.psum);
  return counts;
}

/**
 * Counts of all arrays as a function of the cycles since the layer began, as `layerProgress` of each; reductions are booked in the
 * last cycle.
 */
export function partitionedProgress({ parts, cycles, counts: all }: PartitionedLayer): LayerProgress {
  const progress = parts.flatMap((part) => (part ? [layerProgress(part)] : []));
  const ofPart = zeroCounts();
  return {
    countsBefore(x, counts) {
      if (x >= cycles) {
        counts.set(all);
        return;
      }
      counts.fill(0);
      for (const part of progress) {
        part.countsBefore(x, ofPart);
        addCounts(counts, ofPart);
      }
    },
  };
}

/** Between two barriers: all arrays' folds of a layer, or their reductions. */
export interface Step {
  readonly layer: number;
  readonly reduces: boolean;
}

/** The steps of layers run one after the other. */
export function stepsOf(layers: readonly PartitionedLayer[]): Step[] {
  return layers.flatMap(({ reductions }, layer): Step[] => {
    const folds = { layer, reduces: false };
    return reductions.some((reduction) => reduction !== null) ? [folds, { layer, reduces: true }] : [folds];
  });
}

/**
 * The pipeline of each array. A single one prefetches across layers if it may. Several meet at a barrier at the end of each layer,
 * when its results are in DRAM: they drain, and fill anew, but for filters under next-use retention.
 */
export function arrayStages(layers: readonly PartitionedLayer[], memory: MemoryConfig): StageRun[][] {
  const arrays = layers[0]?.parts.length ?? 0;
  if (arrays === 1) return [buildStages(layers.map(({ parts }) => parts[0]!))];
  return Array.from({ length: arrays }, (_, a) => {
    const parts = layers.map((each) => each.parts[a]);
    const alone = parts.map((part, layer) => (part ? buildStages([part]).map((stage) => ({ ...stage, layer })) : []));
    const stages = fetchFiltersAhead(parts, alone);
    return stages.flatMap((folds, layer) => {
      const reduction = layers[layer].reductions[a];
      return reduction ? [...folds, reductionStage(reduction, layer, memory)] : folds;
    });
  });
}

function reductionStage(reduction: Reduction, layer: number, memory: MemoryConfig): StageRun {
  const { words, summands } = reduction;
  const { psum, ofmap } = memory.wordBits;
  return {
    kind: 'reduce',
    layer,
    count: 1,
    cycles: 0,
    portBits: { ifmap: 0, filter: 0, ofmap: words * (summands + 1) * psum },
    bytesIn: (words * summands * psum) / 8,
    bytesOut: (words * ofmap) / 8,
    fold: null,
    ofmapWordBits: psum,
    traffic: reductionCounts(reduction, memory),
    ofNext: null,
    ofPrevious: null,
  };
}
