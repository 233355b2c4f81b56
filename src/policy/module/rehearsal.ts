import { Generator } from '../../base/random.ts';
import type { Decision, Observation } from '../policy.ts';
import type { Caller } from './calls.ts';
import { hasSymbols } from './frozen.ts';

export type Decide = (observation: Observation, state: unknown, random: () => number) => Decision;

/**
 * From this decision on, one of so many is repeated, at random: all of the first, fewer later, as a repeat costs as much as a dozen
 * decisions. There are several repeats before the count of decisions has doubled: a memory that changes decisions for good shows within
 * a few times as many.
 */
const SHARES: readonly (readonly [from: number, oneOf: number])[] = [
  [0, 1],
  [128, 8],
  [1024, 64],
  [4096, 512],
];

/**
 * Decides, and repeats some decisions at once from a snapshot of the state: at first by the policy itself and by one of `twins`, later by
 * one of them all. The twins are copies of the policy that take turns at random. Each copy has seen some of the calls, so that a memory outside of the state differs from copy to copy:
 * a counter, the last view, a sum. Error: `policy-impure` where one of them decides otherwise.
 */
export function rehearsal(decide: Decide, twins: readonly Decide[], caller: Caller): Decide {
  let count = 0;
  let stage = 0;
  /** Decisions until the next one to repeat. */
  let left = 1;
  // A generator of its own, so that the policy's numbers are those of a run without repeats.
  const { next } = new Generator(1);
  const draw = (below: number): number => Math.floor(next() * below);
  const decideTwice: Decide = (observation, state, random) => {
    while (count > SHARES[stage + 1]?.[0]) stage++;
    // At random, as a policy may have a period of its own; so many on the average.
    left = 1 + draw(2 * SHARES[stage][1] - 1);
    const numbers: number[] = [];
    const noted = (): number => numbers[numbers.push(random()) - 1];
    const decision = decide(observation, state, noted);
    if (hasSymbols(decision?.state)) {
      caller.fail('decision-invalid', 'its state has a symbol as a key', 'plain data that JSON can hold');
    }
    const snapshot = JSON.stringify(state ?? null);
    const repeat = (again: Decide): void => {
      let at = 0;
      // A call that draws more than the first time decides otherwise, or does not need what it drew.
      const repeated = again(observation, JSON.parse(snapshot) as unknown, () => numbers[at++] ?? 0);
      if (isSameAtOnce(decision, repeated)) return;
      const text = textOf(decision);
      const other = textOf(repeated);
      if (text === other) return;
      caller.fail(
        'policy-impure',
        `decide returns something else for the same view and state: ${text} at first, then ${other}`,
        'a memory only in its state',
      );
    };
    if (stage === 0) {
      repeat(decide);
      // A single copy sits out half of the calls too.
      const twin = twins[draw(Math.max(2, twins.length))];
      if (twin) repeat(twin);
    } else {
      repeat(twins[draw(twins.length + 1)] ?? decide);
    }
    return decision;
  };
  // Without closures of its own, which would cost every call the memory for what they hold.
  return (observation, state, random) => {
    count++;
    return --left > 0 ? decide(observation, state, random) : decideTwice(observation, state, random);
  };
}

/** Whether two decisions are the same field by field, without a text of them; unknown parts may still be equal in their texts. */
function isSameAtOnce(a: Decision, b: Decision): boolean {
  if (typeof a !== 'object' || a === null || typeof b !== 'object' || b === null) return a === b;
  return (
    a.ranges === b.ranges &&
    a.joint === b.joint &&
    isSameData(a.state, b.state) &&
    a.reason === b.reason &&
    a.idle === b.idle &&
    a.states === b.states &&
    a.capW === b.capW &&
    a.wakeS === b.wakeS &&
    a.saturated === b.saturated
  );
}

/** Whether plain data is the same, keys in the same order: a copy of a state from its text is another object. */
function isSameData(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || a === null || typeof b !== 'object' || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = Object.keys(a);
  const others = Object.keys(b);
  if (keys.length !== others.length) return false;
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i];
    if (key !== others[i]) return false;
    if (!isSameData((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key])) return false;
  }
  return true;
}

function textOf(decision: Decision): string {
  return JSON.stringify(decision) ?? 'nothing';
}
