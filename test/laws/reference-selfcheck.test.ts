/**
 * The PE grid that the closed forms are tested against, checked itself: against plain matrix products, against the events written in
 * docs/methods/systolic.md, and by hand. What the memory reference is checked against is in memory-selfcheck.test.ts.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DATAFLOWS as ALL } from '../../src/systolic/index.ts';
import { type CycleCounts, GRID_COUNTERS, simulateFold, simulateGemm, totalCounts } from '../reference/pe-grid.ts';
import { lawOptions } from '../tier.ts';
import { documentedEvents, documentedTotals, foldOf, foldSizes } from './documented-fold.ts';
import { convolution, DATAFLOWS, layersOf, matrix, multiply, sum, upTo } from './small-layers.ts';

/** Products of random shapes on random arrays, cut into T tiles or not, and their operands. */
const products = fc
  .record({
    dataflow: fc.constantFrom(...DATAFLOWS),
    ...{ rows: upTo(5), cols: upTo(5), m: upTo(9), k: upTo(9), n: upTo(9) },
    tTile: fc.option(upTo(9), { nil: undefined }),
  })
  .map(({ m, k, n, ...how }) => ({ ...how, macs: m * k * n, a: matrix(m, k, 1), b: matrix(k, n, 2) }));

describe('any product on the PE grid', () => {
  const options = lawOptions(300, 100);

  test('has the output of a matrix product', () => {
    fc.assert(
      fc.property(products, ({ macs: _, ...input }) => {
        expect(simulateGemm(input).output).toEqual(multiply(input.a, input.b));
      }),
      options,
    );
  });

  test('multiplies M N K times', () => {
    fc.assert(
      fc.property(products, ({ macs, ...input }) => {
        expect(sum(simulateGemm(input).causal.macs)).toBe(macs);
      }),
      options,
    );
  });

  test('takes the cycles of its folds', () => {
    fc.assert(
      fc.property(products, ({ macs: _, ...input }) => {
        const { folds, cycles } = simulateGemm(input);
        expect(sum(folds.map(({ length }) => length))).toBe(cycles);
      }),
      options,
    );
  });

  test('has the same events booked as SCALE-Sim does, as really happen at other times', () => {
    fc.assert(
      fc.property(products, ({ macs: _, ...input }) => {
        const { folds, causal } = simulateGemm(input);
        for (const counter of GRID_COUNTERS) {
          const booked = sum(folds.map(({ counts }) => sum(counts[counter])));
          expect(booked, counter).toBe(sum(causal[counter]));
        }
      }),
      options,
    );
  });
});

describe('any fold on the PE grid', () => {
  const options = lawOptions(300, 100);

  test('has every event in the cycle that systolic.md says', () => {
    fc.assert(
      fc.property(foldSizes(), (size) => {
        const { length, counts } = foldOf(size);
        expect(counts).toEqual(documentedEvents(size, length));
      }),
      options,
    );
  });

  test('has the totals of the tables of systolic.md', () => {
    fc.assert(
      fc.property(foldSizes(), (size) => {
        expect(totalCounts(foldOf(size).counts)).toEqual(documentedTotals(size));
      }),
      options,
    );
  });
});

test('window words are those of a convolution: the grid multiplies them to what its loops give', () => {
  fc.assert(
    fc.property(layersOf(), fc.constantFrom(...DATAFLOWS), upTo(4), upTo(4), (layer, dataflow, rows, cols) => {
      for (let group = 0; group < layer.groups; group++) {
        const { a, b, product } = convolution(layer, group);
        expect(simulateGemm({ dataflow, rows, cols, a, b }).output).toEqual(product);
      }
    }),
    lawOptions(120, 30),
  );
});

test('a causal array delivers os results R - 1 = 2 cycles after the booked cycle', () => {
  const { counts, causal, length } = foldOf({ dataflow: 'os', rows: 3, cols: 2, ru: 3, cu: 2, t: 4, later: false });
  expect(causal.macs).toHaveLength(length + 2);
  expect(causal.macs).toEqual([...counts.macs, 0, 0]);
  expect(causal.ofmap_sram_writes).toEqual([0, 0, ...counts.ofmap_sram_writes]);
});

/** Counts cycle by cycle, for the counters that are given. */
function expectCounts(counts: CycleCounts, expected: Partial<CycleCounts>): void {
  expect(counts).toMatchObject(expected);
}

describe('by hand: a product of 4 x 4 x 4 on 4 x 4 PEs, output stationary', () => {
  const { counts, length } = foldOf({ dataflow: 'os', rows: 4, cols: 4, ru: 4, cu: 4, t: 4, later: false });

  test('PE (r, c) multiplies in cycles r + c ... r + c + 3, the last one in 6 ... 9: 10 cycles', () => {
    expect(length).toBe(10);
    // The number of (r, c, k) in 0 ... 3 that add up to the cycle.
    expectCounts(counts, { macs: [1, 3, 6, 10, 12, 12, 10, 6, 3, 1] });
  });

  test('row r reads its ifmap words in cycles r ... r + 3', () => {
    expectCounts(counts, { ifmap_sram_reads: [1, 2, 3, 4, 3, 2, 1, 0, 0, 0] });
  });

  test('column c delivers in cycles c + 3 ... c + 6, bottom row first', () => {
    expectCounts(counts, { ofmap_sram_writes: [0, 0, 0, 1, 2, 3, 4, 3, 2, 1] });
  });

  test('64 ifmap words are written to registers, read for a product, and handed on by the 3 left columns of 4', () => {
    expect(sum(counts.ifmap_reg_writes)).toBe(64);
    expect(sum(counts.ifmap_reg_reads)).toBe(64 + 48);
  });

  test('64 products write sums, 48 read them; the drain of a column reads rows 3 ... 0 1 ... 4 times, and writes them once less', () => {
    expect(sum(counts.psum_reg_writes)).toBe(64 + 4 * (0 + 1 + 2 + 3));
    expect(sum(counts.psum_reg_reads)).toBe(48 + 4 * (1 + 2 + 3 + 4));
  });
});

describe('by hand: 3 pixels of 1 word and 1 filter on 2 x 1 PEs, weight stationary', () => {
  const { counts, length } = simulateFold({ dataflow: 'ws', rows: 2, cols: 1, a: [[5], [6], [7]], b: [[3]] });

  test('takes 2 R + C + T - 2 = 4 + 1 + 3 - 2 cycles', () => {
    expect(length).toBe(6);
  });

  test('reads the filter word of row 0 in cycle 1: cycle 0 would be that of row 1, which is not used', () => {
    expectCounts(counts, { filter_sram_reads: [0, 1, 0, 0, 0, 0] });
  });

  test('row 0 multiplies in cycles 2, 3, 4; each sum passes row 1 a cycle later, and is written in that cycle', () => {
    expectCounts(counts, {
      macs: [0, 0, 1, 1, 1, 0],
      psum_reg_writes: [0, 0, 1, 2, 2, 1],
      psum_reg_reads: [0, 0, 0, 1, 1, 1],
      ofmap_sram_writes: [0, 0, 0, 1, 1, 1],
    });
  });
});

describe('by hand: 2 row folds of 2 words and T tiles of 2 and 1 filters on 2 x 2 PEs, input stationary', () => {
  const [a, b] = [matrix(2, 4, 1), matrix(4, 3, 2)];
  const { folds, cycles } = simulateGemm({ dataflow: 'is', rows: 2, cols: 2, a, b, tTile: 2 });

  test('row folds go first; a fold takes 2 R + C + T - 2 = 4 + T cycles', () => {
    expect(folds.map(({ tile, fr, length }) => ({ tile, fr, length }))).toEqual([
      { tile: 0, fr: 0, length: 6 },
      { tile: 0, fr: 1, length: 6 },
      { tile: 1, fr: 0, length: 5 },
      { tile: 1, fr: 1, length: 5 },
    ]);
    expect(cycles).toBe(6 + 6 + 5 + 5);
  });

  test('a fold writes 2 columns x T sums; the second row fold of a tile reads as many back', () => {
    expect(folds.map(({ counts }) => sum(counts.ofmap_sram_writes))).toEqual([4, 4, 2, 2]);
    expect(folds.map(({ counts }) => sum(counts.ofmap_sram_reads))).toEqual([0, 4, 0, 2]);
  });
});

test('the references know every dataflow', () => {
  // A new one needs its rule in pe-grid.ts and memory-words.ts, and its id in small-layers.ts.
  expect(ALL.map(({ id }) => id)).toEqual([...DATAFLOWS]);
});
