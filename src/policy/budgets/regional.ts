import { type Static, Type } from '@sinclair/typebox';
import { fail } from '../../base/errors.ts';
import { Quantity } from '../../base/schema.ts';
import { parseQuantity } from '../../base/units.ts';
import type { Observation, PolicyDomain, PolicyKind, RunnablePolicy } from '../policy.ts';
import { limitOf, requireThermal } from '../power.ts';
import { topOf, upTo } from '../ranges.ts';
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
    const rangesOf = (cooling: readonly number[]) =>
      upTo(domains, (domain) => topOf(domain) - cooling[domains.indexOf(domain)]);
    return {
      initial: { cooling: regions.map(() => 0), beforeK: [] },
      marksK: [tripK],
      decide(observation, state) {
        if (!observation.triggers.has('epoch')) {
          return { ranges: rangesOf(state.cooling), state, reason: 'unchanged until the next epoch' };
        }
        const hotK = regions.map(({ blocks }) => hottestOf(observation, blocks));
        const cooling = regions.map(({ domain }, r) => {
          const [now, before] = [hotK[r], state.beforeK[r] ?? Number.NEGATIVE_INFINITY];
          const step = now >= tripK ? (now > before ? 1 : 0) : now < coolK && now < before ? -1 : 0;
          return Math.min(topOf(domain), Math.max(0, state.cooling[r] + step));
        });
        const texts = regions.flatMap(({ domain: { name } }, r) =>
          cooling[r] === state.cooling[r]
            ? []
            : [`${name} at ${celsius(hotK[r])}: ${cooling[r]} below its highest point`],
        );
        const stuck = hotK.findIndex((kelvin, r) => kelvin > tripK && cooling[r] === topOf(domains[r]));
        const saturated = stuck < 0 ? {} : { saturated: { temperatureK: hotK[stuck], tripK } };
        return {
          ...saturated,
          ranges: rangesOf(cooling),
          state: { cooling, beforeK: hotK },
          reason: texts.length === 0 ? 'unchanged' : texts.join(', '),
        };
      },
    };
  },
};

function hottestOf({ temperatureK }: Observation, blocks: readonly number[]): number {
  let hottest = Number.NEGATIVE_INFINITY;
  for (const block of blocks) hottest = Math.max(hottest, temperatureK[block]);
  return hottest;
}
