import { type Static, Type } from '@sinclair/typebox';
import { OneOf } from '../../base/schema.ts';
import type { PolicyKind, RunnablePolicy } from '../policy.ts';
import { exactly, topOf } from '../ranges.ts';

const Parameters = Type.Object(
  {
    idle: Type.Optional(
      OneOf(['retain', 'gated', 'clock-gated', 'retention', 'off'], 'State of all domains without work'),
    ),
  },
  { additionalProperties: false },
);

/** Runs as fast as possible while there is work, then idles at the lowest voltage or powered off. */
export const raceToIdle: PolicyKind<Static<typeof Parameters>> = {
  id: 'race-to-idle',
  description: 'full speed, then sleep; use it if idling is cheap and fast clocks need little extra voltage',
  role: 'choice',
  parameters: Parameters,
  check: (parameters) => parameters as Static<typeof Parameters>,
  create({ idle = 'retain' }, { domains }): RunnablePolicy<null> {
    const race = { ranges: exactly(domains, topOf), state: null, reason: 'there is work: highest point', idle };
    const rest = { ranges: exactly(domains, () => 0), state: null, reason: `there is no work: ${idle}`, idle };
    return {
      initial: null,
      triggers: ['start', 'end'],
      decide: ({ inference, queued }) => (inference !== null || queued > 0 ? race : rest),
    };
  },
};
