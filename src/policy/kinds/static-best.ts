import { type Static, Type } from '@sinclair/typebox';
import { Quantity } from '../../base/schema.ts';
import { parseQuantity } from '../../base/units.ts';
import { allCombinations, Idle, indexOfLeast, requireDeadline } from '../candidates.ts';
import type { PointByDomain, PolicyContext, PolicyKind } from '../policy.ts';
import { constant, exactly, held, topOf } from '../ranges.ts';
import type { IdleState } from '../states/states.ts';
import { celsius, milliseconds } from '../text.ts';

const Parameters = Type.Object(
  {
    temperature: Type.Optional(Quantity('temperature', 'Temperature of the die for its leakage')),
    idle: Type.Optional(Idle),
  },
  { additionalProperties: false },
);

interface Checked {
  readonly temperatureK: number;
  readonly deadlineS: number;
  readonly idle: IdleState;
}

/** The single setting that takes least energy from release to deadline, including idling. It is chosen before the run. */
export const staticBest: PolicyKind<Checked> = {
  id: 'static-best',
  description: 'the best single setting for a deadline, found before the run; an adaptive policy has to beat it',
  role: 'deadline',
  parameters: Parameters,
  check(parameters, setting, span) {
    const { temperature = '60C', idle = 'clocked' } = parameters as Static<typeof Parameters>;
    const temperatureK = parseQuantity(temperature, 'temperature', span('temperature'));
    return { temperatureK, deadlineS: requireDeadline('static-best', setting), idle };
  },
  create({ temperatureK, deadlineS: limitS, idle }, context) {
    // Inferences that come faster than they are due would queue up without end at a clock that only meets the deadline.
    const deadlineS = Math.min(limitS, context.periodS ?? limitS);
    const what = deadlineS < limitS ? 'period' : 'deadline';
    const best = bestSetting(context, deadlineS, temperatureK, idle);
    if (!best) {
      return constant(
        exactly(context.domains, topOf),
        `no setting meets the ${what} of ${milliseconds(deadlineS)}, so the fastest`,
        idle,
      );
    }
    return constant(
      held(context.domains, best),
      `least energy within a ${what} of ${milliseconds(deadlineS)} at ${celsius(temperatureK)}`,
      idle,
    );
  },
};

function bestSetting(
  { work, domains }: PolicyContext,
  deadlineS: number,
  temperatureK: number,
  idle: IdleState,
): PointByDomain | undefined {
  const { wakeS } = work.wake(idle);
  const clocks = (points: PointByDomain): number =>
    domains.reduce((sum, d) => sum + d.points[points[d.name]].frequencyHz, 0);
  const feasible = allCombinations(domains)
    .filter((points) => work.inferenceS(points) + wakeS <= deadlineS)
    // Among equals the first one is taken, so lower clocks come first.
    .sort((a, b) => clocks(a) - clocks(b));
  const energies = feasible.map((points) => {
    const idleJ = work.idleW(points, temperatureK, idle) * (deadlineS - work.inferenceS(points));
    return work.inferenceJ(points, temperatureK) + idleJ;
  });
  return feasible[indexOfLeast(energies)];
}
