import type { DomainShares, Observation, PolicyDomain, RunnablePolicy } from '../policy.ts';
import { exactly, held } from '../ranges.ts';

/** A governor's answer for one domain. */
export interface Choice<State> {
  readonly point: number;
  readonly state: State;
}

/** A governor that looks at each domain by itself, once an epoch: the shares of the last epoch, the present point, its own state. */
export function perDomain<State>(
  domains: readonly PolicyDomain[],
  initial: (domain: PolicyDomain) => State,
  choose: (domain: PolicyDomain, shares: DomainShares, point: number, state: State) => Choice<State>,
  textOf: (domain: PolicyDomain, shares: DomainShares) => string,
): RunnablePolicy<readonly State[]> {
  return {
    initial: domains.map(initial),
    decide(observation, states) {
      const { triggers, points, shares } = observation;
      if (!triggers.has('epoch') || isFirst(observation)) {
        return { ranges: held(domains, points), state: states, reason: 'unchanged until the next epoch' };
      }
      const choices = domains.map((domain, d) => choose(domain, shares[domain.name], points[domain.name], states[d]));
      const changed = domains.filter(({ name }, d) => choices[d].point !== points[name]);
      return {
        ranges: exactly(domains, (domain) => choices[domains.indexOf(domain)].point),
        state: choices.every(({ state }, d) => state === states[d]) ? states : choices.map(({ state }) => state),
        reason:
          changed.length === 0 ? 'unchanged' : changed.map((domain) => textOf(domain, shares[domain.name])).join(', '),
      };
    },
  };
}

/** Before the first epoch there is no load to look at. */
function isFirst({ timeS }: Observation): boolean {
  return timeS === 0;
}

export function loadText({ name }: PolicyDomain, { busy }: DomainShares): string {
  return `${name} was busy ${(100 * busy).toFixed(1)} %`;
}
