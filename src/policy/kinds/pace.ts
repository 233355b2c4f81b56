import { type Static, Type } from '@sinclair/typebox';
import { OneOf, Quantity } from '../../base/schema.ts';
import { parseQuantity } from '../../base/units.ts';
import { Idle, indexOfLeast, netInferenceJ, requireDeadline, sharedCandidates } from '../candidates.ts';
import type { IdleState, Observation, PointByDomain, PolicyContext, PolicyKind, RunnablePolicy } from '../policy.ts';
import { held } from '../ranges.ts';
import { megahertz, timeLeft } from '../text.ts';

const Parameters = Type.Object(
  {
    guard: Type.Optional(
      Type.Number({ minimum: 0, maximum: 1, description: 'Share of the deadline that it keeps as a margin' }),
    ),
    at: Type.Optional(OneOf(['layer', 'epoch'], 'layer: it also decides at each start of a layer')),
    floor: Type.Optional(OneOf(['critical', 'none'], 'critical: it never goes below the critical speed')),
    temperature: Type.Optional(Quantity('temperature', 'Temperature of the die for the critical speed')),
    idle: Type.Optional(Idle),
  },
  { additionalProperties: false },
);

interface Checked {
  readonly guard: number;
  readonly at: 'layer' | 'epoch';
  readonly floor: 'critical' | 'none';
  readonly idle: IdleState;
  readonly deadlineS: number;
  readonly temperatureK: number;
}

interface State {
  /** The candidate chosen last; -1 before the first choice. */
  readonly last: number;
}

/** The lowest clock at which the rest of the inference still meets its deadline. */
export const pace: PolicyKind<Checked> = {
  id: 'pace',
  description: 'runs as slowly as the deadline allows and decides again as the work proceeds',
  role: 'deadline',
  parameters: Parameters,
  check(parameters, setting, span) {
    const {
      guard = 0.02,
      at = 'layer',
      floor = 'critical',
      temperature = '60C',
      idle = 'clocked',
    } = parameters as Static<typeof Parameters>;
    const deadlineS = requireDeadline('pace', setting);
    const temperatureK = parseQuantity(temperature, 'temperature', span('temperature'));
    return { guard, at, floor, idle, deadlineS, temperatureK };
  },
  create({ guard, at, floor, idle, deadlineS, temperatureK }, context): RunnablePolicy<State> {
    const { domains } = context;
    const candidates = sharedCandidates(domains);
    const ranges = candidates.map((points) => held(domains, points));
    const lowest =
      floor === 'none' ? 0 : indexOfLeast(candidates.map((p) => netInferenceJ(context, p, temperatureK, idle)));
    const guardS = guard * deadlineS;
    const paceS = context.periodS != null && context.periodS < deadlineS ? context.periodS : Number.POSITIVE_INFINITY;

    const decided = (index: number, state: State, reason: () => string) =>
      index === state.last
        ? { ranges: ranges[index], state, reason: 'unchanged', idle }
        : { ranges: ranges[index], state: { last: index }, reason: reason(), idle };

    return {
      initial: { last: -1 },
      triggers: at === 'layer' ? ['start', 'layer'] : ['start'],
      decide(observation, state) {
        const { inference, queued, points, timeS } = observation;
        if (inference === null) {
          if (floor === 'critical' && queued === 0)
            return decided(lowest, state, () => 'no inference runs: critical speed');
          return { ranges: held(domains, points), state: NOTHING, reason: 'no inference runs: unchanged', idle };
        }
        const dueS = inference.deadlineS ?? inference.releaseS + deadlineS;
        // Inferences that come faster than they are due would queue up without end at a clock that only meets the deadline.
        const latestS = Math.min(dueS, inference.releaseS + paceS) - guardS;
        const index = lowestInTime(candidates, lowest, latestS, guardS, observation, context);
        if (index === undefined) {
          return decided(
            candidates.length - 1,
            state,
            () => `${timeLeft(timeS, latestS)} left: no clock is fast enough, so the fastest`,
          );
        }
        return decided(index, state, () => {
          const [{ name, points: table }] = domains;
          const what =
            index === lowest && lowest > 0 ? 'critical speed and fast enough' : 'lowest clock that is fast enough';
          const clock = megahertz(table[candidates[index][name]].frequencyHz);
          return `${timeLeft(timeS, latestS)} left: ${clock} is the ${what}`;
        });
      },
    };
  },
};

const NOTHING: State = { last: -1 };

/**
 * The first candidate from `lowest` on at which the running inference ends by `latestS`, including its transition, and those that wait
 * end in turn by their deadlines less the guard.
 */
function lowestInTime(
  candidates: readonly PointByDomain[],
  lowest: number,
  latestS: number,
  guardS: number,
  observation: Observation,
  context: PolicyContext,
): number | undefined {
  const { timeS, points, inference, queued } = observation;
  for (let i = lowest; i < candidates.length; i++) {
    const candidate = candidates[i];
    let transitionS = 0;
    for (const { name } of context.domains) {
      if (candidate[name] === points[name]) continue;
      transitionS = Math.max(transitionS, context.transitionS(name, points[name], candidate[name]));
    }
    const endS = timeS + transitionS + inference!.remainingS(candidate);
    if (endS > latestS) continue;
    if (queued === 0 || waitingInTime(observation, endS, context.work.inferenceS(candidate), guardS)) return i;
  }
  return undefined;
}

/** Whether the inferences that wait meet their deadlines if the first starts at `startS` and each takes `eachS`. */
function waitingInTime({ waiting }: Observation, startS: number, eachS: number, guardS: number): boolean {
  return waiting.every(({ deadlineS }, k) => deadlineS === null || startS + (k + 1) * eachS <= deadlineS - guardS);
}
