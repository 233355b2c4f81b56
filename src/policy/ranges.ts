import type { PointByDomain, PointRange, PolicyDomain, RunnablePolicy } from './policy.ts';
import type { IdleState } from './states/states.ts';

/** The range that a policy accepts for each domain that it decides. */
export type Ranges = Readonly<Record<string, PointRange>>;

type Joint = readonly PointByDomain[];

/** Index of the fastest point. */
export function topOf({ points }: PolicyDomain): number {
  return points.length - 1;
}

/** Exactly one point in each domain. */
export function exactly(domains: readonly PolicyDomain[], pointOf: (domain: PolicyDomain) => number): Ranges {
  return rangesOf(domains, (domain) => {
    const point = pointOf(domain);
    return [point, point];
  });
}

/** Any point up to a highest one, in each domain. */
export function upTo(domains: readonly PolicyDomain[], highestOf: (domain: PolicyDomain) => number): Ranges {
  return rangesOf(domains, (domain) => [0, highestOf(domain)]);
}

function rangesOf(domains: readonly PolicyDomain[], rangeOf: (domain: PolicyDomain) => PointRange): Ranges {
  return Object.fromEntries(domains.map((domain) => [domain.name, rangeOf(domain)]));
}

/** Most ranges that are kept for later. */
const MOST_KEPT = 4096;

/**
 * Ranges from a number for each domain: points, or steps down from the highest. Equal numbers give the same object, which the engine
 * compares fastest and need not check again.
 */
export function rangesByPoint(
  domains: readonly PolicyDomain[],
  rangeOf: (of: number, domain: PolicyDomain) => PointRange,
): (of: ArrayLike<number>) => Ranges {
  return recordsByNumber(
    domains,
    domains.map(({ points }) => points.length),
    rangeOf,
  );
}

/** A record by domain from a whole number for each, below a count of its own: equal numbers give the same object. */
export function recordsByNumber<T>(
  domains: readonly PolicyDomain[],
  counts: readonly number[],
  partOf: (of: number, domain: PolicyDomain) => T,
): (of: ArrayLike<number>) => Readonly<Record<string, T>> {
  const kept = new Map<number, Readonly<Record<string, T>>>();
  const factors = Float64Array.from(counts);
  let lastKey = -1;
  let last: Readonly<Record<string, T>> = {};
  return (of) => {
    // Different numbers have different keys as long as the design has fewer settings than there are whole numbers.
    let key = 0;
    for (let d = 0; d < factors.length; d++) key = key * factors[d] + of[d];
    if (key === lastKey) return last;
    const found = kept.get(key);
    if (found) {
      lastKey = key;
      last = found;
      return found;
    }
    const record = Object.fromEntries(domains.map((domain, d) => [domain.name, partOf(of[d], domain)]));
    if (kept.size >= MOST_KEPT || !Number.isSafeInteger(key)) kept.clear();
    if (Number.isSafeInteger(key)) kept.set(key, record);
    return record;
  };
}

/** Exactly one point in each domain, from all points by name. */
export function exactlyAt(domains: readonly PolicyDomain[]): (points: PointByDomain) => Ranges {
  const rangesOf = rangesByPoint(domains, (point) => [point, point]);
  const names = domains.map(({ name }) => name);
  const of = new Int32Array(domains.length);
  return (points) => {
    for (let d = 0; d < of.length; d++) of[d] = points[names[d]];
    return rangesOf(of);
  };
}

/**
 * A domain's range; undefined if the policy does not decide it. A domain may have the name of a property that every object has, but none
 * of these is a list.
 */
export function rangeIn(ranges: Ranges, domain: string): PointRange | undefined {
  const range: unknown = ranges[domain];
  return Array.isArray(range) ? (range as unknown as PointRange) : undefined;
}

/** Whether two joint sets name the same settings in the same order. */
export function isSameJoint(a: Joint | undefined, b: Joint | undefined): boolean {
  if (a === b) return true;
  if (!a || !b || a.length !== b.length) return false;
  return a.every((setting, i) => {
    const names = Object.keys(setting);
    return names.length === Object.keys(b[i]).length && names.every((name) => setting[name] === b[i][name]);
  });
}

/** The current points, for a policy without a better choice. */
export function held(domains: readonly PolicyDomain[], points: PointByDomain): Ranges {
  return exactly(domains, ({ name }) => points[name]);
}

/** A policy whose decision never changes. */
export function constant(ranges: Ranges, reason: string, idle: IdleState = 'clocked'): RunnablePolicy<null> {
  const decision = { ranges, state: null, reason, idle };
  return { initial: null, decide: () => decision };
}
