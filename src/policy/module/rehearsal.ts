import type { Decision, Observation } from '../policy.ts';
import type { Caller } from './calls.ts';
import { frozenCopy, type WrapFunction } from './frozen.ts';
import { recording } from './view.ts';

type Decide = (observation: Observation, state: unknown, wrap?: WrapFunction) => Decision;

interface Call {
  readonly observation: Observation;
  readonly state: unknown;
  readonly text: string;
}

/**
 * The calls from which on some are repeated, and how many. More often would cost time; a policy with a memory shows early. Primes, so
 * that a policy that counts to a small number is not repeated after whole rounds.
 */
const LENGTHS: Readonly<Record<number, number>> = { 0: 3, 3: 13, 64: 17, 1024: 17, 16384: 17, 262144: 17 };

/**
 * Decides, and now and then decides again: a stretch of calls runs a second time from a snapshot of its first state. A policy that
 * remembers something outside its state decides otherwise then. Error: `policy-impure`.
 */
export function rehearsal(decide: Decide, wrap: WrapFunction, caller: Caller): Decide {
  let count = 0;
  let left = 0;
  let calls: Call[] = [];
  return (observation, state) => {
    if (left === 0) left = LENGTHS[count] ?? 0;
    count++;
    if (left === 0) return decide(observation, state);
    // The engine reuses its arrays, and its answers change as the work goes on.
    const kept = frozenCopy(observation, recording(wrap)) as Observation;
    const decision = decide(kept, state, asIs);
    calls.push({ observation: kept, state, text: textOf(decision) });
    if (--left === 0) {
      repeat(calls);
      calls = [];
    }
    return decision;
  };

  function repeat(all: readonly Call[]): void {
    let state = JSON.parse(JSON.stringify(all[0].state ?? null)) as unknown;
    for (const { observation, text } of all) {
      const decision = decide(observation, state, asIs);
      if (textOf(decision) !== text) {
        caller.fail(
          'policy-impure',
          `decide returns something else for the same view and state, at ${Number(observation.timeS.toPrecision(6))} s: ${text} at first, then ${textOf(decision)}`,
          'a memory only in its state',
        );
      }
      state = JSON.parse(JSON.stringify(decision?.state ?? null));
    }
  }
}

const asIs: WrapFunction = (called) => called;

function textOf(decision: Decision): string {
  return JSON.stringify(decision) ?? 'nothing';
}
