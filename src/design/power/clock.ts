import { COUNTER_INDEX, type Counter, zeroCounts } from '../../base/counters.ts';
import { type BoundAction, energyAt } from '../../energy/index.ts';

/** Actions of a cycle in which all PEs work: a MAC each, and every register read and written. */
const PE_COUNTERS = [
  'macs',
  'ifmap_reg_reads',
  'ifmap_reg_writes',
  'filter_reg_reads',
  'filter_reg_writes',
  'psum_reg_reads',
  'psum_reg_writes',
] as const satisfies readonly Counter[];

/**
 * Energy of each component over V^2 (F) in a cycle in which the array waits, stalled or idle, with its clock running: the
 * share `idleClock` of a cycle in which every PE works. Scratchpads are clocked on access only. The share is ours
 * (default 0.25), in the range of clock power of synthesised datapaths.
 */
export function waitingCycle(
  components: readonly string[],
  bound: readonly BoundAction[],
  pes: number,
  idleClock: number,
): Float64Array {
  const counts = zeroCounts();
  for (const counter of PE_COUNTERS) counts[COUNTER_INDEX[counter]] = pes;
  const onRail = bound.map((action) => ({ ...action, energy: { ...action.energy, fixedJ: 0 } }));
  const atOneVolt = energyAt(onRail, counts, () => 1);
  return Float64Array.from(components, (name) => idleClock * (atOneVolt.get(name) ?? 0));
}
