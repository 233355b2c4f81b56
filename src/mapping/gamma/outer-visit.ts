import type { AxisFigures } from '../maestro/index.ts';
import type { Steps } from '../search/index.ts';
import type { GenomeBounds } from './bounds.ts';
import type { OuterBranch, Share } from './branches.ts';
import { type Frontier, NODES_PER_PAUSE } from './frontier.ts';
import type { Gene } from './genome.ts';
import { InnerVisit } from './inner-visit.ts';
import type { Judge } from './judge.ts';
import { mostSharing, type OuterTable } from './outer-table.ts';
import { END, PAUSE, Walk } from './walk.ts';

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

export function outerWalk({ products, innerLevels }: OuterBranch, tables: readonly OuterTable[]): Walk {
  return new Walk(
    tables.map(({ rows }) => rows),
    mostSharing(products.most, innerLevels),
  );
}

/** Visits the choices of the outermost level of a branch that can be better than the best genome. */
export class OuterVisit {
  private readonly bounds: GenomeBounds;
  private readonly judge: Judge;
  private readonly frontier: Frontier;
  private readonly inner: InnerVisit;

  constructor(bounds: GenomeBounds, judge: Judge, frontier: Frontier) {
    this.bounds = bounds;
    this.judge = judge;
    this.frontier = frontier;
    this.inner = new InnerVisit(bounds, judge, frontier);
  }

  *visit(branch: OuterBranch): Steps<void> {
    const { bounds, frontier } = this;
    const tables = bounds.tablesOf(branch);
    const walk = outerWalk(branch, tables);
    const promises = (v: Float64Array): boolean => {
      if (!bounds.fits(v)) return false;
      bounds.measure(branch, v);
      return frontier.isPromising(bounds.least);
    };
    for (;;) {
      const step = walk.next(promises, NODES_PER_PAUSE);
      frontier.nodes += walk.takeNodes();
      if (step === END) return;
      if (step === PAUSE) {
        if (yield* frontier.pause()) return;
      } else yield* this.visitTiles({ branch, tables, tiles: walk.tiles.slice(), values: walk.values.slice() });
      if (frontier.isEnded) return;
    }
  }

  private *visitTiles(outer: OuterTiles): Steps<void> {
    const { branch, tables, tiles, values } = outer;
    const { bounds, frontier } = this;
    const figures = tables.map((table, i) => table.figuresAt(tiles[i]));
    if (figures.reduce((all, { mostProducts }) => all * mostProducts, bounds.window) < bounds.macs) return;
    const orders = this.outerOrders(figures).filter(({ entering }) => {
      bounds.measure(branch, values, entering);
      return frontier.isPromising(bounds.least);
    });
    if (orders.length === 0) return;
    if (branch.innerLevels > 0) yield* this.inner.visit(outer, orders);
    else yield* this.evaluate(outer, orders);
  }

  private outerOrders(figures: readonly AxisFigures[]): OuterOrder[] {
    const loops = figures.flatMap(({ isCovered }, i) => (isCovered === 1 ? [] : [i]));
    return ordersOf(loops).map((order) => ({ order, entering: this.bounds.entering(figures, order) }));
  }

  /** Evaluates the genomes of one level. */
  private *evaluate({ branch, tiles, values }: OuterTiles, orders: readonly OuterOrder[]): Steps<void> {
    const { bounds, judge, frontier } = this;
    for (const { order, entering } of orders) {
      bounds.measure(branch, values, entering);
      if (frontier.isKnown(bounds.least)) continue;
      judge.score(genomeOf(bounds, judge, [{ share: branch, tiles, order }]));
      if (frontier.isTime && (yield* frontier.pause())) return;
    }
  }
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
