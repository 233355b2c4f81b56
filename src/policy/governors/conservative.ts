import { type Static, Type } from '@sinclair/typebox';
import { fail } from '../../base/errors.ts';
import { highestAtMost, lowestAtLeast } from '../clocks.ts';
import type { PolicyKind, RunnablePolicy } from '../policy.ts';
import { topOf } from '../ranges.ts';
import { loadPercent } from './ondemand.ts';
import { loadText, perDomain } from './per-domain.ts';

const Parameters = Type.Object(
  {
    up_threshold: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 100, description: 'Load in % above which it asks for a higher clock' }),
    ),
    down_threshold: Type.Optional(
      Type.Integer({ minimum: 0, maximum: 99, description: 'Load in % below which it asks for a lower clock' }),
    ),
    freq_step: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, description: 'Step in % of the highest clock' })),
    sampling_down_factor: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 10,
        description: 'Of so many epochs without a step up, the last may step down',
      }),
    ),
  },
  { additionalProperties: false },
);

interface State {
  /** The clock it has asked for, Hz, whether or not there is such a point; null before the first look. */
  readonly requestedHz: number | null;
  readonly below: number;
}

/** Steps of its own up and down a wished clock (Linux 6.6, drivers/cpufreq/cpufreq_conservative.c, cs_dbs_update). */
export const conservative: PolicyKind<Required<Static<typeof Parameters>>> = {
  id: 'conservative',
  description: 'small steps up above a load of 80 % and down below 20 %, as in Linux 6.6',
  role: 'choice',
  parameters: Parameters,
  check(parameters, _, span) {
    const {
      up_threshold = 80,
      down_threshold = 20,
      freq_step = 5,
      sampling_down_factor = 1,
    } = parameters as Static<typeof Parameters>;
    if (down_threshold >= up_threshold) {
      fail('out-of-range', `"down_threshold", ${down_threshold}, is not below "up_threshold", ${up_threshold}`, {
        span: span('down_threshold') ?? span('up_threshold'),
        expected: 'a lower threshold below the upper one',
      });
    }
    return { up_threshold, down_threshold, freq_step, sampling_down_factor };
  },
  create({ up_threshold, down_threshold, freq_step, sampling_down_factor }, context): RunnablePolicy<readonly State[]> {
    return perDomain<State>(
      context.domains,
      () => ({ requestedHz: null, below: 0 }),
      (domain, { busy }, point, state) => {
        const load = loadPercent(busy);
        const [lowest, highest] = [domain.points[0].frequencyHz, domain.points[topOf(domain)].frequencyHz];
        const stepHz = (freq_step * highest) / 100;
        const wished = state.requestedHz ?? domain.points[point].frequencyHz;
        if (load > up_threshold) {
          const requestedHz = Math.min(highest, wished + stepHz);
          return {
            point: wished === highest ? point : highestAtMost(domain, requestedHz),
            state: { requestedHz, below: 0 },
          };
        }
        // Every epoch without a step up counts, whatever its load.
        const below = state.below + 1;
        if (below < sampling_down_factor) return { point, state: { requestedHz: wished, below } };
        if (load >= down_threshold || wished === lowest) {
          return {
            point,
            state: state.below === 0 && state.requestedHz === wished ? state : { requestedHz: wished, below: 0 },
          };
        }
        const requestedHz = Math.max(lowest, wished - stepHz);
        return { point: lowestAtLeast(domain, requestedHz), state: { requestedHz, below: 0 } };
      },
      loadText,
    );
  },
};
