import { type Static, Type } from '@sinclair/typebox';
import { OneOf, Quantity } from '../../base/schema.ts';
import { parseQuantity } from '../../base/units.ts';
import { Idle, indexOfLeast, netInferenceJ, requireDeadline, sharedCandidates } from '../candidates.ts';
import type { Decision, Observation, PointByDomain, PolicyContext, PolicyKind, RunnablePolicy } from '../policy.ts';
import { held } from '../ranges.ts';
import type { IdleState } from '../rest/states.ts';
import { megahertz, timeLeft } from '../text.ts';
import { thriftier } from '../thrift.ts';

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

    const others = context.below ? thriftier(context, candidates, lowest, temperatureK, idle) : null;

    /** The candidate alone; with policies below and time left, any setting that takes no more energy and is in time. */
    const acceptable = (index: number, observation: Observation | null, due?: Due): Said => {
      if (!others || !observation || !due) return { ranges: ranges[index] };
      const joint = others(index, observation).filter((setting) => isInTime(setting, due, observation, context));
      return joint.length === 0 ? { ranges: ranges[index] } : { ranges: {}, joint: [candidates[index], ...joint] };
    };

    const decided = (
      index: number,
      state: State,
      reason: () => string,
      observation: Observation | null = null,
      due?: Due,
    ) =>
      index === state.last
        ? { ...acceptable(index, observation, due), state, reason: 'unchanged', idle }
        : { ...acceptable(index, observation, due), state: { last: index }, reason: reason(), idle };

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
        const due = { latestS, guardS };
        const index = lowestInTime(candidates, lowest, due, observation, context);
        if (index === undefined) {
          return decided(
            candidates.length - 1,
            state,
            () => `${timeLeft(timeS, latestS)} left: no clock is fast enough, so the fastest`,
          );
        }
        const reason = (): string => {
          const [{ name, points: table }] = domains;
          const what =
            index === lowest && lowest > 0 ? 'critical speed and fast enough' : 'lowest clock that is fast enough';
          const clock = megahertz(table[candidates[index][name]].frequencyHz);
          return `${timeLeft(timeS, latestS)} left: ${clock} is the ${what}`;
        };
        return decided(index, state, reason, observation, due);
      },
    };
  },
};

/** What a decision accepts. */
type Said = Pick<Decision, 'ranges' | 'joint'>;

const NOTHING: State = { last: -1 };

/** The times that a setting has to meet. */
interface Due {
  /** Latest end of the running inference, and margin before the deadlines of those that wait, s. */
  readonly latestS: number;
  readonly guardS: number;
}

/** The first candidate from `lowest` on that is in time. */
function lowestInTime(
  candidates: readonly PointByDomain[],
  lowest: number,
  due: Due,
  observation: Observation,
  context: PolicyContext,
): number | undefined {
  for (let i = lowest; i < candidates.length; i++) if (isInTime(candidates[i], due, observation, context)) return i;
  return undefined;
}

/**
 * Whether the running inference ends in time at a setting, including the transition to it, and whether those that wait end in turn by
 * their deadlines less the guard.
 */
function isInTime(
  setting: PointByDomain,
  { latestS, guardS }: Due,
  observation: Observation,
  context: PolicyContext,
): boolean {
  const { timeS, points, inference, queued } = observation;
  let transitionS = 0;
  for (const { name } of context.domains) {
    if (setting[name] === points[name]) continue;
    transitionS = Math.max(transitionS, context.transitionS(name, points[name], setting[name]));
  }
  const endS = timeS + transitionS + inference!.remainingS(setting);
  if (endS > latestS) return false;
  return queued === 0 || waitingInTime(observation, endS, context.work.inferenceS(setting), guardS);
}

/** Whether the inferences that wait meet their deadlines if the first starts at `startS` and each takes `eachS`. */
function waitingInTime({ waiting }: Observation, startS: number, eachS: number, guardS: number): boolean {
  return waiting.every(({ deadlineS }, k) => deadlineS === null || startS + (k + 1) * eachS <= deadlineS - guardS);
}
