import { describe, expect, test } from 'vitest';
import { createStack, type PolicyContext } from '../../../src/policy/index.ts';
import {
  ARRAY,
  contextOf,
  decisions,
  domain,
  entry,
  first,
  layer,
  MEMORY,
  observe,
  problemsOf,
  running,
  stackOf,
  workOf,
} from '../support.ts';

const TWO = contextOf({ domains: [ARRAY, MEMORY], work: workOf({ memoryDomains: ['memory'] }) });
/** Idle takes 0.1 W; inferences take 5, 2.5, 1.67, 1.25 and 1 ms. */
const CHEAP_IDLE = workOf({ inferenceJ: [6e-3, 4e-3, 3.5e-3, 4e-3, 5e-3], idleW: [0.1, 0.1, 0.1, 0.1, 0.1] });
const DEAR_IDLE = workOf({ inferenceJ: [6e-3, 4e-3, 3.5e-3, 4e-3, 5e-3], idleW: [1, 1, 1, 1, 1] });
const point = (uses: string, parameters: string, context: PolicyContext): number =>
  first(stackOf(uses, parameters, context)).points.array;

test('performance and powersave take the ends of every table', () => {
  expect(first(stackOf('performance', '{}', TWO)).points).toEqual({ array: 4, memory: 1 });
  expect(first(stackOf('powersave', '{}', TWO)).points).toEqual({ array: 0, memory: 0 });
  expect(stackOf('performance').triggers).toEqual(new Set(['epoch']));
});

describe('race-to-idle', () => {
  test('is fast while there is work and slow without', () => {
    const stack = stackOf('race-to-idle', '{}', { ...TWO, deadlineS: null });
    const all = decisions(stack, [
      { trigger: 'epoch' },
      { trigger: 'end', inference: null, queued: 1 },
      { trigger: 'end', inference: null },
      // It does not ask here: what it said last holds.
      { trigger: 'layer' },
      { trigger: 'start' },
    ]);
    expect(all.map(({ points }) => points.array)).toEqual([4, 4, 0, 0, 4]);
    expect(all.map(({ points }) => points.memory)).toEqual([1, 1, 0, 0, 1]);
    expect(all.map(({ idle }) => idle)).toEqual(Array(5).fill('retain'));
    expect(stack.triggers).toEqual(new Set(['epoch', 'start', 'end']));
  });

  test('may power off', () => {
    expect(first(stackOf('race-to-idle', '{idle: gated}')).idle).toBe('gated');
  });
});

describe('static-best', () => {
  test.each([
    // 6 + 0, 4 + 2.5, 3.5 + 3.33, ... mJ: where idling costs as much as working, slow is best.
    ['dear idling', DEAR_IDLE, 5e-3, 0],
    // 6, 4.25, 3.83, 4.375, 5.4 mJ
    ['cheap idling', CHEAP_IDLE, 5e-3, 2],
    ['a deadline that rules the best out', CHEAP_IDLE, 1.3e-3, 3],
    ['a deadline met to the point', CHEAP_IDLE, 1e-3, 4],
    ['equals: the lowest clock', workOf({ inferenceJ: [4, 4, 4, 4, 4], idleW: [0, 0, 0, 0, 0] }), 5e-3, 0],
  ])('%s', (_, work, deadlineS, expected) => {
    expect(point('static-best', '{}', contextOf({ work, deadlineS }))).toBe(expected);
  });

  test('says so where nothing is fast enough', () => {
    const { points, deciders } = first(stackOf('static-best', '{}', contextOf({ deadlineS: 0.5e-3 })));
    expect(points).toEqual({ array: 4 });
    expect(deciders.array.reason).toBe('no setting meets the deadline of 0.5 ms, so the fastest');
  });

  test('takes leakage at the temperature it is told', () => {
    const seen = new Set<number>();
    const work = { ...workOf(), inferenceJ: (_: object, kelvin: number) => seen.add(kelvin).size };
    stackOf('static-best', '{}', contextOf({ work }));
    stackOf('static-best', '{temperature: 300K}', contextOf({ work }));
    expect([...seen]).toEqual([333.15, 300]);
  });

  test('weighs every combination of domains', () => {
    // The memory may be slow as long as the array is fast.
    const work = {
      ...workOf(),
      inferenceS: () => 1e-3,
      inferenceJ: ({ array, memory }: Readonly<Record<string, number>>) => 10 - array + memory,
    };
    expect(first(stackOf('static-best', '{}', { ...TWO, work })).points).toEqual({ array: 4, memory: 0 });
  });

  test('lowers all domains together where combinations are too many', () => {
    const many = ['a', 'b', 'c'].map((name) =>
      domain(
        name,
        Array.from({ length: 17 }, (_, i) => 100 + i),
      ),
    );
    let asked = 0;
    const work = { ...workOf(), inferenceS: () => ++asked && 1e-3, inferenceJ: () => 1, idleW: () => 1 };
    const { points } = first(stackOf('static-best', '{}', contextOf({ domains: many, work })));
    expect(points).toEqual({ a: 0, b: 0, c: 0 });
    expect(asked).toBeLessThan(100);
  });
});

describe('pace', () => {
  const slow = '{floor: none}';
  const at = (timeS: number) => ({ timeS });

  test.each([
    // 5 ms less the guard of 0.1 ms: 5 ms of work at the lowest point is too slow.
    ['at the start', slow, at(0), 1],
    ['without a guard', '{floor: none, guard: 0}', at(0), 0],
    ['later, with the same work left', slow, at(3e-3), 2],
    ['later still', slow, at(3.5e-3), 3],
    ['too late', slow, at(4.2e-3), 4],
    ['with a large guard', '{floor: none, guard: 0.7}', at(0), 3],
    ['released later', slow, { timeS: 10e-3, inference: running({ releaseS: 10e-3, deadlineS: 15e-3 }) }, 1],
    [
      'of an inference without a deadline of its own',
      slow,
      { timeS: 3e-3, inference: running({ deadlineS: null }) },
      2,
    ],
  ])('%s', (_, parameters, observation, expected) => {
    expect(first(stackOf('pace', parameters), observation).points.array).toBe(expected);
  });

  test('counts the transition it would take', () => {
    const context = contextOf({ transitionS: (_, from, to) => 0.1e-3 * Math.abs(from - to) });
    const stack = stackOf('pace', slow, context);
    // 3.6 + 0.1 + 1.25 ms is past 4.9 ms from the highest point, and just right from where it is.
    expect(first(stack, { timeS: 3.6e-3 }).points.array).toBe(4);
    expect(first(stack, { timeS: 3.6e-3, points: { array: 3 } }).points.array).toBe(3);
  });

  test('says what it saw when it changed its mind', () => {
    const all = decisions(stackOf('pace', slow), [at(0), at(0.1e-3), at(3e-3), at(4.9e-3)]);
    expect(all.map(({ deciders }) => deciders.array.reason)).toEqual([
      '4.9 ms left: 400 MHz is the lowest clock that is fast enough',
      '4.9 ms left: 400 MHz is the lowest clock that is fast enough',
      '1.9 ms left: 600 MHz is the lowest clock that is fast enough',
      '0 ms left: no clock is fast enough, so the fastest',
    ]);
  });

  test('lowers all domains together', () => {
    // Candidates are (0, 0), (1, 0), (2, 1), (3, 1), (4, 1): the memory has half of each share.
    const points = [0, 3e-3, 3.5e-3].map((timeS) => first(stackOf('pace', slow, TWO), { timeS }).points);
    expect(points).toEqual([
      { array: 1, memory: 0 },
      { array: 2, memory: 1 },
      { array: 3, memory: 1 },
    ]);
  });

  describe('critical speed', () => {
    test.each([
      // Net of 0.1 W: 5.5, 3.75, 3.33, 3.875, 4.9 mJ.
      ['is the least energy net of idling', CHEAP_IDLE, '{}', 2],
      ['rises nothing where idling is dear: 1, 1.5, ...', DEAR_IDLE, '{}', 1],
      ['may be ignored', CHEAP_IDLE, slow, 1],
    ])('%s', (_, work, parameters, expected) => {
      expect(point('pace', parameters, contextOf({ work }))).toBe(expected);
    });

    test('is where it rests, or stays where it is without one', () => {
      const context = contextOf({ work: CHEAP_IDLE });
      const idle = { inference: null };
      expect(first(stackOf('pace', '{}', context), idle).points.array).toBe(2);
      expect(first(stackOf('pace', slow, context), { ...idle, points: { array: 3 } }).points.array).toBe(3);
    });
  });

  test('asks at layers unless told not to', () => {
    expect(stackOf('pace').triggers).toEqual(new Set(['epoch', 'start', 'layer']));
    expect(stackOf('pace', '{at: epoch}').triggers).toEqual(new Set(['epoch', 'start']));
  });
});

describe('component-util', () => {
  describe('balance', () => {
    const pointsOf = (parameters: string, cycles: number, dramBytes: number, memoryCycles = 0) => {
      const work = workOf({ layers: [layer(cycles, dramBytes, memoryCycles)], memoryDomains: ['memory'] });
      const domains = [ARRAY, MEMORY, domain('noc', [100, 200, 300])];
      return first(stackOf('component-util', parameters, contextOf({ domains, work, deadlineS: null }))).points;
    };

    test.each([
      // 1e6 cycles while 2 MB come at 1 GB/s: 500 MHz, and 525 MHz with the margin.
      ['the next clock above the balance', '{}', 1e6, 2e6, 2],
      ['the balance itself without a margin', '{margin: 0}', 1e6, 2.5e6, 1],
      ['one above with it', '{}', 1e6, 2.5e6, 2],
      ['no DRAM: full speed', '{}', 1e6, 0, 4],
      ['bound by the array: full speed', '{}', 1e6, 1e5, 4],
      ['bound by DRAM: the lowest', '{}', 1e6, 1e8, 0],
    ])('%s', (_, parameters, cycles, dramBytes, expected) => {
      expect(pointsOf(parameters, cycles, dramBytes)).toEqual({ array: expected, memory: 0, noc: 2 });
    });

    test.each([
      // The array takes 1 ms; the memory 1 ms at its lowest clock, then 1.06 ms, then 2 ms.
      ['in step', '{}', 5e5, 0],
      ['beyond the margin', '{}', 5.3e5, 1],
      ['within a wider margin', '{margin: 0.1}', 5.3e5, 0],
      ['far too slow', '{}', 1e6, 1],
    ])('a memory %s', (_, parameters, memoryCycles, expected) => {
      expect(pointsOf(parameters, 1e6, 0, memoryCycles).memory).toBe(expected);
    });

    test('layer by layer; idle it stays', () => {
      const work = workOf({ layers: [layer(1e6, 2e6), layer(1e6, 0)] });
      const stack = stackOf('component-util', '{}', contextOf({ work }));
      const all = decisions(stack, [
        { trigger: 'start' },
        { trigger: 'layer', inference: running({ layer: 1 }) },
        { trigger: 'epoch', inference: null },
        { trigger: 'epoch' },
      ]);
      expect(all.map(({ points }) => points.array)).toEqual([2, 4, 4, 2]);
      expect(all[0].deciders.array.reason).toBe('balance of layer l1000000');
    });
  });

  describe('threshold', () => {
    const stalled = (stall: number) => ({ shares: { array: { busy: 1 - stall, stall, idle: 0, dead: 0 } } });
    const rest = { shares: { array: { busy: 0, stall: 0, idle: 1, dead: 0 } } };
    const pointsOf = (parameters: string, observations: readonly object[], start = 4) =>
      decisions(stackOf('component-util', parameters), observations, { array: start }).map((d) => d.points.array);

    test('steps down and up with two epochs between', () => {
      const stalls = [0.31, 0.5, 0.5, 0.3, 0.05, 0.04, 0, 0].map(stalled);
      // Down, rests, down, between the thresholds twice, up, rests, up.
      expect(pointsOf('{rule: threshold}', stalls)).toEqual([3, 3, 2, 2, 2, 3, 3, 4]);
    });

    test('with other thresholds and no rest', () => {
      const stalls = [0.5, 0.7, 0.7, 0.3].map(stalled);
      expect(pointsOf('{rule: threshold, stall_high: 0.6, stall_low: 0.4, residency: 1}', stalls)).toEqual([
        4, 3, 2, 3,
      ]);
    });

    test('stays within the table, and while nothing runs', () => {
      expect(pointsOf('{rule: threshold, residency: 1}', [stalled(0.9), stalled(0.9)], 1)).toEqual([0, 0]);
      expect(pointsOf('{rule: threshold}', [stalled(0)])).toEqual([4]);
      expect(pointsOf('{rule: threshold}', [{ ...stalled(0.9), inference: null }, rest], 2)).toEqual([2, 2]);
    });

    test('starts from the points that were decided, whoever decided them', () => {
      const stack = stackOf('component-util', '{rule: threshold}');
      expect(stack.decide(observe({ ...stalled(0.5), points: { array: 2 } }), stack.initial).points.array).toBe(1);
    });

    test('is not asked between epochs', () => {
      expect(stackOf('component-util', '{rule: threshold}').triggers).toEqual(new Set(['epoch']));
    });
  });
});

describe('what is wrong with parameters', () => {
  test.each([
    ['static-best', '{temperature: 60}', 'missing-unit p0.yaml:1:15 60'],
    ['static-best', '{temperature: 60W}', 'wrong-unit p0.yaml:1:15 60W'],
    ['pace', '{guard: 1.5}', 'out-of-range p0.yaml:1:9 1.5'],
    ['pace', '{guard: 2%}', 'wrong-type p0.yaml:1:9 2%'],
    ['pace', '{floor: critcal}', 'out-of-range p0.yaml:1:9 critcal'],
    ['pace', '{at: lunch}', 'out-of-range p0.yaml:1:6 lunch'],
    ['pace', '{gard: 0.1}', 'unknown-key p0.yaml:1:2 gard'],
    ['race-to-idle', '{idle: clocked}', 'out-of-range p0.yaml:1:8 clocked'],
    ['performance', '{frequency: 1GHz}', 'unknown-key p0.yaml:1:2 frequency'],
    ['powersave', '{frequency: 1GHz}', 'unknown-key p0.yaml:1:2 frequency'],
    ['component-util', '{rule: treshold}', 'out-of-range p0.yaml:1:8 treshold'],
    ['component-util', '{margin: -1}', 'out-of-range p0.yaml:1:10 -1'],
    ['component-util', '{residency: 0}', 'out-of-range p0.yaml:1:13 0'],
    ['component-util', '{residency: 1.5}', 'wrong-type p0.yaml:1:13 1.5'],
    ['component-util', '{stall_low: 0.4}', 'out-of-range p0.yaml:1:13 0.4'],
    ['component-util', '{stall_high: 0.01}', 'out-of-range p0.yaml:1:14 0.01'],
  ])('%s %s', (uses, parameters, problem) => {
    expect(problemsOf(() => stackOf(uses, parameters))).toEqual([problem]);
  });

  test.each(['static-best', 'pace'])('%s needs a deadline', (uses) => {
    const context = contextOf({ deadlineS: null });
    expect(problemsOf(() => stackOf(uses, '{}', context))).toEqual([`deadline-missing u.yaml:1:7 ${uses}`]);
  });

  test('those of all entries are told at once', () => {
    const entries = [entry('pace', '{guard: 2}'), entry('nothing'), entry('fixed', '{frequency: 1Hz}')];
    expect(problemsOf(() => createStack(entries, contextOf()))).toEqual([
      'out-of-range p0.yaml:1:9 2',
      'unknown-name u.yaml:1:7 nothing',
      'unknown-operating-point p0.yaml:1:13 1Hz',
    ]);
  });
});
