/** Rules that are wrong: code and place of the first problem. */
import { describe, expect, test } from 'vitest';
import { contextOf, problemsOf } from '../support.ts';
import { rulesOf } from './support.ts';

const context = contextOf({ deadlineS: null });
const one = (rule: string): string => `rules:\n  - ${rule}`;
const when = (condition: string): string => one(`{ when: ${condition}, then: { lower: 1 } }`);
const then = (action: string): string => one(`{ then: ${action} }`);

/** The file has two lines of head. */
describe('a problem has its place', () => {
  test.each([
    ['rules: []', 'out-of-range p.yaml:3:8 []'],
    ['rules: hot', 'wrong-type p.yaml:3:8 hot'],
    [one('{ when: { running: true } }'), 'missing-key p.yaml:4:5 { when: { running: true } }'],
    [one('{ then: { lower: 1 }, iff: {} }'), 'unknown-key p.yaml:4:27 iff'],
    ['role: kap\nrules: [{ then: { lower: 1 } }]', 'out-of-range p.yaml:3:7 kap'],
    ['at: [layr]\nrules: [{ then: { lower: 1 } }]', 'out-of-range p.yaml:3:6 layr'],
    ['uses: pace\nrules: [{ then: { lower: 1 } }]', 'unknown-key p.yaml:3:1 uses'],
    ['role: cap\nuses: pace', 'unknown-key p.yaml:3:1 role'],
    ['role: cap', 'missing-key p.yaml:1:1 version: 1'],

    [when('{}'), 'out-of-range p.yaml:4:13 {}'],
    [when('{ temprature: { above: 85C } }'), 'unknown-key p.yaml:4:15 temprature'],
    [when('{ temperature: { above: 85 } }'), 'missing-unit p.yaml:4:37 85'],
    [when('{ temperature: { above: 85MHz } }'), 'wrong-unit p.yaml:4:37 85MHz'],
    [when('{ temperature: { abov: 85C } }'), 'unknown-key p.yaml:4:30 abov'],
    [when('{ temperature: { take: mean } }'), 'missing-key p.yaml:4:28 { take: mean }'],
    [when('{ temperature: 85C }'), 'wrong-type p.yaml:4:28 85C'],
    [when('{ temperature: { above: 85C, at_least: 85C } }'), 'unknown-key p.yaml:4:28 { above: 85C, at_least: 85C }'],
    [when('{ temperature: { above: 85C, below: 85C } }'), 'out-of-range p.yaml:4:28 { above: 85C, below: 85C }'],
    [when('{ temperature: { above: 85C, hysteresis: 2C } }'), 'wrong-unit p.yaml:4:54 2C'],
    [when('{ stall: { above: 0.3, hysteresis: 0.4 } }'), 'out-of-range p.yaml:4:48 0.4'],
    [when('{ idle: { below: 0.9, hysteresis: 0.1 } }'), 'out-of-range p.yaml:4:47 0.1'],
    [when('{ queue: { at_least: 2, hysteresis: 2 } }'), 'out-of-range p.yaml:4:49 2'],
    [when('{ power: { above: 1W, hysteresis: 1500mW } }'), 'out-of-range p.yaml:4:47 1500mW'],
    [when('{ clock: { at_least: 1GHz, hysteresis: 1GHz } }'), 'out-of-range p.yaml:4:52 1GHz'],
    [when('{ temperature: { above: 80C, hysteresis: 400K } }'), 'out-of-range p.yaml:4:54 400K'],
    [when('{ stall: { above: .nan } }'), 'wrong-type p.yaml:4:31 .nan'],
    [when('{ temperature: { above: NaNC } }'), 'wrong-type p.yaml:4:37 NaNC'],
    [when('{ queue: { above: .inf } }'), 'wrong-type p.yaml:4:31 .inf'],
    [when('*hot'), 'yaml-syntax p.yaml:4:13 *hot'],
    [when('&hot { not: *hot }'), 'yaml-syntax p.yaml:4:25 *hot'],
    [when('{ temperature: { above: 85C, of: pe_arry } }'), 'unknown-name p.yaml:4:46 pe_arry'],
    [when('{ temperature: { above: 85C, of: [pe_array, x] } }'), 'unknown-name p.yaml:4:57 x'],
    [when('{ rise: { above: -1C } }'), 'wrong-unit p.yaml:4:30 -1C'],
    [when('{ stall: { above: 30 } }'), 'out-of-range p.yaml:4:31 30'],
    [when('{ stall: { above: 0.3, of: aray } }'), 'unknown-name p.yaml:4:40 aray'],
    [when('{ action_rate: { above: 1GHz } }'), 'missing-key p.yaml:4:15 action_rate'],
    [when('{ action_rate: { above: 1GHz, of: "x*" } }'), 'unknown-name p.yaml:4:47 "x*"'],
    [when('{ clock: { above: 1GHz, of: arrays } }'), 'unknown-name p.yaml:4:41 arrays'],
    [when('{ slack: { below: 1ms } }'), 'deadline-missing p.yaml:4:22 { below: 1ms }'],
    [when('{ progress_ratio: { below: 1 } }'), 'deadline-missing p.yaml:4:31 { below: 1 }'],
    [when('{ queue: { above: 0.5 } }'), 'wrong-type p.yaml:4:31 0.5'],
    [when('{ any: [] }'), 'out-of-range p.yaml:4:20 []'],
    [when('{ any: [{ runing: true }] }'), 'unknown-key p.yaml:4:23 runing'],
    [when('{ not: { all: [{ stall: { abve: 1 } }] } }'), 'unknown-key p.yaml:4:39 abve'],

    [then('{}'), 'out-of-range p.yaml:4:13 {}'],
    [then('{ domains: array }'), 'missing-key p.yaml:4:13 { domains: array }'],
    [then('{ lower: 1, raise: 1 }'), 'unknown-key p.yaml:4:32 1'],
    [then('{ lower: 0 }'), 'out-of-range p.yaml:4:22 0'],
    [then('{ lower: 1, domains: core }'), 'unknown-name p.yaml:4:34 core'],
    [then('{ point: hihgest }'), 'unknown-name p.yaml:4:22 hihgest'],
    [then('{ point: 650MHz }'), 'unknown-operating-point p.yaml:4:22 650MHz'],
    [then('{ point: 600 }'), 'wrong-type p.yaml:4:22 600'],
    [then('{ range: [highest, lowest] }'), 'out-of-range p.yaml:4:22 [highest, lowest]'],
    [then('{ range: [lowest] }'), 'out-of-range p.yaml:4:22 [lowest]'],
    [then('{ idle: asleep }'), 'out-of-range p.yaml:4:21 asleep'],
    [`role: cap\n${then('{ point: lowest }')}`, 'unknown-key p.yaml:5:22 lowest'],
    [one('{ then: { lower: 1 }, residency: -1 }'), 'out-of-range p.yaml:4:38 -1'],
    [one('{ then: { lower: 1 }, residency: 2ms }'), 'wrong-type p.yaml:4:38 2ms'],
    [one('{ then: [{ lower: 1 }, { raise: 1 }] }'), 'wrong-type p.yaml:4:13 [{ lower: 1 }, { raise: 1 }]'],
    [one('{ then: { lower: 1 }, then: { raise: 1 } }'), 'yaml-syntax p.yaml:4:27 then'],
    [one('{ for_each: block, then: { lower: 1 } }'), 'out-of-range p.yaml:4:17 block'],
    [one('{ for_each: region, then: { lower: 1 } }'), 'not-supported p.yaml:4:17 region'],
  ])('%s', (text, problem) => {
    expect(problemsOf(() => rulesOf(text, context))[0]).toBe(problem);
  });

  test('a hysteresis that some reading ends is fine, also one that the end of an inference ends', () => {
    for (const bounds of [
      'stall: { above: 0.3, hysteresis: 0.29 }',
      'stall: { above: 0.3, below: 0.6, hysteresis: 0.35 }',
      'progress: { at_least: 0.5, hysteresis: 0.5 }',
      'queue: { at_most: 2, hysteresis: 5 }',
      'stall: { at_least: 0, hysteresis: 0 }',
    ]) {
      expect(() => rulesOf(when(`{ ${bounds} }`), context)).not.toThrow();
    }
  });

  test('without a floorplan there is no temperature and no region', () => {
    const bare = contextOf({ blocks: [], places: [] });
    const text = `${when('{ temperature: { above: 85C } }')}\n  - { for_each: region, then: { lower: 1 } }`;
    expect(problemsOf(() => rulesOf(text, bare))).toEqual([
      'missing-key p.yaml:4:28 { above: 85C }',
      'missing-key p.yaml:5:17 region',
    ]);
  });

  test('several at once, in the order of the file', () => {
    const text = `${when('{ stall: { above: 0.1, of: x } }')}\n  - { then: { point: 1MHz } }`;
    expect(problemsOf(() => rulesOf(text, context))).toEqual([
      'unknown-name p.yaml:4:40 x',
      'unknown-operating-point p.yaml:5:22 1MHz',
    ]);
  });

  test('a kind of policy by itself needs its rules', () => {
    expect(problemsOf(() => rulesOf('uses: rules', context))).toEqual(['missing-key p.yaml:3:7 rules']);
    expect(problemsOf(() => rulesOf('uses: rules\nparameters: { rules: [{}] }', context))).toEqual([
      'missing-key p.yaml:4:23 {}',
    ]);
  });

  test('comparisons without end are refused', () => {
    const list = `[${Array(200).fill('{ stall: { above: 0.5 } }').join(', ')}]`;
    const rules = Array(25).fill(`  - { when: { any: ${list} }, then: { lower: 1 } }`).join('\n');
    expect(problemsOf(() => rulesOf(`rules:\n${rules}`, context))[0]).toMatch(/^out-of-range p.yaml:24:/);
  });
});
