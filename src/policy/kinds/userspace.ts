import { Type } from '@sinclair/typebox';
import { fail } from '../../base/errors.ts';
import { type ClockChoice, Clocks, pointsAtClocks } from '../clocks.ts';
import type { PointByDomain, PolicyKind } from '../policy.ts';
import { constant, held } from '../ranges.ts';

/** Every domain runs at the given clock (Linux cpufreq `userspace`). It is `fixed` with a required clock. */
export const userspace: PolicyKind<PointByDomain> = {
  id: 'userspace',
  description: 'the clock that you name, for sweeps over clocks; an error, not the nominal clock, if you name none',
  role: 'choice',
  parameters: Type.Object(
    {
      // `check` requires it, not the schema: a policy file may leave it to the experiment that uses it.
      frequency: Type.Optional(
        Clocks(
          'One clock for every domain, or a mapping of domains to clocks; a domain missing from the mapping runs at its nominal point',
        ),
      ),
    },
    { additionalProperties: false },
  ),
  check({ frequency }, { domains }, span) {
    if (frequency === undefined) {
      fail('missing-key', 'policy "userspace" needs a frequency', {
        expected: 'a parameter such as frequency: 800MHz',
      });
    }
    return pointsAtClocks(frequency as ClockChoice, 'frequency', domains, span, ({ nominal }) => nominal);
  },
  create: (points, { domains }) => constant(held(domains, points), 'clock set by the user'),
};
