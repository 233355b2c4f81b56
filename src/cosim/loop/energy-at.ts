import type { DomainSpec } from '../../design/index.ts';
import type { EnergyColumn } from '../../design/power/index.ts';
import type { Plant } from '../plant/plant.ts';

/** The voltage of each domain in V at one operating point per domain: the highest that its rail's domains need, or the rail's own. */
export function voltagesAt(domains: readonly DomainSpec[], point: ArrayLike<number>): Float64Array {
  const needV = (d: number): number => domains[d].points[point[d]].voltageV;
  return Float64Array.from(domains, ({ rail, railV }, d) => {
    if (railV !== null) return railV;
    return domains.reduce((most, other, e) => (other.rail === rail ? Math.max(most, needV(e)) : most), needV(d));
  });
}

/**
 * Energy in J of `value` in an energy column at the domains' voltages in V: E = value x V^2. The value is in F, or in J
 * for a component without a rail.
 */
export function columnJ(
  { component, scalesWithVoltage }: EnergyColumn,
  value: number,
  componentDomain: Int32Array,
  voltageV: ArrayLike<number>,
): number {
  const v = scalesWithVoltage ? voltageV[componentDomain[component]] : 1;
  return value * v * v;
}

/** Booked energy in J of `cycles` idle clock cycles that charge `farad` in total at a supply of `voltageV`. */
export function idleJ(farad: number, cycles: number, voltageV: number): number {
  return farad * cycles * voltageV * voltageV;
}

/**
 * Predicted idle energy in J of F x cycles (or power in W of F x Hz), for start temperatures and policies. It squares
 * the voltage first, so that its last digit may differ from `idleJ`; published start temperatures depend on that order.
 */
export function expectedIdleJ(faradCycles: number, voltageV: number): number {
  return faradCycles * voltageV ** 2;
}

/**
 * Predicted energy in J of all idle clocks. `cycles` returns the cycles in which a domain of an array waits; with
 * cycles per second the result is in W.
 */
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
