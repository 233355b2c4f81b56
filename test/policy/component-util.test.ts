/**
 * What component-util chooses, by hand. The array runs at 200, 400, 600, 800 or 1000 MHz, the memory at 500 or 1000 MHz, and
 * DRAM gives 1 GB/s.
 */
import { describe, expect, test } from 'vitest';
import {
  ARRAY,
  arrayAt,
  arrayMhz,
  contextOf,
  decisions,
  first,
  layer,
  MEMORY,
  mhzOf,
  NOC,
  observe,
  running,
  stackOf,
  workOf,
} from './support.ts';

describe('component-util, balance', () => {
  const clocksOf = (parameters: string, cycles: number, dramBytes: number, memoryCycles = 0) => {
    const work = workOf({ layers: [layer(cycles, dramBytes, memoryCycles)], memoryDomains: ['memory'] });
    const context = contextOf({ domains: [ARRAY, MEMORY, NOC], work, deadlineS: null });
    return mhzOf(first(stackOf('component-util', parameters, context)));
  };

  // The balance is the clock at which 1e6 cycles take as long as the bytes at 1 GB/s; the margin is 5 % if nothing is said.
  test.each([
    ['2 MB in 2 ms: 500 MHz, 525 with the margin', '{}', 2e6, 600],
    ['2.5 MB in 2.5 ms: 400 MHz, no margin', '{margin: 0}', 2.5e6, 400],
    ['2.5 MB in 2.5 ms: 420 MHz with the margin', '{}', 2.5e6, 600],
    ['no DRAM: as fast as it goes', '{}', 0, 1000],
    ['0.1 MB in 0.1 ms, 10 GHz: as fast as it goes', '{}', 1e5, 1000],
    ['100 MB in 100 ms, 10 MHz: the lowest', '{}', 1e8, 200],
  ])('the array takes the next clock above the balance; %s', (_, parameters, dramBytes, mhz) => {
    // The memory, without cycles of its own, is at its lowest; what is neither array nor memory is at its highest.
    expect(clocksOf(parameters, 1e6, dramBytes)).toEqual({ array: mhz, memory: 500, noc: 300 });
  });

  // The array takes 1 ms; the memory as many ms as its cycles are 5e5, at its lowest clock.
  test.each([
    ['1 ms', '{}', 5e5, 500],
    ['1.06 ms, more than the margin of 5 %', '{}', 5.3e5, 1000],
    ['1.06 ms, less than a margin of 10 %', '{margin: 0.1}', 5.3e5, 500],
    ['2 ms', '{}', 1e6, 1000],
  ])('the memory takes the lowest clock that keeps up: %s at 500 MHz', (_, parameters, memoryCycles, mhz) => {
    expect(clocksOf(parameters, 1e6, 0, memoryCycles).memory).toBe(mhz);
  });

  test('follows the layers, and stays where it is without work', () => {
    // The first is balanced at 525 MHz, the second waits for no DRAM.
    const work = workOf({ layers: [layer(1e6, 2e6), layer(1e6, 0)] });
    const all = decisions(stackOf('component-util', '{}', contextOf({ work })), [
      { triggers: new Set(['start']) },
      { triggers: new Set(['layer']), inference: running({ layer: 1 }) },
      { triggers: new Set(['epoch']), inference: null },
      { triggers: new Set(['epoch']) },
    ]);
    expect(all.map(arrayMhz)).toEqual([600, 1000, 1000, 600]);
    expect(all[0].deciders.array.reason).toBe('balance of layer l1000000');
  });
});

describe('component-util, threshold', () => {
  const stalled = (stall: number) => ({ shares: { array: { busy: 1 - stall, stall, idle: 0, dead: 0 } } });
  const rest = { shares: { array: { busy: 0, stall: 0, idle: 1, dead: 0 } } };
  /** The array's clock after each observation, one an epoch of 1 ms unless it says its time, MHz. */
  const clocksOf = (parameters: string, observations: readonly object[], startMhz = 1000) => {
    const timed = observations.map((one, i) => ({ timeS: (i + 1) * 1e-3, ...one }));
    return decisions(stackOf('component-util', parameters), timed, arrayAt(startMhz)).map(arrayMhz);
  };

  test('steps down above 30 % of stalls and up below 5 %, two epochs apart', () => {
    const stalls = [0.31, 0.5, 0.5, 0.3, 0.05, 0.04, 0, 0].map(stalled);
    // Down, rests, down, between the thresholds twice, up, rests, up.
    expect(clocksOf('{rule: threshold}', stalls)).toEqual([800, 800, 600, 600, 600, 800, 800, 1000]);
  });

  test('rests for so many epochs of time, however many questions come in it', () => {
    const seen = [1, 1.5, 2, 2.5, 2.9, 3].map((ms) => ({ ...stalled(0.5), timeS: ms * 1e-3 }));
    expect(clocksOf('{rule: threshold}', seen)).toEqual([800, 800, 800, 800, 800, 600]);
  });

  test('steps at thresholds of its own, every epoch if it need not rest', () => {
    const stalls = [0.5, 0.7, 0.7, 0.3].map(stalled);
    const own = '{rule: threshold, stall_high: 0.6, stall_low: 0.4, residency: 1}';
    expect(clocksOf(own, stalls)).toEqual([1000, 800, 600, 800]);
  });

  test('steps neither below the lowest nor above the highest clock', () => {
    expect(clocksOf('{rule: threshold, residency: 1}', [stalled(0.9), stalled(0.9)], 400)).toEqual([200, 200]);
    expect(clocksOf('{rule: threshold}', [stalled(0)])).toEqual([1000]);
  });

  test('stays where it is while nothing runs', () => {
    expect(clocksOf('{rule: threshold}', [{ ...stalled(0.9), inference: null }, rest], 600)).toEqual([600, 600]);
  });

  test('steps from the points that were decided, whoever decided them', () => {
    const stack = stackOf('component-util', '{rule: threshold}');
    const seen = observe({ ...stalled(0.5), points: arrayAt(600) });
    expect(arrayMhz(stack.decide(seen, stack.initial))).toBe(400);
  });

  test('is asked at epochs alone', () => {
    expect(stackOf('component-util', '{rule: threshold}').triggers).toEqual(new Set(['epoch']));
  });
});
