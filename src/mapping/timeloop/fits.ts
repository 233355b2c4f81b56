import type { Counts } from './counts.ts';
import type { Machine } from './machine.ts';
import type { Nest } from './nest.ts';

/** Why a nest does not fit the architecture, a sentence for each reason; empty if it fits. */
export function misfits(machine: Machine, counts: Counts, nest: Nest): string[] {
  const { levels: L, dimensions: D, tensors: T, architecture, problem } = machine;
  const names = [...architecture.storages, architecture.compute].map(({ name }) => name);
  const found: string[] = [];
  for (let level = 0; level < L; level++) {
    const held = problem.tensors.flatMap(({ name }, q) =>
      nest.keep[level * T + q] === 1 ? [{ name, words: counts.tile[level * T + q] }] : [],
    );
    const needed = held.reduce((sum, { words }) => sum + words, 0);
    if (needed > machine.capacity[level]) {
      const parts = held.map(({ name, words }) => `${name} ${words}`).join(' + ');
      found.push(`${names[level]} needs ${parts} = ${needed} words, has ${machine.capacity[level]}`);
    }
    const along = (axis: 'X' | 'Y'): number => {
      let children = 1;
      for (let at = level * D; at < level * D + D; at++)
        children *= axis === 'X' ? nest.alongX[at] : nest.spatial[at] / nest.alongX[at];
      return children;
    };
    for (const [axis, most] of [
      ['X', machine.fanoutX[level]],
      ['Y', machine.fanoutY[level]],
    ] as const) {
      const children = along(axis);
      if (children > most)
        found.push(`${names[level]} spreads over ${children} ${names[level + 1]} along ${axis}, has ${most}`);
    }
  }
  return found;
}
