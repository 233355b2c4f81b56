import { type Static, Type } from '@sinclair/typebox';
import { closest } from '../clocks.ts';
import type { PolicyKind, RunnablePolicy } from '../policy.ts';
import { topOf } from '../ranges.ts';
import { loadText, perDomain } from './per-domain.ts';

const Parameters = Type.Object(
  {
    up_threshold: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 100, description: 'Load in % above which it takes the highest clock' }),
    ),
    sampling_down_factor: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 100_000,
        description: 'Epochs between two looks while at the highest clock',
      }),
    ),
  },
  { additionalProperties: false },
);

interface State {
  /** Epochs from one look at the load to the next, and those left until then. */
  readonly every: number;
  readonly left: number;
}

/** Highest clock above a load, else a clock in proportion to it (Linux 6.6, drivers/cpufreq/cpufreq_ondemand.c, od_update). */
export const ondemand: PolicyKind<Required<Static<typeof Parameters>>> = {
  id: 'ondemand',
  description: 'highest clock above a load of 80 %, else in proportion to the load, as in Linux 6.6',
  role: 'choice',
  parameters: Parameters,
  check(parameters) {
    const { up_threshold = 80, sampling_down_factor = 1 } = parameters as Static<typeof Parameters>;
    return { up_threshold, sampling_down_factor };
  },
  create({ up_threshold, sampling_down_factor }, { domains }): RunnablePolicy<readonly State[]> {
    return perDomain<State>(
      domains,
      () => ({ every: 1, left: 1 }),
      (domain, { busy }, point, state) => {
        if (state.left > 1) return { point, state: { every: state.every, left: state.left - 1 } };
        const load = loadPercent(busy);
        const top = topOf(domain);
        if (load > up_threshold) {
          const every = point < top ? sampling_down_factor : state.every;
          return { point: top, state: { every, left: every } };
        }
        const [lowest, highest] = [domain.points[0].frequencyHz, domain.points[top].frequencyHz];
        const hz = lowest + (load * (highest - lowest)) / 100;
        return { point: closest(domain, hz), state: { every: 1, left: 1 } };
      },
      loadText,
    );
  },
};

/** The kernel's load is a whole number. */
export function loadPercent(busy: number): number {
  return Math.floor(100 * busy + 1e-9);
}
