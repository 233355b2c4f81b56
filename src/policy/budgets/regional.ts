import { type Static, Type } from '@sinclair/typebox';
import { fail } from '../../base/errors.ts';
import { Quantity } from '../../base/schema.ts';
import { parseQuantity } from '../../base/units.ts';
import type { Observation, PolicyDomain, PolicyKind, RunnablePolicy, Saturation } from '../policy.ts';
import { limitOf, requireThermal } from '../power.ts';
import { rangesByPoint, topOf } from '../ranges.ts';
import { celsius } from '../text.ts';

const Parameters = Type.Object(
  {
    trip: Type.Optional(
      Quantity('temperature', "Temperature from which a region slows down; the experiment's limit by default"),
    ),
    hysteresis: Type.Optional(
      Quantity('temperature difference', 'Distance below the trip from which a region speeds up again'),
    ),
  },
  { additionalProperties: false },
);

interface Region {
  readonly domain: PolicyDomain;
  readonly blocks: readonly number[];
}

interface Checked {
  readonly regions: readonly Region[];
  readonly tripK: number;
  readonly coolK: number;
}

interface State {
  /** Points below the highest, and the last temperature in K, by region. */
  readonly cooling: readonly number[];
  readonly beforeK: readonly number[];
}

/** Each region of the die - the blocks of one domain - steps down by its own temperature, and the others run on. */
export const regional: PolicyKind<Checked> = {
  id: 'regional',
  description: 'a cap that slows the hot region of the die alone; for designs whose parts have clocks of their own',
  role: 'cap',
  parameters: Parameters,
  check(parameters, setting, span) {
    const { trip = limitOf(setting), hysteresis = '2K' } = parameters as Static<typeof Parameters>;
    requireThermal('regional', setting);
    const regions = setting.domains.flatMap((domain): Region[] => {
      const blocks = setting.places.flatMap((place, b) => (place.domains.includes(domain.name) ? [b] : []));
      return blocks.length > 0 ? [{ domain, blocks }] : [];
    });
    if (regions.length < 2) {
      fail('not-supported', 'policy "regional" needs regions with clocks of their own, and the die has one clock', {
        expected:
          'two domains or more: a wavefront passes through all PEs of an array, so one array cannot run at two clocks',
      });
    }
    const tripK = parseQuantity(trip, 'temperature', span('trip'));
    return {
      regions,
      tripK,
      coolK: tripK - parseQuantity(hysteresis, 'temperature difference', span('hysteresis')),
    };
  },
  create({ regions, tripK, coolK }): RunnablePolicy<State> {
    const domains = regions.map(({ domain }) => domain);
    const tops = domains.map(topOf);
    const rangesOf = rangesByPoint(domains, (cooling, domain) => [0, topOf(domain) - cooling]);
    return {
      initial: { cooling: regions.map(() => 0), beforeK: [] },
      marksK: [tripK],
      decide(observation, state) {
        if (!observation.triggers.has('epoch')) {
          return { ranges: rangesOf(state.cooling), state, reason: 'unchanged until the next epoch' };
        }
        const hotK: number[] = [];
        const cooling: number[] = [];
        let reason = '';
        let saturated: Saturation | undefined;
        for (let r = 0; r < regions.length; r++) {
          const now = hottestOf(observation, regions[r].blocks);
          const before = r < state.beforeK.length ? state.beforeK[r] : Number.NEGATIVE_INFINITY;
          const step = now >= tripK ? (now > before ? 1 : 0) : now < coolK && now < before ? -1 : 0;
          const steps = Math.min(tops[r], Math.max(0, state.cooling[r] + step));
          hotK.push(now);
          cooling.push(steps);
          if (steps !== state.cooling[r]) {
            const text = `${domains[r].name} at ${celsius(now)}: ${steps} below its highest point`;
            reason += reason === '' ? text : `, ${text}`;
          }
          if (now > tripK && steps === tops[r]) saturated ??= { temperatureK: now, tripK };
        }
        return {
          saturated,
          ranges: rangesOf(cooling),
          state: { cooling, beforeK: hotK },
          reason: reason || 'unchanged',
        };
      },
    };
  },
};

function hottestOf({ temperatureK }: Observation, blocks: readonly number[]): number {
  let hottest = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < blocks.length; i++) hottest = Math.max(hottest, temperatureK[blocks[i]]);
  return hottest;
}
