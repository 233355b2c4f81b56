import { type Static, Type } from '@sinclair/typebox';
import { Quantity } from '../../base/schema.ts';
import { parseQuantity } from '../../base/units.ts';
import { allCombinations, pointsOf, sharedCandidates } from '../candidates.ts';
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

/** Temperatures at settings, some epochs ahead, after the powers and readings of one observation. */
interface Prediction {
  observe(observation: Observation, beforeK: readonly number[]): void;
  choose(setting: ArrayLike<number>): void;
  /** Whether some block is hotter than `limitK` after some horizon. */
  exceeds(limitK: number): boolean;
  /** The highest temperature over blocks and horizons, K. */
  peakK(): number;
}

/**
 * Predicts temperatures: the present ones go on rising as they did in the last epoch, and each watt more than in the last epoch adds the
 * step response of the thermal model. A fall is not carried on, so the prediction is on the safe side.
 */
function predictor(context: PolicyContext, horizons: readonly number[]): Prediction {
  const { blocks, epochS } = context;
  const m = blocks.length;
  const powers = blockPowers(context);
  const steps = horizons.map((epochs) => {
    // The rise of block u per W in block v, K/W, at u x blocks + v.
    const response = context.responseKPerW?.(epochs * epochS) ?? new Float64Array(m * m);
    return { epochs, response, mostPerW: mostPerWatt(response, m) };
  });
  const nowK = new Float64Array(m);
  const driftK = new Float64Array(m);
  const lastW = new Float64Array(m);
  const addedW = new Float64Array(m);
  let mostNowK = 0;
  let mostDriftK = 0;
  let mostAddedW = 0;
  // The block that was too hot last is the first to look at: it will be again.
  let critical = 0;
  const afterK = (u: number, epochs: number, response: Float64Array): number => {
    let rise = driftK[u] * epochs;
    for (let v = 0, at = u * m; v < m; v++) rise += response[at + v] * addedW[v];
    return nowK[u] + rise;
  };
  return {
    observe(observation, beforeK) {
      powers.observe(observation);
      const { temperatureK, powerW } = observation;
      const hasDrift = beforeK.length === m;
      mostNowK = Number.NEGATIVE_INFINITY;
      mostDriftK = 0;
      for (let u = 0; u < m; u++) {
        nowK[u] = temperatureK[u];
        driftK[u] = hasDrift ? Math.max(0, nowK[u] - beforeK[u]) : 0;
        lastW[u] = powerW[u];
        mostNowK = Math.max(mostNowK, nowK[u]);
        mostDriftK = Math.max(mostDriftK, driftK[u]);
      }
    },
    choose(setting) {
      powers.choose(setting);
      mostAddedW = 0;
      for (let v = 0; v < m; v++) {
        addedW[v] = powers.wattsOf(v) - lastW[v];
        mostAddedW = Math.max(mostAddedW, addedW[v]);
      }
    },
    exceeds(limitK) {
      for (const { epochs, response, mostPerW } of steps) {
        // No block can get hotter than this; the millikelvin stands for rounding. Far below the limit that is enough to know.
        if (mostNowK + mostDriftK * epochs + mostPerW * mostAddedW + 1e-3 < limitK) continue;
        for (let i = 0; i < m; i++) {
          const u = critical + i < m ? critical + i : critical + i - m;
          if (afterK(u, epochs, response) <= limitK) continue;
          critical = u;
          return true;
        }
      }
      return false;
    },
    peakK() {
      let peakK = Number.NEGATIVE_INFINITY;
      for (const { epochs, response } of steps) {
        for (let u = 0; u < m; u++) peakK = Math.max(peakK, afterK(u, epochs, response));
      }
      return peakK;
    },
  };
}

/** The most that any block rises for a watt more in every block, K. */
function mostPerWatt(response: Float64Array, m: number): number {
  let most = 0;
  for (let u = 0; u < m; u++) {
    let sum = 0;
    for (let v = 0; v < m; v++) sum += Math.max(0, response[u * m + v]);
    most = Math.max(most, sum);
  }
  return most;
}

/** `candidates` from slowest to fastest; `coolest` is the one to take if all are too hot. */
function runnable(
  { zone, limitK }: Checked,
  context: PolicyContext,
  horizons: readonly number[],
  candidates: readonly PointByDomain[],
  coolest = 0,
): RunnablePolicy<State> {
  const ranges = candidates.map((points) => upTo(zone.domains, ({ name }) => points[name]));
  const settings = pointsOf(candidates, context.domains);
  const top = candidates.length - 1;
  const prediction = predictor(context, horizons);
  const isTooHot = (setting: number): boolean => {
    prediction.choose(settings[setting]);
    return prediction.exceeds(limitK);
  };
  return {
    initial: { setting: top, beforeK: [] },
    marksK: [limitK],
    decide(observation, state) {
      if (!observation.triggers.has('epoch')) {
        return { ranges: ranges[state.setting], state, reason: 'unchanged until the next epoch' };
      }
      const { temperatureK } = observation;
      const beforeK: readonly number[] = Array.isArray(temperatureK) ? temperatureK : Array.from(temperatureK);
      if (observation.timeS === 0) {
        return {
          ranges: ranges[state.setting],
          state: { setting: state.setting, beforeK },
          reason: 'no epoch to go by',
        };
      }
      prediction.observe(observation, state.beforeK);
      let setting = top;
      while (setting > coolest && isTooHot(setting)) setting--;
      const hottestK = zone.hottestK(observation);
      const saturated =
        setting === coolest && hottestK > limitK ? { temperatureK: hottestK, tripK: limitK } : undefined;
      let reason = 'unchanged';
      if (setting !== state.setting) {
        prediction.choose(settings[setting]);
        reason = `${celsius(prediction.peakK())} expected, limit ${celsius(limitK)}: setting ${setting} of ${top}`;
      }
      return { saturated, ranges: ranges[setting], state: { setting, beforeK }, reason };
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

/** The fastest of all combinations of points that keeps every block below its limit over a horizon of epochs. */
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
    const settings = allCombinations(zone.domains)
      .map((points) => ({ points, timeS: work.inferenceS({ ...others, ...points }) }))
      .sort((a, b) => b.timeS - a.timeS || clocks(b.points) - clocks(a.points));
    // The last of the slowest ones has the lowest clocks: the others take more energy for no time.
    const coolest = settings.findLastIndex(({ timeS }) => timeS === settings[0].timeS);
    const candidates = settings.map(({ points }) => points);
    const horizons = horizon === 1 ? [1] : [1, horizon];
    return runnable(checked, context, horizons, candidates, coolest);
  },
};
