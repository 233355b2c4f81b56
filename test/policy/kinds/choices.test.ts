/**
 * What the kinds of policies choose, by hand. An inference is 1e6 cycles of the array, so its clocks take
 *
 *   MHz   200   400   600   800   1000
 *   ms      5   2.5  1.67  1.25      1
 *
 * and the deadline is 5 ms after the release, unless a test says otherwise. The memory runs at 500 or 1000 MHz.
 */
import { describe, expect, test } from 'vitest';
import { createStack, type PointByDomain, type PolicyContext } from '../../../src/policy/index.ts';
import {
  ARRAY,
  arrayAt,
  arrayMhz,
  contextOf,
  decisions,
  domain,
  entry,
  first,
  MEMORY,
  mhzOf,
  problemsOf,
  running,
  stackOf,
  workOf,
} from '../support.ts';

const TWO = contextOf({ domains: [ARRAY, MEMORY], work: workOf({ memoryDomains: ['memory'] }) });

/** The array's clock by the first decision of a policy, MHz. */
const firstMhz = (uses: string, parameters: string, context: PolicyContext): number =>
  arrayMhz(first(stackOf(uses, parameters, context)));

describe('performance and powersave', () => {
  test('performance takes the highest clock of every domain', () => {
    expect(mhzOf(first(stackOf('performance', '{}', TWO)))).toEqual({ array: 1000, memory: 1000 });
  });

  test('powersave takes the lowest clock of every domain', () => {
    expect(mhzOf(first(stackOf('powersave', '{}', TWO)))).toEqual({ array: 200, memory: 500 });
  });

  test('are asked at epochs alone', () => {
    expect(stackOf('performance').triggers).toEqual(new Set(['epoch']));
  });
});

describe('race-to-idle', () => {
  test('is at the highest clocks while there is work and at the lowest without', () => {
    const all = decisions(stackOf('race-to-idle', '{}', { ...TWO, deadlineS: null }), [
      { triggers: new Set(['epoch']) },
      { triggers: new Set(['end']), inference: null, queued: 1 },
      { triggers: new Set(['end']), inference: null },
      // It does not ask here: what it said last holds.
      { triggers: new Set(['layer']) },
      { triggers: new Set(['start']) },
    ]);
    const [fast, slow] = [
      { array: 1000, memory: 1000 },
      { array: 200, memory: 500 },
    ];
    expect(all.map(mhzOf)).toEqual([fast, fast, slow, slow, fast]);
    expect(all.map(({ rest }) => rest.array.idle)).toEqual(Array(5).fill('clock-gated'));
  });

  test('is asked at epochs and where an inference starts or ends', () => {
    expect(stackOf('race-to-idle').triggers).toEqual(new Set(['epoch', 'start', 'end']));
  });

  test('powers off under idle: gated', () => {
    expect(first(stackOf('race-to-idle', '{idle: gated}')).rest.array.idle).toBe('off');
  });
});

/** Energy of an inference at each of the five clocks, mJ, and watts between inferences: at 0.1 W idling is cheap, at 1 W dear. */
const IN_MJ = [6, 4, 3.5, 4, 5];
const idlingAt = (watts: number) =>
  workOf({ inferenceJ: IN_MJ.map((mj) => mj * 1e-3), idleW: [watts, watts, watts, watts, watts] });
const CHEAP_IDLE = idlingAt(0.1);
const DEAR_IDLE = idlingAt(1);

describe('static-best', () => {
  // Until a deadline of 5 ms the array idles for 0, 2.5, 3.33, 3.75 and 4 ms.
  test.each([
    ['dear idling: 6 + 0, 4 + 2.5, 3.5 + 3.33, 4 + 3.75, 5 + 4 mJ', DEAR_IDLE, 5, 200],
    ['cheap idling: 6, 4.25, 3.83, 4.375, 5.4 mJ', CHEAP_IDLE, 5, 600],
    ['a deadline that 600 MHz misses by 0.37 ms', CHEAP_IDLE, 1.3, 800],
    ['a deadline that 1000 MHz meets to the point', CHEAP_IDLE, 1, 1000],
    ['the same energy everywhere', workOf({ inferenceJ: [4, 4, 4, 4, 4], idleW: [0, 0, 0, 0, 0] }), 5, 200],
  ])('takes the clock of least energy, of equals the lowest; %s', (_, work, deadlineMs, mhz) => {
    expect(firstMhz('static-best', '{}', contextOf({ work, deadlineS: deadlineMs * 1e-3 }))).toBe(mhz);
  });

  test('takes the fastest and says so where nothing is fast enough', () => {
    const decision = first(stackOf('static-best', '{}', contextOf({ deadlineS: 0.5e-3 })));
    expect(mhzOf(decision)).toEqual({ array: 1000 });
    expect(decision.deciders.array.reason).toBe('no setting meets the deadline of 0.5 ms, so the fastest');
  });

  test.each([
    ['{}', 60 + 273.15],
    ['{temperature: 300K}', 300],
  ])('%s takes leakage at %d K', (parameters, kelvin) => {
    const asked = new Set<number>();
    const work = { ...workOf(), inferenceJ: (_: object, at: number) => asked.add(at).size };
    stackOf('static-best', parameters, contextOf({ work }));
    expect([...asked]).toEqual([kelvin]);
  });

  test('weighs every combination of domains', () => {
    // Energy falls with the array's clock and rises with the memory's, so best are ends that no common step reaches.
    const inferenceJ = ({ array, memory }: PointByDomain) => 10 - array + memory;
    const work = { ...workOf(), inferenceS: () => 1e-3, inferenceJ };
    expect(mhzOf(first(stackOf('static-best', '{}', { ...TWO, work })))).toEqual({ array: 1000, memory: 500 });
  });

  test('lowers all domains together where combinations are too many', () => {
    // 17^3 = 4913 combinations of three domains, 17 common steps.
    const clocks = Array.from({ length: 17 }, (_, i) => 100 + i);
    const domains = ['a', 'b', 'c'].map((name) => domain(name, clocks));
    let asked = 0;
    const work = { ...workOf(), inferenceS: () => ++asked && 1e-3, inferenceJ: () => 1, idleW: () => 1 };
    const { points } = first(stackOf('static-best', '{}', contextOf({ domains, work })));
    expect(points).toEqual({ a: 0, b: 0, c: 0 });
    expect(asked).toBeLessThan(100);
  });
});

describe('pace', () => {
  const WITHOUT_FLOOR = '{floor: none}';
  // Read as 4.9e-3 is: 4.9 / 1000 lies a rounding beside it, past the last moment.
  const atMs = (ms: number) => ({ timeS: Number(`${ms}e-3`) });

  // The guard is 2 % of 5 ms if nothing is said: 0.1 ms of the time left.
  test.each([
    ['at 0 ms, 4.9 ms left', WITHOUT_FLOOR, atMs(0), 400],
    ['at 0 ms without a guard, 5 ms left', '{floor: none, guard: 0}', atMs(0), 200],
    ['at 3 ms with the same work, 1.9 ms left', WITHOUT_FLOOR, atMs(3), 600],
    ['at 3.5 ms, 1.4 ms left', WITHOUT_FLOOR, atMs(3.5), 800],
    ['at 4.2 ms, 0.7 ms left, too few for any', WITHOUT_FLOOR, atMs(4.2), 1000],
    ['at 0 ms with a guard of 70 %, 1.5 ms left', '{floor: none, guard: 0.7}', atMs(0), 800],
    [
      'at 10 ms, released then, 4.9 ms left',
      WITHOUT_FLOOR,
      { ...atMs(10), inference: running({ releaseS: 10e-3, deadlineS: 15e-3 }) },
      400,
    ],
    [
      'at 3 ms, no deadline of its own but that of the context, 1.9 ms left',
      WITHOUT_FLOOR,
      { ...atMs(3), inference: running({ deadlineS: null }) },
      600,
    ],
  ])('takes the lowest clock that is in time: %s', (_, parameters, observation, mhz) => {
    expect(arrayMhz(first(stackOf('pace', parameters), observation))).toBe(mhz);
  });

  test.each([
    // 1.3 ms left: 1.25 ms at 800 MHz, and 0.1 ms a step from 1000 MHz, none from 800 MHz.
    [1000, 1000],
    [800, 800],
  ])('counts the transition it would take: from %d MHz', (fromMhz, mhz) => {
    const context = contextOf({ transitionS: (_, from, to) => 0.1e-3 * Math.abs(from - to) });
    const decision = first(stackOf('pace', WITHOUT_FLOOR, context), { ...atMs(3.6), points: arrayAt(fromMhz) });
    expect(arrayMhz(decision)).toBe(mhz);
  });

  test('says what it saw when it changed its mind', () => {
    const all = decisions(stackOf('pace', WITHOUT_FLOOR), [atMs(0), atMs(0.1), atMs(3), atMs(4.9)]);
    expect(all.map(({ deciders }) => deciders.array.reason)).toEqual([
      '4.9 ms left: 400 MHz is the lowest clock that is fast enough',
      // At 0.1 ms it is the same clock: the reason is that of the change.
      '4.9 ms left: 400 MHz is the lowest clock that is fast enough',
      '1.9 ms left: 600 MHz is the lowest clock that is fast enough',
      '0 ms left: no clock is fast enough, so the fastest',
    ]);
  });

  // The last moment is 5 ms - 2 % = 4.9 ms. The double 490 x 1e-5 lies a unit of the last place, 2^-60 s, after it.
  test.each([
    ['at 490 epochs of 10 us', 490 * 1e-5, '0 ms'],
    ['a picosecond earlier', 4.9e-3 - 1e-12, '1e-9 ms'],
    ['a picosecond later', 4.9e-3 + 1e-12, '-1e-9 ms'],
  ])('counts only rounding as 0 ms left: %s', (_, timeS, left) => {
    const { deciders } = first(stackOf('pace', WITHOUT_FLOOR), { timeS });
    expect(deciders.array.reason).toBe(`${left} left: no clock is fast enough, so the fastest`);
  });

  // Candidates are the array's five clocks, each with the memory's clock at the same share of its table.
  test.each([
    [0, { array: 400, memory: 500 }],
    [3, { array: 600, memory: 1000 }],
    [3.5, { array: 800, memory: 1000 }],
  ])('lowers all domains together: at %d ms', (ms, mhz) => {
    expect(mhzOf(first(stackOf('pace', WITHOUT_FLOOR, TWO), atMs(ms)))).toEqual(mhz);
  });

  describe('critical speed', () => {
    test.each([
      ['cheap idling: 5.5, 3.75, 3.33, 3.875, 4.9 mJ', CHEAP_IDLE, '{}', 600],
      ['dear idling: 1, 1.5, 1.83, 2.75, 4 mJ rise from the lowest, the deadline rules', DEAR_IDLE, '{}', 400],
      ['not asked for, the deadline rules', CHEAP_IDLE, WITHOUT_FLOOR, 400],
    ])('is the clock of least energy net of idling; %s', (_, work, parameters, mhz) => {
      expect(firstMhz('pace', parameters, contextOf({ work }))).toBe(mhz);
    });

    const idle = { inference: null, points: arrayAt(800) };
    test('is where the array rests without work', () => {
      expect(arrayMhz(first(stackOf('pace', '{}', contextOf({ work: CHEAP_IDLE })), idle))).toBe(600);
    });

    test('without one it rests where it is', () => {
      expect(arrayMhz(first(stackOf('pace', WITHOUT_FLOOR, contextOf({ work: CHEAP_IDLE })), idle))).toBe(800);
    });
  });

  test.each([
    ['{}', ['epoch', 'start', 'layer']],
    ['{at: epoch}', ['epoch', 'start']],
  ])('%s is asked at %j', (parameters, triggers) => {
    expect(stackOf('pace', parameters).triggers).toEqual(new Set(triggers));
  });
});

describe('what is wrong with parameters', () => {
  // The problem is where the value, or the key nobody knows, stands in `{key: value}`.
  test.each([
    ['static-best', '{temperature: 60}', 'missing-unit', '60'],
    ['static-best', '{temperature: 60W}', 'wrong-unit', '60W'],
    ['pace', '{guard: 1.5}', 'out-of-range', '1.5'],
    ['pace', '{guard: 2%}', 'wrong-type', '2%'],
    ['pace', '{floor: critcal}', 'out-of-range', 'critcal'],
    ['pace', '{at: lunch}', 'out-of-range', 'lunch'],
    ['pace', '{gard: 0.1}', 'unknown-key', 'gard'],
    ['race-to-idle', '{idle: clocked}', 'out-of-range', 'clocked'],
    ['performance', '{frequency: 1GHz}', 'unknown-key', 'frequency'],
    ['powersave', '{frequency: 1GHz}', 'unknown-key', 'frequency'],
    ['component-util', '{rule: treshold}', 'out-of-range', 'treshold'],
    ['component-util', '{margin: -1}', 'out-of-range', '-1'],
    ['component-util', '{residency: 0}', 'out-of-range', '0'],
    ['component-util', '{residency: 1.5}', 'wrong-type', '1.5'],
    ['component-util', '{stall_low: 0.4}', 'out-of-range', '0.4'],
    ['component-util', '{stall_high: 0.01}', 'out-of-range', '0.01'],
  ])('%s %s: %s at %s', (uses, parameters, code, marked) => {
    const column = parameters.indexOf(marked) + 1;
    expect(problemsOf(() => stackOf(uses, parameters))).toEqual([`${code} p0.yaml:1:${column} ${marked}`]);
  });

  test.each(['static-best', 'pace'])('%s without a deadline: where it is named', (uses) => {
    const context = contextOf({ deadlineS: null });
    const column = 'uses: '.length + 1;
    expect(problemsOf(() => stackOf(uses, '{}', context))).toEqual([`deadline-missing u.yaml:1:${column} ${uses}`]);
  });

  test('the problems of all entries come at once', () => {
    const entries = [entry('pace', '{guard: 2}'), entry('nothing'), entry('fixed', '{frequency: 1Hz}')];
    expect(problemsOf(() => createStack(entries, contextOf()))).toEqual([
      'out-of-range p0.yaml:1:9 2',
      'unknown-name u.yaml:1:7 nothing',
      'unknown-operating-point p0.yaml:1:13 1Hz',
    ]);
  });
});
