import { type Static, Type } from '@sinclair/typebox';
import { fail } from '../../base/errors.ts';
import { Quantity } from '../../base/schema.ts';
import { parseQuantity } from '../../base/units.ts';
import { sharedCandidates } from '../candidates.ts';
import type { PointByDomain, PolicyContext, PolicyKind, RunnablePolicy } from '../policy.ts';
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
    window: Type.Optional(
      Quantity('time', 'Time for which the die takes up heat: it sets the energy that the die holds up to the limit'),
    ),
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
  readonly windowS: number;
  readonly sustainableW: number | null;
}

interface State {
  readonly boosts: boolean;
  readonly creditJ: number;
}

/**
 * Points above the nominal or the sustainable one while the die is cool and a credit of energy lasts; the credit fills again while less power flows than
 * the die sheds, up to the heat that the die can still take: C_th (T_limit - T) (computational sprinting, Raghavan et al., HPCA 2012).
 */
export const boost: PolicyKind<Checked> = {
  id: 'boost',
  description:
    'a cap at the nominal or sustainable point that is lifted for a while: as long as the die is cool and a credit of energy lasts',
  role: 'cap',
  parameters: Parameters,
  check(parameters, setting, span) {
    const {
      limit = limitOf(setting),
      margin = '2K',
      resume = '5K',
      credit = '1J',
      window = '10ms',
      sustainable,
      ...rest
    } = parameters as Static<typeof Parameters>;
    const zone = zoneOf('boost', rest, setting, span);
    const limitK = parseQuantity(limit, 'temperature', span('limit'));
    const windowS = parseQuantity(window, 'time', span('window'));
    if (!(windowS > 0)) {
      fail('out-of-range', `"window" is ${window}`, { span: span('window'), expected: 'a time above 0' });
    }
    return {
      zone,
      limitK,
      endK: limitK - parseQuantity(margin, 'temperature difference', span('margin')),
      resumeK: limitK - parseQuantity(resume, 'temperature difference', span('resume')),
      creditJ: parseQuantity(credit, 'energy', span('credit')),
      windowS,
      sustainableW: sustainable === undefined ? null : parseQuantity(sustainable, 'power', span('sustainable')),
    };
  },
  create({ zone, limitK, endK, resumeK, creditJ, windowS, sustainableW }, context): RunnablePolicy<State> {
    const { places, epochS } = context;
    const isActive = places.map(({ domains }) => domains.length > 0);
    const area = places.map(({ widthM, heightM }) => widthM * heightM);
    const activeArea = area.reduce((sum, one, b) => sum + (isActive[b] ? one : 0), 0);
    const shedW =
      sustainableW ?? thermalSafeDensity(context, isActive, area, endK)(new Float64Array(places.length)) * activeArea;
    const capacityJPerK = capacity(context, isActive, windowS);
    const base = baseOf(zone, shedW, endK, context);
    const limits = { free: upTo(zone.domains, topOf), base: upTo(zone.domains, ({ name }) => base[name]) };
    return {
      initial: { boosts: true, creditJ },
      marksK: [limitK],
      decide(observation, state) {
        const present = state.boosts ? limits.free : limits.base;
        if (!observation.triggers.has('epoch') || observation.timeS === 0) {
          return { ranges: present, state, reason: 'unchanged until the next epoch' };
        }
        let watts = 0;
        for (let b = 0; b < observation.powerW.length; b++) watts += observation.powerW[b];
        const hottestK = zone.hottestK(observation);
        const most = Math.min(creditJ, Math.max(0, capacityJPerK * (limitK - hottestK)));
        const left = Math.min(most, Math.max(0, state.creditJ + (shedW - watts) * epochS));
        const boosts = state.boosts ? hottestK < endK && left > 0 : hottestK < resumeK && left >= most / 2;
        const reason =
          boosts === state.boosts
            ? 'unchanged'
            : `${celsius(hottestK)}, ${(1e3 * left).toPrecision(4)} mJ left: ${boosts ? 'boost' : 'no boost'}`;
        return { ranges: boosts ? limits.free : limits.base, state: { boosts, creditJ: left }, reason };
      },
    };
  },
};

/**
 * The points without a boost: the nominal ones. A design whose nominal points are its highest does not say from where to boost; there it
 * is the fastest setting whose mean power, running without a pause on a die at `temperatureK`, is one that the die sheds for ever.
 */
function baseOf({ domains }: Zone, shedW: number, temperatureK: number, context: PolicyContext): PointByDomain {
  if (domains.some((domain) => domain.nominal < topOf(domain))) {
    return Object.fromEntries(domains.map(({ name, nominal }) => [name, nominal]));
  }
  const others = Object.fromEntries(context.domains.map((domain) => [domain.name, topOf(domain)]));
  const isShed = (setting: PointByDomain): boolean => {
    const points = { ...others, ...setting };
    return context.work.inferenceJ(points, temperatureK) <= shedW * context.work.inferenceS(points);
  };
  const candidates = sharedCandidates(domains);
  return candidates.findLast(isShed) ?? candidates[0];
}

/**
 * C_th, J/K: the heat per kelvin of the hottest block that the die takes within a time, spread over the blocks with a clock by their
 * area. Infinite without a thermal model.
 */
function capacity({ places, responseKPerW }: PolicyContext, isActive: readonly boolean[], windowS: number): number {
  const response = responseKPerW?.(windowS);
  if (!response) return Number.POSITIVE_INFINITY;
  const m = places.length;
  const area = places.map(({ widthM, heightM }, b) => (isActive[b] ? widthM * heightM : 0));
  const all = area.reduce((sum, one) => sum + one, 0);
  let mostKPerW = 0;
  for (let u = 0; u < m; u++) {
    let riseKPerW = 0;
    for (let v = 0; v < m; v++) riseKPerW += (response[u * m + v] * area[v]) / all;
    mostKPerW = Math.max(mostKPerW, riseKPerW);
  }
  return mostKPerW > 0 ? windowS / mostKPerW : Number.POSITIVE_INFINITY;
}
