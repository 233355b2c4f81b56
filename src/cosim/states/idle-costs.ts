import type { DomainSpec } from '../../design/index.ts';
import { costsOf, type DomainState, type IdleState, idleStateOf, statesOf } from '../../policy/index.ts';
import type { Plant } from '../plant/plant.ts';

/** By domain: the parts of waiting clock and leakage that are left in an idle state of all domains. */
export function idleShares(domains: readonly DomainSpec[], idle: IdleState) {
  const costs = domains.map((domain) => costsOf(domain, idleStateOf(domain, idle))!);
  return {
    clock: Float64Array.from(costs, (one) => one.clock),
    leakage: Float64Array.from(costs, (one) => one.leakage),
  };
}

/** The least part of a domain's leakage, or of DRAM's background power, that is left in any of its states. */
export function leastShare(domain: DomainSpec): number {
  return Math.min(...statesOf(domain).map((state) => costsOf(domain, state)!.leakage));
}

/** Background power of DRAM in W at one operating point per domain, with the parts of it that are left by domain. */
export function backgroundAt({ design, backgroundW }: Plant, point: ArrayLike<number>, shares?: Float64Array): number {
  const { dram, dramDomain } = design.spec;
  if (dramDomain < 0) return backgroundW;
  return dram.points[point[dramDomain]].backgroundW * (shares?.[dramDomain] ?? 1);
}

/** Time in s and energy in J in which all domains wake from an idle state. They wake at the same time. */
export function wakingOf(plant: Plant, idle: IdleState): { wakeS: number; wakeJ: number } {
  const { wakeS, wakeJ } = wakingFrom(
    plant,
    plant.domains.map((domain) => idleStateOf(domain, idle)),
  );
  return { wakeS, wakeJ };
}

/** The same from a state of each domain, and the time that each domain takes, s. */
export function wakingFrom({ domains, design }: Plant, states: readonly DomainState[]) {
  const { dram } = design.spec;
  const costs = domains.map((domain, d) => costsOf(domain, states[d])!);
  const ofDomainS = costs.map(
    ({ wakeS, reloadBytes }) => wakeS + (reloadBytes > 0 ? reloadBytes / dram.bytesPerS + dram.latencyS : 0),
  );
  return {
    wakeS: Math.max(0, ...ofDomainS),
    wakeJ: costs.reduce((sum, one) => sum + one.wakeJ, 0),
    ofDomainS,
  };
}
