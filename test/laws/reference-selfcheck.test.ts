/**
 * The references the closed forms are tested against, checked themselves: the grid against plain matrix products and the
 * event times written in systolic.md, the word sets against examples counted by hand.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Layer } from '../../src/workload/layer.ts';
import {
  compulsoryWords,
  fetchedBits,
  ifmapAddress,
  type MemoryConfig,
  type MemoryOperatingPoint,
  referenceSchedule,
  stageTimeByStepping,
  stageTimeS,
} from '../reference/memory-words.ts';
import {
  type CycleCounts,
  type Dataflow,
  GRID_COUNTERS,
  type Matrix,
  simulateFold,
  simulateGemm,
  totalCounts,
} from '../reference/pe-grid.ts';

// fast-check prints the seed and the path of a counterexample.
const RUNS = { seed: 20240611, numRuns: 150 };
const DATAFLOWS = ['os', 'ws', 'is'] as const;

describe('PE grid', () => {
  test('multiplies matrices, whatever the shape, the array and the T tile', () => {
    fc.assert(
      fc.property(gemms(), ({ dataflow, rows, cols, m, k, n, tTile }) => {
        const [a, b] = [matrix(m, k, 1), matrix(k, n, 2)];
        const result = simulateGemm({ dataflow, rows, cols, a, b, tTile });
        expect(result.output).toEqual(multiply(a, b));
        expect(result.folds.reduce((sum, { length }) => sum + length, 0)).toBe(result.cycles);
        expect(sum(result.causal.macs)).toBe(m * k * n);
        // Booked and causal drains are the same events at other times.
        const booked = GRID_COUNTERS.map((name) => result.folds.reduce((n, { counts }) => n + sum(counts[name]), 0));
        expect(booked).toEqual(GRID_COUNTERS.map((name) => sum(result.causal[name])));
      }),
      RUNS,
    );
  });

  test('every event happens in the cycle systolic.md says', () => {
    fc.assert(
      fc.property(foldSizes(), (size) => {
        const { length, counts } = foldOf(size);
        expect(counts).toEqual(documentedEvents(size, length));
      }),
      RUNS,
    );
  });

  test('a fold totals what the tables of systolic.md say', () => {
    fc.assert(
      fc.property(foldSizes(), (size) => {
        expect(totalCounts(foldOf(size).counts)).toEqual(documentedTotals(size));
      }),
      RUNS,
    );
  });

  test('a causal array delivers os results exactly R - 1 cycles after the booked cycle', () => {
    const { counts, causal, length } = foldOf({ dataflow: 'os', rows: 3, cols: 2, ru: 3, cu: 2, t: 4, later: false });
    expect(causal.macs).toHaveLength(length + 2);
    expect(causal.ofmap_sram_writes).toEqual([0, 0, ...counts.ofmap_sram_writes]);
    expect(causal.macs).toEqual([...counts.macs, 0, 0]);
  });

  // By hand, the 4 x 4 x 4 product on a 4 x 4 array: PE (r, c) multiplies in cycles r + c .. r + c + 3, the last, PE (3, 3),
  // in cycles 6 .. 9, so 10 cycles. Products per cycle: the number of (r, c, k) in 0..3 that add up to the cycle.
  // Column c's results, bottom row first, leave in cycles c + 3 .. c + 6: one column in cycle 3, two in 4, ... one in 9.
  test('4 x 4 x 4 on 4 x 4, output stationary', () => {
    const { counts, length } = foldOf({ dataflow: 'os', rows: 4, cols: 4, ru: 4, cu: 4, t: 4, later: false });
    expect(length).toBe(10);
    expect(counts.macs).toEqual([1, 3, 6, 10, 12, 12, 10, 6, 3, 1]);
    expect(counts.ifmap_sram_reads).toEqual([1, 2, 3, 4, 3, 2, 1, 0, 0, 0]);
    expect(counts.ofmap_sram_writes).toEqual([0, 0, 0, 1, 2, 3, 4, 3, 2, 1]);
    // Each of 64 words is written; read for its product (64) and handed on by the 3 left columns of 4 (48).
    expect(sum(counts.ifmap_reg_writes)).toBe(64);
    expect(sum(counts.ifmap_reg_reads)).toBe(112);
    // Accumulators: 64 writes, 48 reads. Drain of a column: rows 3, 2, 1, 0 are read 1, 2, 3, 4 times, written 0, 1, 2, 3.
    expect(sum(counts.psum_reg_writes)).toBe(64 + 4 * 6);
    expect(sum(counts.psum_reg_reads)).toBe(48 + 4 * 10);
  });

  // By hand, 3 pixels x 1 word x 1 filter on a 2 x 1 array, weight stationary. The filter word is for row 0, so it is read in
  // cycle 1 (cycle 0 would be row 1's, unused). Row 0 multiplies in cycles 2, 3, 4; each sum passes row 1 a cycle later and
  // is written to the scratchpad in that cycle, 3, 4, 5. 6 cycles = 2R + C + T - 2 = 4 + 1 + 3 - 2.
  test('one word on a 2 x 1 array, weight stationary', () => {
    const { counts, length } = simulateFold({ dataflow: 'ws', rows: 2, cols: 1, a: [[5], [6], [7]], b: [[3]] });
    expect(length).toBe(6);
    expect(counts.filter_sram_reads).toEqual([0, 1, 0, 0, 0, 0]);
    expect(counts.macs).toEqual([0, 0, 1, 1, 1, 0]);
    expect(counts.psum_reg_writes).toEqual([0, 0, 1, 2, 2, 1]);
    expect(counts.psum_reg_reads).toEqual([0, 0, 0, 1, 1, 1]);
    expect(counts.ofmap_sram_writes).toEqual([0, 0, 0, 1, 1, 1]);
  });

  // By hand, 2 row folds of 2 words and 2 T tiles of 2 and 1 filters: fold lengths 2 * 2 + 2 + T - 2 = 6, 6, 5, 5. Each fold
  // writes 2 columns x T; the second row fold of a tile reads as many back.
  test('row folds and T tiles, input stationary', () => {
    const [a, b] = [matrix(2, 4, 1), matrix(4, 3, 2)];
    const { folds, cycles } = simulateGemm({ dataflow: 'is', rows: 2, cols: 2, a, b, tTile: 2 });
    expect(folds.map(({ tile, fr, length }) => [tile, fr, length])).toEqual([
      [0, 0, 6],
      [0, 1, 6],
      [1, 0, 5],
      [1, 1, 5],
    ]);
    expect(cycles).toBe(22);
    expect(folds.map(({ counts }) => sum(counts.ofmap_sram_writes))).toEqual([4, 4, 2, 2]);
    expect(folds.map(({ counts }) => sum(counts.ofmap_sram_reads))).toEqual([0, 4, 0, 2]);
  });
});

describe('memory reference', () => {
  // By hand: an ifmap of 1 x 8 words, one filter of 1 x 3, 6 output pixels on 2 x 1 output stationary PEs: folds touch words
  // 0-3, 2-5, 4-7, and all 3 filter words every time.
  const line = conv({ ifmapWidth: 8, filterWidth: 3, ofmapWidth: 6 });
  const onLine = (ifmapBytes: number) =>
    referenceSchedule(
      [line],
      configOf({ rows: 2, cols: 1, scratchpadBytes: { ifmap: ifmapBytes, filter: 3, ofmap: 4 } }),
    );

  test('everything fits: each word once', () => {
    const { layers, stages } = onLine(8);
    expect(layers[0].counts.dram_ifmap_reads).toBe(8);
    expect(layers[0].counts.dram_filter_reads).toBe(3);
    expect(layers[0].folds.map(({ prefetchBytes }) => prefetchBytes)).toEqual([
      { ifmap: 4, filter: 3 },
      { ifmap: 2, filter: 0 },
      { ifmap: 2, filter: 0 },
    ]);
    // Fill 7 bytes; then 3 folds of 3 + 2 + 1 - 2 = 4 cycles, each fetching for the next; 2 results leave a stage later.
    expect(
      stages.map(({ kind, cycles, dramBytesIn, dramBytesOut }) => [kind, cycles, dramBytesIn, dramBytesOut]),
    ).toEqual([
      ['fill', 0, 7, 0],
      ['compute', 4, 2, 0],
      ['compute', 4, 2, 2],
      ['compute', 4, 0, 2],
      ['drain', 0, 0, 2],
    ]);
    // The array reads 2 rows x 3 ifmap words, 3 filter words, and writes 2 results in a fold.
    expect(stages[1].padBits).toEqual({ ifmap: 48, filter: 24, ofmap: 16 });
  });

  test('two tiles fit: the overlap stays; less: each fold streams its tile', () => {
    expect(onLine(6).layers[0].folds.map(({ prefetchBytes }) => prefetchBytes.ifmap)).toEqual([4, 2, 2]);
    const { layers, stages } = onLine(5);
    expect(layers[0].folds.map(({ prefetchBytes, streamBytes }) => [prefetchBytes.ifmap, streamBytes.ifmap])).toEqual([
      [4, 0],
      [0, 4],
      [0, 4],
    ]);
    expect(stages.map(({ dramBytesIn }) => dramBytesIn)).toEqual([7, 0, 4, 4, 0]);
    expect(() => onLine(3)).toThrow('scratchpad-too-small: ifmap');
  });

  // By hand: 4 x 4 words, 3 x 3 filter, padding 1. A fold of 4 pixels is one output row and touches ifmap rows i-1 .. i+1 that
  // exist: 8, 12, 12, 8 words. A scratchpad of 12 holds rows 0-2 (row 2, 4 words, is prefetched for fold 1), not 0-3 (fold 2
  // streams its 12), and rows 1-3, of which fold 3 needs none anew.
  test('a padded 2-D convolution', () => {
    const layer = conv({
      ...{ ifmapHeight: 4, ifmapWidth: 4, filterHeight: 3, filterWidth: 3, padHeight: 1, padWidth: 1 },
      ...{ ofmapHeight: 4, ofmapWidth: 4 },
    });
    const config = configOf({ rows: 4, cols: 1, scratchpadBytes: { ifmap: 12, filter: 9, ofmap: 8 } });
    const { folds, counts } = referenceSchedule([layer], config).layers[0];
    expect(folds.map(({ prefetchBytes, streamBytes }) => [prefetchBytes.ifmap, streamBytes.ifmap])).toEqual([
      [8, 0],
      [4, 0],
      [0, 12],
      [0, 0],
    ]);
    expect(counts.dram_ifmap_reads).toBe(24);
    expect(counts.ifmap_sram_reads).toBe(4 * 4 * 9); // padding is read too
    expect(compulsoryWords(layer)).toEqual({ ifmap: 16, filter: 9 });
  });

  // By hand: 1 x 5 words, 1 x 3 filter, stride 2, padding 1: the 3 windows are words 0-1, 1-3 and 3-4, one a fold. A scratchpad
  // of 4 holds any two of them in a row, one of 3 does not.
  test('a padded, strided line', () => {
    const layer = conv({ ifmapWidth: 5, filterWidth: 3, strideWidth: 2, padWidth: 1, ofmapWidth: 3 });
    const fetched = (ifmap: number) => {
      const config = configOf({ rows: 1, cols: 1, scratchpadBytes: { ifmap, filter: 3, ofmap: 2 } });
      const { folds } = referenceSchedule([layer], config).layers[0];
      return folds.map(({ prefetchBytes, streamBytes }) => [prefetchBytes.ifmap, streamBytes.ifmap]);
    };
    expect(fetched(4)).toEqual([[2, 0], [2, 0], [1, 0]]); // biome-ignore format: pairs
    expect(fetched(3)).toEqual([[2, 0], [0, 3], [0, 2]]); // biome-ignore format: pairs
  });

  test('window words are those of a convolution', () => {
    fc.assert(
      fc.property(layersOf(), fc.constantFrom(...DATAFLOWS), upTo(4), upTo(4), (layer, dataflow, rows, cols) => {
        for (let group = 0; group < layer.groups; group++) {
          const { a, b, product } = convolution(layer, group);
          expect(simulateGemm({ dataflow, rows, cols, a, b }).output).toEqual(product);
        }
      }),
      { ...RUNS, numRuns: 60 },
    );
  });

  // By hand: M = 3, K = 4, N = 2 on 2 x 2, weight stationary: 2 row folds, T = 3. Sums of 4 bytes, two tiles of 3 x 2 of them
  // are 48 bytes. With 16 bytes tMax is 1.
  test('partial sums: T tiles or spill', () => {
    const layer = gemm(3, 4, 2);
    const config = (ofmap: number, psum: 'accumulate' | 'spill') =>
      configOf({ rows: 2, cols: 2, dataflow: 'ws', psum, scratchpadBytes: { ifmap: 64, filter: 64, ofmap } });
    const whole = referenceSchedule([layer], config(48, 'accumulate')).layers[0];
    expect(whole).toMatchObject({ tTile: 3, spills: false });
    // Array: 6 sums written, 6 read back, 6 written again, then 6 drained, each of 32 bit; they leave DRAM-ward as bytes.
    expect(whole.counts).toMatchObject({
      ofmap_sram_write_bits: 12 * 32,
      ofmap_sram_read_bits: 12 * 32,
      dram_write_bits: 6 * 8,
      dram_ofmap_reads: 0,
    });

    const tiled = referenceSchedule([layer], config(16, 'accumulate')).layers[0];
    expect(tiled.tTile).toBe(1);
    expect(tiled.folds.map(({ t, fr }) => [t, fr])).toEqual([0, 1, 2].flatMap(() => [[1, 0], [1, 1]])); // biome-ignore format: pairs
    expect(tiled.counts.dram_filter_reads).toBe(8); // all filters fit, so tiles do not reload them

    const spilled = referenceSchedule([layer], config(16, 'spill')).layers[0];
    expect(spilled).toMatchObject({ tTile: 3, spills: true });
    expect(spilled.folds.map(({ streamBytes }) => [streamBytes.psumIn, streamBytes.psumOut])).toEqual([
      [0, 24],
      [24, 0],
    ]);
    // Array writes 6 sums and 6 results and reads 6 sums back; 6 sums leave and return; 6 results are drained. All have 32 bit
    // in the scratchpad; results are narrowed on their way out.
    expect(spilled.counts).toMatchObject({
      dram_ofmap_reads: 6,
      dram_ofmap_writes: 12,
      ofmap_sram_write_bits: 6 * 32 + 6 * 32 + 6 * 32,
      ofmap_sram_read_bits: 6 * 32 + 6 * 32 + 6 * 32,
      dram_write_bits: 6 * 32 + 6 * 8,
    });
  });

  // By hand: T = 128 and tMax = 128 leave the T tiles 128 and 64, with one row of PEs and as many row folds as window words.
  // 2 words a pixel, a scratchpad of 128: tiles of 128 words follow each other and do not fit together, those of 64 do, but
  // have nothing in common: 2 x 128 or 4 x 64 ifmap words, and 2 filter words, which stay. The longer of equals.
  // A filter of 1 x 3 over 1 x 130 words, a scratchpad of 100: the folds of a tile are windows shifted by a word. All 128
  // pixels: 3 x 128 words streamed. 64 pixels: 64 + 1 + 1, and again, since the step to the other tile spans 126 words.
  test('the T tile that fetches least, and of equals the longest', () => {
    const fetched = (layer: Layer, ifmap: number) => {
      const scratchpadBytes = { ifmap, filter: 3, ofmap: 1024 };
      const config = configOf({ rows: 1, cols: 1, dataflow: 'ws', scratchpadBytes });
      const { tTile } = referenceSchedule([layer], config).layers[0];
      return { tTile, bytes: [128, 64].map((tile) => fetchedBits(layer, config, tile) / 8) };
    };
    expect(fetched(gemm(128, 2, 1), 128)).toEqual({ tTile: 128, bytes: [258, 258] });
    const shifted = conv({ ifmapWidth: 130, filterWidth: 3, ofmapWidth: 128 });
    expect(fetched(shifted, 100)).toEqual({ tTile: 64, bytes: [3 * 128 + 3, 2 * 66 + 3] });
  });

  test('layers in a row: the first fill and the last drain overlap the neighbour, or do not', () => {
    const layers = [gemm(2, 2, 1), gemm(2, 2, 1)];
    const config = configOf({ rows: 2, cols: 1, scratchpadBytes: { ifmap: 8, filter: 4, ofmap: 4 } });
    const inOut = (changes: Partial<MemoryConfig>) =>
      referenceSchedule(layers, { ...config, ...changes }).stages.map((s) => [
        s.kind,
        s.layer,
        s.dramBytesIn,
        s.dramBytesOut,
      ]);
    expect(inOut({})).toEqual([
      ['fill', 0, 6, 0],
      ['compute', 0, 6, 0],
      ['compute', 1, 0, 2],
      ['drain', 1, 0, 2],
    ]);
    expect(inOut({ prefetchAcrossLayers: false })).toEqual([
      ['fill', 0, 6, 0],
      ['compute', 0, 0, 0],
      ['drain', 0, 0, 2],
      ['fill', 1, 6, 0],
      ['compute', 1, 0, 0],
      ['drain', 1, 0, 2],
    ]);
    // One filter word too few to hold the next layer's filter beside this one's: one stage fills and drains.
    expect(inOut({ scratchpadBytes: { ifmap: 8, filter: 3, ofmap: 4 } })).toEqual([
      ['fill', 0, 6, 0],
      ['compute', 0, 0, 0],
      ['fill', 1, 6, 2],
      ['compute', 1, 0, 0],
      ['drain', 1, 0, 2],
    ]);
    // One ofmap word too few to hold the next layer's results beside this one's: they leave first.
    expect(inOut({ scratchpadBytes: { ifmap: 8, filter: 4, ofmap: 3 } })).toEqual([
      ['fill', 0, 6, 0],
      ['compute', 0, 6, 0],
      ['drain', 0, 0, 2],
      ['compute', 1, 0, 0],
      ['drain', 1, 0, 2],
    ]);
  });

  test('stages carry the words of the counters, and the sets obey the laws', () => {
    fc.assert(
      fc.property(networks(), ({ layers, config }) => {
        const { layers: planned, stages } = referenceSchedule(layers, config);
        const total = (name: 'dram_read_bits' | 'dram_write_bits') => sum(planned.map(({ counts }) => counts[name]));
        expect(sum(stages.map(({ dramBytesIn }) => dramBytesIn * 8))).toBe(total('dram_read_bits'));
        expect(sum(stages.map(({ dramBytesOut }) => dramBytesOut * 8))).toBe(total('dram_write_bits'));
        planned.forEach(({ counts }, i) => {
          const { groups, batch, ofmapHeight, ofmapWidth, filters } = layers[i];
          const least = compulsoryWords(layers[i]);
          expect(counts.dram_ifmap_reads).toBeGreaterThanOrEqual(least.ifmap);
          expect(counts.dram_filter_reads).toBeGreaterThanOrEqual(least.filter);
          const results = groups * batch * ofmapHeight * ofmapWidth * filters;
          expect(counts.dram_ofmap_writes - counts.dram_ofmap_reads).toBe(results);
        });
        const roomy = { ...config, scratchpadBytes: { ifmap: 1e6, filter: 1e6, ofmap: 1e6 } };
        referenceSchedule(layers, roomy).layers.forEach(({ counts }, i) => {
          expect({ ifmap: counts.dram_ifmap_reads, filter: counts.dram_filter_reads }).toEqual(
            compulsoryWords(layers[i]),
          );
        });
      }),
      RUNS,
    );
  });

  test('a stage takes as long done piece by piece as the formula says', () => {
    fc.assert(
      fc.property(networks(), operatingPoints(), ({ layers, config }, op) => {
        const { stages, timeS } = referenceSchedule(layers, config);
        const stepped = stages.map((stage) => stageTimeByStepping(stage, op));
        stages.forEach((stage, s) => {
          expect(Math.abs(stepped[s] / stageTimeS(stage, op) - 1)).toBeLessThan(1e-12);
        });
        expect(Math.abs(sum(stepped) / timeS(op) - 1)).toBeLessThan(1e-12);
      }),
      { ...RUNS, numRuns: 40 },
    );
  });
});

// ---- what systolic.md says, event by event --------------------------------------------------------------------------

interface FoldSize {
  dataflow: Dataflow;
  rows: number;
  cols: number;
  ru: number;
  cu: number;
  t: number;
  /** A row fold after the first, which finds partial sums in the scratchpad. */
  later: boolean;
}

function foldOf({ dataflow, rows, cols, ru, cu, t, later }: FoldSize) {
  const [m, k, n] = { os: [ru, t, cu], ws: [t, ru, cu], is: [cu, ru, t] }[dataflow];
  const partialSums = later && dataflow !== 'os' ? matrix(m, n, 3) : undefined;
  return simulateFold({ dataflow, rows, cols, a: matrix(m, k, 1), b: matrix(k, n, 2), partialSums });
}

/** The tables and the list "When, by cycle" of systolic.md, transcribed. */
function documentedEvents({ dataflow, rows: R, ru, cu, t, later }: FoldSize, length: number): CycleCounts {
  const counts = Object.fromEntries(GRID_COUNTERS.map((name) => [name, new Array(length).fill(0)])) as CycleCounts;
  const os = dataflow === 'os';
  const [streamed, stationary] = dataflow === 'is' ? (['filter', 'ifmap'] as const) : (['ifmap', 'filter'] as const);
  const start = os ? 0 : R;
  each(ru, (r) => each(t, (k) => counts[`${streamed}_sram_reads`][start + r + k]++));
  each(cu, (c) => each(os ? t : ru, (i) => counts[`${stationary}_sram_reads`][os ? c + i : R - 1 - i]++));
  each(ru, (r) =>
    each(cu, (c) =>
      each(t, (k) => {
        const j = start + r + c + k;
        counts.macs[j]++;
        counts[`${streamed}_reg_writes`][j]++;
        counts[`${streamed}_reg_reads`][j] += c > 0 ? 2 : 1;
        counts[`${stationary}_reg_reads`][j] += os && r > 0 ? 2 : 1;
        if (os) counts.filter_reg_writes[j]++;
        if (os) counts.psum_reg_writes[j]++;
        if (os && k > 0) counts.psum_reg_reads[j]++;
      }),
    ),
  );
  each(cu, (c) => {
    if (os) {
      each(ru, (r) => {
        const out = c + t - 1 + R - 1 - r;
        counts.ofmap_sram_writes[out]++;
        for (let j = c + t - 1; j <= out; j++) counts.psum_reg_reads[j]++;
        for (let j = c + t - 1; j < out; j++) counts.psum_reg_writes[j]++;
      });
      return;
    }
    each(ru, (r) =>
      each(r + 1, (p) => {
        counts[`${stationary}_reg_writes`][R - 1 - r + p]++;
        if (p > 0) counts[`${stationary}_reg_reads`][R - 1 - r + p]++;
      }),
    );
    each(t, (k) => {
      each(R, (p) => {
        counts.psum_reg_writes[R + p + c + k]++;
        if (p > 0) counts.psum_reg_reads[R + p + c + k]++;
      });
      counts.ofmap_sram_writes[2 * R - 1 + c + k]++;
      if (later) counts.ofmap_sram_reads[2 * R - 1 + c + k]++;
    });
  });
  return counts;
}

function documentedTotals({ dataflow, rows: R, ru, cu, t: T, later }: FoldSize) {
  const tri = (n: number) => (n * (n + 1)) / 2;
  const macs = ru * cu * T;
  const drain = cu * (tri(R) - tri(R - ru));
  if (dataflow === 'os') {
    return {
      ...{ macs, ifmap_sram_reads: ru * T, filter_sram_reads: cu * T, ofmap_sram_reads: 0, ofmap_sram_writes: ru * cu },
      ...{ ifmap_reg_reads: ru * (2 * cu - 1) * T, ifmap_reg_writes: macs },
      ...{ filter_reg_reads: (2 * ru - 1) * cu * T, filter_reg_writes: macs },
      ...{ psum_reg_reads: ru * cu * (T - 1) + drain, psum_reg_writes: macs + drain - ru * cu },
    };
  }
  const passing = { sram: ru * T, reads: ru * (2 * cu - 1) * T, writes: macs };
  const held = { sram: ru * cu, reads: cu * tri(ru) - ru * cu + macs, writes: cu * tri(ru) };
  const [ifmap, filter] = dataflow === 'ws' ? [passing, held] : [held, passing];
  return {
    ...{ macs, ifmap_sram_reads: ifmap.sram, filter_sram_reads: filter.sram },
    ...{ ofmap_sram_reads: later ? cu * T : 0, ofmap_sram_writes: cu * T },
    ...{ ifmap_reg_reads: ifmap.reads, ifmap_reg_writes: ifmap.writes },
    ...{ filter_reg_reads: filter.reads, filter_reg_writes: filter.writes },
    ...{ psum_reg_reads: (R - 1) * cu * T, psum_reg_writes: R * cu * T },
  };
}

/** One group of a layer as im2col matrices by `ifmapAddress`, and its results by the loops of a convolution. */
function convolution(layer: Layer, group: number): { a: Matrix; b: Matrix; product: number[][] } {
  const { batch, channels, filterHeight, filterWidth, ofmapHeight, ofmapWidth, ifmapHeight, ifmapWidth } = layer;
  const ifmap = (image: number, y: number, x: number, ch: number) => {
    if (y < 0 || y >= ifmapHeight || x < 0 || x >= ifmapWidth) return 0;
    return wordValue((((group * batch + image) * ifmapHeight + y) * ifmapWidth + x) * channels + ch);
  };
  const wordValue = (address: number) => ((address * 61) % 97) + 1;
  const [m, k] = [batch * ofmapHeight * ofmapWidth, filterHeight * filterWidth * channels];
  const b = matrix(k, layer.filters, 4);
  const a = Array.from({ length: m }, (_, pixel) =>
    Array.from({ length: k }, (_, word) => {
      const address = ifmapAddress(layer, group, pixel, word);
      return address === null ? 0 : wordValue(address);
    }),
  );
  const product: number[][] = [];
  each(batch, (image) =>
    each(ofmapHeight, (oy) =>
      each(ofmapWidth, (ox) => {
        const results = new Array<number>(layer.filters).fill(0);
        let word = 0;
        each(filterHeight, (fy) =>
          each(filterWidth, (fx) =>
            each(channels, (ch) => {
              const y = oy * layer.strideHeight + fy - layer.padHeight;
              const x = ox * layer.strideWidth + fx - layer.padWidth;
              each(layer.filters, (n) => {
                results[n] += ifmap(image, y, x, ch) * b[word][n];
              });
              word++;
            }),
          ),
        );
        product.push(results);
      }),
    ),
  );
  return { a, b, product };
}

// ---- helpers --------------------------------------------------------------------------------------------------------

function each(n: number, visit: (i: number) => void): void {
  for (let i = 0; i < n; i++) visit(i);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** Small integers without a pattern along rows, columns or diagonals, so that a word in the wrong place shows. */
function matrix(height: number, width: number, salt: number): number[][] {
  const value = (i: number, j: number) => ((i * 37 + j * 101 + salt * 53 + i * j * 17) % 199) - 83;
  return Array.from({ length: height }, (_, i) => Array.from({ length: width }, (_, j) => value(i, j)));
}

function multiply(a: Matrix, b: Matrix): number[][] {
  return a.map((row) => b[0].map((_, n) => sum(row.map((word, k) => word * b[k][n]))));
}

function conv(changes: Partial<Layer>): Layer {
  return {
    ...{ name: 'layer', type: 'conv', batch: 1, groups: 1, ifmapHeight: 1, ifmapWidth: 1, channels: 1 },
    ...{ filterHeight: 1, filterWidth: 1, filters: 1, strideHeight: 1, strideWidth: 1, padHeight: 0, padWidth: 0 },
    ...{ ofmapHeight: 1, ofmapWidth: 1 },
    ...changes,
  };
}

function gemm(m: number, k: number, n: number): Layer {
  return conv({ type: 'gemm', ifmapWidth: m, channels: k, filters: n, ofmapWidth: m });
}

function configOf(changes: Partial<MemoryConfig>): MemoryConfig {
  return {
    ...{ rows: 2, cols: 2, dataflow: 'os', psum: 'accumulate', prefetchAcrossLayers: true },
    bits: { ifmap: 8, filter: 8, ofmap: 8, psum: 32 },
    scratchpadBytes: { ifmap: 64, filter: 64, ofmap: 64 },
    ...changes,
  };
}

function upTo(max: number, min = 1) {
  return fc.integer({ min, max });
}

function foldSizes() {
  return fc
    .record({ dataflow: fc.constantFrom(...DATAFLOWS), rows: upTo(6), cols: upTo(6), t: upTo(9), later: fc.boolean() })
    .chain((array) => fc.record({ ru: upTo(array.rows), cu: upTo(array.cols) }).map((used) => ({ ...array, ...used })));
}

function gemms() {
  return fc.record({
    dataflow: fc.constantFrom(...DATAFLOWS),
    ...{ rows: upTo(5), cols: upTo(5), m: upTo(9), k: upTo(9), n: upTo(9) },
    tTile: fc.option(upTo(9), { nil: undefined }),
  });
}

function layersOf() {
  return fc
    .record({
      ...{ batch: upTo(2), groups: upTo(2), channels: upTo(3), filters: upTo(5) },
      ...{ filterHeight: upTo(3), filterWidth: upTo(3), strideHeight: upTo(2), strideWidth: upTo(3) },
      ...{
        padHeight: upTo(1, 0),
        padWidth: upTo(1, 0),
        extraHeight: upTo(3, 0),
        extraWidth: upTo(4, 0),
        up: fc.boolean(),
      },
    })
    .map(({ extraHeight, extraWidth, up, ...shape }) => {
      const [ifmapHeight, ifmapWidth] = [shape.filterHeight + extraHeight, shape.filterWidth + extraWidth];
      // Ours round a partial last window down, SCALE-Sim's up (the overhang is then padding).
      const round = up ? Math.ceil : Math.floor;
      const ofmapHeight = round((extraHeight + 2 * shape.padHeight) / shape.strideHeight) + 1;
      const ofmapWidth = round((extraWidth + 2 * shape.padWidth) / shape.strideWidth) + 1;
      return conv({ ...shape, ifmapHeight, ifmapWidth, ofmapHeight, ofmapWidth });
    });
}

/** Scratchpads from just large enough for the ports (two rows of words, sums of 4 bytes) to large. */
function networks() {
  return fc
    .record({
      ...{ rows: upTo(4), cols: upTo(4), ifmap: upTo(60, 0), filter: upTo(60, 0), ofmap: upTo(200, 0) },
      dataflow: fc.constantFrom(...DATAFLOWS),
      psum: fc.constantFrom('accumulate' as const, 'spill' as const),
      prefetchAcrossLayers: fc.boolean(),
      layers: fc.array(layersOf(), { minLength: 1, maxLength: 3 }),
    })
    .map(({ layers, ifmap, filter, ofmap, ...config }) => {
      const [bits, port] = [{ ifmap: 8, filter: 4, ofmap: 16, psum: 32 }, 2 * Math.max(config.rows, config.cols)];
      const scratchpadBytes = { ifmap: port + ifmap, filter: port + filter, ofmap: 4 * port + ofmap };
      return { layers, config: { ...config, bits, scratchpadBytes } };
    });
}

function operatingPoints(): fc.Arbitrary<MemoryOperatingPoint> {
  const hz = () => upTo(40).map((n) => n * 50_000_000);
  const width = () => fc.constantFrom(8, 12, 32, 64);
  return fc.record({
    arrayHz: hz(),
    padHz: fc.record({ ifmap: hz(), filter: hz(), ofmap: hz() }),
    padWidthBits: fc.record({ ifmap: width(), filter: width(), ofmap: width() }),
    dramBytesPerS: upTo(50).map((n) => n * 100_000_000),
    dramLatencyS: upTo(100, 0).map((n) => n / 1e9),
  });
}
