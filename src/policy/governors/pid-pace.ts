import { type Static, Type } from '@sinclair/typebox';
import { requireDeadline, sharedCandidates } from '../candidates.ts';
import { lowestAtLeast } from '../clocks.ts';
import type { PolicyContext, PolicyKind, RunnablePolicy } from '../policy.ts';
import { type Ranges, rangesByPoint, topOf } from '../ranges.ts';
import { percent } from '../text.ts';

const Gain = (description: string) => Type.Number({ minimum: 0, maximum: 1000, description });
const Parameters = Type.Object(
  {
    kp: Type.Optional(Gain('Share of the highest clock for a delay of the whole deadline')),
    ki: Type.Optional(Gain('Share of the highest clock for a delay of the whole deadline that lasts as long')),
  },
  { additionalProperties: false },
);

interface Checked {
  readonly kp: number;
  readonly ki: number;
  readonly deadlineS: number;
}

interface State {
  /** Index of the inference that the integral belongs to; -1 for none. */
  readonly inference: number;
  /** Integral of the delay over time, both as shares of the deadline. */
  readonly integral: number;
  /** The last output, as a share of the highest clocks. */
  readonly share: number;
}

/** Steers the clock by how far the progress lags behind the time that has passed. */
export const pidPace: PolicyKind<Checked> = {
  id: 'pid-pace',
  description: 'a PI controller of progress against the deadline; it needs no times of layers',
  role: 'deadline',
  parameters: Parameters,
  check(parameters, setting) {
    const { kp = 2, ki = 1 } = parameters as Static<typeof Parameters>;
    return { kp, ki, deadlineS: requireDeadline('pid-pace', setting) };
  },
  create({ kp, ki, deadlineS }, context): RunnablePolicy<State> {
    const { domains, epochS } = context;
    const nominal = nominalShare(context, deadlineS);
    const rangesOf = rangesByPoint(domains, (point) => [point, point]);
    const chosen = new Int32Array(domains.length);
    const rangesAt = (share: number): Ranges => {
      for (let d = 0; d < chosen.length; d++) {
        chosen[d] = lowestAtLeast(domains[d], share * domains[d].points[topOf(domains[d])].frequencyHz);
      }
      return rangesOf(chosen);
    };
    return {
      initial: { inference: -1, integral: 0, share: nominal },
      decide({ triggers, inference, timeS }, state) {
        if (!triggers.has('epoch')) {
          return { ranges: rangesAt(state.share), state, reason: 'unchanged until the next epoch' };
        }
        if (inference === null) return { ranges: rangesAt(state.share), state, reason: 'no inference runs' };
        const integralBefore = inference.index === state.inference ? state.integral : 0;
        const delay = (timeS - inference.releaseS) / deadlineS - inference.progress;
        const added = integralBefore + (delay * epochS) / deadlineS;
        const wanted = nominal + kp * delay + ki * added;
        // Anti-windup by conditional integration: a delay that the clock cannot follow must not accumulate.
        const isFutile = (delay > 0 && wanted > 1) || (delay < 0 && wanted < 0);
        const integral = isFutile ? integralBefore : added;
        const share = Math.min(1, Math.max(0, nominal + kp * delay + ki * integral));
        const reason = `${percent(delay)} of the deadline behind: ${percent(share)} of the clock`;
        return { ranges: rangesAt(share), state: { inference: inference.index, integral, share }, reason };
      },
    };
  },
};

/** The clock, as a share of the highest, of the slowest setting that meets the deadline from its release on. */
function nominalShare({ domains, work }: PolicyContext, deadlineS: number): number {
  const [first] = domains;
  const found = sharedCandidates(domains).find((points) => work.inferenceS(points) <= deadlineS);
  return found ? first.points[found[first.name]].frequencyHz / first.points[topOf(first)].frequencyHz : 1;
}
