/** Joint sets: several domains together, a lower policy picks, the best is taken otherwise. By hand. */
import { Type } from '@sinclair/typebox';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  createStack,
  type Decision,
  type LayerWork,
  POLICY_KINDS,
  type PointByDomain,
  type PolicyKind,
  type PolicyRole,
  type StackDecision,
} from '../../src/policy/index.ts';
import { ARRAY, contextOf, domain, entry, layer, MEMORY, observe, problemsOf, running } from './support.ts';

const NOC = domain('noc', [100, 200, 300]);
const CONTEXT = contextOf({ domains: [ARRAY, MEMORY, NOC] });

type Said = Partial<Decision>;

/** A kind that always says the same. */
const saying = (id: string, role: PolicyRole, said: unknown): PolicyKind => ({
  id,
  description: '',
  role,
  parameters: Type.Object({}),
  check: () => null,
  create: () => ({
    initial: null,
    decide: () => {
      if (said instanceof Error) throw said;
      return (
        typeof said === 'object' && said !== null ? { ranges: {}, state: null, reason: `${id} says so`, ...said } : said
      ) as Decision;
    },
  }),
});

const POINTS = { array: 4, memory: 1, noc: 2 };

/** What a stack decides whose policies say this, highest priority first. */
function decide(...said: readonly (readonly [PolicyRole, Said])[]): StackDecision {
  const kinds = said.map(([role, one], i) => saying(`p${i}`, role, one));
  const stack = createStack(
    kinds.map(({ id }) => entry(id, '{}')),
    CONTEXT,
    kinds,
  );
  return stack.decide(observe({ points: POINTS }), stack.initial);
}

const JOINT = [
  { array: 2, memory: 1 },
  { array: 3, memory: 0 },
  { array: 4, memory: 0 },
];

describe('a joint set', () => {
  test('alone: its first setting, other domains at their highest', () => {
    const { points, deciders } = decide(['deadline', { joint: JOINT }]);
    expect(points).toEqual({ array: 2, memory: 1, noc: 2 });
    expect(deciders.memory).toEqual({ policy: 'p0', reason: 'p0 says so' });
  });

  test.each<[string, Said, object]>([
    ['memory low', { ranges: { memory: [0, 0] } }, { array: 3, memory: 0, noc: 2 }],
    ['array high', { ranges: { array: [4, 4] } }, { array: 4, memory: 0, noc: 2 }],
    ['a setting of its own', { joint: [{ array: 4, memory: 0, noc: 1 }] }, { array: 4, memory: 0, noc: 1 }],
    ['its order counts', { joint: JOINT.toReversed() }, { array: 4, memory: 0, noc: 2 }],
    ['nothing', {}, { array: 2, memory: 1, noc: 2 }],
  ])('a policy below picks within it: %s', (_, below, points) => {
    const decision = decide(['deadline', { joint: JOINT }], ['choice', below]);
    expect(decision.points).toEqual(points);
    expect(decision.conflicts).toEqual([]);
  });

  test('a wish outside of it moves to the nearest member, and is limited', () => {
    const { points, conflicts, deciders } = decide(
      ['deadline', { joint: JOINT }],
      ['choice', { ranges: { array: [0, 1] } }],
    );
    expect(points).toEqual({ array: 2, memory: 1, noc: 2 });
    expect(conflicts).toMatchObject([{ kind: 'limited', domain: 'array', winner: 'p0', loser: 'p1', wanted: [0, 1] }]);
    expect(deciders.array.policy).toBe('p0');
  });

  test('a cap above it leaves the members below; without any, the first is cut and in conflict', () => {
    const cap = (high: number) => ['cap', { ranges: { array: [0, high] } }] as const;
    expect(decide(cap(3), ['deadline', { joint: JOINT.toReversed() }]).points).toEqual({ array: 3, memory: 0, noc: 2 });
    const { points, conflicts } = decide(cap(1), ['deadline', { joint: JOINT }]);
    expect(points).toEqual({ array: 1, memory: 1, noc: 2 });
    expect(conflicts).toMatchObject([{ kind: 'conflict', domain: 'array', winner: 'p0', loser: 'p1', wanted: [2, 2] }]);
  });

  test('a policy below changes nothing above: whatever it says, the points are those of a member', () => {
    const point = (top: number) => fc.nat({ max: top });
    const setting = fc.record({ array: point(4), memory: point(1), noc: point(2) });
    const range = (top: number) =>
      fc.tuple(point(top), point(top)).map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const);
    const ranges = fc.record({ array: range(4), memory: range(1), noc: range(2) }, { requiredKeys: [] });
    fc.assert(
      fc.property(fc.array(setting, { minLength: 1, maxLength: 12 }), ranges, ranges, (joint, above, below) => {
        const alone = decide(['cap', { ranges: above }], ['deadline', { joint }]);
        const { points } = decide(['cap', { ranges: above }], ['deadline', { joint }], ['choice', { ranges: below }]);
        for (const [name, [low, high]] of Object.entries(above)) {
          expect(points[name]).toBeGreaterThanOrEqual(low);
          expect(points[name]).toBeLessThanOrEqual(high);
        }
        const isMember = (of: StackDecision['points']): boolean =>
          joint.some((one) => Object.entries(one).every(([name, value]) => of[name] === value));
        if (isMember(alone.points)) expect(isMember(points)).toBe(true);
      }),
    );
  });
});

test.each<[string, unknown, string]>([
  ['a domain that does not exist', { ranges: { aray: [0, 1] } }, 'decision-invalid'],
  ['a point beyond the table', { ranges: { memory: [0, 2] } }, 'decision-invalid'],
  ['an empty range', { ranges: { memory: [1, 0] } }, 'decision-invalid'],
  ['a point that is no number', { ranges: { memory: [0, Number.NaN] } }, 'decision-invalid'],
  ['half a point', { ranges: { array: [0.5, 1] } }, 'decision-invalid'],
  ['a range of three points', { ranges: { array: [0, 1, 2] } }, 'decision-invalid'],
  ['a range that is none', { ranges: { array: 1 } }, 'decision-invalid'],
  ['an empty joint set', { joint: [] }, 'decision-invalid'],
  ['a joint set of different domains', { joint: [{ array: 1 }, { memory: 1 }] }, 'decision-invalid'],
  ['a joint point beyond the table', { joint: [{ array: 5 }] }, 'decision-invalid'],
  ['an idle state that does not exist', { idle: 'asleep' }, 'decision-invalid'],
  ['a time that is past', { wakeS: 0 }, 'decision-invalid'],
  ['no reason', { reason: 3 }, 'decision-invalid'],
  ['no decision', undefined, 'decision-invalid'],
  ['an exception', new Error('boom'), 'policy-failed'],
])('%s is an error with policy, time and what is allowed', (_, said, code) => {
  const kinds = [saying('mine', 'choice', said)];
  const stack = createStack([entry('mine', '{}')], CONTEXT, kinds);
  const decideOnce = () => stack.decide(observe({ timeS: 0.25, points: POINTS }), stack.initial);
  expect(problemsOf(decideOnce)).toEqual([code]);
  expect(decideOnce).toThrow(/policy "mine" at 0\.25 s[\s\S]*expected/);
});

test('kinds of policies are an argument', () => {
  const mine = saying('mine', 'choice', { ranges: { array: [1, 1] } });
  const stack = createStack([entry('step_wise', '{}'), entry('mine', '{}')], CONTEXT, [...POLICY_KINDS, mine]);
  expect(stack.decide(observe({ points: POINTS }), stack.initial).points).toEqual({ array: 1, memory: 1, noc: 2 });
  expect(problemsOf(() => createStack([entry('mine', '{}')], CONTEXT))).toEqual(['unknown-name u.yaml:1:7 mine']);
});

test('pace accepts what is in time, no faster and no dearer, if a policy follows; alone it names its own setting', () => {
  const slow = { array: 0 };
  const priced = { ...layer(1e6, 0), energyJ: ({ array, memory }: PointByDomain) => 1 + array + memory };
  const two = contextOf({
    domains: [ARRAY, MEMORY],
    deadlineS: 20e-3,
    // An inference takes its array cycles; energy grows with both points.
    work: {
      ...contextOf().work,
      inferenceS: ({ array }) => 1e6 / ARRAY.points[array].frequencyHz,
      inferenceJ: ({ array, memory }) => 1 + array + memory,
      idleW: () => 0,
      layers: [priced],
    },
  });
  const view = observe({ points: { array: 4, memory: 1 }, inference: { ...running(), deadlineS: 20e-3 } });
  const alone = createStack([entry('pace', '{floor: none}')], two);
  expect(alone.decide(view, alone.initial).points).toEqual({ ...slow, memory: 0 });
  const both = createStack([entry('pace', '{floor: none}'), entry('userspace', '{frequency: {memory: 1000MHz}}')], two);
  const { points, conflicts } = both.decide(view, both.initial);
  // The faster memory would take more energy: it is not in the set.
  expect(points).toEqual({ ...slow, memory: 0 });
  expect(conflicts.every(({ kind, winner }) => kind === 'limited' && winner === 'pace')).toBe(true);
});

test('pace lets a policy below change only what a change there and back is worth', () => {
  // Two layers of 5 ms at the lowest clock; the slower memory takes 5 uJ less in each, and as long.
  const ofLayer = (): LayerWork => ({
    ...layer(1e6, 0),
    energyJ: ({ array, memory }) => 1e-3 * (array + 1) ** 2 + (memory === 0 ? 0 : 5e-6),
  });
  const layers = [ofLayer(), ofLayer()];
  const decide = (changeS: number): number => {
    const context = contextOf({
      domains: [ARRAY, MEMORY],
      deadlineS: 8e-3,
      transitionS: (_, from, to) => (from === to ? 0 : changeS),
      work: {
        ...contextOf().work,
        layers,
        inferenceS: (points) => layers.reduce((sum, { timeS }) => sum + timeS(points), 0),
        inferenceJ: (points, t) => layers.reduce((sum, { energyJ }) => sum + energyJ(points, t), 0),
        idleW: () => 0,
      },
    });
    const inference = {
      ...running(),
      deadlineS: 8e-3,
      layer: 0,
      remainingS: (points: PointByDomain) => layers.reduce((sum, { timeS }) => sum + timeS(points), 0),
    };
    const stack = createStack([entry('pace', '{floor: none}'), entry('powersave', '{}')], context);
    // Shared settings are 200/500, 400/500, 600/1000 MHz: 2e6 cycles in 8 ms less the guard take 400 MHz, so 600 beside 1000 from 4 ms on.
    return stack.decide(observe({ points: { array: 2, memory: 1 }, timeS: 4.2e-3, inference }), stack.initial).points
      .memory;
  };
  // A second costs (16 - 9) mJ / (1.67 - 1.25 ms) = 16.8 W in the layer after, so that the 5 uJ of a layer are worth 0.3 us.
  expect(decide(0.1e-6)).toBe(0);
  expect(decide(5e-6)).toBe(1);
});
