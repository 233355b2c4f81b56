/** Bundled kinds written as rules decide the same, question after question and byte for byte. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { joined } from '../../../src/base/source.ts';
import type { Observation, PolicyContext, PolicyStack } from '../../../src/policy/index.ts';
import { traceCsv } from '../../../src/report/index.ts';
import { coarseRuns } from '../../cosim/support.ts';
import { lawOptions, longTest } from '../../tier.ts';
import { ARRAY, contextOf, decisions, heat, MEMORY, running, stackOf } from '../support.ts';
import { APART, rulesOf, stalled } from './support.ts';

const BANG_BANG = `role: cap
rules:
  - { when: { temperature: { at_least: 85C, hysteresis: 2K } }, then: { cap: lowest } }
`;
// Without a change so far, a reading from the trip on counts as rising.
const STEP_WISE = `role: cap
rules:
  - { when: { temperature: { at_least: 85C }, not: { rise: { at_most: 0K } } }, then: { lower: 1 } }
  - { when: { temperature: { below: 85C }, rise: { below: 0K } }, then: { raise: 1 } }
`;
const REGIONAL = `role: cap
rules:
  - for_each: region
    when: { temperature: { at_least: 85C }, not: { rise: { at_most: 0K } } }
    then: { lower: 1 }
  - { for_each: region, when: { temperature: { below: 83C }, rise: { below: 0K } }, then: { raise: 1 } }
`;
const THRESHOLD = `residency: 2
rules:
  - { when: { running: true, stall: { above: 0.3 } }, then: { lower: 1 } }
  - { when: { running: true, stall: { below: 0.05 } }, then: { raise: 1 } }
`;
const SLACK_STEP = `rules:
  - { when: { progress_ratio: { below: 0.95 } }, then: { point: highest } }
  - { when: { progress_ratio: { below: 1 } }, then: { raise: 1 } }
  - { when: { progress_ratio: { above: 1.05 } }, then: { lower: 1 } }
`;

const TWO = contextOf({ domains: [ARRAY, { ...MEMORY, points: ARRAY.points.slice(0, 5) }] });
const FIRST = { array: 4, memory: 1 };

const celsius = fc.integer({ min: 160, max: 180 }).map((half) => half / 2);
const heats = fc.array(celsius.map(heat), { maxLength: 40 });
const pairs = fc.array(
  fc.tuple(celsius, celsius).map((both) => ({ temperatureK: both.map((c) => c + 273.15) })),
  { maxLength: 40 },
);
const share = fc.constantFrom(0, 0.04, 0.05, 0.2, 0.3, 0.31, 0.9);
const stalls = fc.array(
  fc.tuple(share, fc.boolean()).map(([stall, runs]) => ({ ...stalled(stall), inference: runs ? running() : null })),
  { maxLength: 40 },
);
const works = fc.array(
  fc.tuple(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 60 })).map(([done, tenths]) => ({
    timeS: tenths * 1e-4,
    inference: running({ progress: done / 20 }),
  })),
  { maxLength: 40 },
);

function sequence(stack: PolicyStack, observations: readonly Partial<Observation>[], start = FIRST) {
  const timed = observations.map((one, i) => ({ timeS: (i + 1) * 1e-3, ...one }));
  return decisions(stack, timed, start).map(({ points }) => points);
}

describe('the points of every decision', () => {
  const cases: [string, string, string, PolicyContext, fc.Arbitrary<Partial<Observation>[]>][] = [
    ['bang_bang', '{}', BANG_BANG, TWO, heats],
    ['step_wise', '{}', STEP_WISE, TWO, heats],
    ['regional', '{}', REGIONAL, APART, pairs],
    ['component-util', '{rule: threshold}', THRESHOLD, contextOf(), stalls],
    ['slack-step', '{}', SLACK_STEP, contextOf(), works],
  ];

  test.each(cases)('%s', (uses, parameters, text, context, given) => {
    const [bundled, rules] = [stackOf(uses, parameters, context), rulesOf(text, context)];
    fc.assert(
      fc.property(given, (observations) => {
        expect(sequence(rules, observations)).toEqual(sequence(bundled, observations));
      }),
      lawOptions(),
    );
  });
});

test('a state that went through JSON goes on as the state itself', () => {
  const stack = rulesOf(REGIONAL + THRESHOLD.slice(THRESHOLD.indexOf('  -')), APART);
  const both = stalled(0.4).shares!.array;
  fc.assert(
    fc.property(pairs, (observations) => {
      let [a, b] = [stack.initial, stack.initial];
      for (const [i, one] of observations.entries()) {
        const observation = { ...one, timeS: i * 1e-3, shares: { array: both, memory: both }, points: FIRST };
        const next = [a, JSON.parse(JSON.stringify(b))].map((state) =>
          stack.decide({ ...OBSERVED, ...observation }, state),
        );
        expect(next[1]).toEqual(next[0]);
        [a, b] = next.map(({ state }) => state);
      }
    }),
    lawOptions(40),
  );
});

const OBSERVED: Observation = {
  timeS: 0,
  triggers: new Set(['epoch']),
  points: FIRST,
  shares: {},
  temperatureK: [],
  powerW: [1, 1],
  leakageW: [0, 0],
  components: {},
  inference: running(),
  queued: 0,
  waiting: [],
  last: null,
  states: {},
  forecastW: () => ({ totalW: 0, byDomainW: {} }),
  predictK: () => ({ temperatureK: [], errorK: null }),
  fieldK: () => [],
};

describe('a whole run, byte for byte', () => {
  const runs = coarseRuns('inferences: { duration: 60ms }\nepoch: 1ms\nstart: ambient');

  longTest.each([
    [
      'bang_bang',
      '{ name: bang_bang, trip: 46.5C, hysteresis: 200mK }',
      BANG_BANG.replace('85C', '46.5C').replace('2K', '200mK'),
    ],
    ['step_wise', '{ name: step_wise, trip: 46.5C }', STEP_WISE.replaceAll('85C', '46.5C')],
  ])('%s', (_, bundled, rules) => {
    const file = `version: 1\nname: mine\n${rules}`;
    const [a, b] = [runs(`policy: ${bundled}`), runs('policy: ./mine.yaml', { overlay: { 'mine.yaml': file } })];
    expect(a.transitions).toBeGreaterThan(2);
    expect(joined(traceCsv(b))).toBe(joined(traceCsv(a)));
    expect(b.energyJ).toEqual(a.energyJ);
  });
});
