import type { RunResult } from '../cosim/result.ts';
import { writeCsv } from './csv.ts';

/** layers.csv: a row a layer; times in s, energies in J. */
export function layersCsv({ components, layers }: RunResult): string {
  const columns = ['layer', 'macs', 'cycles', 'time_s', 'stall_s', 'utilisation', 'dram_bytes', 'energy_j'];
  return writeCsv(
    [...columns, ...components.map((name) => `energy_j:${name}`)],
    layers.map((l) => [
      l.name,
      l.macs,
      l.cycles,
      l.timeS,
      l.stallS,
      l.utilisation,
      l.dramBytes,
      l.energyJ,
      ...l.componentJ,
    ]),
  );
}
