import { type Static, Type } from '@sinclair/typebox';
import { OneOf, Quantity } from '../../base/schema.ts';
import { parseQuantity } from '../../base/units.ts';
import { Idle, indexOfLeast, netInferenceJ, pointsOf, requireDeadline, sharedCandidates } from '../candidates.ts';
import type { Decision, Observation, PointByDomain, PolicyContext, PolicyKind, RunnablePolicy } from '../policy.ts';
import { exactlyAt } from '../ranges.ts';
import type { IdleState } from '../states/states.ts';
import { megahertz, timeLeft } from '../text.ts';
import { thriftier } from './thriftier.ts';

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
    const heldAt = exactlyAt(domains);
    const ranges = candidates.map(heldAt);
    const states = candidates.map((_, last): State => ({ last }));
    const unchanged = candidates.map(
      (_, i): Decision<State> => ({ ranges: ranges[i], state: states[i], reason: 'unchanged', idle }),
    );
    const pointOf = pointsOf(candidates, domains);
    const lowest =
      floor === 'none' ? 0 : indexOfLeast(candidates.map((p) => netInferenceJ(context, p, temperatureK, idle)));
    const guardS = guard * deadlineS;
    const paceS = context.periodS != null && context.periodS < deadlineS ? context.periodS : Number.POSITIVE_INFINITY;
    const others = context.below ? thriftier(context, candidates, lowest, temperatureK, idle) : null;
    const change = new Change(context);
    const afterLayerS = secondsAfterLayers(context, candidates);

    /**
     * Whether the running inference ends in time at a setting, including the transition to it, and whether those that wait end in turn
     * by their deadlines less the guard. The running one has to end by `untilS`, and takes `leastS` at least.
     */
    const isInTime = (
      setting: PointByDomain,
      point: Int32Array,
      untilS: number,
      observation: Observation,
      leastS: number,
    ): boolean => {
      const { timeS, inference, queued } = observation;
      const fromS = timeS + change.secondsTo(point);
      if (fromS + leastS > untilS) return false;
      const endS = fromS + inference!.remainingS(setting);
      if (endS > untilS) return false;
      return queued === 0 || waitingInTime(observation, endS, context.work.inferenceS(setting), guardS);
    };

    /** The first candidate from the lowest on that is in time; -1 if none is. */
    const lowestInTime = (untilS: number, observation: Observation): number => {
      const { layer } = observation.inference!;
      for (let i = lowest; i < candidates.length; i++) {
        if (isInTime(candidates[i], pointOf[i], untilS, observation, afterLayerS(i, layer))) return i;
      }
      return -1;
    };

    /** The settings that policies below may choose from: with time left, any that takes no more energy and is in time. */
    const jointOf = (index: number, untilS: number, observation: Observation): readonly PointByDomain[] | undefined => {
      if (!others) return undefined;
      const settings = others(index, observation);
      const points = pointsOf(settings, domains);
      const found = settings.filter((setting, i) => isInTime(setting, points[i], untilS, observation, 0));
      return found.length > 0 ? [candidates[index], ...found] : undefined;
    };

    const decided = (index: number, reason: string, joint?: readonly PointByDomain[]): Decision<State> =>
      // Most decisions are the one before.
      reason === 'unchanged' && !joint
        ? unchanged[index]
        : joint
          ? { ranges: {}, joint, state: states[index], reason, idle }
          : { ranges: ranges[index], state: states[index], reason, idle };

    return {
      initial: { last: -1 },
      triggers: at === 'layer' ? ['start', 'layer'] : ['start'],
      decide(observation, state) {
        const { inference, queued, points, timeS } = observation;
        if (inference === null) {
          if (floor === 'critical' && queued === 0) {
            return decided(lowest, lowest === state.last ? 'unchanged' : 'no inference runs: critical speed');
          }
          return { ranges: heldAt(points), state: NOTHING, reason: 'no inference runs: unchanged', idle };
        }
        const dueS = inference.deadlineS ?? inference.releaseS + deadlineS;
        // Inferences that come faster than they are due would queue up without end at a clock that only meets the deadline.
        const latestS = Math.min(dueS, inference.releaseS + paceS) - guardS;
        // An end that is late by rounding alone is in time: a setting may take exactly the deadline.
        const untilS = latestS + 1e-12 * deadlineS + 1e-15 * timeS;
        change.from(points);
        const found = lowestInTime(untilS, observation);
        const index = found < 0 ? candidates.length - 1 : found;
        const joint = found < 0 ? undefined : jointOf(found, untilS, observation);
        if (index === state.last) return decided(index, 'unchanged', joint);
        const left = timeLeft(timeS, latestS);
        if (found < 0) return decided(index, `${left} left: no clock is fast enough, so the fastest`);
        const [{ name, points: table }] = domains;
        const what =
          index === lowest && lowest > 0 ? 'critical speed and fast enough' : 'lowest clock that is fast enough';
        return decided(
          index,
          `${left} left: ${megahertz(table[candidates[index][name]].frequencyHz)} is the ${what}`,
          joint,
        );
      },
    };
  },
};

const NOTHING: State = { last: -1 };

/** The time of the change from one setting to others, s. */
class Change {
  private readonly names: readonly string[];
  private readonly counts: Int32Array;
  private readonly tables: readonly Float64Array[];
  private readonly present: Int32Array;

  constructor({ domains, transitionS }: PolicyContext) {
    this.names = domains.map(({ name }) => name);
    this.counts = Int32Array.from(domains, ({ points }) => points.length);
    this.tables = domains.map(({ name, points }) =>
      Float64Array.from({ length: points.length ** 2 }, (_, i) =>
        transitionS(name, Math.floor(i / points.length), i % points.length),
      ),
    );
    this.present = new Int32Array(domains.length);
  }

  from(points: PointByDomain): void {
    for (let d = 0; d < this.present.length; d++) this.present[d] = points[this.names[d]];
  }

  secondsTo(point: Int32Array): number {
    const { present, counts, tables } = this;
    let mostS = 0;
    for (let d = 0; d < present.length; d++) {
      if (present[d] !== point[d]) mostS = Math.max(mostS, tables[d][present[d] * counts[d] + point[d]]);
    }
    return mostS;
  }
}

/**
 * The time that the layers after one take at a candidate, s: what is left of an inference takes no less. It is rounded down, so that no
 * candidate is ruled out by the order of a sum.
 */
function secondsAfterLayers(
  { work: { layers } }: PolicyContext,
  candidates: readonly PointByDomain[],
): (candidate: number, layer: number) => number {
  const tables: Float64Array[] = [];
  return (candidate, layer) => {
    let table = tables[candidate];
    if (!table) {
      table = new Float64Array(layers.length);
      let sumS = 0;
      for (let l = layers.length - 1; l >= 0; l--) {
        table[l] = sumS * (1 - 1e-9);
        sumS += layers[l].timeS(candidates[candidate]);
      }
      tables[candidate] = table;
    }
    return table[layer];
  };
}

/** Whether the inferences that wait meet their deadlines if the first starts at `startS` and each takes `eachS`. */
function waitingInTime({ waiting }: Observation, startS: number, eachS: number, guardS: number): boolean {
  return waiting.every(({ deadlineS }, k) => deadlineS === null || startS + (k + 1) * eachS <= deadlineS - guardS);
}
