import type { DomainSpec } from '../../design/index.ts';
import type { EnergyColumn } from '../../design/power/index.ts';
import type { Plant } from '../plant/plant.ts';

/** V of each domain at a choice of points. */
export function voltagesAt(domains: readonly DomainSpec[], point: ArrayLike<number>): Float64Array {
  return Float64Array.from(domains, ({ points }, d) => points[point[d]].voltageV);
}

/** J of `value` in an energy column (F, or J where it has no rail) at the voltages of the domains in V: E = value x V^2. */
export function columnJ(
  { component, scalesWithVoltage }: EnergyColumn,
  value: number,
  componentDomain: Int32Array,
  voltageV: ArrayLike<number>,
): number {
  const v = scalesWithVoltage ? voltageV[componentDomain[component]] : 1;
  return value * v * v;
}

/** J of `cycles` of clocks that idle, of `farad` together, at a supply in V, as it is booked. */
export function idleJ(farad: number, cycles: number, voltageV: number): number {
  return farad * cycles * voltageV * voltageV;
}

/**
 * The same beforehand, for start temperatures and policies: J of F x cycles (or W of F x Hz). The square comes first, so that the
 * last digit may differ from `idleJ`; published start temperatures hold it.
 */
export function expectedIdleJ(faradCycles: number, voltageV: number): number {
  return faradCycles * voltageV ** 2;
}

/** All clocks that idle, beforehand: J of the cycles in which each array's domains wait (or W, of cycles a second). */
export function expectedWaitingJ(
  { idleClocks }: Plant,
  voltageV: ArrayLike<number>,
  cycles: (array: number, domain: number) => number,
): number {
  let sum = 0;
  for (const { array, domain, farad } of idleClocks)
    sum += expectedIdleJ(farad * cycles(array, domain), voltageV[domain]);
  return sum;
}
