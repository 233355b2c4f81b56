import {
  costsOf,
  type DomainState,
  type IdleState,
  idleStateOf,
  type PolicyDomain,
  type StateCosts,
  statesOf,
} from '../../../policy/index.ts';

/** A state of each domain without work, and its name in a policy file. */
export interface Resting {
  readonly states: readonly DomainState[];
  readonly name: string;
}

/** With more combinations, all domains share one idle state. */
const MOST_COMBINATIONS = 64;
const SHARED: readonly IdleState[] = ['gated', 'retention', 'clock-gated', 'clocked'];
const FIGURES: readonly (keyof StateCosts)[] = ['leakage', 'clock', 'wakeS', 'wakeJ', 'reloadBytes'];

/** The combinations of states that may be the best ones to rest in. */
export function restingStates(domains: readonly PolicyDomain[]): Resting[] {
  const shared = SHARED.map((name): Resting => ({ name, states: sharedStates(domains, name) }));
  let all: DomainState[][] = [[]];
  for (const domain of domains) {
    all = all.flatMap((before) => usefulStates(domain).map((state) => [...before, state]));
    if (all.length > MOST_COMBINATIONS) return shared;
  }
  return all.map(
    (states): Resting =>
      shared.find((one) => isSame(one.states, states)) ?? { states, name: mappingOf(domains, states) },
  );
}

function sharedStates(domains: readonly PolicyDomain[], idle: IdleState): DomainState[] {
  return domains.map((domain) => idleStateOf(domain, idle));
}

function isSame(a: readonly DomainState[], b: readonly DomainState[]): boolean {
  return a.every((state, d) => state === b[d]);
}

/** The states that no other one beats in what it leaves and in what waking takes; the deepest of equal ones. */
function usefulStates(domain: PolicyDomain): DomainState[] {
  const states = statesOf(domain);
  const isNoWorse = (a: DomainState, b: DomainState): boolean =>
    FIGURES.every((figure) => costsOf(domain, a)![figure] <= costsOf(domain, b)![figure]);
  return states.filter(
    (state, i) => !states.some((other, o) => o !== i && isNoWorse(other, state) && (o > i || !isNoWorse(state, other))),
  );
}

function mappingOf(domains: readonly PolicyDomain[], states: readonly DomainState[]): string {
  return `{ ${domains.map(({ name }, d) => `${JSON.stringify(name)}: ${states[d]}`).join(', ')} }`;
}
