import { fail } from '../base/errors.ts';
import type { Observation, PointByDomain, PolicyContext, PolicySetting } from './policy.ts';

/** Predicts the power of each block at other points than those of the last epoch. */
export interface BlockPowers {
  /** Takes the last epoch: its points, and the power of each block with its leakage. */
  observe(observation: Observation): void;
  /** Takes the setting to predict: the index of a point for each domain of the design, -1 for the point of the last epoch. */
  choose(setting: ArrayLike<number>): void;
  /** The same for points by name. */
  chooseBy(points: PointByDomain): void;
  /**
   * Power of block b there, W: its dynamic power of the last epoch in proportion to V^2 f, its leakage in proportion to V. A block with
   * several domains follows the one that rises most.
   */
  wattsOf(b: number): number;
  /** The sum over all blocks, W. */
  totalW(): number;
}

/** Predicts the power of each block at other operating points from the last observation. */
export function blockPowers({ domains, places }: PolicySetting): BlockPowers {
  const m = places.length;
  const own = places.map((place) =>
    place.domains.map((name) => domains.findIndex((domain) => domain.name === name)).filter((d) => d >= 0),
  );
  const volts = domains.map(({ points }) => Float64Array.from(points, ({ voltageV }) => voltageV));
  const hertz = domains.map(({ points }) => Float64Array.from(points, ({ frequencyHz }) => frequencyHz));
  /** By block: its only domain, or one of these two. */
  const [without, several] = [-1, -2];
  const only = Int32Array.from(own, (all) => (all.length > 1 ? several : (all[0] ?? without)));
  const names = domains.map(({ name }) => name);
  const before = new Int32Array(domains.length);
  const dynamicBy = new Float64Array(domains.length);
  const leakageBy = new Float64Array(domains.length);
  const dynamicW = new Float64Array(m);
  const leakW = new Float64Array(m);
  const wattsOf = (b: number): number => {
    const d = only[b];
    if (d >= 0) return dynamicW[b] * dynamicBy[d] + leakW[b] * leakageBy[d];
    // A block without a clock goes on as it was: its dynamic power is all of its power then.
    if (d === without) return dynamicW[b];
    const domainsOfBlock = own[b];
    let dynamic = 0;
    let leakage = 0;
    for (let i = 0; i < domainsOfBlock.length; i++) {
      const d = domainsOfBlock[i];
      if (dynamicBy[d] > dynamic) dynamic = dynamicBy[d];
      if (leakageBy[d] > leakage) leakage = leakageBy[d];
    }
    return dynamicW[b] * dynamic + leakW[b] * leakage;
  };
  const setting = new Int32Array(domains.length);
  const choose = (of: ArrayLike<number>): void => {
    for (let d = 0; d < before.length; d++) {
      const from = before[d];
      const to = of[d] < 0 ? from : of[d];
      const ratio = volts[d][to] / volts[d][from];
      dynamicBy[d] = (ratio * ratio * hertz[d][to]) / hertz[d][from];
      leakageBy[d] = ratio;
    }
  };
  return {
    observe({ points, powerW, leakageW }) {
      for (let d = 0; d < before.length; d++) before[d] = points[names[d]];
      for (let b = 0; b < m; b++) {
        dynamicW[b] = only[b] === without ? powerW[b] : powerW[b] - leakageW[b];
        leakW[b] = leakageW[b];
      }
    },
    choose,
    chooseBy(points) {
      for (let d = 0; d < before.length; d++) setting[d] = points[names[d]];
      choose(setting);
    },
    wattsOf,
    totalW() {
      let sum = 0;
      for (let b = 0; b < m; b++) sum += wattsOf(b);
      return sum;
    },
  };
}

/** The temperature that a thermal policy holds: its own, else the experiment's limit, else 85 C. */
export function limitOf({ limitK }: PolicySetting): string {
  return limitK === null ? '85C' : `${limitK}K`;
}

/** Error `missing-key`: the policy needs a thermal model. */
export function requireThermal(policy: string, { blocks }: PolicySetting): void {
  if (blocks.length > 0) return;
  fail('missing-key', `policy "${policy}" needs temperatures, and there are none`, {
    expected: 'an accelerator with a floorplan',
  });
}

/**
 * The thermal safe power of the active blocks (Pagani et al., CODES+ISSS 2014): the highest density in W per unit of `weight` that all of
 * them may have together, so that no block passes `limitK` in the steady state while the others have the powers `restW`, and all
 * blocks together keep to `tdpW`.
 */
export function thermalSafeDensity(
  { blocks, resistanceKPerW, ambientK }: Pick<PolicyContext, 'blocks' | 'resistanceKPerW' | 'ambientK'>,
  isActive: ArrayLike<boolean>,
  weight: ArrayLike<number>,
  limitK: number,
  tdpW = Number.POSITIVE_INFINITY,
): (restW: ArrayLike<number>) => number {
  const m = blocks.length;
  const others = blocks.flatMap((_, v) => (isActive[v] ? [] : [v]));
  /** The rise of each block for a unit of density, K. */
  const perUnit = new Float64Array(m);
  for (let u = 0; u < m; u++) {
    for (let v = 0; v < m; v++) if (isActive[v]) perUnit[u] += resistanceKPerW[u * m + v] * weight[v];
  }
  let units = 0;
  for (let v = 0; v < m; v++) if (isActive[v]) units += weight[v];
  return (restW) => {
    let leftW = tdpW;
    for (let i = 0; i < others.length; i++) leftW -= restW[others[i]];
    let density = leftW / units;
    for (let u = 0; u < m; u++) {
      if (!(perUnit[u] > 0)) continue;
      let headroomK = limitK - (ambientK ?? 0);
      for (let i = 0; i < others.length; i++) headroomK -= resistanceKPerW[u * m + others[i]] * restW[others[i]];
      density = Math.min(density, headroomK / perUnit[u]);
    }
    return Math.max(0, density);
  };
}
