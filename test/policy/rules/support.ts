import type { Observation, PolicyContext, PolicyStack } from '../../../src/policy/index.ts';
import { createStack } from '../../../src/policy/index.ts';
import { parsePolicy } from '../../../src/policy/policy-file.ts';
import { ARRAY, contextOf, decisions, document, MEMORY } from '../support.ts';

const HEAD = 'version: 1\nname: mine\n';

/** A stack of the one policy in a file that begins with two lines of head. */
export function rulesOf(text: string, context: PolicyContext = contextOf()): PolicyStack {
  const { entries } = parsePolicy(document(HEAD + text));
  const given = entries.map(({ uses, usesSpan, parameters }) => ({
    name: 'mine',
    uses,
    usesSpan,
    parameters: [parameters],
  }));
  return createStack(given, context);
}

/** Array and memory with a block each, which is a region. */
export const APART: PolicyContext = (() => {
  const { places } = contextOf();
  const apart = places.map((place, b) => ({ ...place, domains: [b === 0 ? 'array' : 'memory'] }));
  return contextOf({ domains: [ARRAY, MEMORY], places: apart });
})();

/** The points of the array, epoch after epoch. */
export function pointsOf(stack: PolicyStack, observations: readonly Partial<Observation>[]): number[] {
  const timed = observations.map((one, i) => ({ timeS: i * 1e-3, ...one }));
  return decisions(stack, timed).map(({ points }) => points.array);
}

/** Shares of the array that stalled so much of an epoch and else worked. */
export const stalled = (stall: number): Partial<Observation> => ({
  shares: { array: { busy: 1 - stall, stall, idle: 0, dead: 0 } },
});
