import { Type } from '@sinclair/typebox';
import { type ClockChoice, Clocks, pointsAtClocks } from '../clocks.ts';
import type { PointByDomain, PolicyKind } from '../policy.ts';
import { constant, held } from '../ranges.ts';

/** Keeps every domain at one operating point: a named frequency, or the accelerator's nominal one. */
export const fixed: PolicyKind<PointByDomain> = {
  id: 'fixed',
  description: 'one operating point for the whole run; the reference for single measurements',
  role: 'choice',
  parameters: Type.Object(
    {
      frequency: Type.Optional(
        Clocks(
          'One clock for every domain, or a mapping of domains to clocks; a domain without a clock runs at its nominal point',
        ),
      ),
    },
    { additionalProperties: false },
  ),
  check: ({ frequency }, { domains }, span) =>
    pointsAtClocks(frequency as ClockChoice, 'frequency', domains, span, ({ nominal }) => nominal),
  create: (points, { domains }) => constant(held(domains, points), 'fixed operating point'),
};
