import type { AxisFigures } from '../maestro/index.ts';
import type { Steps } from '../search/index.ts';
import type { GenomeBounds } from './bounds.ts';
import type { OuterBranch } from './branches.ts';
import { genomeOf, type OuterOrder, type OuterTiles, ordersOf } from './choices.ts';
import { type Frontier, NODES_PER_PAUSE } from './frontier.ts';
import { InnerVisit } from './inner-visit.ts';
import type { Judge } from './judge.ts';
import { mostSharing, type OuterTable } from './outer-table.ts';
import { END, PAUSE, Walk } from './walk.ts';

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
    // Idle or overlapping sub-clusters make the place of a shared dimension matter even if one iteration covers it.
    const loops = figures.flatMap(({ isCovered, inside, outside }, i) => (isCovered && inside === outside ? [] : [i]));
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
