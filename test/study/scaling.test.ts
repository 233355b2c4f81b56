import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { COUNTER_INDEX as at } from '../../src/base/counters.ts';
import {
  arraysOf,
  designCycles,
  designsOf,
  fastestDesign,
  foldCount,
  foldCycles,
  type ScalingDesign,
  scaleOutCycles,
  scaleUpCycles,
  unlimitedCycles,
} from '../../src/study/scaling.ts';
import { scalingStudy } from '../../src/study/scaling-study.ts';
import { designConfig, designDramWords } from '../../src/study/scaling-words.ts';
import {
  DATAFLOWS,
  type PartitionedLayer,
  partitionedMisfits,
  partLayers,
  scheduleLayer,
  schedulePartitioned,
} from '../../src/systolic/index.ts';
import { gemmShape, type Layer } from '../../src/workload/layer.ts';
import { anyLayer, gemmLayer } from '../laws/arbitraries.ts';
import { lawOptions, longTest } from '../tier.ts';

const dataflow = fc.constantFrom(...DATAFLOWS.map(({ id }) => id));
/** Small designs of the search, of one to eight arrays. */
const design = fc.constantFrom(...[7, 8, 9].flatMap(designsOf));
/** Products of several folds on these, and small layers of every kind. */
const layer = fc.oneof(
  anyLayer,
  fc
    .tuple(fc.integer({ min: 1, max: 90 }), fc.integer({ min: 1, max: 90 }), fc.integer({ min: 1, max: 90 }))
    .map(([m, n, k]) => gemmLayer(m, n, k)),
  fc
    .tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 40 }))
    .map(([groups, m]) => ({ ...gemmLayer(m, 20, 12), groups })),
);

function scheduled(of: Layer, id: string, on: ScalingDesign): PartitionedLayer {
  const partitions = { rows: on.partitionRows, columns: on.partitionColumns, split: 'spatial' } as const;
  return schedulePartitioned(of, designConfig(id, on), partitions);
}

describe('the equations', () => {
  // S_R = 10, S_C = 7, T = 5 on arrays of 4 x 3.
  const extents = { rows: 10, columns: 7, streamed: 5 };
  const array = { rows: 4, columns: 3 };

  test('by hand', () => {
    expect(unlimitedCycles(extents)).toBe(2 * 10 + 7 + 5 - 2);
    expect(foldCycles(array, 5)).toBe(14);
    expect(foldCount(extents, array)).toBe(3 * 3);
    expect(scaleUpCycles(extents, array)).toBe(126);
    // S'_R = 5 and S'_C = 3 in 2 x 1 folds.
    expect(scaleOutCycles(extents, { ...array, partitionRows: 2, partitionColumns: 3 })).toBe(28);
  });

  test('a layer by hand, under each dataflow: M = 20, N = 9, K = 30 on 1 x 2 arrays of 8 x 8', () => {
    const gemm = gemmLayer(20, 9, 30);
    const on = { rows: 8, columns: 8, partitionRows: 1, partitionColumns: 2 };
    const cycles = (id: string) => designCycles(gemm, id, on, 'equation');
    // Fold (16 + 8 + 30 - 2); ceil(20 / 8) x ceil(5 / 8).
    expect(cycles('os')).toBe(52 * 3);
    // (16 + 8 + 20 - 2); ceil(30 / 8) x ceil(5 / 8).
    expect(cycles('ws')).toBe(42 * 4);
    // (16 + 8 + 9 - 2); ceil(30 / 8) x ceil(10 / 8).
    expect(cycles('is')).toBe(31 * 8);
  });

  test('partitions as SCALE-Sim writes them: ceil(S_R / P_R / R) ceil(S_C / P_C / C)', () => {
    // v3 01d1b718, multi-core/analytical.py, spatial.
    const extent = fc.integer({ min: 1, max: 20_000 });
    fc.assert(
      fc.property(extent, extent, extent, design, (rows, columns, streamed, on) => {
        const folds =
          Math.ceil(rows / on.partitionRows / on.rows) * Math.ceil(columns / on.partitionColumns / on.columns);
        expect(scaleOutCycles({ rows, columns, streamed }, on)).toBe((2 * on.rows + on.columns + streamed - 2) * folds);
      }),
      lawOptions(),
    );
  });
});

describe('designs', () => {
  test('of 2^8 MACs, the preferred first', () => {
    const text = designsOf(8).map((d) => `${d.partitionRows}x${d.partitionColumns} ${d.rows}x${d.columns}`);
    expect(text).toEqual([
      ...['1x1 16x16', '1x1 8x32', '1x1 32x8'],
      ...['1x2 8x16', '2x1 8x16', '1x2 16x8', '2x1 16x8'],
      ...['1x4 8x8', '2x2 8x8', '4x1 8x8'],
    ]);
  });

  test('all ways to share out n - 6 factors of two among four sides', () => {
    for (const exponent of [6, 7, 12, 18]) {
      const free = exponent - 6;
      const designs = designsOf(exponent);
      expect(designs.length).toBe(((free + 1) * (free + 2) * (free + 3)) / 6);
      for (const d of designs) expect(arraysOf(d) * d.rows * d.columns).toBe(2 ** exponent);
    }
  });
});

describe('against the schedule', () => {
  test('the closed form is the cycles of the array that takes most', () => {
    fc.assert(
      fc.property(layer, dataflow, design, (of, id, on) => {
        expect(designCycles(of, id, on, 'schedule')).toBe(scheduled(of, id, on).cycles);
      }),
      lawOptions(),
    );
  });

  test('the equation is the same under ws and is, and R cycles a fold more under os', () => {
    fc.assert(
      fc.property(layer, dataflow, design, (of, id, on) => {
        const { parts, cycles } = scheduled(of, id, on);
        const most = parts.find((part) => part?.cycles === cycles);
        const more = id === 'os' ? on.rows * (most?.folds ?? 0) : 0;
        expect(designCycles(of, id, on, 'equation')).toBe(cycles + more);
      }),
      lawOptions(),
    );
  });

  test('the search finds what scheduling every design finds', () => {
    fc.assert(
      fc.property(layer, dataflow, fc.integer({ min: 7, max: 9 }), (of, id, exponent) => {
        const designs = designsOf(exponent);
        const least = Math.min(...designs.map((on) => scheduled(of, id, on).cycles));
        const { design: found, cycles } = fastestDesign([of], id, designs, 'schedule');
        expect([cycles, scheduled(of, id, found).cycles]).toEqual([least, least]);
        if (id !== 'os') expect(fastestDesign([of], id, designs, 'equation').cycles).toBe(least);
      }),
      lawOptions(),
    );
  });

  test('DRAM words are those of all arrays and their reductions', () => {
    fc.assert(
      fc.property(layer, dataflow, design, (of, id, on) => {
        const words = [at.dram_ifmap_reads, at.dram_filter_reads, at.dram_ofmap_reads, at.dram_ofmap_writes];
        const partitions = { rows: on.partitionRows, columns: on.partitionColumns, split: 'spatial' } as const;
        const config = designConfig(id, on);
        // Each array by itself, whether another does the same or not.
        let sum = 0;
        for (const part of partLayers(of, config, partitions)) {
          if (!part) continue;
          const { counts } = scheduleLayer(part, config);
          for (const counter of words) sum += counts[counter];
        }
        // Rows of arrays that cut the window: every partial sum comes back, every result leaves once more.
        const { m, n, k } = gemmShape(of);
        const cutsWindow = id !== 'os' && on.partitionRows > 1 && of.groups < on.partitionRows * on.partitionColumns;
        const summands = cutsWindow ? Math.min(on.partitionRows, k) : 1;
        if (summands > 1) sum += m * n * of.groups * (summands + 1);
        expect(designDramWords(of, id, on)).toBe(sum);
      }),
      lawOptions(),
    );
  });

  test('and so where padding lies behind the last pixel alone, as in ONNX models', () => {
    const of = { ...gemmLayer(4, 9, 12), ifmapHeight: 4, ofmapHeight: 6, ofmapWidth: 6 };
    const on = { rows: 8, columns: 8, partitionRows: 4, partitionColumns: 1 };
    // 4 x 4 pixels of 12 words, all arrays the same 9 x 12 filter words, 6 x 6 pixels of 9 results.
    expect(designDramWords(of, 'os', on)).toBe(16 * 12 + 4 * 9 * 12 + 36 * 9);
  });

  test('a dataflow that is not there', () => {
    expect(() => designCycles(gemmLayer(1, 1, 1), 'rs', designsOf(6)[0], 'equation')).toThrow('unknown-name');
  });
});

describe('the best of a budget, layers without groups', () => {
  const least = (of: Layer, id: string, exponent: number, single: boolean, model: 'equation' | 'schedule'): number => {
    const designs = designsOf(exponent).filter((on) => (arraysOf(on) === 1) === single);
    return fastestDesign([of], id, designs, model).cycles;
  };
  const product = fc
    .tuple(fc.integer({ min: 1, max: 5000 }), fc.integer({ min: 1, max: 5000 }), fc.integer({ min: 1, max: 5000 }))
    .map(([m, n, k]) => gemmLayer(m, n, k));
  const model = fc.constantFrom('equation' as const, 'schedule' as const);

  test('several arrays are faster than one, and never slower for twice the MACs', () => {
    // Halving the rows of an array and doubling P_R leaves the folds, ceil(ceil(S / 2) / (R / 2)) = ceil(S / R), and shortens each.
    fc.assert(
      fc.property(product, dataflow, fc.integer({ min: 7, max: 17 }), model, (of, id, exponent, by) => {
        const several = least(of, id, exponent, false, by);
        expect(several).toBeLessThan(least(of, id, exponent, true, by));
        expect(least(of, id, exponent + 1, false, by)).toBeLessThanOrEqual(several);
      }),
      lawOptions(),
    );
  });

  test('one array of twice the MACs may be slower: its skew and drain grow', () => {
    // M = N = 8, K = 1 is one fold: 8 x 16 takes 16 + 16 + 1 - 2; 16 x 16 and 8 x 32 take 47.
    expect([7, 8].map((exponent) => least(gemmLayer(8, 8, 1), 'os', exponent, true, 'equation'))).toEqual([31, 47]);
  });
});

describe('the study', () => {
  // As scheduled by hand above: M = 20, N = 9, K = 30, and a second layer of other proportions.
  const layers = [
    { ...gemmLayer(20, 9, 30), name: 'a' },
    { ...gemmLayer(9, 60, 4), name: 'b' },
    { ...gemmLayer(20, 9, 30), name: 'again' },
  ];
  const study = scalingStudy(layers, 'os', [7, 8]);

  test('a network runs on one design, each layer on its own', () => {
    const several = designsOf(8).filter((on) => arraysOf(on) > 1);
    const cyclesOf = (on: ScalingDesign, of: readonly Layer[]): number =>
      of.reduce((sum, l) => sum + designCycles(l, 'os', on, 'equation'), 0);
    const [, row] = study.network;
    expect(row.exponent).toBe(8);
    expect(row.partitioned.cycles).toBe(Math.min(...several.map((on) => cyclesOf(on, layers))));
    expect(row.partitioned.cycles).toBe(cyclesOf(row.partitioned.design, layers));
    expect(row.ratio).toBe(row.monolithic.cycles / row.partitioned.cycles);
    for (const [i, { name, rows }] of study.layers.entries()) {
      expect(name).toBe(layers[i].name);
      expect(rows[1].partitioned.cycles).toBe(Math.min(...several.map((on) => cyclesOf(on, [layers[i]]))));
    }
    expect(study.layers[2].rows).toBe(study.layers[0].rows);
  });

  test('words a cycle are those of the schedule of the same design', () => {
    const { design: on, scheduleCycles, dramWords, wordsPerCycle } = study.network[0].monolithic;
    const plans = layers.map((l) => scheduled(l, 'os', on));
    expect(scheduleCycles).toBe(plans.reduce((sum, { cycles }) => sum + cycles, 0));
    // Everything fits: each word once. M K + K N + M N, twice and once.
    expect(dramWords).toBe(2 * (600 + 270 + 180) + (36 + 240 + 540));
    expect(wordsPerCycle).toBe(dramWords / scheduleCycles);
  });

  test('the largest ratio of a layer, and both ratios by hand', () => {
    // 2^7 MACs. a: 8 x 16 is 3 x 1 folds of 60 - 2 + ... = (16 + 16 + 30 - 2) = 60; 16 x 8 is 2 x 2 of 68: 180. 1 x 2 of 8 x 8:
    // 156; 2 x 1: 2 x 2 of 52. b: 8 x 16 is 2 x 4 of 34, 16 x 8 is 1 x 8 of 42: 272. 1 x 2: 2 x 4 of 26; 2 x 1: 1 x 8 of 26: 208.
    expect(study.layers.map(({ rows }) => rows[0].ratio)).toEqual([180 / 156, 272 / 208, 180 / 156]);
    expect(study.largest[0]).toEqual({ layer: 'b', row: study.layers[1].rows[0] });
    // R a fold less: a: 3 of 52, or 4 of 52; against 3 of 44. b: 8 of 26; against 8 of 18.
    expect(study.layers.map(({ rows }) => rows[0].scheduleRatio)).toEqual([156 / 132, 208 / 144, 156 / 132]);
  });

  longTest('up to 2^18 MACs all designs fit into their share of the scratchpads, whatever the dataflow', () => {
    // The tightest: 32 bit partial sums of the most columns of 2^18 / P MACs, 2 x 4 x 2^18 / (8 P) bytes of 2^18 / P.
    const deep = gemmLayer(2, 2, 300_000);
    const misfitsOf = (exponent: number): number =>
      designsOf(exponent).flatMap((on) =>
        DATAFLOWS.flatMap(({ id }) => {
          const partitions = { rows: on.partitionRows, columns: on.partitionColumns, split: 'spatial' } as const;
          return partitionedMisfits(deep, designConfig(id, on), partitions);
        }),
      ).length;
    expect([misfitsOf(18), misfitsOf(19) > 0]).toEqual([0, true]);
  });
});
