import type { Counts } from './counts.ts';
import type { Machine } from './machine.ts';

/** The cost of a mapping. */
export interface Score {
  energyPj: number;
  cycles: number;
}

/** Clusters of a level whose accesses are paid for: Timeloop spreads the used instances over as many as there are. */
export function paidInstances({ clusters }: Machine, level: number, used: number): number {
  return Math.min(used, clusters[level]);
}

/** Energy in pJ of one tensor at one level, all used instances together. A partly filled access costs a whole one. */
export function tensorEnergyPj(machine: Machine, counts: Counts, level: number, q: number): number {
  const at = level * machine.tensors + q;
  const block = machine.block[level];
  const perInstance =
    Math.ceil(counts.reads[at] / block) * machine.readPj[level] +
    Math.ceil(counts.fills[at] / block) * machine.fillPj[level] +
    Math.ceil(counts.updates[at] / block) * machine.updatePj[level];
  return perInstance * paidInstances(machine, level, counts.instances[level]);
}

/** Multiplications that Timeloop prints: the steps times the used multipliers, idle lanes of imperfect factors included. */
export function computesOf(machine: Machine, { steps, instances }: Counts): number {
  return steps * instances[machine.levels];
}

/** Energy of a mapping in pJ: accesses of all levels and products, without transfers on links. */
export function energyPj(machine: Machine, counts: Counts): number {
  let energy = computesOf(machine, counts) * machine.computePj;
  for (let level = 0; level < machine.levels; level++) {
    for (let q = 0; q < machine.tensors; q++) energy += tensorEnergyPj(machine, counts, level, q);
  }
  return energy;
}

/** By how much the bandwidths of a level slow the array down, 1 for not at all. */
export function throttleOf(machine: Machine, counts: Counts, level: number): number {
  const { steps } = counts;
  let read = 0;
  let write = 0;
  for (let q = 0; q < machine.tensors; q++) {
    const at = level * machine.tensors + q;
    read += counts.reads[at] / steps;
    write += (counts.fills[at] + counts.updates[at]) / steps;
  }
  let throttle = 1;
  if (read > machine.readBandwidth[level]) throttle = machine.readBandwidth[level] / read;
  if (write > machine.writeBandwidth[level]) throttle = Math.min(throttle, machine.writeBandwidth[level] / write);
  if (read + write > machine.sharedBandwidth[level])
    throttle = Math.min(throttle, machine.sharedBandwidth[level] / (read + write));
  return throttle;
}

/** Cycles of a level: the steps, longer if its bandwidths do not suffice. */
export function levelCycles(machine: Machine, counts: Counts, level: number): number {
  const throttle = throttleOf(machine, counts, level);
  return throttle === 1 ? counts.steps : Math.ceil(roundedQuotient(counts.steps, throttle));
}

/** a / b without the last bits: 7,552 words at 4 words a cycle are 1,888 cycles, not a rounding error more. */
function roundedQuotient(a: number, b: number): number {
  const quotient = a / b;
  const whole = Math.round(quotient);
  return Math.abs(quotient - whole) <= 1e-12 * whole ? whole : quotient;
}

/** Cycles of the whole mapping: the slowest level, then the latencies of the networks. All levels work at once. */
export function cyclesOf(machine: Machine, counts: Counts): number {
  let cycles = counts.steps;
  for (let level = 0; level < machine.levels; level++) {
    const own = levelCycles(machine, counts, level);
    if (own > cycles) cycles = own;
  }
  return cycles + machine.latencyCycles;
}
