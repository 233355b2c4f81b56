import { type Static, Type } from '@sinclair/typebox';
import { OneOf } from '../../base/schema.ts';
import type { PolicyKind, RunnablePolicy } from '../policy.ts';
import { exactly, topOf } from '../ranges.ts';

const Parameters = Type.Object(
  {
    idle: Type.Optional(OneOf(['retain', 'gated'], 'What clocks and rails do while there is nothing to do')),
  },
  { additionalProperties: false },
);

/** As fast as possible while there is work, then idle at the lowest voltage or powered off. */
export const raceToIdle: PolicyKind<Static<typeof Parameters>> = {
  id: 'race-to-idle',
  description: 'full speed, then sleep; right where idling is cheap and clocks cost little voltage',
  role: 'choice',
  parameters: Parameters,
  check: (parameters) => parameters as Static<typeof Parameters>,
  create({ idle = 'retain' }, { domains }): RunnablePolicy<null> {
    const race = { ranges: exactly(domains, topOf), state: null, reason: 'work to do: highest point', idle };
    const rest = { ranges: exactly(domains, () => 0), state: null, reason: `nothing to do: ${idle}`, idle };
    return {
      initial: null,
      triggers: ['start', 'end'],
      decide: ({ inference, queued }) => (inference !== null || queued > 0 ? race : rest),
    };
  },
};
