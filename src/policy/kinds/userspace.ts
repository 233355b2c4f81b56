import { Type } from '@sinclair/typebox';
import { type ClockChoice, Clocks, pointsAtClocks } from '../clocks.ts';
import type { PointByDomain, PolicyKind } from '../policy.ts';
import { constant, held } from '../ranges.ts';

/**
 * Every domain runs at the given clock (Linux 6.6, drivers/cpufreq/cpufreq_userspace.c). Until one is given, that governor keeps the clock
 * that it finds when it starts: here the nominal one.
 */
export const userspace: PolicyKind<PointByDomain> = {
  id: 'userspace',
  description: 'the clock that you name; until you name one, the clock that it finds, which is the nominal one',
  role: 'choice',
  parameters: Type.Object(
    {
      frequency: Type.Optional(
        Clocks(
          'One clock for every domain, or a mapping of domains to clocks; a domain missing from the mapping runs at its nominal point',
        ),
      ),
    },
    { additionalProperties: false },
  ),
  check: ({ frequency }, { domains }, span) =>
    pointsAtClocks(frequency as ClockChoice, 'frequency', domains, span, ({ nominal }) => nominal),
  create: (points, { domains }) => constant(held(domains, points), 'clock set by the user'),
};
