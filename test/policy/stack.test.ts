import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  createStack,
  idealSensors,
  type Observation,
  POLICY_KINDS,
  type PolicyStack,
  type StackDecision,
  type Trigger,
} from '../../src/policy/index.ts';
import {
  ARRAY,
  contextOf,
  decisions,
  domain,
  entry,
  first,
  heat,
  layer,
  MEMORY,
  observe,
  running,
  stackOf,
  workOf,
} from './support.ts';

const stack = (...entries: Parameters<typeof entry>[]): PolicyStack =>
  createStack(
    entries.map((one) => entry(...one)),
    contextOf(),
  );

describe('composition', () => {
  test('a cap alone runs above performance', () => {
    const alone = stackOf('bang_bang');
    expect(alone.name).toBe('bang_bang > performance');
    expect(first(alone, heat(20)).points).toEqual({ array: 4 });
    expect(first(alone, heat(20)).deciders.array.policy).toBe('performance');
    expect(stackOf('pace').name).toBe('pace');
    expect(first(createStack([], contextOf())).points).toEqual({ array: 4 });
  });

  test('the lower policy chooses inside what the higher allows', () => {
    const both = stack(['step_wise'], ['pace', '{floor: none}']);
    expect(both.name).toBe('step_wise > pace');
    expect(both.triggers).toEqual(new Set(['epoch', 'start', 'layer']));
    const { points, deciders, conflicts } = first(both, heat(90));
    expect(points).toEqual({ array: 1 });
    expect(deciders.array.policy).toBe('pace');
    expect(conflicts).toEqual([]);
  });

  test('a wish above the cap is a conflict, as long as it lasts', () => {
    const both = stack(['bang_bang'], ['pace']);
    const all = decisions(both, [heat(90), { timeS: 4.5e-3, triggers: new Set(['layer']), ...heat(90) }, heat(80)]);
    expect(all.map(({ points }) => points.array)).toEqual([0, 0, 2]);
    expect(all[1].conflicts).toEqual([
      {
        kind: 'conflict',
        domain: 'array',
        winner: 'bang_bang',
        loser: 'pace',
        wanted: [4, 4],
        allowed: [0, 0],
        reason: '0.4 ms left: no clock is fast enough, so the fastest',
      },
    ]);
    expect(all[1].deciders.array).toEqual({ policy: 'bang_bang', reason: '90.00 C is at or above 85.00 C: slow' });
    expect(all[2].conflicts).toEqual([]);
  });

  test('the first of two choices wins', () => {
    const { points, conflicts } = first(stack(['powersave'], ['performance']));
    expect(points).toEqual({ array: 0 });
    expect(conflicts).toMatchObject([{ winner: 'powersave', loser: 'performance', wanted: [4, 4], allowed: [0, 0] }]);
  });

  test('of two caps the tighter decides, wherever it stands', () => {
    const caps = [['bang_bang', '{cool_frequency: 600MHz}'], ['step_wise']] as Parameters<typeof entry>[];
    for (const [entries, by] of [
      [caps, 'bang_bang'],
      [caps.toReversed(), 'bang_bang'],
    ] as const) {
      const decision = first(stack(...entries), heat(90));
      expect(decision.points).toEqual({ array: 2 });
      expect(decision.deciders.array.policy).toBe(by);
    }
  });

  test('a cap on one domain leaves the other alone', () => {
    const context = contextOf({ domains: [ARRAY, MEMORY] });
    const two = createStack([entry('bang_bang', '{domains: [memory]}'), entry('fixed')], context);
    const { points, deciders } = first(two, heat(90));
    expect(points).toEqual({ array: 4, memory: 0 });
    expect([deciders.array.policy, deciders.memory.policy]).toEqual(['fixed', 'bang_bang']);
  });

  test('idles as the highest policy says that says anything', () => {
    const entries: Parameters<typeof entry>[] = [['step_wise'], ['race-to-idle', '{idle: gated}'], ['race-to-idle']];
    expect(first(stack(...entries)).rest.array.idle).toBe('off');
    expect(first(stack(['step_wise'])).rest.array.idle).toBe('on');
  });

  test('a policy that is not asked keeps its word', () => {
    const both = stack(['bang_bang'], ['race-to-idle']);
    const all = decisions(both, [
      heat(90),
      { triggers: new Set(['end']), inference: null, ...heat(20) },
      { triggers: new Set(['start']) },
    ]);
    // Still hot, as far as bang_bang knows.
    expect(all.map(({ points }) => points.array)).toEqual([0, 0, 0]);
  });

  test('reasons stay while the range does', () => {
    const all = decisions(stackOf('step_wise'), [heat(86), heat(86), heat(85.5)]);
    const [one, ...more] = all.map(({ deciders }) => deciders.array.reason);
    expect(one).toContain('86.00 C');
    expect(more).toEqual([one, one]);
  });

  test('state that does not change is the same object, and so is what follows from it', () => {
    const [one, two] = decisions(stack(['step_wise'], ['fixed']), [heat(70), heat(70)]);
    expect(two.state).toBe(one.state);
    expect(two.points).toBe(one.points);
    expect(two.conflicts).toBe(one.conflicts);
  });

  test('marks say whose they are', () => {
    expect(stack(['step_wise'], ['pid-frequency', '{target: 70C}'], ['pace']).marksK).toEqual([
      { policy: 'step_wise', temperatureK: 358.15 },
      { policy: 'pid-frequency', temperatureK: 343.15 },
    ]);
  });
});

const CAPS = ['step_wise', 'bang_bang', 'pid-frequency'];
const CONTEXT = contextOf({
  // Two regions with clocks of their own.
  places: contextOf().places.map((place, b) => ({ ...place, domains: [b === 0 ? 'array' : 'memory'] })),
  domains: [ARRAY, MEMORY, domain('noc', [100])],
  transitionS: () => 20e-6,
  work: workOf({ layers: [layer(1e6, 2e6, 6e5), layer(1e6, 0)], memoryDomains: ['memory'] }),
});
const PARAMETERS: Readonly<Record<string, string>> = {
  userspace: '{frequency: {array: 600MHz}}',
  rules:
    '{rules: [{when: {temperature: {above: 85C, hysteresis: 5K}}, then: {lower: 1}}, {when: {running: true}, then: {raise: 1}}]}',
};
const make = (kinds: readonly string[]): PolicyStack =>
  createStack(
    kinds.map((kind) => entry(kind, PARAMETERS[kind] ?? '{}')),
    CONTEXT,
  );

const TRIGGERS: readonly ReadonlySet<Trigger>[] = [
  ['epoch'],
  ['epoch', 'start'],
  ['layer'],
  ['end', 'start'],
  ['end'],
].map((names) => new Set(names as Trigger[]));
const share = fc.double({ min: 0, max: 1, noNaN: true }).map((stall) => ({ busy: 1 - stall, stall, idle: 0, dead: 0 }));
const moments = fc.array(
  fc.record({
    triggers: fc.constantFrom(...TRIGGERS),
    timeS: fc.double({ min: 0, max: 6e-3, noNaN: true }),
    temperatureK: fc.array(fc.double({ min: 300, max: 400, noNaN: true }), { minLength: 2, maxLength: 2 }),
    shares: fc.record({ array: share, memory: share, noc: share }),
    inference: fc.option(fc.integer({ min: 0, max: 1 }).map((index) => running({ layer: index }))),
    queued: fc.integer({ min: 0, max: 2 }),
  }),
  { minLength: 1, maxLength: 30 },
);
const anyCaps = fc.uniqueArray(fc.constantFrom(...CAPS), { minLength: 1 });
const anyKinds = fc.uniqueArray(fc.constantFrom(...POLICY_KINDS.map(({ id }) => id)), { minLength: 1, maxLength: 4 });

/** Each moment with what was decided; the points of a moment are those decided before. */
function follow(policies: PolicyStack, story: readonly Partial<Observation>[]) {
  const seen: { observation: Observation; before: readonly unknown[]; decision: StackDecision }[] = [];
  for (const moment of story) {
    const { points = { array: 4, memory: 1, noc: 0 }, state = policies.initial } = seen.at(-1)?.decision ?? {};
    const observation = observe({ ...moment, points });
    seen.push({ observation, before: state, decision: policies.decide(observation, state) });
  }
  return seen;
}

describe('for any stack and any story', () => {
  test('what is decided lies in the range of every cap', () => {
    const choices = POLICY_KINDS.filter(({ role }) => role !== 'cap').map(({ id }) => id);
    fc.assert(
      fc.property(anyCaps, fc.constantFrom(...choices), moments, (caps, choice, story) => {
        const epochFirst = [{ ...story[0], triggers: TRIGGERS[0] }, ...story.slice(1)];
        const limits = caps.map((cap) => follow(make([cap]), epochFirst));
        follow(make([...caps, choice]), epochFirst).forEach(({ decision: { points } }, i) => {
          for (const { name } of CONTEXT.domains) {
            // Above performance, a cap's highest point is what comes out.
            const highest = Math.min(...limits.map((limit) => limit[i].decision.points[name]));
            expect(points[name]).toBeGreaterThanOrEqual(0);
            expect(points[name]).toBeLessThanOrEqual(highest);
          }
        });
      }),
    );
  });

  test('the same question has the same answer, from a state that was written down and read too', () => {
    fc.assert(
      fc.property(anyKinds, moments, (kinds, story) => {
        const fresh = make(kinds);
        for (const { observation, before, decision } of follow(make(kinds), story)) {
          const written = JSON.parse(JSON.stringify(before));
          expect(written).toEqual(before);
          expect(fresh.decide(observation, written)).toEqual(decision);
        }
      }),
    );
  });

  test('every decision is a point of the table, with a decider', () => {
    fc.assert(
      fc.property(anyKinds, moments, (kinds, story) => {
        for (const { decision } of follow(make(kinds), story)) {
          for (const { name, points } of CONTEXT.domains) {
            expect(points[decision.points[name]]).toBeDefined();
            expect(decision.deciders[name].reason).not.toBe('');
          }
        }
      }),
    );
  });
});

test('ideal sensors read the truth, and a reading stays as it was read', () => {
  const trueK = Float64Array.of(300, 310);
  const readings = idealSensors().read(trueK, 7);
  trueK[0] = 400;
  expect(Array.from(readings)).toEqual([300, 310]);
});
