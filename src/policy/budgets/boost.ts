import { type Static, Type } from '@sinclair/typebox';
import { fail } from '../../base/errors.ts';
import { Quantity } from '../../base/schema.ts';
import { parseQuantity } from '../../base/units.ts';
import type { PolicyKind, RunnablePolicy } from '../policy.ts';
import { limitOf, thermalSafeDensity } from '../power.ts';
import { topOf, upTo } from '../ranges.ts';
import { celsius } from '../text.ts';
import { ZONE, type Zone, zoneOf } from '../zone.ts';

const Parameters = Type.Object(
  {
    limit: Type.Optional(Quantity('temperature', "Temperature no block may reach; the experiment's limit by default")),
    margin: Type.Optional(Quantity('temperature difference', 'Distance below the limit at which a boost ends')),
    resume: Type.Optional(Quantity('temperature difference', 'Distance below the limit from which it may boost again')),
    credit: Type.Optional(Quantity('energy', 'Most energy that a boost may take beyond what the die sheds meanwhile')),
    sustainable: Type.Optional(Quantity('power', 'Power that the die sheds for ever; from its resistances by default')),
    ...ZONE,
  },
  { additionalProperties: false },
);

interface Checked {
  readonly zone: Zone;
  readonly limitK: number;
  readonly endK: number;
  readonly resumeK: number;
  readonly creditJ: number;
  readonly sustainableW: number | null;
}

interface State {
  readonly boosts: boolean;
  readonly creditJ: number;
}

/**
 * Points above the nominal one while the die is cool and a credit of energy lasts; the credit fills again while less power flows than
 * the die sheds (computational sprinting, Raghavan et al., HPCA 2012).
 */
export const boost: PolicyKind<Checked> = {
  id: 'boost',
  description:
    'a cap at the nominal point that is lifted for a while: as long as the die is cool and a credit of energy lasts',
  role: 'cap',
  parameters: Parameters,
  check(parameters, setting, span) {
    const {
      limit = limitOf(setting),
      margin = '2K',
      resume = '5K',
      credit = '1J',
      sustainable,
      ...rest
    } = parameters as Static<typeof Parameters>;
    const zone = zoneOf('boost', rest, setting, span);
    if (zone.domains.every((domain) => domain.nominal === topOf(domain))) {
      fail(
        'not-supported',
        'policy "boost" has nothing to boost to: the nominal point of every domain is its highest',
        {
          expected: 'an accelerator with points above the nominal one',
        },
      );
    }
    const limitK = parseQuantity(limit, 'temperature', span('limit'));
    return {
      zone,
      limitK,
      endK: limitK - parseQuantity(margin, 'temperature difference', span('margin')),
      resumeK: limitK - parseQuantity(resume, 'temperature difference', span('resume')),
      creditJ: parseQuantity(credit, 'energy', span('credit')),
      sustainableW: sustainable === undefined ? null : parseQuantity(sustainable, 'power', span('sustainable')),
    };
  },
  create({ zone, limitK, endK, resumeK, creditJ, sustainableW }, context): RunnablePolicy<State> {
    const { places, epochS } = context;
    const isActive = places.map(({ domains }) => domains.length > 0);
    const area = places.map(({ widthM, heightM }) => widthM * heightM);
    const activeArea = area.reduce((sum, one, b) => sum + (isActive[b] ? one : 0), 0);
    const shedW =
      sustainableW ?? thermalSafeDensity(context, isActive, area, endK)(new Float64Array(places.length)) * activeArea;
    const limits = { free: upTo(zone.domains, topOf), nominal: upTo(zone.domains, ({ nominal }) => nominal) };
    return {
      initial: { boosts: true, creditJ },
      marksK: [limitK],
      decide(observation, state) {
        const present = state.boosts ? limits.free : limits.nominal;
        if (!observation.triggers.has('epoch') || observation.timeS === 0) {
          return { ranges: present, state, reason: 'unchanged until the next epoch' };
        }
        let watts = 0;
        for (let b = 0; b < observation.powerW.length; b++) watts += observation.powerW[b];
        const left = Math.min(creditJ, Math.max(0, state.creditJ + (shedW - watts) * epochS));
        const hottestK = zone.hottestK(observation);
        const boosts = state.boosts ? hottestK < endK && left > 0 : hottestK < resumeK && left >= creditJ / 2;
        const reason =
          boosts === state.boosts
            ? 'unchanged'
            : `${celsius(hottestK)}, ${(1e3 * left).toPrecision(4)} mJ left: ${boosts ? 'boost' : 'no boost'}`;
        return { ranges: boosts ? limits.free : limits.nominal, state: { boosts, creditJ: left }, reason };
      },
    };
  },
};
