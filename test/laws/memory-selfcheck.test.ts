/**
 * The memory reference that the closed forms are tested against, checked itself against examples counted by hand. What must hold for
 * any layers is in memory-laws.test.ts. Words are bytes here, if nothing else is said.
 */
import { describe, expect, test } from 'vitest';
import type { Layer } from '../../src/workload/layer.ts';
import {
  compulsoryWords,
  fetchedBits,
  type MemoryConfig,
  type ReferenceFold,
  type ReferenceStage,
  referenceSchedule,
} from '../reference/memory-words.ts';
import { conv, gemm } from './small-layers.ts';

function configOf(changes: Partial<MemoryConfig>): MemoryConfig {
  return {
    ...{ rows: 2, cols: 2, dataflow: 'os', psum: 'accumulate', prefetchAcrossLayers: true },
    bits: { ifmap: 8, filter: 8, ofmap: 8, psum: 32 },
    scratchpadBytes: { ifmap: 64, filter: 64, ofmap: 64 },
    ...changes,
  };
}

/** Fold by fold, the ifmap bytes that arrive before it computes, and those that it streams while it does. */
const ifmapOf = (folds: readonly ReferenceFold[]) =>
  folds.map(({ prefetchBytes, streamBytes }) => ({ before: prefetchBytes.ifmap, streamed: streamBytes.ifmap }));

/** A stage: its kind, its layer, and the bytes that come from DRAM and go there meanwhile. */
const shown = ({ kind, layer, dramBytesIn, dramBytesOut }: ReferenceStage): string =>
  `${kind} ${layer}: in ${dramBytesIn}, out ${dramBytesOut}`;

describe('by hand: 1 x 8 ifmap words, a filter of 1 x 3, 6 pixels on 2 x 1 PEs, output stationary', () => {
  // Folds of 2 pixels touch ifmap words 0-3, 2-5 and 4-7, and all 3 filter words every time.
  const line = conv({ ifmapWidth: 8, filterWidth: 3, ofmapWidth: 6 });
  const withIfmapBytes = (ifmap: number) =>
    referenceSchedule([line], configOf({ rows: 2, cols: 1, scratchpadBytes: { ifmap, filter: 3, ofmap: 4 } }));

  test('with room for 8 words each is fetched once, before the fold that needs it', () => {
    const { counts, folds } = withIfmapBytes(8).layers[0];
    expect(counts).toMatchObject({ dram_ifmap_reads: 8, dram_filter_reads: 3 });
    expect(folds.map(({ prefetchBytes }) => prefetchBytes)).toEqual([
      { ifmap: 4, filter: 3 },
      { ifmap: 2, filter: 0 },
      { ifmap: 2, filter: 0 },
    ]);
  });

  test("the first fold's words fill, each fold fetches for the next, and 2 results leave a stage later", () => {
    const { stages } = withIfmapBytes(8);
    expect(stages.map(shown)).toEqual([
      'fill 0: in 7, out 0',
      'compute 0: in 2, out 0',
      'compute 0: in 2, out 2',
      'compute 0: in 0, out 2',
      'drain 0: in 0, out 2',
    ]);
    // A fold takes T + R + C - 2 = 3 + 2 + 1 - 2 cycles.
    expect(stages.map(({ cycles }) => cycles)).toEqual([0, 4, 4, 4, 0]);
  });

  test('the array reads 2 rows x 3 ifmap words and 3 filter words, and writes 2 results in a fold', () => {
    expect(withIfmapBytes(8).stages[1].padBits).toEqual({ ifmap: 6 * 8, filter: 3 * 8, ofmap: 2 * 8 });
  });

  test('with room for two tiles, 6 words, the overlap stays', () => {
    expect(ifmapOf(withIfmapBytes(6).layers[0].folds).map(({ before }) => before)).toEqual([4, 2, 2]);
  });

  test('with room for less, 5 words, each fold after the first streams its tile', () => {
    const { layers, stages } = withIfmapBytes(5);
    expect(ifmapOf(layers[0].folds)).toEqual([
      { before: 4, streamed: 0 },
      { before: 0, streamed: 4 },
      { before: 0, streamed: 4 },
    ]);
    expect(stages.map(({ dramBytesIn }) => dramBytesIn)).toEqual([7, 0, 4, 4, 0]);
  });

  test('with room for 3 words, less than two for each of 2 rows, there is no schedule', () => {
    expect(() => withIfmapBytes(3)).toThrow('scratchpad-too-small: ifmap');
  });
});

describe('by hand: 4 x 4 words, a 3 x 3 filter, padding 1, an output row a fold', () => {
  // The row i touches the ifmap rows i - 1 ... i + 1 that exist: 8, 12, 12, 8 words.
  const layer = conv({
    ...{ ifmapHeight: 4, ifmapWidth: 4, filterHeight: 3, filterWidth: 3, padHeight: 1, padWidth: 1 },
    ...{ ofmapHeight: 4, ofmapWidth: 4 },
  });
  const config = configOf({ rows: 4, cols: 1, scratchpadBytes: { ifmap: 12, filter: 9, ofmap: 8 } });
  const { folds, counts } = referenceSchedule([layer], config).layers[0];

  test('12 words hold ifmap rows 0-2, not 0-3 (the third fold streams its 12), and rows 1-3, of which the last needs none anew', () => {
    expect(ifmapOf(folds)).toEqual([
      { before: 8, streamed: 0 },
      { before: 4, streamed: 0 },
      { before: 0, streamed: 12 },
      { before: 0, streamed: 0 },
    ]);
    expect(counts.dram_ifmap_reads).toBe(8 + 4 + 12);
  });

  test('the array reads padding too, DRAM holds none', () => {
    expect(counts.ifmap_sram_reads).toBe(4 * 4 * 9);
    expect(compulsoryWords(layer)).toEqual({ ifmap: 4 * 4, filter: 9 });
  });
});

describe('by hand: 1 x 5 words, a filter of 1 x 3, stride 2, padding 1, a window a fold', () => {
  // The windows are words 0-1, 1-3 and 3-4.
  const layer = conv({ ifmapWidth: 5, filterWidth: 3, strideWidth: 2, padWidth: 1, ofmapWidth: 3 });

  test.each([
    ['4 words hold any two of them in a row', 4, [[2, 0], [2, 0], [1, 0]]], // biome-ignore format: pairs
    ['3 words do not', 3, [[2, 0], [0, 3], [0, 2]]], // biome-ignore format: pairs
  ])('%s', (_, ifmap, expected) => {
    const config = configOf({ rows: 1, cols: 1, scratchpadBytes: { ifmap, filter: 3, ofmap: 2 } });
    const { folds } = referenceSchedule([layer], config).layers[0];
    expect(ifmapOf(folds)).toEqual(expected.map(([before, streamed]) => ({ before, streamed })));
  });
});

describe('by hand: partial sums of M = 3, K = 4, N = 2 on 2 x 2 PEs, weight stationary', () => {
  // 2 row folds, T = 3: 3 x 2 results. Sums of 4 bytes: two tiles of 3 x 2 of them are 48 bytes, two of 1 x 2 are 16.
  const results = 6;
  const scheduleOf = (ofmap: number, psum: 'accumulate' | 'spill') => {
    const scratchpadBytes = { ifmap: 64, filter: 64, ofmap };
    const config = configOf({ rows: 2, cols: 2, dataflow: 'ws', psum, scratchpadBytes });
    return referenceSchedule([gemm(3, 4, 2)], config).layers[0];
  };

  test('with 48 bytes T stays whole, and sums stay in the scratchpad until they leave as bytes', () => {
    const { tTile, spills, counts } = scheduleOf(48, 'accumulate');
    expect({ tTile, spills }).toEqual({ tTile: 3, spills: false });
    expect(counts).toMatchObject({
      // The first row fold writes sums, the second reads them back and writes them again; then they drain.
      ofmap_sram_write_bits: (results + results) * 32,
      ofmap_sram_read_bits: (results + results) * 32,
      dram_write_bits: results * 8,
      dram_ofmap_reads: 0,
    });
  });

  test('with 16 bytes they are cut into T tiles of 1, each with both row folds; filters fit and are not fetched again', () => {
    const { tTile, folds, counts } = scheduleOf(16, 'accumulate');
    expect(tTile).toBe(1);
    expect(folds.map(({ t, fr }) => `T ${t}, row fold ${fr}`)).toEqual(
      [0, 1, 2].flatMap(() => ['T 1, row fold 0', 'T 1, row fold 1']),
    );
    expect(counts.dram_filter_reads).toBe(4 * 2);
  });

  test('with 16 bytes and spilling T stays whole, and 6 sums of 4 bytes leave and return', () => {
    const { tTile, spills, folds, counts } = scheduleOf(16, 'spill');
    expect({ tTile, spills }).toEqual({ tTile: 3, spills: true });
    expect(folds.map(({ streamBytes: { psumIn, psumOut } }) => ({ psumIn, psumOut }))).toEqual([
      { psumIn: 0, psumOut: results * 4 },
      { psumIn: results * 4, psumOut: 0 },
    ]);
    expect(counts).toMatchObject({
      dram_ofmap_reads: results,
      dram_ofmap_writes: results + results,
      // Written by the array, from DRAM, and by the array again.
      ofmap_sram_write_bits: 3 * results * 32,
      // Read to leave, by the array, and to drain: as sums, which are narrowed on their way out.
      ofmap_sram_read_bits: 3 * results * 32,
      dram_write_bits: results * 32 + results * 8,
    });
  });
});

describe('by hand: T = 128 with room for 128 partial sums, on one PE, weight stationary: tiles of 128 or of 64', () => {
  const fetched = (layer: Layer, ifmap: number) => {
    const scratchpadBytes = { ifmap, filter: 3, ofmap: 1024 };
    const config = configOf({ rows: 1, cols: 1, dataflow: 'ws', scratchpadBytes });
    const { tTile } = referenceSchedule([layer], config).layers[0];
    const bytesBy = (tile: number): number => fetchedBits(layer, config, tile) / 8;
    return { tTile, by128: bytesBy(128), by64: bytesBy(64) };
  };

  test('of equals the longest: two words a pixel and 128 bytes', () => {
    // Tiles of 128 words follow each other and do not fit together; those of 64 do, but have nothing in common.
    const filter = 2;
    expect(fetched(gemm(128, 2, 1), 128)).toEqual({ tTile: 128, by128: 2 * 128 + filter, by64: 4 * 64 + filter });
  });

  test('else that which fetches least: a filter of 1 x 3 over 1 x 130 words and 100 bytes', () => {
    // The folds of a tile are windows shifted by a word. Of all 128 pixels each is streamed. Of 64 pixels 64 + 1 + 1 words stay,
    // and again for the other tile, since the step to it spans 126 words.
    const shifted = conv({ ifmapWidth: 130, filterWidth: 3, ofmapWidth: 128 });
    const filter = 3;
    expect(fetched(shifted, 100)).toEqual({ tTile: 64, by128: 3 * 128 + filter, by64: 2 * (64 + 1 + 1) + filter });
  });
});

describe('by hand: two layers of 2 x 2 by 2 x 1 in a row, 6 bytes in and 2 out each', () => {
  const roomy = { ifmap: 8, filter: 4, ofmap: 4 };
  const stagesOf = (changes: Partial<MemoryConfig>) => {
    const config = configOf({ rows: 2, cols: 1, scratchpadBytes: roomy, ...changes });
    return referenceSchedule([gemm(2, 2, 1), gemm(2, 2, 1)], config).stages.map(shown);
  };

  test('what the second fetches comes while the first computes, whose results leave while the second does', () => {
    expect(stagesOf({})).toEqual([
      'fill 0: in 6, out 0',
      'compute 0: in 6, out 0',
      'compute 1: in 0, out 2',
      'drain 1: in 0, out 2',
    ]);
  });

  test('without prefetching across layers each fills and drains by itself', () => {
    expect(stagesOf({ prefetchAcrossLayers: false })).toEqual([
      'fill 0: in 6, out 0',
      'compute 0: in 0, out 0',
      'drain 0: in 0, out 2',
      'fill 1: in 6, out 0',
      'compute 1: in 0, out 0',
      'drain 1: in 0, out 2',
    ]);
  });

  test('one filter word too few to hold both filters: one stage fills the second and drains the first', () => {
    expect(stagesOf({ scratchpadBytes: { ...roomy, filter: 3 } })).toEqual([
      'fill 0: in 6, out 0',
      'compute 0: in 0, out 0',
      'fill 1: in 6, out 2',
      'compute 1: in 0, out 0',
      'drain 1: in 0, out 2',
    ]);
  });

  test('one ofmap word too few to hold both results: those of the first leave before the second computes', () => {
    expect(stagesOf({ scratchpadBytes: { ...roomy, ofmap: 3 } })).toEqual([
      'fill 0: in 6, out 0',
      'compute 0: in 6, out 0',
      'drain 0: in 0, out 2',
      'compute 1: in 0, out 0',
      'drain 1: in 0, out 2',
    ]);
  });
});
