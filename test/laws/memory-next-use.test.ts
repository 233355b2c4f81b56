/**
 * Retention by next use against slow references that were written from docs/methods/memory-next-use.md alone: words by enumeration,
 * a word-level MIN, the queue in plain loops.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { buildStages, type LayerSchedule, layerTimes, type MemoryModel } from '../../src/systolic/index.ts';
import { minWords, missesOf } from '../reference/min-words.ts';
import { type QueueConfig, queueTimes } from '../reference/next-use-time.ts';
import {
  bestOf,
  type GroupWords,
  groupWords,
  type LayerFolds,
  layerFolds,
  wordsByOrder,
} from '../reference/next-use-words.ts';
import { lawOptions, someOf } from '../tier.ts';
import { partOfLayer } from './arbitraries.ts';
import {
  count,
  nextUseConfigs,
  nextUseLayers,
  nextUseNetworks,
  nextUsePoints,
  orderName,
  scheduled,
  wordsOf,
} from './next-use-cases.ts';
import { conv, gemm, upTo } from './small-layers.ts';

const ORDERS = ['fixed', 'best'] as const;

function planned(folds: LayerFolds, order: MemoryModel['order']): GroupWords {
  return order === 'fixed' ? groupWords(folds, { name: 'columns outermost' }) : bestOf(wordsByOrder(folds));
}

describe('the references, by hand', () => {
  const config: QueueConfig = {
    ...{ rows: 2, cols: 2, dataflow: 'os', psum: 'accumulate', prefetchAcrossLayers: true, lookahead: 'room' },
    bits: { ifmap: 8, filter: 8, ofmap: 8, psum: 32 },
    scratchpadBytes: { ifmap: 24, filter: 64, ofmap: 64 },
  };

  test('N equal tiles swept in turn leave F - P N / (N - 1) words to fetch in each later sweep', () => {
    // 5 row folds of 2 pixels x 4 words, 3 column folds: F = 40, T = 8, U = 16, P = 24 - 16 = 8, P N / (N - 1) = 10.
    const { ifmap } = groupWords(layerFolds(gemm(10, 4, 6), config), { name: 'columns outermost' });
    expect(ifmap).toMatchObject({ first: 40, later: 40 - 10, sweeps: 3, tile: 8, pair: 16 });
  });

  test('a tile that is larger than the scratchpad keeps all but two words a lane: here 24 - 4 of 2 x 16', () => {
    // One row fold is all of the ifmap: F = U = T = 32 > 24, 3 column folds, P = 24 - 2 x 2.
    const { ifmap } = groupWords(layerFolds(gemm(2, 16, 6), config), { name: 'columns outermost' });
    expect(ifmap).toMatchObject({ first: 32, later: 32 - 20, sweeps: 3 });
  });

  test('of filters in 3 column folds, each swept by 5 row folds, each word comes once if one column fold fits', () => {
    const { words } = groupWords(layerFolds(gemm(10, 4, 6), config), { name: 'columns outermost' });
    expect(words.filter).toBe(4 * 6);
  });

  test('MIN with room for 2 words: a b c a b c misses a, b, c and one of the three again', () => {
    // a and b stay, c passes by and is missed twice.
    expect(missesOf([[0], [1], [2], [0], [1], [2]], 2)).toBe(4);
    expect(
      missesOf(
        [
          [0, 1, 2],
          [0, 1, 2],
        ],
        2,
      ),
    ).toBe(4);
    expect(missesOf([[0], [1], [0], [1]], 0)).toBe(4);
  });

  test('the queue: the second pass waits for what the first left no time to read', () => {
    // Two column folds of 2 x 8 by 8 x 2 under os: 8 + 2 + 2 - 2 = 10 cycles, 16 filter words and 4 results each, 16 ifmap words once.
    const roomy = { ...config, scratchpadBytes: { ifmap: 64, filter: 64, ofmap: 64 } };
    const folds = layerFolds(gemm(2, 8, 4), roomy);
    const point = {
      ...{ arrayHz: 1, padHz: { ifmap: 1, filter: 1, ofmap: 1 }, padWidthBits: { ifmap: 64, filter: 64, ofmap: 64 } },
      ...{ dramBytesPerS: 1, dramLatencyS: 3 },
    };
    const [times] = queueTimes(
      [{ layer: folds, words: groupWords(folds, { name: 'columns outermost' }) }],
      roomy,
      point,
    );
    // Fill 32 bytes + 3 s; 10 s, in which 10 of 16 words come; wait for 6; 10 s, in which 4 results leave; drain 4.
    expect(times).toEqual({ fillS: 35, passesS: 10 + 6 + 10, drainS: 4 });
  });
});

describe.each(ORDERS)('order: %s', (order) => {
  test('words and the chosen order equal the enumeration', () => {
    fc.assert(
      fc.property(nextUseLayers, nextUseConfigs, (layer, config) => {
        const folds = layerFolds(layer, config);
        const { group, words } = planned(folds, order);
        const schedule = scheduled(layer, config, order);
        expect(wordsOf(schedule)).toEqual({ ifmap: words.ifmap * layer.groups, filter: words.filter * layer.groups });
        expect(orderName(schedule.queue!.order)).toEqual(orderName(group.order));
        expect(count(schedule, 'dram_ofmap_reads')).toBe(folds.ofmap.reads);
        expect(count(schedule, 'dram_ofmap_writes')).toBe(folds.ofmap.writes);
      }),
      lawOptions(400, 6),
    );
  });

  test('of a part of a layer, and of sparse filters too', () => {
    fc.assert(
      fc.property(partOfLayer, nextUseConfigs, (layer, some) => {
        // Places of kept weights make filter words wider, and two of them a lane must fit.
        const scratchpadBytes = { ...some.scratchpadBytes, filter: 2 * some.scratchpadBytes.filter };
        const config = { ...some, scratchpadBytes };
        const { words } = planned(layerFolds(layer, config), order);
        const all = { ifmap: words.ifmap * layer.groups, filter: words.filter * layer.groups };
        expect(wordsOf(scheduled(layer, config, order))).toEqual(all);
      }),
      lawOptions(400, 6),
    );
  });

  test('no operand fetches less than MIN', () => {
    fc.assert(
      fc.property(nextUseLayers, nextUseConfigs, (layer, config) => {
        const folds = layerFolds(layer, config);
        const { group } = planned(folds, order);
        const words = wordsOf(scheduled(layer, config, order));
        for (const operand of ['ifmap', 'filter'] as const) {
          const least = minWords(group, folds, operand) * layer.groups;
          expect(words[operand], `${operand}, ${orderName(group.order)}`).toBeGreaterThanOrEqual(least);
        }
      }),
      lawOptions(800, 6),
    );
  });

  test('times equal the queue in plain loops', () => {
    fc.assert(
      fc.property(nextUseNetworks, nextUseConfigs, nextUsePoints, (layers, config, point) => {
        const plans = layers.map((layer) => layerFolds(layer, config));
        const expected = queueTimes(
          plans.map((folds) => ({ layer: folds, words: planned(folds, order) })),
          config,
          point,
        );
        const schedules = layers.map((layer) => scheduled(layer, config, order));
        const clocks = { ...point, scratchpadHz: point.padHz, portBits: point.padWidthBits };
        layerTimes(schedules, buildStages(schedules), clocks).forEach(({ timeS }, i) => {
          const { fillS, passesS, drainS } = expected[i];
          expect(Math.abs(timeS / (fillS + passesS + drainS) - 1), `layer ${i}`).toBeLessThan(1e-9);
        });
      }),
      lawOptions(300, 4),
    );
  });
});

describe('laws', () => {
  test('a larger ifmap or filter scratchpad never fetches more words, in the fixed order with the same T tile', () => {
    fc.assert(
      fc.property(nextUseLayers, nextUseConfigs, fc.oneof(upTo(4), upTo(300)), (layer, config, more) => {
        const { ifmap, filter, ofmap } = config.scratchpadBytes;
        const larger = { ...config, scratchpadBytes: { ifmap: ifmap + more, filter: filter + more, ofmap } };
        const [before, after] = [scheduled(layer, config, 'fixed'), scheduled(layer, larger, 'fixed')];
        fc.pre(before.streamTile === after.streamTile);
        expect(wordsOf(after).ifmap).toBeLessThanOrEqual(wordsOf(before).ifmap);
        expect(wordsOf(after).filter).toBeLessThanOrEqual(wordsOf(before).filter);
      }),
      lawOptions(4000, 40),
    );
  });

  test('nor more words of both in the best order', () => {
    fc.assert(
      fc.property(nextUseLayers, nextUseConfigs, fc.oneof(upTo(4), upTo(300)), (layer, config, more) => {
        const { ifmap, filter, ofmap } = config.scratchpadBytes;
        const larger = { ...config, scratchpadBytes: { ifmap: ifmap + more, filter: filter + more, ofmap } };
        const [before, after] = [scheduled(layer, config, 'best'), scheduled(layer, larger, 'best')];
        fc.pre(before.streamTile === after.streamTile);
        const words = (schedule: LayerSchedule) => wordsOf(schedule).ifmap + wordsOf(schedule).filter;
        expect(words(after)).toBeLessThanOrEqual(words(before));
      }),
      lawOptions(4000, 40),
    );
  });

  test('the best order fetches no more words than the fixed one, and as many results', () => {
    fc.assert(
      fc.property(nextUseLayers, nextUseConfigs, (layer, config) => {
        const [fixed, best] = [scheduled(layer, config, 'fixed'), scheduled(layer, config, 'best')];
        const words = (schedule: LayerSchedule) => wordsOf(schedule).ifmap + wordsOf(schedule).filter;
        expect(words(best)).toBeLessThanOrEqual(words(fixed));
        for (const counter of ['dram_ofmap_reads', 'dram_ofmap_writes'] as const)
          expect(count(best, counter)).toBe(count(fixed, counter));
      }),
      lawOptions(4000, 40),
    );
  });

  test('a lower array clock never makes a network faster, nor does less bandwidth', () => {
    fc.assert(
      fc.property(
        nextUseNetworks,
        nextUseConfigs,
        nextUsePoints,
        upTo(9).map((n) => n / 10),
        (layers, config, point, share) => {
          const schedules = layers.map((layer) => scheduled(layer, config, 'fixed'));
          const stages = buildStages(schedules);
          const seconds = (changes: Partial<typeof point>): number => {
            const clocks = { ...point, scratchpadHz: point.padHz, portBits: point.padWidthBits, ...changes };
            return layerTimes(schedules, stages, clocks).reduce((sum, { timeS }) => sum + timeS, 0);
          };
          const least = seconds({}) * (1 - 1e-12);
          expect(seconds({ arrayHz: share * point.arrayHz })).toBeGreaterThanOrEqual(least);
          expect(seconds({ dramBytesPerS: share * point.dramBytesPerS })).toBeGreaterThanOrEqual(least);
        },
      ),
      lawOptions(2000, 25),
    );
  });

  test.each([
    [
      '1 x 1 with padding',
      conv({
        ifmapHeight: 4,
        ifmapWidth: 4,
        channels: 6,
        filters: 8,
        padHeight: 1,
        padWidth: 1,
        ofmapHeight: 6,
        ofmapWidth: 6,
      }),
    ],
    [
      'columns that see only padding',
      conv({
        ifmapHeight: 10,
        ifmapWidth: 4,
        channels: 5,
        filterHeight: 4,
        filterWidth: 3,
        filters: 15,
        strideHeight: 3,
        strideWidth: 3,
        padHeight: 2,
        padWidth: 2,
        ofmapHeight: 5,
        ofmapWidth: 3,
      }),
    ],
    [
      'nothing but padding',
      conv({
        ifmapHeight: 1,
        ifmapWidth: 1,
        channels: 2,
        filters: 4,
        strideHeight: 3,
        strideWidth: 3,
        padHeight: 1,
        padWidth: 1,
        ofmapHeight: 1,
        ofmapWidth: 1,
      }),
    ],
  ])('%s: words of every dataflow, from few words to many', (_, layer) => {
    for (const dataflow of ['os', 'ws', 'is'] as const) {
      for (const words of someOf([4, 5, 13, 40, 150], 2)) {
        const scratchpadBytes = { ifmap: words, filter: words, ofmap: 64 };
        const config: QueueConfig = {
          ...{ rows: 2, cols: 2, dataflow, psum: 'accumulate', prefetchAcrossLayers: true, lookahead: 'room' },
          ...{ bits: { ifmap: 8, filter: 8, ofmap: 8, psum: 32 }, scratchpadBytes },
        };
        const { words: expected } = planned(layerFolds(layer, config), 'best');
        expect(wordsOf(scheduled(layer, config, 'best'))).toEqual(expected);
      }
    }
  });
});
