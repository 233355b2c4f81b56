import { Type } from '@sinclair/typebox';
import { fail, nearestName, type Span } from '../base/errors.ts';
import { Quantity } from '../base/schema.ts';
import { parseQuantity } from '../base/units.ts';
import type { PointByDomain, PolicyDomain, SpanOfParameter } from './policy.ts';

/** The schema of a parameter that names operating points by their clocks. */
export function Clocks(description: string) {
  const Frequency = Quantity('frequency', 'Clock of an operating point');
  return Type.Union([Frequency, Type.Record(Type.String(), Frequency)], { description });
}

/** One clock for all domains, clocks by domain, or none. */
export type ClockChoice = string | Readonly<Record<string, string>> | undefined;

/**
 * The points of the clocks in parameter `name`. A domain without a clock gets its point from `otherwise`. Errors:
 * `unknown-name` for a domain, `unknown-operating-point` for a clock that the domain does not have.
 */
export function pointsAtClocks(
  clocks: ClockChoice,
  name: string,
  domains: readonly PolicyDomain[],
  span: SpanOfParameter,
  otherwise: (domain: PolicyDomain) => number,
): PointByDomain {
  const points = new Map(domains.map((domain) => [domain.name, otherwise(domain)]));
  if (typeof clocks === 'string') {
    for (const domain of domains) points.set(domain.name, pointAt(clocks, domain, span(name)));
  } else {
    for (const [key, text] of Object.entries(clocks ?? {})) {
      const place = span(name, key);
      points.set(key, pointAt(text, domainNamed(key, domains, place), place));
    }
  }
  return Object.fromEntries(points);
}

/** The domain of that name. Error: `unknown-name`. */
export function domainNamed(name: string, domains: readonly PolicyDomain[], span: Span | undefined): PolicyDomain {
  const names = domains.map((d) => d.name);
  return (
    domains.find((d) => d.name === name) ??
    fail('unknown-name', `there is no domain "${name}"`, {
      span,
      expected: `one of ${names.join(', ')}`,
      suggestion: nearestName(name, names),
    })
  );
}

/** The point with this clock. Error: `unknown-operating-point`. */
export function pointAt(text: string, { name, points }: PolicyDomain, span: Span | undefined): number {
  const hz = parseQuantity(text, 'frequency', span);
  const index = points.findIndex((p) => p.frequencyHz === hz);
  if (index >= 0) return index;
  fail('unknown-operating-point', `domain "${name}" has no operating point at ${text}`, {
    span,
    expected: `one of ${points.map((p) => `${p.frequencyHz / 1e6}MHz`).join(', ')}`,
  });
}

/** Relative tolerance of a clock. A computed clock may be off by rounding and must still match its point. */
export const ROUNDING = 1e-9;

/** The highest point with a clock of at most `hz`; the lowest point if there is none (Linux cpufreq's relation H). */
export function highestAtMost({ points }: PolicyDomain, hz: number): number {
  let index = points.length - 1;
  while (index > 0 && points[index].frequencyHz > hz * (1 + ROUNDING)) index--;
  return index;
}

/** The lowest point with a clock of at least `hz`; the highest point if there is none (Linux cpufreq's relation L). */
export function lowestAtLeast({ points }: PolicyDomain, hz: number): number {
  const leastHz = hz * (1 - ROUNDING);
  let index = 0;
  while (index < points.length - 1 && points[index].frequencyHz < leastHz) index++;
  return index;
}

/** The point with the clock nearest to `hz`, the lower one of two (Linux cpufreq's relation C). */
export function closest(domain: PolicyDomain, hz: number): number {
  const { points } = domain;
  const below = highestAtMost(domain, hz);
  const above = Math.min(points.length - 1, below + 1);
  const away = (point: number): number => Math.abs(points[point].frequencyHz - hz);
  return away(above) < away(below) * (1 - ROUNDING) ? above : below;
}
