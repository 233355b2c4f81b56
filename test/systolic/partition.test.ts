import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { COUNTER_INDEX } from '../../src/base/counters.ts';
import {
  arrayStages,
  buildStages,
  MEMORY_MODELS,
  type Partitions,
  partLayers,
  SPLITS,
  scheduleLayer,
  schedulePartitioned,
  stepsOf,
} from '../../src/systolic/index.ts';
import { gemmShape, layerMacs } from '../../src/workload/layer.ts';
import { anyLayer, gemmLayer, systolicConfig } from '../laws/arbitraries.ts';
import { lawOptions } from '../tier.ts';

const at = COUNTER_INDEX;
const partitions: fc.Arbitrary<Partitions> = fc.record({
  rows: fc.integer({ min: 1, max: 4 }),
  columns: fc.integer({ min: 1, max: 4 }),
  split: fc.constantFrom(...SPLITS),
});

const config = {
  array: { rows: 4, columns: 4 },
  dataflow: 'os',
  memory: {
    wordBits: { ifmap: 8, filter: 8, ofmap: 8, psum: 32 },
    scratchpadBytes: { ifmap: 1024, filter: 1024, ofmap: 1024 },
    psum: 'accumulate',
    prefetchAcrossLayers: true,
  },
} as const;

describe('a layer on several arrays', () => {
  test('each cell of the product of each group is computed once', () => {
    fc.assert(
      fc.property(anyLayer, systolicConfig, partitions, (layer, design, split) => {
        const parts = partLayers(layer, design, split).flatMap((part) => part ?? []);
        const { m, n, k } = gemmShape(layer);
        if (layer.groups >= split.rows * split.columns) {
          expect(parts.reduce((sum, part) => sum + part.groups, 0)).toBe(layer.groups);
          for (const part of parts) expect(gemmShape(part)).toEqual({ m, n, k });
        } else {
          for (const part of parts) expect(part.groups).toBe(layer.groups);
          expect(parts.reduce((sum, part) => sum + layerMacs(part), 0)).toBe(layerMacs(layer));
        }
        // Blocks are equal but for one line of each axis.
        const longest = Math.max(...parts.map((part) => gemmShape(part).m));
        for (const part of parts) expect(gemmShape(part).m).toBeGreaterThanOrEqual(longest - 1);
      }),
      lawOptions(),
    );
  });

  test('one array is the layer itself', () => {
    fc.assert(
      fc.property(anyLayer, systolicConfig, fc.constantFrom(...SPLITS), (layer, design, split) => {
        const { parts, cycles, counts, reductions } = schedulePartitioned(layer, design, {
          rows: 1,
          columns: 1,
          split,
        });
        const alone = scheduleLayer(layer, design);
        expect(parts).toEqual([alone]);
        expect([cycles, counts, reductions]).toEqual([alone.cycles, alone.counts, [null]]);
      }),
      lawOptions(),
    );
  });

  test('stages of all arrays hold all counts', () => {
    fc.assert(
      fc.property(anyLayer, systolicConfig, partitions, (layer, design, split) => {
        const plan = schedulePartitioned(layer, design, split);
        for (const counter of ['macs', 'dram_read_bits', 'dram_write_bits', 'dram_ofmap_reads'] as const) {
          let sum = 0;
          for (const stage of arrayStages([plan], design.memory).flat()) {
            const ofFold = counter === 'macs' ? (stage.fold?.counts[at.macs] ?? 0) : 0;
            sum += stage.count * (stage.traffic[at[counter]] + ofFold);
          }
          expect(sum, counter).toBe(plan.counts[at[counter]]);
        }
      }),
      lawOptions(),
    );
  });

  test('results leave once, at their own width, however the window is cut', () => {
    // 6 x 5 results of 8 bit. The window is in two parts: 30 partial sums of 32 bit from each, read again and added.
    const plan = schedulePartitioned(gemmLayer(6, 5, 20), config, {
      rows: 2,
      columns: 1,
      split: 'spatio-temporal-columns',
    });
    const word = plan.counts;
    expect(plan.parts.map((part) => part && gemmShape(part.layer))).toMatchObject([
      { m: 6, n: 5, k: 10 },
      { m: 6, n: 5, k: 10 },
    ]);
    expect(plan.reductions).toEqual([
      { words: 15, summands: 2 },
      { words: 15, summands: 2 },
    ]);
    expect(word[at.dram_ofmap_writes]).toBe(60 + 30);
    expect(word[at.dram_write_bits]).toBe(60 * 32 + 30 * 8);
    expect(word[at.dram_ofmap_reads]).toBe(60);
    expect(stepsOf([plan])).toEqual([
      { layer: 0, reduces: false },
      { layer: 0, reduces: true },
    ]);
  });

  test('every result is added up by one array, also where there are more arrays than words of the window', () => {
    fc.assert(
      fc.property(fc.nat(20), fc.nat(20), fc.nat(5), fc.integer({ min: 2, max: 8 }), (m, n, k, rows) => {
        const split = { rows, columns: 1, split: 'spatio-temporal-columns' } as const;
        const plan = schedulePartitioned(gemmLayer(m + 1, n + 1, k + 1), config, split);
        const summands = Math.min(rows, k + 1);
        const words = plan.reductions.reduce((sum, reduction) => sum + (reduction?.words ?? 0), 0);
        expect(words).toBe(summands === 1 ? 0 : (m + 1) * (n + 1));
        for (const reduction of plan.reductions) if (reduction) expect(reduction.summands).toBe(summands);
      }),
      lawOptions(),
    );
  });

  test('each array fetches what it needs: operands that two of them use come twice', () => {
    // os, 2 x 2: pixels over rows, filters over columns. 8 x 3 ifmap words and 3 x 8 filter words fit everywhere.
    const { counts, parts, cycles } = schedulePartitioned(gemmLayer(8, 8, 3), config, {
      rows: 2,
      columns: 2,
      split: 'spatial',
    });
    expect(parts.map((part) => part && gemmShape(part.layer))).toMatchObject(Array(4).fill({ m: 4, n: 4, k: 3 }));
    expect(counts[at.dram_ifmap_reads]).toBe(2 * 24);
    expect(counts[at.dram_filter_reads]).toBe(2 * 24);
    expect(counts[at.dram_ofmap_writes]).toBe(64);
    // One fold each: T + R + C - 2.
    expect(cycles).toBe(3 + 4 + 4 - 2);
  });

  test('an array without a part does nothing', () => {
    const plan = schedulePartitioned(gemmLayer(1, 8, 3), config, { rows: 2, columns: 1, split: 'spatial' });
    expect(plan.parts.map((part) => part === null)).toEqual([true, false]);
    expect(arrayStages([plan], config.memory)[0]).toEqual([]);
  });

  // Under next-use retention they fetch the filters of the next layer before they meet: test/laws.
  test('several arrays meet at the end of each layer, with consecutive retention', () => {
    const memory = { ...config.memory, model: MEMORY_MODELS.consecutive };
    const design = { ...config, memory };
    const layers = [gemmLayer(8, 8, 3), gemmLayer(8, 4, 8)];
    const plans = layers.map((layer) => schedulePartitioned(layer, design, { rows: 2, columns: 1, split: 'spatial' }));
    for (const [a, stages] of arrayStages(plans, memory).entries()) {
      const alone = plans.flatMap(({ parts }) => buildStages([parts[a]!]).map(({ kind, bytesIn }) => [kind, bytesIn]));
      expect(stages.map(({ kind, bytesIn }) => [kind, bytesIn])).toEqual(alone);
    }
  });
});
