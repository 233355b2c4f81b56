import type { IdleState, PointByDomain, PointRange, PolicyDomain, RunnablePolicy } from './policy.ts';

/** The range that a policy wants for each domain that it decides. */
export type Ranges = Readonly<Record<string, PointRange>>;

/** Index of the fastest point. */
export function topOf({ points }: PolicyDomain): number {
  return points.length - 1;
}

/** One point and no other, in each domain. */
export function exactly(domains: readonly PolicyDomain[], pointOf: (domain: PolicyDomain) => number): Ranges {
  return rangesOf(domains, (domain) => {
    const point = pointOf(domain);
    return [point, point];
  });
}

/** Any point up to one, in each domain. */
export function upTo(domains: readonly PolicyDomain[], highestOf: (domain: PolicyDomain) => number): Ranges {
  return rangesOf(domains, (domain) => [0, highestOf(domain)]);
}

function rangesOf(domains: readonly PolicyDomain[], rangeOf: (domain: PolicyDomain) => PointRange): Ranges {
  return Object.fromEntries(domains.map((domain) => [domain.name, rangeOf(domain)]));
}

/** A domain's range; undefined if the policy leaves it alone. Names may be those of things every object has. */
export function rangeIn(ranges: Ranges, domain: string): PointRange | undefined {
  return Object.hasOwn(ranges, domain) ? ranges[domain] : undefined;
}

export function isSameRanges(a: Ranges, b: Ranges, domains: readonly PolicyDomain[]): boolean {
  if (a === b) return true;
  return domains.every(({ name }) => {
    const [ofA, ofB] = [rangeIn(a, name), rangeIn(b, name)];
    return ofA === ofB || (ofA !== undefined && ofB !== undefined && ofA[0] === ofB[0] && ofA[1] === ofB[1]);
  });
}

/** The points as they are: for a policy that has no better idea. */
export function held(domains: readonly PolicyDomain[], points: PointByDomain): Ranges {
  return exactly(domains, ({ name }) => points[name]);
}

/** A policy that never changes its mind. */
export function constant(ranges: Ranges, reason: string, idle: IdleState = 'clocked'): RunnablePolicy<null> {
  const decision = { ranges, state: null, reason, idle };
  return { initial: null, decide: () => decision };
}
