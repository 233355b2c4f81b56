import { fail } from '../base/errors.ts';
import { OneOf } from '../base/schema.ts';
import type { PointByDomain, PolicyContext, PolicyDomain, PolicySetting } from './policy.ts';
import { topOf } from './ranges.ts';
import { IDLE_STATES, type IdleState } from './states/states.ts';

/**
 * Settings from slowest to fastest that slow all domains together. The i-th of n takes in each domain the point nearest
 * to the share i/(n-1) of its table. With one domain these are its points.
 */
export function sharedCandidates(domains: readonly PolicyDomain[]): PointByDomain[] {
  const last = Math.max(...domains.map(topOf));
  return Array.from({ length: last + 1 }, (_, i) =>
    Object.fromEntries(domains.map((d) => [d.name, last === 0 ? 0 : Math.round((i * topOf(d)) / last)])),
  );
}

/** With more combinations, evaluating them delays a run noticeably, for points that no one would miss. */
const MOST_COMBINATIONS = 4096;

/**
 * Every combination of points; the point of the last domain changes fastest. With too many combinations, the shared
 * candidates.
 */
export function allCombinations(domains: readonly PolicyDomain[]): PointByDomain[] {
  if (domains.reduce((n, { points }) => n * points.length, 1) > MOST_COMBINATIONS) return sharedCandidates(domains);
  let chosen: (readonly [string, number])[][] = [[]];
  for (const { name, points } of domains) {
    chosen = chosen.flatMap((others) => points.map((_, point) => [...others, [name, point] as const]));
  }
  return chosen.map((entries) => Object.fromEntries(entries));
}

/** Settings as the point of each domain by its index; -1 for domains that a setting leaves as they are. */
export function pointsOf(settings: readonly PointByDomain[], domains: readonly PolicyDomain[]): readonly Int32Array[] {
  return settings.map((points) =>
    Int32Array.from(domains, ({ name }) => (Object.hasOwn(points, name) ? points[name] : -1)),
  );
}

/** The deadline in s. Error: `deadline-missing`. */
export function requireDeadline(policy: string, { deadlineS }: PolicySetting): number {
  if (deadlineS !== null) return deadlineS;
  fail('deadline-missing', `policy "${policy}" needs a deadline, and the experiment has none`, {
    expected: 'a deadline of an inference in the experiment, such as 20ms',
  });
}

/**
 * Energy in J that an inference takes beyond idling for the same time. It is least at the critical speed. At slower
 * clocks, the leakage over the longer time outweighs the savings of the lower voltage (Jejurikar, Pereira, Gupta, DAC
 * 2004).
 */
export function netInferenceJ(
  { work }: PolicyContext,
  points: PointByDomain,
  temperatureK: number,
  idle: IdleState,
): number {
  return work.inferenceJ(points, temperatureK) - work.idleW(points, temperatureK, idle) * work.inferenceS(points);
}

export const Idle = OneOf(IDLE_STATES, 'State of all domains without work');

/** Index of the smallest value; the first one among equals. */
export function indexOfLeast(values: readonly number[]): number {
  return values.reduce((best, value, i) => (value < values[best] ? i : best), 0);
}
