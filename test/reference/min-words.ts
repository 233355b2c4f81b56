/**
 * The fewest words that any scheme can fetch: Belady's MIN with bypass (L. A. Belady, "A study of replacement algorithms for a
 * virtual-storage computer", IBM Systems Journal 5(2), 1966), over the words that the array's ports ask for, in the order of
 * cycles (docs/methods/systolic.md).
 *
 * Between two cycles the scratchpad holds at most S words. A word that is held from a cycle that asks for it to the next that does
 * need not be fetched again. To hold those that are asked for soonest saves the most (intervals on S machines). Words of one cycle
 * have no order, which makes the bound lower than that of any order.
 */
import type { Layer } from '../../src/workload/layer.ts';
import type { OrderedGroup } from './next-use-order.ts';
import { capacity, type LayerFolds } from './next-use-words.ts';
import { type Fold, type Input, ifmapAddress, type MemoryConfig } from './touched-words.ts';

/** Words of an operand that one group must fetch, its folds in this order, if the scratchpad is empty before. */
export function minWords(group: OrderedGroup, { layer, config, tTile }: LayerFolds, operand: Input): number {
  const cycles = group.folds.flatMap((fold) => asked(fold, operand, layer, config, tTile));
  return missesOf(cycles, capacity(config, operand));
}

/** Words missing in all cycles, of which each asks for a set of words. */
export function missesOf(cycles: readonly (readonly number[])[], S: number): number {
  const nextUse: number[][] = [];
  const seen = new Map<number, number>();
  for (let cycle = cycles.length - 1; cycle >= 0; cycle--) {
    nextUse[cycle] = cycles[cycle].map((word) => seen.get(word) ?? Number.POSITIVE_INFINITY);
    for (const word of cycles[cycle]) seen.set(word, cycle);
  }
  const held = new Map<number, number>();
  let misses = 0;
  cycles.forEach((words, cycle) => {
    for (const word of new Set(words)) if (!held.delete(word)) misses++;
    words.forEach((word, i) => {
      if (nextUse[cycle][i] < Number.POSITIVE_INFINITY) held.set(word, nextUse[cycle][i]);
    });
    while (held.size > S) held.delete(askedForLast(held));
  });
  return misses;
}

function askedForLast(held: ReadonlyMap<number, number>): number {
  let [last, latest] = [-1, -1];
  for (const [word, next] of held) if (next > latest) [last, latest] = [word, next];
  return last;
}

/** The distinct words that the ports ask for in each cycle of a fold that asks for some. */
function asked(fold: Fold, operand: Input, layer: Layer, config: MemoryConfig, tTile: number): number[][] {
  const { dataflow, rows, cols } = config;
  const { fr, fc, tile, ru, cu, t, cycles } = fold;
  const [r0, c0, t0] = [fr * rows, fc * cols, tile * tTile];
  const filter = (k: number, n: number) => k * layer.filters + n;
  const ifmap = (m: number, k: number) => ifmapAddress(layer, 0, m, k);
  const streams = (operand === 'ifmap') === (dataflow !== 'is');
  const all: number[][] = [];
  for (let j = 0; j < cycles; j++) {
    const words = new Set<number>();
    const ask = (word: number | null) => word !== null && words.add(word);
    if (dataflow === 'os') {
      for (let r = 0; r < ru; r++) if (operand === 'ifmap' && j >= r && j - r < t) ask(ifmap(r0 + r, j - r));
      for (let c = 0; c < cu; c++) if (operand === 'filter' && j >= c && j - c < t) ask(filter(j - c, c0 + c));
    } else if (streams) {
      for (let r = 0; r < ru; r++) {
        const k = j - rows - r;
        if (k >= 0 && k < t) ask(dataflow === 'ws' ? ifmap(t0 + k, r0 + r) : filter(r0 + r, t0 + k));
      }
    } else {
      const r = rows - 1 - j;
      for (let c = 0; c < cu && r >= 0 && r < ru; c++)
        ask(dataflow === 'ws' ? filter(r0 + r, c0 + c) : ifmap(c0 + c, r0 + r));
    }
    if (words.size > 0) all.push([...words]);
  }
  return all;
}
