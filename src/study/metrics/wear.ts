import type { RainflowCycles } from './rainflow.ts';

/** Boltzmann's constant, eV/K (CODATA 2018). */
const BOLTZMANN_EV_PER_K = 8.617333262e-5;

/** Activation energy of electromigration in copper wires, eV (JEDEC JEP122). */
export const COPPER_EV = 0.9;
/** Exponent of the current density in Black's equation (J. R. Black, Proc. IEEE 57, 1969). */
export const BLACK_EXPONENT = 2;
/** Exponent of the temperature swing for the package (Srinivasan et al., ISCA 2004). */
export const COFFIN_MANSON_EXPONENT = 2.35;

/** By how much a mechanism with activation energy `ev` is faster at `temperatureK` than at `referenceK`. */
export function arrhenius(ev: number, referenceK: number, temperatureK: number): number {
  return Math.exp((ev / BOLTZMANN_EV_PER_K) * (1 / referenceK - 1 / temperatureK));
}

/** Conditions under which wires age. */
export interface WireLoad {
  readonly temperatureK: number;
  /** Current density in any unit, the same for both loads. */
  readonly current: number;
}

/** Rate of electromigration relative to that under a reference load (Black): (J / J0)^n times the Arrhenius factor. */
export function black(load: WireLoad, reference: WireLoad, ev = COPPER_EV, exponent = BLACK_EXPONENT): number {
  const current = load.current === reference.current ? 1 : (load.current / reference.current) ** exponent;
  return current * arrhenius(ev, reference.temperatureK, load.temperatureK);
}

/**
 * Mean of a rate that holds `durationS[i]` seconds each. The mean time to failure is one over this mean. The rate at the
 * mean temperature is too low, because rates are convex in temperature.
 */
export function meanRate(rate: ArrayLike<number>, durationS: ArrayLike<number>): number {
  let sum = 0;
  let timeS = 0;
  for (let i = 0; i < rate.length; i++) {
    sum += rate[i] * durationS[i];
    timeS += durationS[i];
  }
  return timeS === 0 ? 0 : sum / timeS;
}

/** Rate of failure by several mechanisms that compete, each with the mean time to failure given. */
export function competingRate(mttfS: readonly number[]): number {
  return mttfS.reduce((sum, timeS) => sum + 1 / timeS, 0);
}

export interface CoffinManson {
  readonly exponent?: number;
  /** Swing that does no damage, K. */
  readonly elasticK?: number;
  /** Swing whose cycle does a damage of 1, K. */
  readonly referenceK?: number;
}

/**
 * Damage by temperature cycles: the sum of ((swing - elastic) / reference)^q over the cycles (Coffin and Manson's law
 * with Miner's rule). It has a meaning only in relation to that of another run of the same length.
 */
export function cyclingDamage(cycles: RainflowCycles, options: CoffinManson = {}): number {
  const { exponent = COFFIN_MANSON_EXPONENT, elasticK = 0, referenceK = 1 } = options;
  let damage = 0;
  for (let i = 0; i < cycles.range.length; i++) {
    damage += cycles.count[i] * (Math.max(0, cycles.range[i] - elasticK) / referenceK) ** exponent;
  }
  return damage;
}
