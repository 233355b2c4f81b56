import { Type } from '@sinclair/typebox';
import type { PolicyKind } from '../policy.ts';
import { constant, exactly, topOf } from '../ranges.ts';

/** Every domain at its highest point (Linux cpufreq `performance`). */
export const performance: PolicyKind = {
  id: 'performance',
  description: 'the highest point of every domain; the baseline of all other policies',
  role: 'choice',
  parameters: Type.Object({}, { additionalProperties: false }),
  check: () => null,
  create: (_, { domains }) => constant(exactly(domains, topOf), 'highest point'),
};
