import { Type } from '@sinclair/typebox';
import { Quantity } from '../config/schema.ts';
import { fail, nearestName, type Span } from '../errors.ts';
import { parseQuantity } from '../units.ts';
import type { OperatingPoints, PolicyDomain, PolicyKind, SpanOfParameter } from './policy.ts';

const Frequency = Quantity('frequency', 'Clock of an operating point');

/** Every domain stays at one operating point: a named frequency, or the accelerator's nominal one. */
export const fixed: PolicyKind = {
  id: 'fixed',
  description: 'one operating point for the whole run; the reference for single measurements',
  parameters: Type.Object(
    {
      frequency: Type.Optional(
        Type.Union([Frequency, Type.Record(Type.String(), Frequency)], {
          description: 'One clock for every domain, or a mapping of domains to clocks; nominal where nothing is said',
        }),
      ),
    },
    { additionalProperties: false },
  ),
  create({ frequency }, domains, span) {
    const chosen = frequency as string | Readonly<Record<string, string>> | undefined;
    const points =
      typeof chosen === 'object' ? pointsByDomain(chosen, domains, span) : pointsForAll(chosen, domains, span);
    return { initial: null, decide: () => ({ points, state: null, reason: 'fixed operating point' }) };
  },
};

function pointsForAll(
  text: string | undefined,
  domains: readonly PolicyDomain[],
  span: SpanOfParameter,
): OperatingPoints {
  const point = (domain: PolicyDomain): number =>
    text === undefined ? domain.nominal : pointAt(text, domain, span('frequency'));
  return Object.fromEntries(domains.map((domain) => [domain.name, point(domain)]));
}

function pointsByDomain(
  clocks: Readonly<Record<string, string>>,
  domains: readonly PolicyDomain[],
  span: SpanOfParameter,
): OperatingPoints {
  const names = domains.map((d) => d.name);
  const points = new Map(domains.map((domain) => [domain.name, domain.nominal]));
  for (const [name, text] of Object.entries(clocks)) {
    const place = span('frequency', name);
    const domain =
      domains.find((d) => d.name === name) ??
      fail('unknown-name', `there is no domain "${name}"`, {
        span: place,
        expected: `one of ${names.join(', ')}`,
        suggestion: nearestName(name, names),
      });
    points.set(name, pointAt(text, domain, place));
  }
  return Object.fromEntries(points);
}

function pointAt(text: string, { name, points }: PolicyDomain, span: Span | undefined): number {
  const hz = parseQuantity(text, 'frequency', span);
  const index = points.findIndex((p) => p.frequencyHz === hz);
  if (index >= 0) return index;
  fail('unknown-operating-point', `domain "${name}" has no operating point at ${text}`, {
    span,
    expected: `one of ${points.map((p) => `${p.frequencyHz / 1e6}MHz`).join(', ')}`,
  });
}
