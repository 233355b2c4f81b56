import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { COUNTER_INDEX, COUNTERS, type Counter } from '../../src/base/counters.ts';
import { type LayerSchedule, scheduleLayer } from '../../src/systolic/index.ts';
import { ifmapTiles, type Tile } from '../../src/systolic/tiles.ts';
import { gemmShape, metadataBits, windowWords } from '../../src/workload/layer.ts';
import { ifmapAddress } from '../reference/touched-words.ts';
import { lawOptions } from '../tier.ts';
import { anyLayer, convLayer, gemmLayer, sparsityUpTo, systolicConfig } from './arbitraries.ts';

const count = ({ counts }: LayerSchedule, counter: Counter): number => counts[COUNTER_INDEX[counter]];

/** Everything a run makes of a schedule, but for the layer itself. */
function numbers({ layer: _, ...schedule }: LayerSchedule) {
  return schedule;
}

describe('sparse filters', () => {
  test('that keep all of every block are dense ones', () => {
    fc.assert(
      fc.property(anyLayer, systolicConfig, fc.integer({ min: 1, max: 9 }), (layer, config, block) => {
        const { sparsity: _, ...dense } = layer;
        const all = { ...dense, sparsity: { kept: block, block } };
        expect(numbers(scheduleLayer(all, config))).toEqual(numbers(scheduleLayer(dense, config)));
      }),
      lawOptions(),
    );
  });

  const size = fc.integer({ min: 1, max: 20 });

  test('2:4 in a GEMM is the dense GEMM of half the window, its filter words 2 bits wider', () => {
    fc.assert(
      fc.property(fc.record({ m: size, n: size, blocks: size }), systolicConfig, ({ m, n, blocks }, config) => {
        const { memory } = config;
        const wordBits = { ...memory.wordBits, filter: memory.wordBits.filter + 2 };
        const wider = { ...config, memory: { ...memory, wordBits } };
        const sparse = { ...gemmLayer(m, n, 4 * blocks), sparsity: { kept: 2, block: 4 } };
        const half = scheduleLayer(gemmLayer(m, n, 2 * blocks), wider);
        expect(numbers(scheduleLayer(sparse, config))).toEqual(numbers(half));
      }),
      lawOptions(),
    );
  });

  test('fetch and read what they keep, and cost no more than dense ones where places cost less than they save', () => {
    const inBits = ['filter_sram_read_bits', 'filter_sram_write_bits', 'dram_read_bits'];
    const scratchpadBytes = { ifmap: 1e7, filter: 1e7, ofmap: 1e7 };
    fc.assert(
      fc.property(convLayer, sparsityUpTo(16), systolicConfig, (layer, sparsity, { array, dataflow, memory }) => {
        const roomy = { array, dataflow, memory: { ...memory, scratchpadBytes } };
        const { sparsity: _, ...dense } = layer;
        const kept = { ...dense, sparsity };
        const [own, all] = [scheduleLayer(kept, roomy), scheduleLayer(dense, roomy)];
        const { k, n } = gemmShape(kept);
        expect(count(own, 'dram_filter_reads')).toBe(layer.groups * k * n);
        expect(count(own, 'macs') * windowWords(layer)).toBe(count(all, 'macs') * k);
        const { filter } = memory.wordBits;
        const saves = k * (filter + metadataBits(kept)) <= windowWords(layer) * filter;
        for (const counter of COUNTERS) {
          if (saves || !inBits.includes(counter)) {
            expect(count(own, counter), counter).toBeLessThanOrEqual(count(all, counter));
          }
        }
        expect(own.cycles).toBeLessThanOrEqual(all.cycles);
      }),
      lawOptions(),
    );
  });

  test('the distinct words behind any rectangle of kept words, beside a kept one, are those of their addresses', () => {
    const range = fc.tuple(fc.nat(), fc.nat(), fc.nat(), fc.nat());
    fc.assert(
      fc.property(convLayer, sparsityUpTo(7), range, range, (conv, sparsity, first, second) => {
        const layer = { ...conv, sparsity };
        const { m, k } = gemmShape(layer);
        const tile = ([a, b, c, d]: number[]): Tile => {
          const [a0, a1] = [a % (m + 1), b % (m + 1)].sort((x, y) => x - y);
          const [b0, b1] = [c % (k + 1), d % (k + 1)].sort((x, y) => x - y);
          return { a0, a1, b0, b1 };
        };
        const words = ({ a0, a1, b0, b1 }: Tile): Set<number | null> => {
          const set = new Set<number | null>();
          for (let a = a0; a < a1; a++) for (let b = b0; b < b1; b++) set.add(ifmapAddress(layer, 0, a, b));
          set.delete(null);
          return set;
        };
        // The rectangles of a schedule never overlap; those beside each other in the pixels do not.
        const kept = tile(second);
        const wanted = { ...tile(first), a0: Math.max(tile(first).a0, kept.a1) };
        const held = words(kept);
        const fresh = [...words(wanted)].filter((word) => !held.has(word)).length;
        expect(ifmapTiles(layer).fresh(wanted, [kept])).toBe(fresh);
      }),
      lawOptions(),
    );
  });
});

// By hand. A 3 x 3 filter of one channel, 1:3: the left tap of each row is kept. Over 5 x 5 pixels it touches columns 0, 1 and 2
// of every row: 15 words. Of 9 weights of 8 bit 3 are kept, with 2 bits each for places 0 to 2.
test('1:3 of a 3 x 3 filter', () => {
  const square = { ifmapHeight: 5, ifmapWidth: 5, filterHeight: 3, filterWidth: 3, ofmapHeight: 3, ofmapWidth: 3 };
  const schedule = scheduleLayer(
    {
      ...{ name: 'c', type: 'conv', batch: 1, groups: 1, channels: 1, filters: 2, ...square },
      ...{ strideHeight: 1, strideWidth: 1, padHeight: 0, padWidth: 0, sparsity: { kept: 1, block: 3 } },
    },
    {
      array: { rows: 9, columns: 2 },
      dataflow: 'os',
      memory: {
        wordBits: { ifmap: 8, filter: 8, ofmap: 8, psum: 32 },
        scratchpadBytes: { ifmap: 1e6, filter: 1e6, ofmap: 1e6 },
        psum: 'accumulate',
        prefetchAcrossLayers: true,
      },
    },
  );
  expect(count(schedule, 'dram_ifmap_reads')).toBe(15);
  expect(count(schedule, 'dram_filter_reads')).toBe(6);
  expect(count(schedule, 'filter_sram_write_bits')).toBe(60);
  expect(count(schedule, 'dram_read_bits')).toBe(15 * 8 + 60);
  expect(count(schedule, 'macs')).toBe(9 * 2 * 3);
  // One fold: 3 kept words, then 9 + 2 - 2 cycles of skew and drain.
  expect(schedule.cycles).toBe(12);
});
