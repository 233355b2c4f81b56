/** States and power caps said by rules: the same runs as policies that say them in code. */
import { describe, expect, test } from 'vitest';
import { preparePlant, type RunResult, runScenario } from '../../../src/cosim/index.ts';
import type { Decision } from '../../../src/policy/index.ts';
import { PLAIN, saying, scenario, withStates } from '../../cosim/states/support.ts';
import { contextOf, problemsOf } from '../support.ts';
import { rulesOf } from './support.ts';

const COSTLY = withStates(
  PLAIN,
  'clock-gated: {}, retention: {leakage: 0.25, wake_time: 4us, wake_energy: 30nJ}, off: {leakage: 0.03, wake_time: 20us, wake_energy: 500nJ}',
  'unused_pes: { leakage: 0.2, wake_energy: 1pJ }',
);
const LINES = 'inferences: {period: 1ms, count: 6}\nepoch: 1ms\n';
const first = scenario(LINES, { overlay: COSTLY });
const plant = preparePlant(first);
const byRules = (rules: string, more = ''): RunResult =>
  runScenario(
    plant,
    scenario(`${LINES}policy: {name: rules, ${more}rules: ${rules}}`, { overlay: COSTLY, like: first }),
  );
const byCode = (part: Partial<Decision>): RunResult =>
  runScenario(plant, scenario(LINES, { kind: saying(part), overlay: COSTLY, like: first }));

const deeds = ({ energyJ, inferences, trace }: RunResult) => ({ energyJ, inferences, watts: trace.totalW });

describe('states', () => {
  test.each<[string, Partial<Decision>]>([
    ['[{ then: { point: highest, states: { idle: off } } }]', { states: { core: 'off' } }],
    [
      '[{ then: { point: highest, states: { idle: retention, unused_pes: off } } }]',
      { states: { core: { idle: 'retention', unusedPes: 'off' } } },
    ],
    // The first rule that says a state for an occasion counts; `idle` of all domains comes after it.
    [
      '[{ then: { states: { unused_pes: off } } }, { then: { point: highest, states: { idle: off, unused_pes: on }, idle: on } }]',
      { states: { core: { idle: 'off', unusedPes: 'off' } } },
    ],
  ])('%s', (rules, part) => {
    expect(deeds(byRules(rules))).toEqual(deeds(byCode(part)));
  });

  test('end with their rule: off until 3 ms, on afterwards', () => {
    const rules =
      '[{ when: { time: { below: 2.5ms } }, then: { states: { idle: off } } }, { then: { point: highest } }]';
    const { events } = byRules(rules);
    const offs = events.filter(({ kind, to }) => kind === 'state' && to === 'off').map(({ timeS }) => timeS);
    expect(offs.length).toBe(3);
    expect(Math.max(...offs)).toBeLessThan(3e-3);
    expect(events.find(({ kind, to }) => kind === 'state' && to === 'off')?.reason).toBe(
      'rule 2; states and power by rule 1',
    );
  });
});

describe('power caps', () => {
  // One inference takes 0.133 ms at 800 MHz: at 400 MHz it still ends within its millisecond.
  test.each([0.8, 0.5])('%s of the highest power: the points of a policy in code', (share) => {
    const [{ energyJ, timeS }] = byCode({}).layers;
    const capW = share * (energyJ / timeS);
    const ours = byRules(`[{ then: { point: highest, power_cap: ${capW}W } }]`, 'at: [start, end], ');
    expect(deeds(ours)).toEqual(deeds(byCode({ capW })));
    const asCap = byRules(`[{ then: { power_cap: ${capW}W } }]`, 'role: cap, at: [start, end], ');
    expect(deeds(asCap)).toEqual(deeds(ours));
    expect(ours.trace.domains[0].frequencyHz[0]).toBeLessThan(800e6);
  });

  test('by domain, and only while its rule holds', () => {
    const rules =
      '[{ when: { time: { at_least: 2.5ms } }, then: { domains: core, power_cap: 1uW } }, { then: { point: highest } }]';
    const { trace, events } = byRules(rules);
    expect(trace.domains[0].frequencyHz[1]).toBe(800e6);
    expect(trace.domains[0].frequencyHz.at(-1)).toBe(200e6);
    expect(events.some(({ kind }) => kind === 'cap saturated')).toBe(true);
  });
});

describe('what cannot be', () => {
  const one = (action: string): string => `rules:\n  - { then: ${action} }`;
  test.each([
    [one('{ states: {} }'), 'out-of-range p.yaml:4:23 {}'],
    [one('{ states: { idle: asleep } }'), 'out-of-range p.yaml:4:31 asleep'],
    [one('{ states: { idle: retention } }'), 'unknown-name p.yaml:4:31 retention'],
    [one('{ states: { unused_pes: off } }'), 'not-supported p.yaml:4:37 off'],
    [one('{ states: { barier: off } }'), 'unknown-key p.yaml:4:25 barier'],
    [one('{ power_cap: 5 }'), 'missing-unit p.yaml:4:26 5'],
    [one('{ power_cap: 5V }'), 'wrong-unit p.yaml:4:26 5V'],
    [
      'rules:\n  - { then: { power_cap: 5W } }\n  - { then: { domains: array, power_cap: 5W } }',
      'unknown-key p.yaml:5:42 5W',
    ],
  ])('%s', (text, problem) => {
    expect(problemsIn(text)).toBe(problem);
  });

  function problemsIn(text: string): string {
    return problemsOf(() => rulesOf(text, contextOf({ deadlineS: null })))[0];
  }
});
