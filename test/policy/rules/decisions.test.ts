/** Rules, decision by decision. Every sequence is worked out by hand from the words of the rules. The array has points 0 to 4. */
import { describe, expect, test } from 'vitest';
import type { Observation } from '../../../src/policy/index.ts';
import { contextOf, decisions, first, heat, observe, running } from '../support.ts';
import { APART, pointsOf, rulesOf, stalled } from './support.ts';

const CAP = 'role: cap\n';
const one = (rule: string): string => `rules:\n  - ${rule}\n`;
const hot = (celsius: readonly number[]) => celsius.map(heat);

describe('actions', () => {
  test.each<[string, string, readonly number[], readonly number[]]>([
    [
      'a choice goes down and stays',
      one('{ when: { temperature: { above: 85C } }, then: { lower: 1 } }'),
      [80, 86, 87, 84],
      [4, 3, 2, 2],
    ],
    [
      'by two points, to the lowest',
      one('{ when: { temperature: { above: 85C } }, then: { lower: 2 } }'),
      [86, 86, 86],
      [2, 0, 0],
    ],
    [
      'a point stays',
      one('{ when: { temperature: { above: 85C } }, then: { point: 400MHz } }'),
      [80, 86, 80],
      [4, 1, 1],
    ],
    [
      'a cap in a choice ends with its rule',
      one('{ when: { temperature: { above: 85C } }, then: { cap: 400MHz } }'),
      [80, 86, 80],
      [4, 1, 4],
    ],
    [
      'a range alone is its highest point',
      one('{ when: { temperature: { above: 85C } }, then: { range: [lowest, 600MHz] } }'),
      [80, 86, 80],
      [4, 2, 4],
    ],
    [
      'a cap ends with its rule',
      `${CAP}${one('{ when: { temperature: { above: 85C } }, then: { cap: lowest } }')}`,
      [80, 86, 80],
      [4, 0, 4],
    ],
    [
      'a limit that steps led to stays',
      `${CAP}${one('{ when: { temperature: { above: 85C } }, then: { lower: 1 } }')}`,
      [86, 86, 80],
      [3, 2, 2],
    ],
  ])('%s', (_, text, celsius, expected) => {
    expect(pointsOf(rulesOf(text), hot(celsius))).toEqual(expected);
  });

  test('steps are taken at epochs only, points at any trigger', () => {
    const at = 'at: [layer]\n';
    const layer: Partial<Observation> = { triggers: new Set(['layer']) };
    expect(pointsOf(rulesOf(at + one('{ then: { lower: 1 } }')), [{}, layer, layer, {}])).toEqual([3, 3, 3, 2]);
    const points = `${at}rules:\n  - { when: { layer: { at_least: 1 } }, then: { point: lowest } }\n  - { then: { point: highest } }\n`;
    const inference = running({ layer: 1 });
    expect(pointsOf(rulesOf(points), [{}, { ...layer, inference }, layer])).toEqual([4, 0, 4]);
  });

  test('the state without work is that of the first rule that says one', () => {
    const text =
      'rules:\n  - { when: { running: false }, then: { idle: gated } }\n  - { then: { point: highest, idle: retain } }\n';
    const all = decisions(rulesOf(text), [{}, { inference: null }]);
    expect(all.map(({ rest }) => rest.array.idle)).toEqual(['clock-gated', 'off']);
    // A rule that only says how to idle leaves the point to the next one.
    expect(all.map(({ points }) => points.array)).toEqual([4, 4]);
  });
});

describe('which rule decides', () => {
  test('the first that holds, for each domain', () => {
    const text = `rules:
  - { when: { temperature: { above: 85C } }, then: { domains: memory, point: lowest } }
  - { when: { temperature: { above: 85C } }, then: { point: highest } }
  - { then: { point: 400MHz, domains: [arr*] } }
`;
    const [cool, warm] = decisions(rulesOf(text, APART), [heat(80), heat(86)], { array: 4, memory: 0 });
    expect(cool.points).toEqual({ array: 1, memory: 0 });
    expect(warm.points).toEqual({ array: 4, memory: 0 });
  });

  test('each region by its own blocks and its own domain', () => {
    const text = `${CAP}${one('{ for_each: region, when: { temperature: { above: 85C } }, then: { lower: 1 } }')}`;
    const readings = [
      [90, 20],
      [20, 90],
      [90, 90],
    ].map((celsius) => ({ temperatureK: celsius.map((c) => c + 273.15) }));
    const start = { array: 4, memory: 1 };
    expect(decisions(rulesOf(text, APART), readings, start).map(({ points }) => points)).toEqual([
      { array: 3, memory: 1 },
      { array: 3, memory: 0 },
      { array: 2, memory: 0 },
    ]);
  });

  test('without blocks named, a rule that is not for each region reads the whole die', () => {
    const text = `${CAP}${one('{ when: { temperature: { above: 85C } }, then: { lower: 1 } }')}`;
    const [decision] = decisions(rulesOf(text, APART), [{ temperatureK: [300, 370] }], { array: 4, memory: 1 });
    expect(decision.points).toEqual({ array: 3, memory: 0 });
  });

  test('all, any and not', () => {
    const text = one(
      '{ when: { all: [{ stall: { above: 0.5 } }, { not: { any: [{ queue: { above: 0 } }, { running: false }] } }] }, then: { lower: 1 } }',
    );
    const late = { queued: 1, waiting: [{ index: 1, releaseS: 0, deadlineS: null }] };
    const given = [{}, stalled(0.6), { ...stalled(0.6), ...late }, { ...stalled(0.6), inference: null }, stalled(0.4)];
    expect(pointsOf(rulesOf(text), given)).toEqual([4, 3, 3, 3, 3]);
  });

  test('a domain that no rule decides is left to the policies below', () => {
    const stack = rulesOf(one('{ then: { domains: memory, point: lowest } }'), APART);
    const { points, deciders } = first(stack, { points: { array: 4, memory: 1 } });
    expect(points).toEqual({ array: 4, memory: 0 });
    expect(deciders.array.policy).toBe('none');
  });
});

describe('hysteresis', () => {
  const text = (more: string) => one(`{ when: { temperature: { ${more} } }, then: { cap: lowest } }`);

  test.each<[string, string, readonly number[], readonly number[]]>([
    [
      'holds down to the bound less its width',
      'at_least: 85C, hysteresis: 2K',
      [84.9, 85, 83, 82.9, 84],
      [4, 0, 0, 4, 4],
    ],
    ['above: the bound itself does not hold', 'above: 85C, hysteresis: 2K', [85, 85.1, 83, 82.9], [4, 0, 0, 4]],
    ['below: up to the bound and its width', 'below: 60C, hysteresis: 2K', [60, 59.9, 62, 62.1], [4, 0, 0, 4]],
    [
      'between two bounds, on either side',
      'at_least: 60C, at_most: 70C, hysteresis: 1K',
      [59.5, 60, 59, 71, 71.1, 70.5],
      [4, 0, 0, 0, 4, 4],
    ],
    ['none is none', 'at_least: 85C', [85, 84.9], [0, 4]],
  ])('%s', (_, more, celsius, expected) => {
    expect(pointsOf(rulesOf(text(more)), hot(celsius))).toEqual(expected);
  });

  test('follows its reading although another rule decides', () => {
    const rules = `rules:
  - { when: { running: false }, then: { cap: 400MHz } }
  - { when: { temperature: { at_least: 85C, hysteresis: 2K } }, then: { cap: lowest } }
`;
    const given = [{ ...heat(86), inference: null }, heat(84), { ...heat(80), inference: null }, heat(84)];
    expect(pointsOf(rulesOf(rules), given)).toEqual([1, 0, 1, 4]);
  });
});

describe('residency', () => {
  const rules = (more: string) => `rules:
  - { name: hot, when: { temperature: { above: 85C } }, then: { lower: 2 }${more} }
  - { when: { stall: { above: 0.5 } }, then: { lower: 1 }, residency: 3 }
`;
  const given = [heat(20), stalled(0.6), stalled(0.6), heat(86), stalled(0.6), stalled(0.6)];

  test('so many epochs pass from a change to the next', () => {
    // Down from 4 at the first epoch already, and every second one from then on.
    expect(pointsOf(rulesOf(one('{ then: { lower: 1 }, residency: 2 }')), Array(6).fill({}))).toEqual([
      3, 3, 2, 2, 1, 1,
    ]);
    // Down at epoch 1; at epochs 2 and 3 the domain rests, whatever holds; down again at 4.
    expect(pointsOf(rulesOf(rules('')), given)).toEqual([4, 3, 3, 3, 2, 2]);
  });

  test('an urgent rule does not wait, and its own residency counts from then', () => {
    expect(pointsOf(rulesOf(rules(', urgent: true')), given)).toEqual([4, 3, 3, 1, 0, 0]);
  });

  test('that of the policy holds for rules without one, and for the end of a cap', () => {
    const text = `${CAP}residency: 3\n${one('{ when: { temperature: { above: 85C } }, then: { cap: lowest } }')}`;
    expect(pointsOf(rulesOf(text), hot([80, 86, 80, 80, 80, 86]))).toEqual([4, 0, 0, 0, 4, 4]);
  });
});

describe('readings', () => {
  const holds = (condition: string, more: Partial<Observation>, context = contextOf()): boolean => {
    const stack = rulesOf(one(`{ when: ${condition}, then: { cap: lowest } }`), context);
    const observation = observe({ timeS: 1, ...more });
    return stack.decide(observation, stack.initial).points.array === 0;
  };
  const two = { temperatureK: [360, 350] };
  // The die has two blocks of the same area; powers 1 W and 0.1 W; the inference takes 1 ms at 1 GHz and is due at 5 ms.
  test.each<[string, string, Partial<Observation>, boolean]>([
    ['the highest block', '{ temperature: { at_least: 360K } }', two, true],
    ['one block', '{ temperature: { of: ifmap_spad, above: 350K } }', two, false],
    [
      'the mean of some',
      '{ temperature: { of: ["pe_*", ifmap_spad], take: mean, at_least: 355K, at_most: 355K } }',
      two,
      true,
    ],
    ['the lowest', '{ temperature: { take: lowest, at_most: 350K } }', two, true],
    ['the mean over the die: 355 K', '{ excess: { at_least: 4.999K, at_most: 5.001K } }', two, true],
    ['85 C without a limit', '{ headroom: { below: -1.8K, above: -1.9K } }', two, true],
    ['all powers', '{ power: { at_least: 1.1W } }', {}, true],
    ['the power of a block', '{ power: { of: pe_array, above: 1W } }', {}, false],
    ['utilisation of the domain', '{ utilisation: { above: 0.5 } }', stalled(0.4), true],
    [
      'stall of a component',
      '{ stall: { of: pe_array, at_least: 0.25 } }',
      { components: { pe_array: { busy: 0.5, stall: 0.25, actionsPerS: 3e9 } } },
      true,
    ],
    [
      'idle of a component',
      '{ idle: { of: pe_array, at_least: 0.25, at_most: 0.25 } }',
      { components: { pe_array: { busy: 0.5, stall: 0.25, actionsPerS: 3e9 } } },
      true,
    ],
    [
      'its actions',
      '{ action_rate: { of: "*", at_least: 3GHz } }',
      { components: { pe_array: { busy: 0.5, stall: 0.25, actionsPerS: 3e9 } } },
      true,
    ],
    ['the clock', '{ clock: { at_least: 1GHz } }', {}, true],
    ['the clock of a domain by name', '{ clock: { of: array, below: 1GHz } }', {}, false],
    ['slack: 5 ms - 2 ms - 1 ms', '{ slack: { at_least: 1.999ms, at_most: 2.001ms } }', { timeS: 2e-3 }, true],
    ['slack below zero', '{ slack: { below: -1ms } }', { timeS: 5.5e-3 }, true],
    [
      'half done at half time',
      '{ progress_ratio: { at_least: 1, at_most: 1 } }',
      { timeS: 2.5e-3, inference: running({ progress: 0.5 }) },
      true,
    ],
    ['progress', '{ progress: { above: 0.4, below: 0.6 } }', { inference: running({ progress: 0.5 }) }, true],
    ['the queue', '{ queue: { at_least: 2 } }', { queued: 2 }, true],
    ['the last slack', '{ last_slack: { below: 0s } }', { last: { index: 0, latencyS: 6e-3, slackS: -1e-3 } }, true],
    ['the time', '{ time: { above: 500ms } }', {}, true],
    ['an inference', '{ running: true }', { inference: null }, false],
  ])('%s', (_, condition, more, expected) => {
    expect(holds(condition, more)).toBe(expected);
  });

  test('no reading is within any bounds, so that `not` holds', () => {
    const absent: [string, Partial<Observation>][] = [
      ['{ progress: { at_least: 0 } }', { inference: null }],
      ['{ slack: { at_least: -1000s } }', { inference: null }],
      ['{ last_slack: { at_least: -1000s } }', {}],
      ['{ stall: { at_least: 0 } }', { timeS: 0 }],
      ['{ power: { at_least: 0W } }', { timeS: 0 }],
      ['{ rise: { at_least: -1000K } }', {}],
    ];
    for (const [condition, more] of absent) {
      expect([condition, holds(condition, more)]).toEqual([condition, false]);
      expect(holds(`{ not: ${condition} }`, more)).toBe(true);
    }
  });

  test('a rise is that of the last epoch, also at other triggers', () => {
    const text = `at: [layer]\n${one('{ when: { rise: { above: 1K } }, then: { cap: lowest } }')}`;
    const layer: Partial<Observation> = { triggers: new Set(['layer']) };
    expect(pointsOf(rulesOf(text), [heat(80), heat(82), { ...heat(82), ...layer }, heat(82.5)])).toEqual([4, 0, 0, 4]);
  });

  test('the limit is that of the experiment', () => {
    const context = contextOf({ limitK: 350 });
    expect(holds('{ headroom: { at_most: -10K } }', two, context)).toBe(true);
    expect(holds('{ headroom: { below: -10K } }', two, context)).toBe(false);
  });
});

test('reasons name the rule and what it read; charts get the trips', () => {
  const text = `${CAP}${one('{ name: hot, when: { temperature: { at_least: 85C } }, then: { cap: lowest } }')}`;
  const stack = rulesOf(text);
  const decision = stack.decide(observe(heat(86)), stack.initial);
  expect(decision.deciders.array).toEqual({ policy: 'mine', reason: 'hot (temperature 86.00 C)' });
  expect(decision.saturated).toEqual([{ policy: 'mine', temperatureK: 359.15, tripK: 358.15 }]);
  expect(stack.marksK).toEqual([{ policy: 'mine', temperatureK: 358.15 }]);
});
