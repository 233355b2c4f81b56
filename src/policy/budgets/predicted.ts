import { type Static, Type } from '@sinclair/typebox';
import { Quantity } from '../../base/schema.ts';
import { parseQuantity } from '../../base/units.ts';
import { allCombinations, sharedCandidates } from '../candidates.ts';
import type { Observation, PointByDomain, PolicyContext, PolicyKind, RunnablePolicy } from '../policy.ts';
import { blockPowers, limitOf } from '../power.ts';
import { upTo } from '../ranges.ts';
import { celsius } from '../text.ts';
import { ZONE, type Zone, zoneOf } from '../zone.ts';

const LIMIT = {
  limit: Type.Optional(Quantity('temperature', "Temperature no block may reach; the experiment's limit by default")),
};
const OfTsp = Type.Object({ ...LIMIT, ...ZONE }, { additionalProperties: false });
const OfMpc = Type.Object(
  {
    ...LIMIT,
    horizon: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, description: 'Epochs that it looks ahead' })),
    ...ZONE,
  },
  { additionalProperties: false },
);

interface Checked {
  readonly zone: Zone;
  readonly limitK: number;
  readonly horizon: number;
}

interface State {
  readonly setting: number;
  /** The readings of the last epoch, K; empty before the first. */
  readonly beforeK: readonly number[];
}

/**
 * Temperatures so many epochs ahead: the present ones go on rising as they did in the last epoch, and each watt more than in the last
 * epoch adds the step response of the thermal model. A fall is not carried on, so the prediction is on the safe side.
 */
function predictor(context: PolicyContext) {
  const { blocks, epochS } = context;
  const m = blocks.length;
  const powers = blockPowers(context);
  const watts = new Float64Array(m);
  return {
    watts,
    /** The highest temperature over the blocks at these points, K. `response` is the rise in K per W after so many epochs. */
    hottestK(
      observation: Observation,
      points: PointByDomain,
      state: State,
      epochs: number,
      response: Float64Array,
    ): number {
      powers.at(observation, points, watts);
      const { temperatureK, powerW } = observation;
      let hottestK = Number.NEGATIVE_INFINITY;
      for (let u = 0; u < m; u++) {
        const driftK = state.beforeK.length === m ? Math.max(0, temperatureK[u] - state.beforeK[u]) : 0;
        let rise = driftK * epochs;
        for (let v = 0; v < m; v++) rise += response[u * m + v] * (watts[v] - powerW[v]);
        hottestK = Math.max(hottestK, temperatureK[u] + rise);
      }
      return hottestK;
    },
    responses: (horizon: number): Float64Array[] =>
      Array.from({ length: horizon }, (_, k) => context.responseKPerW?.((k + 1) * epochS) ?? new Float64Array(m * m)),
  };
}

function runnable(
  { zone, limitK }: Checked,
  context: PolicyContext,
  horizons: readonly number[],
  candidates: readonly PointByDomain[],
): RunnablePolicy<State> {
  const ranges = candidates.map((points) => upTo(zone.domains, ({ name }) => points[name]));
  const top = candidates.length - 1;
  const prediction = predictor(context);
  const all = prediction.responses(horizons[horizons.length - 1]);
  return {
    initial: { setting: top, beforeK: [] },
    marksK: [limitK],
    decide(observation, state) {
      if (!observation.triggers.has('epoch')) {
        return { ranges: ranges[state.setting], state, reason: 'unchanged until the next epoch' };
      }
      const beforeK = Array.from(observation.temperatureK);
      if (observation.timeS === 0) {
        return {
          ranges: ranges[state.setting],
          state: { setting: state.setting, beforeK },
          reason: 'no epoch to go by',
        };
      }
      const peakAt = (setting: number): number => {
        const points = { ...observation.points, ...candidates[setting] };
        return Math.max(
          ...horizons.map((epochs) => prediction.hottestK(observation, points, state, epochs, all[epochs - 1])),
        );
      };
      let setting = top;
      let peakK = peakAt(top);
      while (setting > 0 && peakK > limitK) peakK = peakAt(--setting);
      const hottestK = zone.hottestK(observation);
      const saturated =
        setting === 0 && hottestK > limitK ? { saturated: { temperatureK: hottestK, tripK: limitK } } : {};
      const reason =
        setting === state.setting
          ? 'unchanged'
          : `${celsius(peakK)} expected, limit ${celsius(limitK)}: setting ${setting} of ${top}`;
      return { ...saturated, ranges: ranges[setting], state: { setting, beforeK }, reason };
    },
  };
}

/** Transient thermal safe power (after Niknam et al., ICCD 2021): the highest power that keeps every block below its limit for an epoch. */
export const transientTsp: PolicyKind<Checked> = {
  id: 't-tsp',
  description: 'a cap by a power budget for the next epoch alone: it uses the heat that the die can still take',
  role: 'cap',
  parameters: OfTsp,
  check(parameters, setting, span) {
    const { limit = limitOf(setting), ...rest } = parameters as Static<typeof OfTsp>;
    const zone = zoneOf('t-tsp', rest, setting, span);
    return { zone, limitK: parseQuantity(limit, 'temperature', span('limit')), horizon: 1 };
  },
  create: (checked, context) => runnable(checked, context, [1], sharedCandidates(checked.zone.domains)),
};

/** Of all combinations of points, the fastest that keeps every block below its limit over a horizon of epochs. */
export const mpcThermal: PolicyKind<Checked> = {
  id: 'mpc-thermal',
  description:
    'a cap that tries every combination of points on the thermal model, some epochs ahead, and allows the fastest',
  role: 'cap',
  parameters: OfMpc,
  check(parameters, setting, span) {
    const { limit = limitOf(setting), horizon = 5, ...rest } = parameters as Static<typeof OfMpc>;
    const zone = zoneOf('mpc-thermal', rest, setting, span);
    return { zone, limitK: parseQuantity(limit, 'temperature', span('limit')), horizon };
  },
  create(checked, context) {
    const { zone, horizon } = checked;
    const { work, domains } = context;
    const others = Object.fromEntries(domains.map(({ name, points }) => [name, points.length - 1]));
    const clocks = (points: PointByDomain): number =>
      zone.domains.reduce((sum, { name, points: table }) => sum + table[points[name]].frequencyHz, 0);
    // Slowest first; among equally fast settings the one with the higher clocks first, so that the lower clocks are tried before it.
    const candidates = allCombinations(zone.domains)
      .map((points) => ({ points, timeS: work.inferenceS({ ...others, ...points }) }))
      .sort((a, b) => b.timeS - a.timeS || clocks(b.points) - clocks(a.points))
      .map(({ points }) => points);
    const horizons = horizon === 1 ? [1] : [1, horizon];
    return runnable(checked, context, horizons, candidates);
  },
};
