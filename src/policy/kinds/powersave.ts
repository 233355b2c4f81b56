import { Type } from '@sinclair/typebox';
import type { PolicyKind } from '../policy.ts';
import { constant, exactly } from '../ranges.ts';

/** Every domain at its lowest point (Linux cpufreq `powersave`). */
export const powersave: PolicyKind = {
  id: 'powersave',
  description: 'the lowest point of every domain; least power, not always least energy',
  role: 'choice',
  parameters: Type.Object({}, { additionalProperties: false }),
  check: () => null,
  create: (_, { domains }) =>
    constant(
      exactly(domains, () => 0),
      'lowest point',
    ),
};
