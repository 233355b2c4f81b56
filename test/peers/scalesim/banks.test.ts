import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type BankedLayout,
  type LayerLayouts,
  type SimulateConfig,
  simulateLayers,
} from '../../../src/peers/scalesim/index.ts';
import { MEMORY_MODELS } from '../../../src/systolic/index.ts';
import { type Layer, readScaleSimTopology } from '../../../src/workload/index.ts';
import { gemmLayer } from '../../laws/arbitraries.ts';
import { referenceFoldCycles } from '../../reference/bank-conflicts.ts';
import { lawOptions, RUNS } from '../../tier.ts';
import { bankedLayout, layouts, upTo } from './arbitraries.ts';
import { simulateByFolds } from './support.ts';

const CONFIG: SimulateConfig = {
  runName: 'run',
  array: { rows: 2, columns: 2 },
  sramKb: { ifmap: 1, filter: 1, ofmap: 1 },
  dataflow: 'os',
  bandwidth: 'CALC',
};

/** An ifmap whose lines are `height` x `width` pixels of a channel, row by row, in lines of four words. */
const ifmap = (height: number, width: number, banks: number, ports = 1): BankedLayout => {
  return { factors: [height, width, 1], places: [0, 1, 2], lineWords: 4, banks, ports };
};
/** Filters, of which a line holds `words` weights of a window row, in one bank. */
const filter = (words: number): BankedLayout => {
  return { factors: [1, 1, 1, words], places: [0, 1, 2, 3], lineWords: 4, banks: 1, ports: 1 };
};

function cyclesOf(layer: Layer, given: LayerLayouts, config = CONFIG): number[] {
  const { report, conflictCycles } = simulateByFolds(layer, config, given);
  return [report.totalCycles, report.stallCycles, conflictCycles ?? 0];
}

// Counted by hand. Lane r of the ifmap reads A(r, j - r) in cycle j: A00 | A01 A10 | A02 A11 | A12, then nothing.
describe('a product of 2 x 3 by 3 x 2, os on 2 x 2: one fold of 5 cycles', () => {
  const layer = gemmLayer(2, 2, 3);

  test.each<[string, LayerLayouts, number]>([
    ['a row a line: the rows of cycles 1 and 2 are two lines of one bank', { ifmap: ifmap(1, 4, 1) }, 2],
    ['two banks of two words: A01 and A10 share the first', { ifmap: ifmap(1, 4, 2) }, 1],
    ['four banks of a word: no two words of a cycle share one', { ifmap: ifmap(1, 4, 4) }, 0],
    ['two ports', { ifmap: ifmap(1, 4, 1, 2) }, 0],
    ['squares of four: A02 is in another line than A11', { ifmap: ifmap(2, 2, 1) }, 1],
    ['a word a line', { ifmap: ifmap(1, 1, 4) }, 2],
    ['columns a line, a bank a row: A01 and A10 in two banks, as are A02 and A11', { ifmap: ifmap(2, 1, 4) }, 0],
    // Lane c of the filters reads the weight j - c of filter c.
    ['a filter a line', { filter: filter(4) }, 2],
    ['both wait at once', { ifmap: ifmap(1, 4, 1), filter: filter(4) }, 2],
    ['the ifmap in cycle 1, filters in cycles 1 and 2', { ifmap: ifmap(1, 4, 2), filter: filter(4) }, 2],
  ])('%s', (_, given, conflicts) => {
    expect(cyclesOf(layer, given)).toEqual([5 + conflicts, conflicts, conflicts]);
  });

  test('the fill of CALC has the time of the longer fold', () => {
    const { start, stop } = simulateByFolds(layer, CONFIG, { ifmap: ifmap(1, 4, 1) });
    expect([start, stop]).toEqual([-7, 14]);
  });

  test('USER: a fold that waits for banks has more time for DRAM', () => {
    // Words of 2 x 6: a fill of 6 cycles; a fold of 5 + 2; 4 results drain.
    const user = { ...CONFIG, bandwidth: { ifmap: 1, filter: 1, ofmap: 1 } };
    expect(cyclesOf(layer, { ifmap: ifmap(1, 4, 1) }, user)).toEqual([17, 12, 2]);
    // Two row folds: the first brings the 6 words of the second, in 6 cycles or the 7 that it takes; 6 + 7 + 7 + 4.
    expect(cyclesOf(gemmLayer(4, 2, 3), { ifmap: ifmap(1, 4, 1) }, user)).toEqual([24, 14, 4]);
    expect(cyclesOf(gemmLayer(4, 2, 3), { ifmap: ifmap(1, 4, 2) }, user)).toEqual([22, 12, 2]);
  });
});

describe('a product of 2 x 2 by 2 x 2 on 2 x 2: one fold of 6 cycles', () => {
  const layer = gemmLayer(2, 2, 2);
  const given = { ifmap: ifmap(1, 2, 1), filter: filter(2) };

  test('ws: filters enter two at a time in cycles 0 and 1, then A00 | A10 A01 | A11', () => {
    expect(cyclesOf(layer, given, { ...CONFIG, dataflow: 'ws' })).toEqual([9, 3, 3]);
    expect(cyclesOf(layer, { filter: given.filter }, { ...CONFIG, dataflow: 'ws' })).toEqual([8, 2, 2]);
  });

  test('is: rows of the ifmap enter two at a time, then one word or two of the filters', () => {
    expect(cyclesOf(layer, given, { ...CONFIG, dataflow: 'is' })).toEqual([9, 3, 3]);
    expect(cyclesOf(layer, { filter: given.filter }, { ...CONFIG, dataflow: 'is' })).toEqual([7, 1, 1]);
  });
});

function conv(...cells: number[]): Layer {
  return readScaleSimTopology({ file: 'x', text: `h,\na, ${cells.join(', ')},\n` }, 'conv')[0];
}

test('overhang occupies nothing', () => {
  // Windows of three words from 0 and 3 on, a word a line. Cycle 1 reads words 1 and 3, cycle 2 words 2 and 4 if there is a fourth.
  expect(cyclesOf(conv(1, 4, 1, 3, 1, 1, 3), { ifmap: ifmap(1, 1, 1) })).toEqual([6, 1, 1]);
  expect(cyclesOf(conv(1, 6, 1, 3, 1, 1, 3), { ifmap: ifmap(1, 1, 1) })).toEqual([7, 2, 2]);
});

test('layers of one shape have layouts of their own', () => {
  const layers = ['a', 'b', 'c'].map((name) => ({ ...gemmLayer(2, 2, 3), name }));
  const given = [{ ifmap: ifmap(1, 4, 1) }, { ifmap: ifmap(1, 4, 4) }, { ifmap: ifmap(1, 4, 2) }];
  const cycles = simulateLayers({
    config: { ...CONFIG, memory: MEMORY_MODELS.consecutive },
    layers,
    layouts: given,
  }).map(({ report }) => report.totalCycles);
  expect(cycles).toEqual([7, 5, 6]);
});

const shapes = fc.oneof(
  {
    weight: 3,
    arbitrary: fc
      .tuple(upTo(7), upTo(7), upTo(3), upTo(3), upTo(4), upTo(9), upTo(3))
      .filter(([height, width, filterHeight, filterWidth]) => filterHeight <= height && filterWidth <= width)
      .map((cells) => conv(...cells)),
  },
  { weight: 1, arbitrary: fc.tuple(upTo(12), upTo(12), upTo(12)).map((sizes) => gemmLayer(...sizes)) },
);
const layer = fc
  .tuple(shapes, fc.option(fc.tuple(upTo(3), upTo(2)), { nil: undefined }))
  .map(([shape, sparse]) =>
    sparse ? { ...shape, sparsity: { kept: sparse[0], block: sparse[0] + sparse[1] } } : shape,
  );

const config = fc.record({
  runName: fc.constant('run'),
  array: fc.record({ rows: upTo(6), columns: upTo(6) }),
  sramKb: fc.constant({ ifmap: 4, filter: 4, ofmap: 1 }),
  dataflow: fc.constantFrom('os' as const, 'ws' as const, 'is' as const),
  bandwidth: fc.constant('CALC' as const),
});

test('folds take as long as asking for every word by itself', () => {
  const options = lawOptions(2 * RUNS, 200);
  let waits = 0;
  fc.assert(
    fc.property(layer, layouts, config, (shape, given, design) => {
      const { timeline, schedule, report, conflictCycles } = simulateByFolds(shape, design, given);
      const cycles = timeline.stages.flatMap(({ stage, cycles }) =>
        stage.kind === 'compute' ? Array.from({ length: stage.count }, () => cycles) : [],
      );
      const { streamTile } = schedule;
      const expected = referenceFoldCycles(shape, given, { ...design.array, dataflow: design.dataflow, streamTile });
      expect(cycles).toEqual(expected);
      const total = expected.reduce((sum, length) => sum + length, 0);
      expect([report.totalCycles, report.stallCycles]).toEqual([total, conflictCycles]);
      expect(conflictCycles).toBe(total - schedule.cycles);
      if (conflictCycles! > 0) waits++;
    }),
    options,
  );
  // Conflicts are no rarity among these: a law about none would hold by itself.
  expect(waits).toBeGreaterThan(options.numRuns / 4);
});

test('T in tiles: conflicts are those of the folds as they are scheduled', () => {
  // 70 x 20 partial sums do not fit into 1 KB.
  const tiled = { ...CONFIG, array: { rows: 4, columns: 20 }, dataflow: 'ws' as const };
  fc.assert(
    fc.property(fc.integer({ min: 60, max: 70 }), upTo(9), layouts, (m, k, given) => {
      const shape = gemmLayer(m, 20, k + 4);
      const { schedule, report } = simulateByFolds(shape, tiled, given);
      expect(schedule.streamTile).toBeLessThan(m);
      const design = { ...tiled.array, dataflow: 'ws', streamTile: schedule.streamTile };
      const expected = referenceFoldCycles(shape, given, design);
      expect(report.totalCycles).toBe(expected.reduce((sum, length) => sum + length, 0));
    }),
    lawOptions(20),
  );
});

test('an operand in one line never waits: everything is as without a layout', () => {
  fc.assert(
    fc.property(layer, config, fc.option(upTo(9), { nil: undefined }), (shape, design, bandwidth) => {
      const used = bandwidth ? { ...design, bandwidth: { ifmap: bandwidth, filter: 9, ofmap: 9 } } : design;
      const whole = { lineWords: 2 ** 20, banks: 1, ports: 1 };
      const given = {
        ifmap: { ...whole, factors: [12, 12, 4], places: [2, 0, 1] },
        filter: { ...whole, factors: [12, 4, 3, 12], places: [1, 3, 0, 2] },
      };
      const { conflictCycles, ...outcome } = simulateByFolds(shape, used, given);
      const { conflictCycles: none, ...without } = simulateByFolds(shape, used);
      expect([conflictCycles, none]).toEqual([0, undefined]);
      expect(outcome).toEqual(without);
    }),
    lawOptions(RUNS / 2),
  );
});

test('a port more, or banks cut into equal parts, never makes a layer slower', () => {
  const divisible = bankedLayout(3).map((one) => ({ ...one, lineWords: 6 * one.lineWords }));
  fc.assert(
    fc.property(layer, divisible, config, fc.constantFrom(2, 3), (shape, one, design, parts) => {
      const cycles = (given: BankedLayout): number =>
        simulateByFolds(shape, design, { ifmap: given }).report.totalCycles;
      const known = cycles(one);
      expect(cycles({ ...one, ports: one.ports + 1 })).toBeLessThanOrEqual(known);
      expect(cycles({ ...one, banks: one.banks * parts })).toBeLessThanOrEqual(known);
    }),
    lawOptions(RUNS),
  );
});
