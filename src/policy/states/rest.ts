import { describeValue, nearestName } from '../../base/errors.ts';
import type { Decision, PolicyDomain } from '../policy.ts';
import {
  costsOf,
  DOMAIN_STATES,
  type DomainState,
  IDLE_STATES,
  type IdleState,
  idleStateOf,
  type RestStates,
  statesOf,
} from './states.ts';

/** The states of a domain while it has nothing to do, and who decided that without work. */
export interface DomainRest extends Required<RestStates> {
  readonly policy: string;
  readonly reason: string;
}

/** The states that a policy asked for, and its name. */
interface Said extends Pick<Decision, 'reason'> {
  readonly states: Decision['states'];
  readonly idle: IdleState | null;
  readonly policy: string;
}

const OCCASIONS = ['idle', 'barrier', 'unusedPes'] as const;

/**
 * The states of every domain: on each occasion what the first policy wants that says something of it; else `on`. `blank` is a record with
 * every domain: a copy of it takes a fraction of the time of one made name by name.
 */
export function combinedRest(
  policies: readonly Said[],
  domains: readonly PolicyDomain[],
  blank: Readonly<Record<string, DomainRest>> = blankRest(domains),
): Readonly<Record<string, DomainRest>> {
  const found: Record<string, DomainRest> = { ...blank };
  for (let d = 0; d < domains.length; d++) {
    const domain = domains[d];
    const idleBy = firstToSay(policies, domain, 'idle');
    const barrierBy = firstToSay(policies, domain, 'barrier');
    const unusedBy = firstToSay(policies, domain, 'unusedPes');
    const by = idleBy ?? barrierBy ?? unusedBy;
    if (!by) continue;
    found[domain.name] = {
      idle: (idleBy && saidOf(idleBy, domain, 'idle')) ?? 'on',
      barrier: (barrierBy && saidOf(barrierBy, domain, 'barrier')) ?? 'on',
      unusedPes: (unusedBy && saidOf(unusedBy, domain, 'unusedPes')) ?? 'on',
      policy: by.policy,
      reason: by.reason,
    };
  }
  return found;
}

/** Every domain `on`, as no policy decides. */
export function blankRest(domains: readonly PolicyDomain[]): Readonly<Record<string, DomainRest>> {
  return Object.fromEntries(domains.map(({ name }) => [name, NOBODYS]));
}

const NOBODYS: DomainRest = {
  ...{ idle: 'on', barrier: 'on', unusedPes: 'on', policy: 'none', reason: 'no policy decides its states' },
};

type Occasion = (typeof OCCASIONS)[number];

function firstToSay(policies: readonly Said[], domain: PolicyDomain, occasion: Occasion): Said | null {
  for (let i = 0; i < policies.length; i++) {
    if (saidOf(policies[i], domain, occasion) !== undefined) return policies[i];
  }
  return null;
}

function saidOf({ states, idle }: Said, domain: PolicyDomain, occasion: Occasion): DomainState | undefined {
  if (states === undefined && (occasion !== 'idle' || idle === null)) return undefined;
  const own = states && Object.hasOwn(states, domain.name) ? states[domain.name] : undefined;
  const stated = typeof own === 'string' ? (occasion === 'idle' ? own : undefined) : own?.[occasion];
  if (stated !== undefined || occasion !== 'idle' || idle === null) return stated;
  return idleStateOf(domain, idle);
}

/** Whether two decisions say the same of states. */
export function isSameStates(a: Decision['states'], b: Decision['states']): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

/** The fault in the states of a decision: the state it wants, and those allowed. Null if there is none. */
export function statesProblem(
  { states, idle }: Pick<Decision, 'states' | 'idle'>,
  domains: readonly PolicyDomain[],
): { readonly wants: string; readonly expected: string; readonly suggestion?: string | undefined } | null {
  if (idle !== undefined && !IDLE_STATES.includes(idle)) {
    return { wants: `wants the idle state ${describeValue(idle)}`, expected: `one of ${IDLE_STATES.join(', ')}` };
  }
  if (idle !== undefined && domains.length > 0 && domains.every((domain) => !hasIdle(domain, idle))) {
    const all = DOMAIN_STATES.filter((state) => domains.some((domain) => costsOf(domain, state)));
    return { wants: `wants the idle state "${idle}", which no domain has`, expected: `one of ${all.join(', ')}` };
  }
  if (states === undefined) return null;
  if (typeof states !== 'object' || states === null) {
    return { wants: `gives ${describeValue(states)} as states`, expected: 'a state by domain' };
  }
  const names = domains.map(({ name }) => name);
  for (const [name, wanted] of Object.entries(states)) {
    const domain = domains.find((one) => one.name === name);
    if (!domain) {
      const expected = `one of ${names.join(', ')}`;
      return {
        wants: `wants a state of domain "${name}", which does not exist`,
        expected,
        suggestion: nearestName(name, names),
      };
    }
    const problem = problemOf(domain, wanted);
    if (problem) return problem;
  }
  return null;
}

function hasIdle(domain: PolicyDomain, idle: IdleState): boolean {
  // The older names are those of every design.
  if (!(DOMAIN_STATES as readonly string[]).includes(idle)) return true;
  return costsOf(domain, idle as DomainState) !== undefined;
}

function problemOf(
  domain: PolicyDomain,
  wanted: unknown,
): { readonly wants: string; readonly expected: string } | null {
  const { name, unusedPes } = domain;
  const known = statesOf(domain);
  const unknown = (state: unknown, when: string, allowed: readonly string[]) => ({
    wants: `wants the state ${typeof state === 'string' ? `"${state}"` : describeValue(state)}${when} in domain "${name}"`,
    expected: allowed.length === 1 ? `"on", the only one it has${when}` : `one of ${allowed.join(', ')}`,
  });
  if (typeof wanted === 'string') return known.includes(wanted as DomainState) ? null : unknown(wanted, '', known);
  if (typeof wanted !== 'object' || wanted === null) return unknown(wanted, '', known);
  for (const [occasion, state] of Object.entries(wanted)) {
    if (state === undefined) continue;
    if (!(OCCASIONS as readonly string[]).includes(occasion)) {
      return {
        wants: `wants a state of domain "${name}" on the occasion "${occasion}"`,
        expected: `one of ${OCCASIONS.join(', ')}`,
      };
    }
    const allowed = occasion === 'unusedPes' ? (unusedPes ? ['on', 'off'] : ['on']) : known;
    if (!allowed.includes(state as DomainState)) return unknown(state, ` for ${occasion}`, allowed);
  }
  return null;
}
