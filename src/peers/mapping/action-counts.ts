import { type WrittenCounts, writeActionCounts } from '../../formats/accelergy/index.ts';
import type { ErtRow, TimeloopEnergies, TimeloopInput } from '../../formats/timeloop/index.ts';
import type { TensorStats, TimeloopEvaluation } from '../../mapping/index.ts';

/**
 * The accesses of a mapping as action counts, which `isotherm energy` multiplies by the energy reference table of the mapping:
 * accesses of whole blocks over all used instances, under the actions and arguments that Timeloop takes.
 */
export function mappingCounts(
  { architecture, problem, energies }: TimeloopInput & { readonly energies: TimeloopEnergies },
  { levels, computes }: TimeloopEvaluation,
): string {
  const counts = new Map<string, { readonly row: ErtRow; count: number }>();
  const add = (row: ErtRow, count: number): void => {
    const key = JSON.stringify(row);
    const before = counts.get(key);
    if (before) before.count += count;
    else counts.set(key, { row, count });
  };
  if (energies.computeRow) add(energies.computeRow, computes);
  architecture.storages.forEach(({ name, blockSize, clusterSize = 1, instances }, level) => {
    const { rows } = energies.storages[level];
    for (const tensor of problem.tensors) {
      const stats = levels[name][tensor.name] as TensorStats | undefined;
      if (!rows || !stats) continue;
      // The instances of a cluster share their accesses.
      const paid = Math.min(stats.instances, instances / clusterSize);
      const accesses = (words: number): number => Math.ceil(words / blockSize) * paid;
      add(rows.read, accesses(stats.reads));
      add(rows.fill, accesses(stats.fills));
      add(rows.update, accesses(stats.updates));
    }
  });
  return writeActionCounts(byComponent([...counts.values()]));
}

function byComponent(counts: readonly { readonly row: ErtRow; readonly count: number }[]): WrittenCounts[] {
  const names = [...new Set(counts.map(({ row }) => row.component))];
  return names.map((component) => ({
    // The dots of a range such as PE[0..255] separate nothing.
    segments: component.match(/(?:[^.[]|\[[^\]]*\])+/g) ?? [component],
    actions: counts
      .filter(({ row }) => row.component === component)
      .map(({ row, count }) => ({ action: row.action, arguments: new Map(Object.entries(row.arguments)), count })),
  }));
}
