import { ExactSearch } from './exact.ts';
import type { Objective } from './objective.ts';
import type { SearchLimits, SearchResult } from './result.ts';
import { bypasses, type Mapspace } from './space.ts';
import { drained, type Steps } from './steps.ts';

/**
 * Finds the best mapping of a space and proves it: branch and bound over the choices of the outer levels, the cheapest
 * first, and of the innermost tile. Every value it compares comes from the full model. Deterministic but for `isOver`.
 */
export function searchExactly(
  space: Mapspace,
  objective: Objective,
  isFront: boolean,
  limits: SearchLimits = {},
): SearchResult {
  return drained(searchExactlyInSteps(space, objective, isFront, limits));
}

/** The same with a pause whenever `isOver` is asked. */
export function* searchExactlyInSteps(
  space: Mapspace,
  objective: Objective,
  isFront: boolean,
  limits: SearchLimits = {},
): Steps<SearchResult> {
  const search = new ExactSearch(space, objective, isFront, limits);
  const branches = bypasses(space);
  for (const [i, keep] of branches.entries()) {
    yield;
    yield* search.visitBypass(keep, i === branches.length - 1);
  }
  return search.result();
}
