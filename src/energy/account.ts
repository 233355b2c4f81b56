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
