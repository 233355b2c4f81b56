import { Type } from '@sinclair/typebox';
import { Quantity } from '../config/schema.ts';
import { fail, nearestName, type Span } from '../errors.ts';
import { parseQuantity } from '../units.ts';
import type { OperatingPoints, PolicyDomain, PolicyKind } from './policy.ts';

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
    const points = choosePoints(frequency as string | Record<string, string> | undefined, domains, span('frequency'));
    return { initial: null, decide: () => ({ points, state: null, reason: 'fixed operating point' }) };
  },
};

function choosePoints(
  frequency: string | Readonly<Record<string, string>> | undefined,
  domains: readonly PolicyDomain[],
  span: Span | undefined,
): OperatingPoints {
  const names = domains.map((d) => d.name);
  if (typeof frequency === 'object') {
    for (const name of Object.keys(frequency)) {
      if (names.includes(name)) continue;
      fail('unknown-name', `there is no domain "${name}"`, {
        span,
        expected: `one of ${names.join(', ')}`,
        suggestion: nearestName(name, names),
      });
    }
  }
  return Object.fromEntries(
    domains.map((domain) => {
      const text = typeof frequency === 'object' ? frequency[domain.name] : frequency;
      return [domain.name, text === undefined ? domain.nominal : pointAt(text, domain, span)];
    }),
  );
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
