/** `performance`, `pace` and `step_wise` once more, from docs/methods/policies.md. */

import type { DomainSpec } from '../../../src/design/index.ts';
import type { Policy } from './loop.ts';

export function performance(domains: readonly DomainSpec[]): Policy {
  return () => domains.map(({ points }) => points.length - 1);
}

export function held(points: readonly number[]): Policy {
  return () => points;
}

export interface PaceFacts {
  readonly deadlineS: number;
  readonly guard: number;
  /** The lowest setting that it takes. */
  readonly floor: number;
}

/** Setting i of the longest table, for all domains. */
export function setting(domains: readonly DomainSpec[], i: number): number[] {
  const m = Math.max(...domains.map(({ points }) => points.length - 1));
  return domains.map(({ points }) => Math.round((i * (points.length - 1)) / m));
}

export function settings(domains: readonly DomainSpec[]): number[][] {
  const m = Math.max(...domains.map(({ points }) => points.length - 1));
  return Array.from({ length: m + 1 }, (_, i) => setting(domains, i));
}

/** At epochs, starts of inferences and of layers. */
export function pace(domains: readonly DomainSpec[], { deadlineS, guard, floor }: PaceFacts): Policy {
  const all = settings(domains);
  const changeS = (from: readonly number[], to: readonly number[]): number =>
    Math.max(
      ...domains.map(({ points, transition }, d) => {
        if (from[d] === to[d]) return 0;
        const volts = points[to[d]].voltageV - points[from[d]].voltageV;
        return Math.max(0, volts) / transition.slewVPerS + transition.relockS;
      }),
    );
  return ({ timeS, releaseS, points, leftS }) => {
    if (releaseS === null) return all[floor];
    for (let i = floor; i < all.length; i++) {
      const endS = timeS + changeS(points, all[i]) + leftS(all[i]);
      if (endS <= releaseS + deadlineS - guard * deadlineS) return all[i];
    }
    return all[all.length - 1];
  };
}

/** A cap of all domains at max - s; `below` chooses. */
export function stepWise(domains: readonly DomainSpec[], tripK: number, below: Policy): Policy {
  const most = Math.max(...domains.map(({ points }) => points.length - 1));
  let s = 0;
  let last: number | null = null;
  let choice: readonly number[] | null = null;
  return (seen) => {
    if (seen.triggers.has('epoch')) {
      const t = Math.max(...seen.temperatureK);
      if (t >= tripK && (last === null || t > last)) s = Math.min(most, s + 1);
      else if (t < tripK && last !== null && t < last) s = Math.max(0, s - 1);
      last = t;
    }
    choice = below(seen) ?? choice;
    return choice!.map((k, d) => Math.min(k, Math.max(0, domains[d].points.length - 1 - s)));
  };
}
