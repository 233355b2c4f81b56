import type { GenomeBounds } from './bounds.ts';
import type { OuterBranch, Share } from './branches.ts';
import type { Gene } from './genome.ts';
import type { Judge } from './judge.ts';
import type { OuterTable } from './outer-table.ts';

/** The choice of one level: its share, a tile of each dimension, and the order of the loops that have several iterations. */
export interface LevelChoice {
  readonly share: Share;
  readonly tiles: Int32Array;
  readonly order: readonly number[];
}

/** An order of the outer loops, and the elements that it lets enter the outermost level. */
export interface OuterOrder {
  readonly order: readonly number[];
  readonly entering: number;
}

/** The tiles of the outermost level, with the bounds that they have before inner levels are chosen. */
export interface OuterTiles {
  readonly branch: OuterBranch;
  readonly tables: readonly OuterTable[];
  readonly tiles: Int32Array;
  readonly values: Float64Array;
}

/** The genome of the choices of all levels. */
export function genomeOf({ dimensions }: GenomeBounds, { space, pes }: Judge, choices: readonly LevelChoice[]): Gene[] {
  const { names, sizes } = space;
  const used = choices.reduce((product, { share }) => product * share.clusters, 1);
  return choices.map(({ share: { parallel, clusters }, tiles, order }, level) => {
    const tile = sizes.slice();
    for (let i = 0; i < tiles.length; i++) tile[dimensions[i].d] = tiles[i];
    // Dimensions without a loop are outside all others.
    const all = new Int32Array(names.length);
    const inside = names.length - order.length;
    let isLoop = 0;
    for (let i = 0; i < order.length; i++) {
      all[inside + i] = dimensions[order[i]].d;
      isLoop |= 1 << all[inside + i];
    }
    for (let d = 0, at = 0; d < names.length; d++) if ((isLoop & (1 << d)) === 0) all[at++] = d;
    return {
      parallel: dimensions[parallel].d,
      size: level === 0 ? (pes ?? used) : clusters,
      order: all,
      tile,
    };
  });
}

/** The orders of loops that were asked for, by their set. */
const ORDERS = new Map<number, readonly (readonly number[])[]>();

/** All orders of different indices of dimensions. */
export function ordersOf(loops: readonly number[]): readonly (readonly number[])[] {
  const key = loops.reduce((set, i) => set | (1 << i), 0);
  let orders = ORDERS.get(key);
  if (!orders) {
    orders = permutations(loops);
    ORDERS.set(key, orders);
  }
  return orders;
}

function permutations(items: readonly number[]): number[][] {
  if (items.length <= 1) return [[...items]];
  return items.flatMap((item) => permutations(items.filter((other) => other !== item)).map((rest) => [item, ...rest]));
}
