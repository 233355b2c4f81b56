import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ARRAY, contextOf, decisions, first, heat, MEMORY, problemsOf, stackOf } from '../support.ts';

const TWO = contextOf({ domains: [ARRAY, MEMORY] });
const CAPS = ['step_wise', 'bang_bang', 'pid-frequency'] as const;
const points = (uses: string, parameters: string, celsius: readonly number[], context = TWO) =>
  decisions(stackOf(uses, parameters, context), celsius.map(heat), { array: 4, memory: 1 }).map((d) => d.points);
const arrayPoints = (...args: Parameters<typeof points>) => points(...args).map(({ array }) => array);

describe('step_wise', () => {
  test.each([
    ['too hot from the start', '{}', [90], [3]],
    ['too hot and rising', '{}', [80, 86, 87, 88, 89, 90], [4, 3, 2, 1, 0, 0]],
    ['too hot but not rising', '{}', [86, 86, 85.5, 85], [3, 3, 3, 3]],
    ['cool but not falling', '{}', [86, 84, 84, 84.5], [3, 4, 4, 4]],
    ['cool and falling', '{}', [86, 87, 84, 84, 83], [3, 2, 3, 3, 4]],
    ['another trip', '{trip: 343.15K}', [69, 70, 71], [4, 3, 2]],
    ['a last state', '{max_state: 2}', [86, 87, 88, 89], [3, 2, 2, 2]],
    ['more states than points', '{max_state: 9}', [86, 87, 88, 89, 90, 91, 84, 83], [3, 2, 1, 0, 0, 0, 0, 0]],
  ])('%s', (_, parameters, celsius, expected) => {
    expect(arrayPoints('step_wise', parameters, celsius)).toEqual(expected);
  });

  // By hand from drivers/thermal/gov_step_wise.c and thermal_core.c of Linux 6.18: from the trip on until 2 K below it, one point down
  // while heating, one up while cooling but not to the highest; then, cooling, the highest.
  test.each([
    ['down one by one', '{}', [80, 86, 87, 88], [4, 3, 2, 1]],
    ['up while falling above the threshold, not to the highest', '{}', [86, 87, 86.5, 86, 84, 83], [3, 2, 3, 3, 3, 3]],
    ['to the highest at once below it', '{}', [86, 87, 88, 82.9], [3, 2, 1, 4]],
    ['stays while level or warming below the trip', '{}', [86, 86, 82, 84, 84.9, 85, 85], [3, 3, 4, 4, 4, 3, 3]],
    ['stays slow below the threshold until it cools', '{hysteresis: 0K}', [86, 87, 87, 87], [3, 2, 2, 2]],
    ['no hysteresis', '{hysteresis: 0K}', [86, 87, 84.9], [3, 2, 4]],
    ['a last state', '{max_state: 1}', [86, 87, 86, 85], [3, 3, 3, 3]],
  ])('of Linux 6.18: %s', (_, parameters, celsius, expected) => {
    const given = parameters === '{}' ? '{kernel: "6.18"}' : parameters.replace('{', '{kernel: "6.18", ');
    expect(arrayPoints('step_wise', given, celsius)).toEqual(expected);
  });

  test('hysteresis and kernel are checked', () => {
    expect(problemsOf(() => stackOf('step_wise', '{hysteresis: 2K}'))).toEqual(['unknown-key p0.yaml:1:14 2K']);
    expect(problemsOf(() => stackOf('step_wise', '{kernel: 6.6}'))).toEqual(['wrong-type p0.yaml:1:10 6.6']);
    expect(problemsOf(() => stackOf('bang_bang', '{kernel: "5.4"}'))).toEqual(['out-of-range p0.yaml:1:10 "5.4"']);
  });

  test('the trip is the limit of the experiment', () => {
    const limited = contextOf({ domains: [ARRAY, MEMORY], limitK: 350 });
    expect(stackOf('step_wise', '{}', limited).marksK[0].temperatureK).toBe(350);
    expect(stackOf('bang_bang', '{}', limited).marksK[0].temperatureK).toBe(350);
    expect(stackOf('pid-frequency', '{}', limited).marksK[0].temperatureK).toBe(345);
    expect(stackOf('pid-frequency').marksK[0].temperatureK).toBe(353.15);
    expect(stackOf('pid-frequency', '{blocks: [pe_array]}', limited).targets).toEqual([
      { policy: 'pid-frequency', temperatureK: 345, blocks: ['pe_array'] },
    ]);
  });

  test('slows all domains, each from its own top, or those it is told', () => {
    expect(points('step_wise', '{}', [86, 87])).toEqual([
      { array: 3, memory: 0 },
      { array: 2, memory: 0 },
    ]);
    expect(points('step_wise', '{domains: [memory]}', [86, 87]).at(-1)).toEqual({ array: 4, memory: 0 });
  });

  test('says what it read', () => {
    const { deciders } = first(stackOf('step_wise'), heat(86.125));
    expect(deciders.array).toEqual({
      policy: 'step_wise',
      reason: '86.13 C, rising above 85.00 C: cooling state 1 of 4',
    });
    expect(stackOf('step_wise').marksK).toEqual([{ policy: 'step_wise', temperatureK: 358.15 }]);
  });
});

describe('bang_bang', () => {
  test.each([
    ['from trip to hysteresis', '{}', [84.9, 85, 84, 83, 82.9, 84.9], [4, 0, 0, 0, 4, 4]],
    ['another hysteresis', '{hysteresis: 500mK}', [85, 84.6, 84.4], [0, 0, 4]],
    ['no hysteresis', '{hysteresis: 0K}', [85, 84.9, 85], [0, 4, 0]],
    ['a clock to cool at', '{domains: [array], cool_frequency: 400MHz}', [85, 82], [1, 4]],
  ])('%s', (_, parameters, celsius, expected) => {
    expect(arrayPoints('bang_bang', parameters, celsius)).toEqual(expected);
  });

  test('a clock to cool at by domain, the lowest for others', () => {
    expect(points('bang_bang', '{cool_frequency: {array: 800MHz}}', [90])).toEqual([{ array: 3, memory: 0 }]);
  });
});

describe('pid-frequency', () => {
  test.each([
    ['proportional: 100 MHz less at 5 K over', '{ki: 0MHz/K/s}', [85], [3]],
    ['exactly a point', '{ki: 0MHz/K/s}', [90, 100, 150], [3, 2, 0]],
    ['below the target', '{}', [20, 79], [4, 4]],
    ['another target and gain', '{target: 50C, kp: 0.1GHz/K, ki: 0MHz/K/s}', [54, 52], [2, 3]],
    ['a lower clock at the target', '{nominal_frequency: 500MHz, ki: 0MHz/K/s}', [80, 75], [1, 2]],
    // dT/dt is 1 K in 1 ms.
    ['derivative', '{kp: 0MHz/K, ki: 0MHz/K/s, kd: 0.4MHzs/K}', [80, 81, 81], [4, 2, 4]],
  ])('%s', (_, parameters, celsius, expected) => {
    expect(arrayPoints('pid-frequency', parameters, celsius)).toEqual(expected);
  });

  test('integral: 100 MHz a second at 5 K over', () => {
    const context = contextOf({ epochS: 1 });
    const all = arrayPoints('pid-frequency', '{kp: 0MHz/K}', [85, 85, 85, 85, 75], context);
    expect(all).toEqual([3, 3, 2, 2, 2]);
  });

  test('other domains get the same share of their clock', () => {
    // 900 MHz of 1 GHz is 90 %, of which the memory has half.
    expect(points('pid-frequency', '{ki: 0MHz/K/s}', [80, 85])).toEqual([
      { array: 4, memory: 1 },
      { array: 3, memory: 0 },
    ]);
    expect(points('pid-frequency', '{domains: [memory], ki: 0MHz/K/s}', [85])).toEqual([{ array: 4, memory: 0 }]);
  });

  test('says what it read', () => {
    const { deciders } = first(stackOf('pid-frequency', '{ki: 0MHz/K/s}'), heat(85));
    expect(deciders.array.reason).toBe('85.00 C, target 80.00 C: at most 900 MHz');
  });

  test('does not wind up: after any time out of reach it answers as if it had just begun', () => {
    const gains = '{kp: 20MHz/K, ki: 50MHz/K/s}';
    fc.assert(
      fc.property(
        fc.constantFrom(0, 200),
        fc.integer({ min: 1, max: 300 }),
        fc.array(fc.double({ min: 60, max: 110, noNaN: true }), { minLength: 1, maxLength: 20 }),
        (extreme, epochs, celsius) => {
          const context = contextOf({ epochS: 0.1 });
          const waited = arrayPoints('pid-frequency', gains, [...Array(epochs).fill(extreme), ...celsius], context);
          expect(waited.slice(epochs)).toEqual(arrayPoints('pid-frequency', gains, celsius, context));
        },
      ),
    );
  });
});

describe.each(CAPS)('%s', (uses) => {
  test('watches the blocks it is told', () => {
    // The first block is at 90 C, the other near 27 C.
    const at = (parameters: string) => first(stackOf(uses, parameters), heat(90)).points.array;
    expect(at('{}')).toBeLessThan(4);
    expect(at('{blocks: ["pe*"]}')).toBeLessThan(4);
    expect(at('{blocks: ["*_array", ifmap_spad]}')).toBeLessThan(4);
    expect(at('{blocks: ["*spad"]}')).toBe(4);
  });

  test('is asked at epochs only, and keeps its limit between', () => {
    const stack = stackOf(uses);
    expect(stack.triggers).toEqual(new Set(['epoch']));
    const [hot, between] = decisions(stack, [heat(90), { triggers: new Set(['layer']), ...heat(20) }]);
    expect(between.points).toEqual(hot.points);
    expect(between.state).toBe(hot.state);
  });

  test('needs temperatures', () => {
    const context = contextOf({ blocks: [] });
    expect(problemsOf(() => stackOf(uses, '{}', context))).toEqual([`missing-key u.yaml:1:7 ${uses}`]);
  });

  test.each([
    ['{blocks: [pe_array, ifmap_spd]}', 'unknown-name p0.yaml:1:21 ifmap_spd'],
    // Only the star means more than itself.
    ['{blocks: ["pe.array"]}', 'unknown-name p0.yaml:1:11 "pe.array"'],
    ['{blocks: []}', 'out-of-range p0.yaml:1:10 []'],
    ['{blocks: pe_array}', 'wrong-type p0.yaml:1:10 pe_array'],
    ['{domains: [array, memry]}', 'unknown-name p0.yaml:1:19 memry'],
  ])('%s is wrong', (parameters, problem) => {
    expect(problemsOf(() => stackOf(uses, parameters, TWO))).toEqual([problem]);
  });
});

test.each([
  ['step_wise', '{trip: 85}', 'missing-unit p0.yaml:1:8 85'],
  ['step_wise', '{trip: 85W}', 'wrong-unit p0.yaml:1:8 85W'],
  ['step_wise', '{max_state: 0}', 'out-of-range p0.yaml:1:13 0'],
  ['bang_bang', '{hysteresis: 2C}', 'wrong-unit p0.yaml:1:14 2C'],
  ['bang_bang', '{cool_frequency: 300MHz}', 'unknown-operating-point p0.yaml:1:18 300MHz'],
  ['bang_bang', '{domains: [memory], cool_frequency: {array: 200MHz}}', 'unknown-name p0.yaml:1:45 200MHz'],
  ['pid-frequency', '{kp: 20MHz}', 'wrong-unit p0.yaml:1:6 20MHz'],
  ['pid-frequency', '{ki: 20MHz/K}', 'wrong-unit p0.yaml:1:6 20MHz/K'],
  ['pid-frequency', '{kd: 1MHz/K}', 'wrong-unit p0.yaml:1:6 1MHz/K'],
  ['pid-frequency', '{target: .inf}', 'wrong-type p0.yaml:1:10 .inf'],
])('%s %s is wrong', (uses, parameters, problem) => {
  expect(problemsOf(() => stackOf(uses, parameters, TWO))).toEqual([problem]);
});
