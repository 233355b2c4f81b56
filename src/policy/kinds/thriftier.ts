import { allCombinations } from '../candidates.ts';
import type { Observation, PointByDomain, PolicyContext } from '../policy.ts';
import type { IdleState } from '../states/states.ts';

/** Most settings that a policy below may choose from: each is tried at every decision. */
const MOST_SETTINGS = 64;

/** Costs of a setting in one layer: its time, s, and its energy beyond idling for as long, J. */
interface Cost {
  readonly timeS: number;
  readonly netJ: number;
}

/** The settings that take no more energy than a candidate in the rest of the layer that runs, best first. */
export type Thriftier = (candidate: number, observation: Observation) => readonly PointByDomain[];

/**
 * Other settings than the candidates of a deadline policy that a policy below may take, best first: those that are no faster in the
 * layer that runs and cost no more energy there. Time that a setting loses, to a change there and back too, costs what it takes to win
 * it back at the next faster candidate; at the `lowest` one it costs nothing, as there is time to spare. Null if there are too many
 * settings.
 */
export function thriftier(
  context: PolicyContext,
  candidates: readonly PointByDomain[],
  lowest: number,
  temperatureK: number,
  idle: IdleState,
): Thriftier | null {
  const { domains, work } = context;
  if (domains.reduce((n, { points }) => n * points.length, 1) > MOST_SETTINGS) return null;
  const settings = allCombinations(domains);
  const isSame = (a: PointByDomain, b: PointByDomain): boolean => domains.every(({ name }) => a[name] === b[name]);
  const indices = candidates.map((candidate) => settings.findIndex((setting) => isSame(setting, candidate)));
  const idleW = work.idleW(candidates[lowest], temperatureK, idle);
  const costs: Cost[][] = [];
  const costsOf = (layer: number): readonly Cost[] => {
    costs[layer] ??= settings.map((setting) => {
      const timeS = work.layers[layer].timeS(setting);
      return { timeS, netJ: work.layers[layer].energyJ(setting, temperatureK) - idleW * timeS };
    });
    return costs[layer];
  };
  const changeS = (from: PointByDomain, to: PointByDomain): number =>
    domains.reduce((most, { name }) => Math.max(most, context.transitionS(name, from[name], to[name])), 0);

  const later: Cost[][] = [];
  /** All layers after one. */
  const after = (layer: number): readonly Cost[] => {
    later[layer] ??= settings.map((_, s) => {
      if (layer + 1 >= work.layers.length) return { timeS: 0, netJ: 0 };
      const [next, rest] = [costsOf(layer + 1)[s], after(layer + 1)[s]];
      return { timeS: next.timeS + rest.timeS, netJ: next.netJ + rest.netJ };
    });
    return later[layer];
  };
  /** W: the energy that the next faster candidate takes to win a second in the layers after one. */
  const priceOf = (candidate: number, layer: number): number => {
    if (candidate <= lowest || layer + 1 >= work.layers.length) return 0;
    if (candidate + 1 >= candidates.length) return Number.POSITIVE_INFINITY;
    const [own, faster] = [after(layer)[indices[candidate]], after(layer)[indices[candidate + 1]]];
    const wonS = own.timeS - faster.timeS;
    return wonS > 0 ? Math.max(0, (faster.netJ - own.netJ) / wonS) : Number.POSITIVE_INFINITY;
  };

  return (candidate, { inference, points }) => {
    const { layer, remainingS } = inference!;
    const own = indices[candidate];
    const ofLayer = costsOf(layer);
    const leftS = remainingS(settings[own]) - after(layer)[own].timeS;
    const left = Math.min(1, Math.max(0, leftS / ofLayer[own].timeS));
    const priceW = priceOf(candidate, layer);
    const direct = changeS(points, settings[own]);
    const worth = settings.flatMap((setting, s) => {
      const slowerS = ofLayer[s].timeS - ofLayer[own].timeS;
      // A faster setting now would make a slower one later: two speeds take more energy than one.
      if (s === own || slowerS < -1e-12 * ofLayer[own].timeS) return [];
      const lostS = left * slowerS + changeS(points, setting) + changeS(setting, settings[own]) - direct;
      const price = lostS > 0 ? priceW * lostS : 0;
      const extraJ = left * (ofLayer[s].netJ - ofLayer[own].netJ) + price;
      return extraJ <= 0 ? [{ setting, extraJ }] : [];
    });
    return worth.sort((a, b) => a.extraJ - b.extraJ).map(({ setting }) => setting);
  };
}
