import { describe, expect, test } from 'vitest';
import { COUNTER_INDEX, type Counter, zeroCounts } from '../../../src/base/counters.ts';
import { joined } from '../../../src/base/source.ts';
import {
  type LayerSimulation,
  type SimulateConfig,
  simulateLayers,
  timelineProgress,
} from '../../../src/peers/scalesim/index.ts';
import { layerActivityCsv } from '../../../src/report/files/activity.ts';
import { MEMORY_MODELS } from '../../../src/systolic/index.ts';
import { gemmLayer } from '../../laws/arbitraries.ts';
import { simulateByFolds } from './support.ts';

const CONFIG: SimulateConfig = {
  runName: 'run',
  array: { rows: 2, columns: 2 },
  sramKb: { ifmap: 1, filter: 1, ofmap: 1 },
  dataflow: 'os',
  bandwidth: 'CALC',
};
const user = (ifmap: number, filter = ifmap, ofmap = ifmap): SimulateConfig => ({
  ...CONFIG,
  bandwidth: { ifmap, filter, ofmap },
});

function countOf({ schedule }: LayerSimulation, counter: Counter): number {
  return schedule.counts[COUNTER_INDEX[counter]];
}

// Counted by hand, from the rules of docs/methods/systolic.md and memory.md. A fold of os takes T + R + C - 2 cycles; its
// results are written from T - 1 + R - ru to T - 1 + R - 1 + cu - 1.
describe('a product of 2 x 3 by 3 x 2, os on 2 x 2: one fold of 5 cycles', () => {
  const layer = gemmLayer(2, 2, 3);

  test('CALC: the fill has the fold before cycle 0, the drain the fold behind', () => {
    const { report, highestRates } = simulateByFolds(layer, CONFIG);
    expect(report).toEqual({
      totalCycles: 5,
      stallCycles: 0,
      overallUtilization: 60, // 12 MACs of 5 x 4
      mappingEfficiency: 100,
      computeUtilization: 60,
      sram: {
        ifmap: { start: 0, stop: 3, words: 6 }, // row 1 starts in cycle 1 and reads 3
        filter: { start: 0, stop: 3, words: 6 },
        ofmap: { start: 2, stop: 4, words: 4 },
      },
      dram: {
        ifmap: { start: -5, stop: -1, words: 6 },
        filter: { start: -5, stop: -1, words: 6 },
        ofmap: { start: 5, stop: 9, words: 4 },
      },
    });
    expect(highestRates).toEqual({ ifmap: 6 / 5, filter: 6 / 5, ofmap: 4 / 5 });
  });

  test('USER, 2 words a cycle: 3 cycles of fill, 5, and 2 of drain', () => {
    const { report } = simulateByFolds(layer, user(2));
    expect(report).toEqual({
      totalCycles: 10,
      stallCycles: 5,
      overallUtilization: 30,
      mappingEfficiency: 100,
      computeUtilization: 60,
      sram: {
        ifmap: { start: 3, stop: 6, words: 6 },
        filter: { start: 3, stop: 6, words: 6 },
        ofmap: { start: 5, stop: 7, words: 4 },
      },
      dram: {
        ifmap: { start: 0, stop: 2, words: 6 },
        filter: { start: 0, stop: 2, words: 6 },
        ofmap: { start: 8, stop: 9, words: 4 },
      },
    });
  });
});

describe('a product of 4 x 3 by 3 x 2, os on 2 x 2: two row folds of 5 cycles', () => {
  const layer = gemmLayer(4, 2, 3);

  test('USER, a word a cycle', () => {
    // Fill 6; the first fold waits for the 6 ifmap words of the second; the second for nothing (4 results leave); drain 4.
    const { report, timeline } = simulateByFolds(layer, user(1));
    expect(timeline.stages.map(({ start, cycles }) => [start, cycles])).toEqual([
      [0, 6],
      [6, 6],
      [12, 5],
      [17, 4],
    ]);
    expect([report.totalCycles, report.stallCycles]).toEqual([21, 11]);
    // 5 array cycles in 6: the results' first, cycle 2 of the fold, begins at 6 + 12 / 5.
    expect(report.sram.ofmap).toEqual({ start: 8, stop: 16, words: 8 });
    expect(report.dram).toEqual({
      ifmap: { start: 0, stop: 11, words: 12 },
      filter: { start: 0, stop: 5, words: 6 },
      ofmap: { start: 12, stop: 20, words: 8 },
    });
  });

  test('USER, an interface each: fill max(6, 2), max(5, 6), max(5, 2), drain 2', () => {
    const { report } = simulateByFolds(layer, user(1, 3, 2));
    expect([report.totalCycles, report.stallCycles]).toEqual([19, 9]);
  });

  test('CALC needs what the fill and the first fold bring, 6 words in 5 cycles', () => {
    const { highestRates } = simulateByFolds(layer, CONFIG);
    expect(highestRates).toEqual({ ifmap: 6 / 5, filter: 6 / 5, ofmap: 4 / 5 });
  });
});

describe('partial sums, ws on 2 x 2', () => {
  const ws: SimulateConfig = { ...CONFIG, dataflow: 'ws' };

  test('stay on the die: 2 row folds of 2 R + C + T - 2 = 6 cycles', () => {
    const simulation = simulateByFolds(gemmLayer(2, 2, 4), ws);
    expect(simulation.report.totalCycles).toBe(12);
    expect(simulation.report.sram.ofmap.words).toBe(8); // each of 4 results twice
    expect(countOf(simulation, 'ofmap_sram_reads')).toBe(4); // read back once
    expect(simulation.report.dram.ofmap.words).toBe(4); // and leave once
  });

  test('a word each: 1 KB holds two tiles of 256 x 2, so that T = 512 is two tiles', () => {
    const { schedule } = simulateByFolds(gemmLayer(512, 2, 4), ws);
    expect(schedule.streamTile).toBe(256);
    expect(schedule.cycles).toBe(2 * 2 * (256 + 4));
  });
});

test('layers of one shape are simulated once, and keep their names', () => {
  const [a, b] = ['a', 'b'].map((name) => ({ ...gemmLayer(2, 2, 3), name }));
  const [first, second] = simulateLayers({ config: { ...CONFIG, memory: MEMORY_MODELS.consecutive }, layers: [a, b] });
  expect([first.layer.name, second.layer.name]).toEqual(['a', 'b']);
  expect(second.report).toBe(first.report);
});

describe('activity.csv', () => {
  function rows(config: SimulateConfig, interval: number): string[] {
    const { timeline } = simulateByFolds(gemmLayer(2, 2, 3), config);
    const { start, stop } = timeline;
    const layer = { name: 'a', start, stop, progress: () => timelineProgress(timeline) };
    return joined(layerActivityCsv([layer], interval, { option: 'an --interval' }))
      .trim()
      .split('\n')
      .slice(1);
  }

  // MACs by cycle: PE (r, c) does its three from r + c on: 1, 3, 4, 3, 1. Reads by cycle: 1, 2, 2, 1. Writes: 1, 2, 1 from 2 on.
  test('windows begin at multiples of the interval, before cycle 0 too', () => {
    expect(rows(CONFIG, 4)).toEqual([
      '0,a,-5,-4,0,0,0,0,0,1,1,0,0',
      '0,a,-4,0,0,0,0,0,0,5,5,0,0',
      '0,a,0,4,11,6,6,0,3,0,0,0,0',
      '0,a,4,8,1,0,0,0,1,0,0,0,2', // 4 results leave in the 5 cycles from 5 on: 2.4 of them before 8
      '0,a,8,10,0,0,0,0,0,0,0,0,2',
    ]);
  });

  test('USER: waits count', () => {
    expect(rows(user(2), 5)).toEqual(['0,a,0,5,4,3,3,0,0,6,6,0,0', '0,a,5,10,8,3,3,0,4,0,0,0,4']);
  });

  test('an empty sum before the first cycle, everything after the last', () => {
    const { timeline, schedule } = simulateByFolds(gemmLayer(2, 2, 3), CONFIG);
    const progress = timelineProgress(timeline);
    const counts = zeroCounts();
    progress.countsBefore(-5, counts);
    expect(counts).toEqual(zeroCounts());
    progress.countsBefore(99, counts);
    expect(counts).toEqual(schedule.counts);
  });

  test('too many rows', () => {
    const layer = { name: 'a', start: 0, stop: 1e9, progress: () => expect.unreachable() };
    expect(() => layerActivityCsv([layer], 1, { option: 'an --interval' })).toThrow(
      'an --interval of 667 cycles or more',
    );
  });
});
