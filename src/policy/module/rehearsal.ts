import type { Decision, Observation } from '../policy.ts';
import type { Caller } from './calls.ts';
import { frozenCopy, type WrapFunction } from './frozen.ts';
import { recording } from './view.ts';

export type Decide = (observation: Observation, state: unknown, random: () => number, wrap?: WrapFunction) => Decision;

interface Call {
  readonly observation: Observation;
  readonly state: unknown;
  /** The random numbers that it drew. */
  readonly drawn: readonly number[];
  readonly text: string;
}

/**
 * The first calls of the stretches that are repeated. The first call is one of its own, so that a policy that counts shows at once whatever
 * it counts to, and the stretches of a short run follow each other. More later on would cost time; a policy with a memory shows early.
 */
const STARTS = [0, 1, 3, 16, 33, 64, 256, 1024, 4096, 16384, 65536, 262144];
const MOST_CALLS = 17;

/**
 * Decides, and now and then decides again: a stretch of calls runs a second time from a snapshot of its first state, and a third time by
 * `twin`, a copy of the policy that has seen nothing else; null without one. A policy that remembers something outside its state decides
 * otherwise then. Error: `policy-impure`.
 */
export function rehearsal(decide: Decide, twin: Decide | null, wrap: WrapFunction, caller: Caller): Decide {
  let count = 0;
  let left = 0;
  let stretch = 0;
  let calls: Call[] = [];
  return (observation, state, random) => {
    if (count++ === STARTS[stretch])
      left = Math.min(MOST_CALLS, (STARTS[++stretch] ?? Number.POSITIVE_INFINITY) - count + 1);
    if (left === 0) return decide(observation, state, random);
    // The engine reuses its arrays, and its answers change as the work goes on.
    const kept = frozenCopy(observation, recording(wrap)) as Observation;
    const drawn: number[] = [];
    const noted = (): number => drawn[drawn.push(random()) - 1];
    const decision = decide(kept, state, noted, asIs);
    calls.push({ observation: kept, state, drawn, text: textOf(decision) });
    if (--left === 0) {
      repeat(calls, decide);
      if (twin) repeat(calls, twin);
      calls = [];
    }
    return decision;
  };

  function repeat(all: readonly Call[], again: Decide): void {
    let state = JSON.parse(JSON.stringify(all[0].state ?? null)) as unknown;
    for (const { observation, drawn, text } of all) {
      let at = 0;
      // A call that draws more than the first time decides otherwise, or does not need what it drew.
      const decision = again(observation, state, () => drawn[at++] ?? 0, asIs);
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
