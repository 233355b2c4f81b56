import { type Static, Type } from '@sinclair/typebox';
import { lowestAtLeast } from '../clocks.ts';
import type { PolicyKind, RunnablePolicy } from '../policy.ts';
import { loadText, perDomain } from './per-domain.ts';

const Parameters = Type.Object(
  {
    margin: Type.Optional(
      Type.Number({
        minimum: 1,
        maximum: 10,
        description: 'Clock over the clock at which the load would fill the epoch',
      }),
    ),
    rate_limit: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 1_000_000, description: 'Least number of epochs between two changes' }),
    ),
  },
  { additionalProperties: false },
);

/** Epochs since the last change, at most the rate limit. */
type State = number;

/** A clock in proportion to the utilisation, which itself is in proportion to the clock (Linux 6.6, get_next_freq). */
export const schedutil: PolicyKind<Required<Static<typeof Parameters>>> = {
  id: 'schedutil',
  description: 'a quarter more clock than the load needs, as in Linux 6.6',
  role: 'choice',
  parameters: Parameters,
  check(parameters) {
    const { margin = 1.25, rate_limit = 1 } = parameters as Static<typeof Parameters>;
    return { margin, rate_limit };
  },
  create({ margin, rate_limit }, { domains }): RunnablePolicy<readonly State[]> {
    return perDomain<State>(
      domains,
      () => rate_limit,
      (domain, { busy }, point, epochs) => {
        const rested = Math.min(rate_limit, epochs + 1);
        const next = lowestAtLeast(domain, margin * busy * domain.points[point].frequencyHz);
        return rested < rate_limit || next === point ? { point, state: rested } : { point: next, state: 0 };
      },
      loadText,
    );
  },
};
