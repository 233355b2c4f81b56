import { Type } from '@sinclair/typebox';
import { fixedText } from '../../base/number-text.ts';
import { requireDeadline, sharedCandidates } from '../candidates.ts';
import type { Observation, PolicyKind, RunnablePolicy } from '../policy.ts';
import { held } from '../ranges.ts';

interface State {
  /** Index of the setting; the fastest before the first epoch. */
  readonly setting: number;
}

/** Ahead of time by this much it slows down, behind by this much it takes the fastest setting. */
const AHEAD = 1.05;
const FAR_BEHIND = 0.95;

/** One point down while the work is ahead of time, one up while it is behind: the first deadline policy that comes to mind. */
export const slackStep: PolicyKind<number> = {
  id: 'slack-step',
  description:
    'one point down while ahead of time and up while behind; the naive deadline policy that pace has to beat',
  role: 'deadline',
  parameters: Type.Object({}, { additionalProperties: false }),
  check: (_, setting) => requireDeadline('slack-step', setting),
  create(deadlineS, { domains }): RunnablePolicy<State> {
    const candidates = sharedCandidates(domains);
    const top = candidates.length - 1;
    const ranges = candidates.map((points) => held(domains, points));
    return {
      initial: { setting: top },
      decide(observation, state) {
        if (!observation.triggers.has('epoch')) {
          return { ranges: ranges[state.setting], state, reason: 'unchanged until the next epoch' };
        }
        const ratio = progressRatio(observation, deadlineS);
        const setting = next(state.setting, ratio, top);
        if (setting === state.setting) return { ranges: ranges[setting], state, reason: 'unchanged' };
        const reason = `progress is ${fixedText(ratio, 3)} of the time passed: setting ${setting} of ${top}`;
        return { ranges: ranges[setting], state: { setting }, reason };
      },
    };
  },
};

/** Progress over the share of the deadline that has passed; 1 without work or at its start. */
export function progressRatio({ inference, timeS }: Observation, deadlineS: number): number {
  if (inference === null || timeS <= inference.releaseS) return 1;
  return (inference.progress * deadlineS) / (timeS - inference.releaseS);
}

function next(setting: number, ratio: number, top: number): number {
  if (ratio < FAR_BEHIND) return top;
  if (ratio < 1) return Math.min(top, setting + 1);
  return ratio > AHEAD ? Math.max(0, setting - 1) : setting;
}
