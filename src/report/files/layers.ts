import type { RunResult } from '../../cosim/index.ts';
import { denseMacs } from '../../workload/index.ts';
import { writeCsv } from './csv.ts';

/** layers.csv: one row per layer, times in s, energies in J. Sparse layers and next-use retention add a column each. */
export function layersCsv({ components, layers, schedules }: RunResult): string {
  const columns = ['layer', 'macs', 'cycles', 'time_s', 'stall_s', 'utilisation', 'dram_bytes', 'energy_j'];
  const order = layers.some(({ foldOrder }) => foldOrder !== null) ? ['fold_order'] : [];
  const dense = schedules.some(({ layer }) => layer.sparsity) ? ['dense_macs'] : [];
  return writeCsv(
    [...columns, ...components.map((name) => `energy_j:${name}`), 'waits_for', ...order, ...dense],
    layers.map((l, i) => [
      l.name,
      l.macs,
      l.cycles,
      l.timeS,
      l.stallS,
      l.utilisation,
      l.dramBytes,
      l.energyJ,
      ...l.componentJ,
      l.waitsFor,
      ...order.map(() => l.foldOrder ?? ''),
      ...dense.map(() => denseMacs(schedules[i].layer, l.macs)),
    ]),
  );
}
