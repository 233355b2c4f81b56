import type { LayerResult, RunResult } from '../../cosim/index.ts';
import { denseMacs } from '../../workload/index.ts';
import { writeCsv } from './csv.ts';
import { componentAreasMm2, meanDensity } from './density.ts';

/**
 * layers.csv: one row per layer, times in s, energies in J. Sparse layers and next-use retention add a column each; the parts of
 * each component's energy and the power density come last.
 */
export function layersCsv(result: RunResult): string {
  const { components, layers, schedules } = result;
  const areasMm2 = componentAreasMm2(result);
  const columns = ['layer', 'macs', 'cycles', 'time_s', 'stall_s', 'utilisation', 'dram_bytes', 'energy_j'];
  const order = layers.some(({ foldOrder }) => foldOrder !== null) ? ['fold_order'] : [];
  const dense = schedules.some(({ layer }) => layer.sparsity) ? ['dense_macs'] : [];
  const parts = components.flatMap((name) => PARTS.map((part) => `${part}_j:${name}`));
  return writeCsv(
    [
      ...columns,
      ...components.map((name) => `energy_j:${name}`),
      'waits_for',
      ...order,
      ...dense,
      ...parts,
      'w_per_mm2',
    ],
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
      ...components.flatMap((_, c) => partsOf(l, c)),
      meanDensity(l.componentJ, areasMm2, l.timeS) ?? '',
    ]),
  );
}

const PARTS = ['dynamic', 'idle', 'leakage'] as const;

/** The parts of a component's energy in a layer, in the order of PARTS. They sum to the whole. */
function partsOf({ componentJ, idleJ, leakageJ }: LayerResult, c: number): number[] {
  const rest = componentJ[c] - idleJ[c] - leakageJ[c];
  // Where nothing happens, the difference of equal sums may keep a last digit.
  const dynamicJ = Math.abs(rest) <= 1e-12 * Math.abs(componentJ[c]) ? 0 : rest;
  return [dynamicJ, idleJ[c], leakageJ[c]];
}
