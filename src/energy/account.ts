import type { Counts } from '../base/counters.ts';
import type { BoundAction } from './binding.ts';
import { energyAtVoltage } from './ert.ts';

/** How often each bound action happened, counted over all instances of its component. */
export function actionCounts(bound: readonly BoundAction[], counts: Counts): Float64Array {
  return Float64Array.from(bound, ({ coefficients }) => {
    let count = 0;
    for (let i = 0; i < coefficients.length; i++) count += coefficients[i] * counts[i];
    return count;
  });
}

/**
 * Dynamic energy of each component in J for given counts, at the supply voltage of its domain in V: the sum of counts x
 * E(V), in the order of the bindings.
 */
export function energyAt(
  bound: readonly BoundAction[],
  counts: Counts,
  voltageOf: (component: string) => number,
): Map<string, number> {
  const energies = new Map<string, number>();
  const times = actionCounts(bound, counts);
  bound.forEach(({ component, energy }, i) => {
    const energyJ = times[i] * energyAtVoltage(energy, voltageOf(component));
    energies.set(component, (energies.get(component) ?? 0) + energyJ);
  });
  return energies;
}

/** Actions and leakage of a design as columns: one entry an action, one a source of leakage. */
export interface EnergyColumns {
  /** E(V) = fixedJ + capacitanceF V^2 of each action. */
  readonly fixedJ: Float64Array;
  readonly capacitanceF: Float64Array;
  /** Leakage at 1 V and 300 K of each source, W, and its growth d ln P / dT, 1/K, and d ln(P / V) / dV, 1/V. */
  readonly leakageW: Float64Array;
  readonly growthPerK: Float64Array;
  readonly slopePerV: number;
}

/**
 * Energy of each of many intervals in J: counts x E(V), and leakage x time at V and T. `counts` has a row of actions for each interval;
 * `voltageV`, `temperatureK` and `durationS` have one entry an interval, as has `out`. For traces from elsewhere; nothing is allocated.
 */
export function intervalEnergies(
  { fixedJ, capacitanceF, leakageW, growthPerK, slopePerV }: EnergyColumns,
  counts: Float64Array,
  voltageV: Float64Array,
  temperatureK: Float64Array,
  durationS: Float64Array,
  out: Float64Array,
): void {
  const actions = fixedJ.length;
  for (let i = 0, n = 0; i < out.length; i++) {
    const [v, t] = [voltageV[i], temperatureK[i] - 300];
    const square = v * v;
    let energyJ = 0;
    for (let a = 0; a < actions; a++, n++) energyJ += counts[n] * (fixedJ[a] + capacitanceF[a] * square);
    let watts = 0;
    for (let s = 0; s < leakageW.length; s++) watts += leakageW[s] * Math.exp(growthPerK[s] * t);
    out[i] = energyJ + watts * v * Math.exp(slopePerV * (v - 1)) * durationS[i];
  }
}
