import { fail } from '../base/errors.ts';
import type { Observation, PointByDomain, PolicyContext, PolicySetting } from './policy.ts';

/** Predicts the power of each block at other points than those of the last epoch. */
export interface BlockPowers {
  /**
   * Writes W by block into `out`: the dynamic power of the last epoch in proportion to V^2 f, its leakage in proportion to V. A block
   * with several domains follows the one that rises most. Returns the sum.
   */
  at(observation: Observation, points: PointByDomain, out: Float64Array): number;
}

export function blockPowers({ domains, places }: PolicySetting): BlockPowers {
  const tables = new Map(domains.map((domain) => [domain.name, domain.points]));
  const ofBlock = places.map((place) => place.domains.filter((name) => tables.has(name)));
  return {
    at({ points: before, powerW, leakageW }, points, out) {
      let sum = 0;
      for (let b = 0; b < out.length; b++) {
        let dynamic = 0;
        let leakage = 0;
        for (const name of ofBlock[b]) {
          const table = tables.get(name)!;
          const [from, to] = [table[before[name]], table[points[name]]];
          const volts = to.voltageV / from.voltageV;
          dynamic = Math.max(dynamic, (volts * volts * to.frequencyHz) / from.frequencyHz);
          leakage = Math.max(leakage, volts);
        }
        const hasDomain = ofBlock[b].length > 0;
        const w = hasDomain ? (powerW[b] - leakageW[b]) * dynamic + leakageW[b] * leakage : powerW[b];
        out[b] = w;
        sum += w;
      }
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
 * them may have together, so that no block passes `limitK` in the steady state while the others have the powers `restW`.
 */
export function thermalSafeDensity(
  { blocks, resistanceKPerW, ambientK }: Pick<PolicyContext, 'blocks' | 'resistanceKPerW' | 'ambientK'>,
  isActive: ArrayLike<boolean>,
  weight: ArrayLike<number>,
  restW: ArrayLike<number>,
  limitK: number,
): number {
  const m = blocks.length;
  let density = Number.POSITIVE_INFINITY;
  for (let u = 0; u < m; u++) {
    let headroomK = limitK - (ambientK ?? 0);
    let perUnit = 0;
    for (let v = 0; v < m; v++) {
      const resistance = resistanceKPerW[u * m + v];
      if (isActive[v]) perUnit += resistance * weight[v];
      else headroomK -= resistance * restW[v];
    }
    if (perUnit > 0) density = Math.min(density, headroomK / perUnit);
  }
  return Math.max(0, density);
}
