import { type Static, Type } from '@sinclair/typebox';
import { fail } from '../../base/errors.ts';
import { Quantity } from '../../base/schema.ts';
import { parseQuantity } from '../../base/units.ts';
import type { PolicyKind, RunnablePolicy } from '../policy.ts';
import { limitOf } from '../power.ts';
import { topOf, upTo } from '../ranges.ts';
import { celsius } from '../text.ts';
import { Kernel, saturation, ZONE, type Zone, zoneOf } from '../zone.ts';

const Parameters = Type.Object(
  {
    trip: Type.Optional(Quantity('temperature', 'Temperature from which it slows down')),
    max_state: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 1000,
        description: 'Largest number of points it goes down; the whole table by default',
      }),
    ),
    kernel: Type.Optional(Kernel),
    hysteresis: Type.Optional(
      Quantity('temperature difference', 'kernel 6.18: distance below the trip at which the die is cool again'),
    ),
    ...ZONE,
  },
  { additionalProperties: false },
);

interface Checked {
  readonly zone: Zone;
  readonly tripK: number;
  /** Most points that it goes down. */
  readonly most: number;
  readonly rule: Rule;
}

interface State {
  /** Number of points below the highest. */
  readonly cooling: number;
  /** Temperature at the last epoch, K; null before the first. */
  readonly previousK: number | null;
  /** Kernel 6.18: from the trip on, until below the trip less the hysteresis. */
  readonly isHot?: boolean;
}

/** The state after a reading. */
type Rule = (hottestK: number, state: State) => State;

/**
 * Goes one point down per epoch while the die is too hot and heating, and up again as it cools, by one point or by all (Linux
 * gov_step_wise of the named kernel).
 */
export const stepWise: PolicyKind<Checked> = {
  id: 'step_wise',
  description: 'a cap that steps down at each epoch above the trip and back up as the die cools, as in Linux',
  role: 'cap',
  parameters: Parameters,
  check(parameters, setting, span) {
    const {
      trip = limitOf(setting),
      max_state,
      kernel = '6.6',
      hysteresis,
      ...zoneParameters
    } = parameters as Static<typeof Parameters>;
    const zone = zoneOf('step_wise', zoneParameters, setting, span);
    const tripK = parseQuantity(trip, 'temperature', span('trip'));
    const most = max_state ?? Math.max(...zone.domains.map(topOf));
    if (kernel === '6.6' && hysteresis !== undefined) {
      fail('unknown-key', 'step_wise of kernel 6.6 has no hysteresis', {
        span: span('hysteresis'),
        expected: 'kernel: "6.18" beside it',
      });
    }
    const coolK = tripK - parseQuantity(hysteresis ?? '2K', 'temperature difference', span('hysteresis'));
    return { zone, tripK, most, rule: kernel === '6.6' ? old(tripK, most) : present(tripK, coolK, most) };
  },
  create({ zone, tripK, most, rule }): RunnablePolicy<State> {
    const limits = Array.from({ length: most + 1 }, (_, cooling) =>
      upTo(zone.domains, (domain) => Math.max(0, topOf(domain) - cooling)),
    );
    return {
      initial: { cooling: 0, previousK: null },
      marksK: [tripK],
      decide(observation, state) {
        if (!observation.triggers.has('epoch'))
          return { ranges: limits[state.cooling], state, reason: 'unchanged until the next epoch' };
        const { cooling, previousK } = state;
        const hottestK = zone.hottestK(observation);
        const after = rule(hottestK, state);
        const ranges = limits[after.cooling];
        const saturated = saturation(zone, ranges, hottestK, tripK);
        if (after.cooling === cooling) {
          const same = hottestK === previousK && after.isHot === state.isHot;
          return { ranges, state: same ? state : after, reason: 'cooling state unchanged', saturated };
        }
        const reading = `${celsius(hottestK)}, ${wayOf(after.cooling > cooling, hottestK < tripK)} ${celsius(tripK)}`;
        return { ranges, state: after, reason: `${reading}: cooling state ${after.cooling} of ${most}`, saturated };
      },
    };
  },
};

function wayOf(isUp: boolean, isBelow: boolean): string {
  if (isUp) return 'rising above';
  return isBelow ? 'falling below' : 'falling above';
}

/**
 * Linux 6.6: one step more above the trip while heating, one less below it while cooling. The first reading has no trend; above the
 * trip it counts as heating.
 */
function old(tripK: number, most: number): Rule {
  return (hottestK, { cooling, previousK }) => {
    const isHeating = previousK === null || hottestK > previousK;
    const isCooling = previousK !== null && hottestK < previousK;
    if (hottestK >= tripK) return { cooling: isHeating ? Math.min(most, cooling + 1) : cooling, previousK: hottestK };
    return { cooling: isCooling ? Math.max(0, cooling - 1) : cooling, previousK: hottestK };
  };
}

/**
 * Linux 6.18, get_target_state: while hot, one step more while heating and one less while cooling, but not down to none; once it is no
 * longer hot and cools, none. Hot is from the trip on, until the temperature is below the trip less the hysteresis (thermal_core.c).
 */
function present(tripK: number, coolK: number, most: number): Rule {
  return (hottestK, { cooling, previousK, isHot: wasHot = false }) => {
    const isHot = hottestK >= (wasHot ? coolK : tripK);
    const isCooling = previousK !== null && hottestK < previousK;
    const next = (to: number): State => ({ cooling: to, previousK: hottestK, isHot });
    if (!isHot) return next(isCooling ? 0 : cooling);
    if (previousK === null || hottestK > previousK) return next(Math.min(most, cooling + 1));
    return next(isCooling ? Math.min(most, Math.max(1, cooling - 1)) : cooling);
  };
}
