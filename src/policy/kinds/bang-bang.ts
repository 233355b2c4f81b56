import { type Static, Type } from '@sinclair/typebox';
import { Quantity } from '../../base/schema.ts';
import { parseQuantity } from '../../base/units.ts';
import { Clocks, pointsAtClocks } from '../clocks.ts';
import type { PointByDomain, PolicyKind, RunnablePolicy } from '../policy.ts';
import { limitOf } from '../power.ts';
import { topOf, upTo } from '../ranges.ts';
import { celsius } from '../text.ts';
import { Kernel, saturation, ZONE, type Zone, zoneOf } from '../zone.ts';

const Parameters = Type.Object(
  {
    trip: Type.Optional(Quantity('temperature', 'Temperature from which the die is too hot')),
    hysteresis: Type.Optional(
      Quantity('temperature difference', 'Distance below the trip at which the die is cool again'),
    ),
    cool_frequency: Type.Optional(
      Clocks('Limit while it is too hot: one clock, or a mapping of domains to clocks; the lowest by default'),
    ),
    kernel: Type.Optional(Kernel),
    ...ZONE,
  },
  { additionalProperties: false },
);

interface Checked {
  readonly zone: Zone;
  readonly tripK: number;
  readonly coolK: number;
  /** Highest allowed points while the die is too hot. */
  readonly slow: PointByDomain;
}

interface State {
  readonly hot: boolean;
}

/**
 * Caps the clocks when the die gets too hot, and lifts the cap once it has cooled. Between the two temperatures nothing
 * changes (Linux gov_bang_bang). At exactly the lower one it stays slow, as in 6.18; 6.6 already lifts the cap there.
 */
export const bangBang: PolicyKind<Checked> = {
  id: 'bang_bang',
  description: 'a cap with two states, slow and free; the simplest thermal policy',
  role: 'cap',
  parameters: Parameters,
  check(parameters, setting, span) {
    const {
      trip = limitOf(setting),
      hysteresis = '2K',
      cool_frequency,
      kernel: _,
      ...zoneParameters
    } = parameters as Static<typeof Parameters>;
    const zone = zoneOf('bang_bang', zoneParameters, setting, span);
    const tripK = parseQuantity(trip, 'temperature', span('trip'));
    const coolK = tripK - parseQuantity(hysteresis, 'temperature difference', span('hysteresis'));
    const slow = pointsAtClocks(cool_frequency, 'cool_frequency', zone.domains, span, () => 0);
    return { zone, tripK, coolK, slow };
  },
  create({ zone, tripK, coolK, slow }): RunnablePolicy<State> {
    const limits = { hot: upTo(zone.domains, ({ name }) => slow[name]), cool: upTo(zone.domains, topOf) };
    return {
      initial: { hot: false },
      marksK: [tripK],
      decide(observation, state) {
        const ranges = state.hot ? limits.hot : limits.cool;
        if (!observation.triggers.has('epoch')) return { ranges, state, reason: 'unchanged until the next epoch' };
        const hottestK = zone.hottestK(observation);
        const hot = hottestK >= tripK || (state.hot && hottestK >= coolK);
        const saturated = hot ? saturation(zone, limits.hot, hottestK, tripK) : undefined;
        if (hot === state.hot) return { ranges, state, reason: hot ? 'still hot' : 'cool', saturated };
        return {
          saturated,
          ranges: hot ? limits.hot : limits.cool,
          state: { hot },
          reason: hot
            ? `${celsius(hottestK)} is at or above ${celsius(tripK)}: slow`
            : `${celsius(hottestK)} is below ${celsius(coolK)}: free`,
        };
      },
    };
  },
};
