import { type Static, Type } from '@sinclair/typebox';
import { Quantity } from '../../base/schema.ts';
import { parseQuantity } from '../../base/units.ts';
import type { PolicyKind, RunnablePolicy } from '../policy.ts';
import { topOf, upTo } from '../ranges.ts';
import { celsius } from '../text.ts';
import { saturation, ZONE, type Zone, zoneOf } from '../zone.ts';

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
    ...ZONE,
  },
  { additionalProperties: false },
);

interface Checked {
  readonly zone: Zone;
  readonly tripK: number;
  /** Most points that it goes down. */
  readonly most: number;
}

interface State {
  /** Number of points below the highest. */
  readonly cooling: number;
  /** Temperature at the last epoch, K; null before the first. */
  readonly previousK: number | null;
}

/**
 * Goes one point down per epoch while the die is too hot and heating, and one up while it cools below the trip (Linux
 * gov_step_wise).
 */
export const stepWise: PolicyKind<Checked> = {
  id: 'step_wise',
  description: 'a cap that steps down at each epoch above the trip and back up as the die cools, as in Linux',
  role: 'cap',
  parameters: Parameters,
  check(parameters, setting, span) {
    const { trip = '85C', max_state, ...zoneParameters } = parameters as Static<typeof Parameters>;
    const zone = zoneOf('step_wise', zoneParameters, setting, span);
    const tripK = parseQuantity(trip, 'temperature', span('trip'));
    return { zone, tripK, most: max_state ?? Math.max(...zone.domains.map(topOf)) };
  },
  create({ zone, tripK, most }): RunnablePolicy<State> {
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
        const next = Math.max(0, Math.min(most, cooling + step(hottestK, previousK, tripK)));
        const ranges = limits[next];
        const saturated = saturation(zone, ranges, hottestK, tripK);
        if (next === cooling) {
          const same = hottestK === previousK;
          const after = same ? state : { cooling, previousK: hottestK };
          return { ranges, state: after, reason: 'cooling state unchanged', ...saturated };
        }
        const reading = `${celsius(hottestK)}, ${next > cooling ? 'rising above' : 'falling below'} ${celsius(tripK)}`;
        return {
          ...saturated,
          ranges,
          state: { cooling: next, previousK: hottestK },
          reason: `${reading}: cooling state ${next} of ${most}`,
        };
      },
    };
  },
};

/**
 * The step of the cooling state: 1 above the trip while heating, -1 below it while cooling, else 0. The first reading
 * has no trend; above the trip it counts as heating.
 */
function step(hottestK: number, previousK: number | null, tripK: number): number {
  if (hottestK >= tripK) return previousK === null || hottestK > previousK ? 1 : 0;
  return previousK !== null && hottestK < previousK ? -1 : 0;
}
