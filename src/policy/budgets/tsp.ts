import { type Static, Type } from '@sinclair/typebox';
import { OneOf, Quantity } from '../../base/schema.ts';
import { parseQuantity } from '../../base/units.ts';
import { pointsOf, sharedCandidates } from '../candidates.ts';
import type { PolicyKind, RunnablePolicy } from '../policy.ts';
import { blockPowers, limitOf, thermalSafeDensity } from '../power.ts';
import { upTo } from '../ranges.ts';
import { celsius } from '../text.ts';
import { ZONE, type Zone, zoneOf } from '../zone.ts';

const Parameters = Type.Object(
  {
    limit: Type.Optional(Quantity('temperature', "Temperature no block may reach; the experiment's limit by default")),
    budget: Type.Optional(
      OneOf(['area', 'block'], 'area: the same power per area for every active block; block: the same power for each'),
    ),
    tdp: Type.Optional(
      Quantity(
        'power',
        'Power of the whole die that the budget keeps to as well, whatever the temperatures; none by default',
      ),
    ),
    ...ZONE,
  },
  { additionalProperties: false },
);

interface Checked {
  readonly zone: Zone;
  readonly limitK: number;
  readonly perArea: boolean;
  readonly tdpW: number;
}

interface State {
  readonly setting: number;
}

/**
 * Thermal safe power (Pagani et al., CODES+ISSS 2014): a budget for every active block from the steady resistances, such that the die
 * stays below its limit however long the power lasts.
 */
export const tsp: PolicyKind<Checked> = {
  id: 'tsp',
  description: 'a cap by a power budget that is safe for ever: no block passes the limit in the steady state',
  role: 'cap',
  parameters: Parameters,
  check(parameters, setting, span) {
    const { limit = limitOf(setting), budget = 'area', tdp, ...rest } = parameters as Static<typeof Parameters>;
    const zone = zoneOf('tsp', rest, setting, span);
    const limitK = parseQuantity(limit, 'temperature', span('limit'));
    const tdpW = tdp === undefined ? Number.POSITIVE_INFINITY : parseQuantity(tdp, 'power', span('tdp'));
    return { zone, limitK, perArea: budget === 'area', tdpW };
  },
  create({ zone, limitK, perArea, tdpW }, context): RunnablePolicy<State> {
    const { places } = context;
    const names = new Set(zone.domains.map(({ name }) => name));
    const isActive = places.map((place) => place.domains.some((name) => names.has(name)));
    const weight = places.map(({ widthM, heightM }) => (perArea ? widthM * heightM : 1));
    const candidates = sharedCandidates(zone.domains);
    const ranges = candidates.map((points) => upTo(zone.domains, ({ name }) => points[name]));
    const settings = pointsOf(candidates, context.domains);
    const powers = blockPowers(context);
    const densityAt = thermalSafeDensity(context, isActive, weight, limitK, tdpW);
    const active = places.flatMap((_, b) => (isActive[b] ? [b] : []));
    const top = candidates.length - 1;
    const within = `below ${celsius(limitK)}${tdpW < Number.POSITIVE_INFINITY ? ` and ${tdpW} W` : ''}`;
    // The block that was over its budget last is the first to look at: it will be again.
    let critical = 0;
    const fits = (setting: number, density: number): boolean => {
      powers.choose(settings[setting]);
      for (let i = 0; i < active.length; i++) {
        const at = (critical + i) % active.length;
        const b = active[at];
        if (powers.wattsOf(b) <= density * weight[b]) continue;
        critical = at;
        return false;
      }
      return true;
    };
    return {
      initial: { setting: top },
      marksK: [limitK],
      decide(observation, state) {
        if (!observation.triggers.has('epoch') || observation.timeS === 0) {
          return { ranges: ranges[state.setting], state, reason: 'unchanged until the next epoch' };
        }
        const density = densityAt(observation.powerW);
        powers.observe(observation);
        let setting = top;
        while (setting > 0 && !fits(setting, density)) setting--;
        if (setting === state.setting) return { ranges: ranges[setting], state, reason: 'unchanged' };
        const watts = density * weight.reduce((sum, w, b) => sum + (isActive[b] ? w : 0), 0);
        const reason = `${watts.toPrecision(4)} W are safe ${within}: setting ${setting} of ${top}`;
        return { ranges: ranges[setting], state: { setting }, reason };
      },
    };
  },
};
