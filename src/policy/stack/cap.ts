import { allCombinations } from '../candidates.ts';
import type { Decision, Observation, PointByDomain, PointRange, PolicyContext, Saturation } from '../policy.ts';
import { rangeIn, topOf } from '../ranges.ts';

/** Turns a decision with a power cap into one with ranges. */
export type CapResolver = (decision: Decision, observation: Observation) => Decision;

/**
 * Resolves power caps: of the settings whose predicted power is within the cap, the fastest bounds the domains. If none is, the one of
 * least power does, and the cap is saturated.
 */
export function capResolver({ domains, work }: Pick<PolicyContext, 'domains' | 'work'>): CapResolver {
  let fastestFirst: readonly PointByDomain[] | undefined;
  return (decision, observation) => {
    const { capW } = decision;
    if (capW === undefined) return decision;
    const { points, saturated } = typeof capW === 'number' ? ofAll(capW, observation) : byDomain(capW, observation);
    const ranges = Object.fromEntries(
      domains.flatMap(({ name }): [string, PointRange][] => {
        const own = rangeIn(decision.ranges, name);
        if (!Object.hasOwn(points, name)) return own ? [[name, own]] : [];
        const high = Math.min(points[name], own?.[1] ?? points[name]);
        return [[name, [Math.min(own?.[0] ?? 0, high), high]]];
      }),
    );
    return { ...decision, ranges, ...(saturated && { saturated }) };
  };

  function ofAll(capW: number, observation: Observation): Resolved {
    fastestFirst ??= sorted();
    let least: PointByDomain = fastestFirst[0];
    let leastW = Number.POSITIVE_INFINITY;
    for (const points of fastestFirst) {
      const { totalW } = observation.forecastW(points);
      if (totalW <= capW) return { points };
      if (totalW < leastW) [least, leastW] = [points, totalW];
    }
    return { points: least, saturated: { powerW: leastW, capW } };
  }

  function byDomain(caps: Readonly<Record<string, number>>, observation: Observation): Resolved {
    const points: Record<string, number> = {};
    let saturated: Saturation | undefined;
    for (const domain of domains) {
      const { name } = domain;
      if (!Object.hasOwn(caps, name)) continue;
      let point = topOf(domain);
      let powerW = 0;
      for (; point >= 0; point--) {
        powerW = observation.forecastW({ ...observation.points, ...points, [name]: point }).byDomainW[name];
        if (powerW <= caps[name]) break;
      }
      if (point < 0) saturated ??= { powerW, capW: caps[name] };
      points[name] = Math.max(0, point);
    }
    return saturated ? { points, saturated } : { points };
  }

  /** Settings by the time of an inference; of equally fast ones those with lower clocks first. */
  function sorted(): readonly PointByDomain[] {
    const clocks = (points: PointByDomain): number =>
      domains.reduce((sum, d) => sum + d.points[points[d.name]].frequencyHz, 0);
    return allCombinations(domains)
      .map((points) => ({ points, timeS: work.inferenceS(points), hz: clocks(points) }))
      .sort((a, b) => a.timeS - b.timeS || a.hz - b.hz)
      .map(({ points }) => points);
  }
}

interface Resolved {
  readonly points: PointByDomain;
  readonly saturated?: Saturation;
}
