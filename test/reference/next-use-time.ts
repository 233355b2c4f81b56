/** The queue of docs/methods/memory-next-use.md in plain loops, pass by pass. */

import { passesOf, passOf } from './next-use-order.ts';
import { capacity, type GroupWords, type LayerFolds } from './next-use-words.ts';
import type { MemoryOperatingPoint } from './stage-time.ts';
import {
  type Fold,
  fitsInto,
  INPUTS,
  type Input,
  type MemoryConfig,
  SCRATCHPADS,
  type Scratchpad,
} from './touched-words.ts';

export interface PlannedGroup {
  layer: LayerFolds;
  words: GroupWords;
}

export interface QueueConfig extends MemoryConfig {
  lookahead: 'fold' | 'room';
}

export interface LayerTimes {
  fillS: number;
  passesS: number;
  drainS: number;
}

/** One pass of one group, in bytes, bits and cycles. */
interface Pass {
  cycles: number;
  padBits: Record<Scratchpad, number>;
  fetched: Record<Input, number>;
  /** Results, partial sums, and the tail of the pass before. */
  even: number;
  /** Results that leave after the pass. */
  tail: number;
}

/** What does not change from pass to pass; bytes. */
interface Spaces {
  size: Record<Input, number>;
  tile: Record<Input, number>;
  kept: Record<Input, number>;
  streams: Record<Input, boolean>;
}

/** How long each of the layers takes, one after the other. */
export function queueTimes(
  layers: readonly PlannedGroup[],
  config: QueueConfig,
  point: MemoryOperatingPoint,
): LayerTimes[] {
  const B = point.dramBytesPerS;
  const passes = layers.flatMap((layer, l) => passesOfLayer(layer).map((pass) => ({ ...pass, layer: l })));
  const spaces = layers.map(spacesOf);
  const times = layers.map(() => ({ fillS: 0, passesS: 0, drainS: 0 }));
  const preOf = (pass: Pass & { layer: number }) => {
    const { tile, streams } = spaces[pass.layer];
    return each((o) => (streams[o] ? 0 : Math.min(pass.fetched[o], tile[o])));
  };

  let lead = { ifmap: 0, filter: 0 };
  let space = { ifmap: 0, filter: 0 };
  passes.forEach((pass, j) => {
    const time = times[pass.layer];
    const [before, next] = [passes[j - 1], passes[j + 1]];
    const { streams } = spaces[pass.layer];
    const isFirst = before?.layer !== pass.layer;

    const pre = preOf(pass);
    const isLate = INPUTS.some((o) => pre[o] > space[o]);
    const wait = total(each((o) => Math.max(0, pre[o] - lead[o]))) / B + (isLate ? point.dramLatencyS : 0);
    const need = each((o) => pass.fetched[o] - Math.min(pass.fetched[o], Math.max(lead[o], pre[o])));
    const keepsUp = Math.max(
      pass.cycles / point.arrayHz,
      ...SCRATCHPADS.map((pad) => pass.padBits[pad] / (point.padWidthBits[pad] * point.padHz[pad])),
    );
    const waitsForStream = INPUTS.some((o) => streams[o] && pass.fetched[o] > 0);
    const moves = pass.even + total(need);
    const work = Math.max(keepsUp, moves / B + (waitsForStream ? point.dramLatencyS : 0));

    const left = each((o) => Math.max(0, lead[o] - pass.fetched[o]));
    space = { ifmap: spaceAfter(j, 'ifmap'), filter: spaceAfter(j, 'filter') };
    lead = left;
    let spare = Math.max(0, work * B - moves);
    const readAhead = (o: Input, upTo: number): void => {
      const more = Math.min(spare, Math.max(0, Math.min(space[o], upTo) - lead[o]));
      lead = { ...lead, [o]: lead[o] + more };
      spare -= more;
    };
    const [nextPre, nextAll] = next ? [preOf(next), next.fetched] : [left, left];
    for (const goal of [nextPre, nextAll, space]) {
      readAhead('filter', goal.filter);
      readAhead('ifmap', goal.ifmap);
    }

    if (isFirst) time.fillS = wait;
    time.passesS += work + (isFirst ? 0 : wait);
    if (next?.layer !== pass.layer) time.drainS = pass.tail / B;
  });
  return times;

  /** Space for words that come while pass j works. */
  function spaceAfter(j: number, o: Input): number {
    const { layer } = passes[j];
    const later = passes.slice(j + 1).filter((pass) => pass.layer === layer);
    const { size, tile, kept, streams } = spaces[layer];
    const beside = Math.max(0, size[o] - tile[o]);
    const toCome = (of: readonly Pass[]) => of.reduce((sum, { fetched }) => sum + fetched[o], 0);
    if (later.length > 0) {
      const free = streams[o] ? 0 : Math.max(0, size[o] - tile[o] - kept[o]);
      return Math.min(toCome(later), config.lookahead === 'fold' ? Math.min(free, tile[o]) : free);
    }
    if (o === 'ifmap' || !config.prefetchAcrossLayers || layer + 1 === layers.length) return 0;
    const ofNext = passes.filter((pass) => pass.layer === layer + 1);
    const atMost = config.lookahead === 'fold' ? Math.min(beside, spaces[layer + 1].tile.filter) : beside;
    return Math.min(atMost, toCome(ofNext));
  }
}

function each(value: (operand: Input) => number): Record<Input, number> {
  return { ifmap: value('ifmap'), filter: value('filter') };
}

function total({ ifmap, filter }: Record<Input, number>): number {
  return ifmap + filter;
}

function spacesOf({ layer: { config }, words: { ifmap, filter } }: PlannedGroup): Spaces {
  const bytes = (words: number, o: Input) => (words * config.bits[o]) / 8;
  const largest = Math.max(...filter.map(({ tile }) => tile));
  return {
    size: each((o) => bytes(capacity(config, o), o)),
    tile: { ifmap: bytes(ifmap.tile, 'ifmap'), filter: bytes(largest, 'filter') },
    kept: { ifmap: bytes(ifmap.keptOnAverage, 'ifmap'), filter: bytes(filter[0].keptOnAverage, 'filter') },
    streams: { ifmap: ifmap.streams, filter: filter[0].streams },
  };
}

/** The passes of all groups. */
function passesOfLayer({ layer, words }: PlannedGroup): Pass[] {
  const { config, spills } = layer;
  const { group } = words;
  const { fr: Fr } = group.counts;
  const sums = config.dataflow !== 'os' && Fr > 1;
  const ofmapWordBits = sums ? config.bits.psum : config.bits.ofmap;
  const largest = Math.max(...group.folds.map(({ touched }) => touched.ofmap.size));
  const holdsTwo = fitsInto(config, 'ofmap', 2 * largest * ofmapWordBits);
  const passes: Pass[] = [];
  for (let g = 0; g < layer.layer.groups; g++) {
    for (let p = 0; p < passesOf(group); p++) {
      const folds = group.folds.filter((fold) => passOf(group, fold) === p);
      const results = sumOf(folds, (fold) => (!sums || fold.lastRowFold ? fold.touched.ofmap.size : 0));
      const tail = holdsTwo ? folds[folds.length - 1].touched.ofmap.size : 0;
      const sumsIn = spills ? sumOf(folds, ({ fr, touched }) => (fr > 0 ? touched.ofmap.size : 0)) : 0;
      const sumsOut = spills ? sumOf(folds, ({ fr, touched }) => (fr < Fr - 1 ? touched.ofmap.size : 0)) : 0;
      const before = passes.length === 0 ? 0 : passes[passes.length - 1].tail;
      passes.push({
        cycles: sumOf(folds, ({ cycles }) => cycles),
        padBits: {
          ifmap: sumOf(folds, ({ array }) => array.ifmap_sram_reads) * config.bits.ifmap,
          filter: sumOf(folds, ({ array }) => array.filter_sram_reads) * config.bits.filter,
          ofmap: sumOf(
            folds,
            ({ array }) => array.ofmap_sram_reads * config.bits.psum + array.ofmap_sram_writes * ofmapWordBits,
          ),
        },
        fetched: each((o) => (words.passes[p][o] * config.bits[o]) / 8),
        even: ((sumsIn + sumsOut) * config.bits.psum + (results - tail) * config.bits.ofmap) / 8 + before,
        tail: (tail * config.bits.ofmap) / 8,
      });
    }
  }
  return passes;
}

function sumOf(folds: readonly Fold[], value: (fold: Fold) => number): number {
  return folds.reduce((sum, fold) => sum + value(fold), 0);
}
