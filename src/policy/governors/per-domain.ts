import type { DomainShares, Observation, PolicyDomain, RunnablePolicy } from '../policy.ts';
import { exactlyAt, rangesByPoint } from '../ranges.ts';
import { percent } from '../text.ts';

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
  const held = exactlyAt(domains);
  const rangesOf = rangesByPoint(domains, (point) => [point, point]);
  const names = domains.map(({ name }) => name);
  const chosen = new Int32Array(domains.length);
  return {
    initial: domains.map(initial),
    decide(observation, states) {
      const { triggers, points, shares } = observation;
      if (!triggers.has('epoch') || isFirst(observation)) {
        return { ranges: held(points), state: states, reason: 'unchanged until the next epoch' };
      }
      let after: State[] | null = null;
      let reason = '';
      for (let d = 0; d < names.length; d++) {
        const name = names[d];
        const before = points[name];
        const { point, state } = choose(domains[d], shares[name], before, states[d]);
        chosen[d] = point;
        if (state !== states[d]) {
          after ??= states.slice();
          after[d] = state;
        }
        if (point !== before) reason += (reason === '' ? '' : ', ') + textOf(domains[d], shares[name]);
      }
      return { ranges: rangesOf(chosen), state: after ?? states, reason: reason || 'unchanged' };
    },
  };
}

/** Before the first epoch there is no load to look at. */
function isFirst({ timeS }: Observation): boolean {
  return timeS === 0;
}

export function loadText({ name }: PolicyDomain, { busy }: DomainShares): string {
  return `${name} was busy ${percent(busy)}`;
}
