import { type WrittenCounts, writeActionCounts } from '../../formats/accelergy/index.ts';
import type { ErtRow } from '../../formats/timeloop/index.ts';
import { type Machine, paidInstances, type TensorStats, type TimeloopEvaluation } from '../../mapping/index.ts';

/**
 * The accesses of a mapping as action counts, which `isotherm energy` multiplies by the energy reference table of the mapping:
 * accesses of whole blocks over all used instances, under the actions and arguments that Timeloop takes.
 */
export function mappingCounts(machine: Machine, { levels, computes }: TimeloopEvaluation): string {
  const { architecture, problem, energies } = machine;
  const counts = new Map<string, { readonly row: ErtRow; count: number }>();
  const add = (row: ErtRow, count: number): void => {
    const key = JSON.stringify(row);
    const before = counts.get(key);
    if (before) before.count += count;
    else counts.set(key, { row, count });
  };
  if (energies?.computeRow) add(energies.computeRow, computes);
  architecture.storages.forEach(({ name, blockSize }, level) => {
    const rows = energies?.storages[level].rows;
    for (const tensor of problem.tensors) {
      const stats = levels[name][tensor.name] as TensorStats | undefined;
      if (!rows || !stats) continue;
      const paid = paidInstances(machine, level, stats.instances);
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
