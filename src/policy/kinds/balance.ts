import { domainNamed, lowestAtLeast } from '../clocks.ts';
import type { PointByDomain, PolicyContext } from '../policy.ts';
import { topOf } from '../ranges.ts';

/**
 * Points by layer for work back to back: the array as fast as DRAM feeds it and memories as fast as the array needs, where that saves
 * more energy than the changes take; else points of a neighbouring layer, or the highest. No layer takes more than (1 + margin) of its
 * time at the highest points. `temperatureK` is that of the die for its leakage.
 */
export function balancedLayers(context: PolicyContext, margin: number, temperatureK: number): PointByDomain[] {
  const { domains, work } = context;
  const highest = Object.fromEntries(domains.map((domain) => [domain.name, topOf(domain)]));
  const balanced = work.layers.map((_, index) => balancedPoints(context, index, margin));
  const settings = distinct([...balanced, highest], domains);
  const wished = balanced.map((points) => indexOf(settings, points, domains));
  const costs = work.layers.map((layer, i) => {
    const limitS = (1 + margin) * layer.timeS(highest) * (1 + ROUNDING);
    return settings.map((points, s): Cost => {
      const isAllowed = s === wished[i] || layer.timeS(points) <= limitS;
      return isAllowed ? { energyJ: layer.energyJ(points, temperatureK), others: s === wished[i] ? 0 : 1 } : NEVER;
    });
  });
  const changes = settings.map((from) => settings.map((to) => changeJ(context, from, to, temperatureK)));
  return cheapestRound(costs, changes).map((s) => settings[s]);
}

/** Relative rounding of sums of energies and times. */
const ROUNDING = 1e-9;

/** Energy of one round, J, and the number of layers that are not at the points they wish: fewer is better for the same energy. */
interface Cost {
  readonly energyJ: number;
  readonly others: number;
}

const NEVER: Cost = { energyJ: Number.POSITIVE_INFINITY, others: Number.POSITIVE_INFINITY };

function isLess(a: Cost, b: Cost): boolean {
  const near = Math.abs(a.energyJ - b.energyJ) <= ROUNDING * Math.max(a.energyJ, b.energyJ);
  return near ? a.others < b.others : a.energyJ < b.energyJ;
}

/**
 * The setting of each layer such that a round through all layers and back to the first costs least: dynamic programming over the layers,
 * once for each setting of the first.
 */
function cheapestRound(costs: readonly (readonly Cost[])[], changes: readonly (readonly number[])[]): number[] {
  let best: { readonly cost: Cost; readonly path: number[] } = { cost: NEVER, path: costs.map(() => 0) };
  costs[0].forEach((first, start) => {
    if (first === NEVER) return;
    let reached = costs[0].map((_, s) => (s === start ? first : NEVER));
    const from: number[][] = [];
    for (const layer of costs.slice(1)) {
      const before = reached;
      const origins: number[] = [];
      reached = layer.map((own, s) => {
        let [least, origin] = [NEVER, -1];
        for (let p = 0; p < before.length && own !== NEVER; p++) {
          if (before[p] === NEVER) continue;
          const energyJ = before[p].energyJ + changes[p][s] + own.energyJ;
          const cost = { energyJ, others: before[p].others + own.others };
          if (origin < 0 || isLess(cost, least)) [least, origin] = [cost, p];
        }
        origins[s] = origin;
        return least;
      });
      from.push(origins);
    }
    reached.forEach((cost, last) => {
      if (cost === NEVER) return;
      const whole = { ...cost, energyJ: cost.energyJ + changes[last][start] };
      if (!isLess(whole, best.cost)) return;
      const path = [last];
      for (let i = from.length - 1; i >= 0; i--) path.unshift(from[i][path[0]]);
      best = { cost: whole, path };
    });
  });
  return best.path;
}

/** Energy of a change, J: the clocks stand for its time, and the die draws what it draws without work. */
function changeJ(
  { domains, work, transitionS }: PolicyContext,
  from: PointByDomain,
  to: PointByDomain,
  temperatureK: number,
): number {
  let seconds = 0;
  for (const { name } of domains) {
    if (from[name] !== to[name]) seconds = Math.max(seconds, transitionS(name, from[name], to[name]));
  }
  return seconds === 0 ? 0 : seconds * work.idleW(to, temperatureK, 'clocked');
}

function distinct(all: readonly PointByDomain[], domains: PolicyContext['domains']): PointByDomain[] {
  return all.filter((points, i) => indexOf(all, points, domains) === i);
}

function indexOf(all: readonly PointByDomain[], points: PointByDomain, domains: PolicyContext['domains']): number {
  return all.findIndex((one) => domains.every(({ name }) => one[name] === points[name]));
}

/** The array runs as fast as DRAM feeds it, and the memories as fast as the array then needs. */
function balancedPoints({ domains, work }: PolicyContext, index: number, margin: number): PointByDomain {
  const layer = work.layers[index];
  const points: Record<string, number> = Object.fromEntries(domains.map((d) => [d.name, topOf(d)]));
  if (layer.dramBytes > 0) {
    const balanceHz = (layer.cycles * work.dramBytesPerS) / layer.dramBytes;
    for (const name of work.arrayDomains) {
      points[name] = lowestAtLeast(domainNamed(name, domains, undefined), (1 + margin) * balanceHz);
    }
  }
  const fastestS = layer.timeS(points);
  // Each memory is tested with the others at their highest. Two slow memories together may therefore exceed the margin.
  const lowered = work.memoryDomains.map((name) => {
    const { points: table } = domainNamed(name, domains, undefined);
    const point = table.findIndex((_, k) => layer.timeS({ ...points, [name]: k }) <= (1 + margin) * fastestS);
    return [name, point < 0 ? table.length - 1 : point];
  });
  return { ...points, ...Object.fromEntries(lowered) };
}
