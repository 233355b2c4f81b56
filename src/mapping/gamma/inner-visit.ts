import type { Steps } from '../search/index.ts';
import type { GenomeBounds } from './bounds.ts';
import { type InnerBranch, innerClusters } from './branches.ts';
import { genomeOf, type LevelChoice, type OuterOrder, type OuterTiles, ordersOf } from './choices.ts';
import { AT, INNER, TIMES, WIDTH } from './dimensions.ts';
import { type Frontier, NODES_PER_PAUSE } from './frontier.ts';
import { InnerChain } from './inner-chain.ts';
import type { Judge } from './judge.ts';
import { mostSharing } from './outer-table.ts';
import { END, PAUSE, Walk } from './walk.ts';

/** A choice of some levels, the outermost first, with the bounds below it. */
interface Chosen {
  readonly outer: OuterTiles;
  readonly entering: number;
  readonly levels: readonly LevelChoice[];
  readonly chains: readonly InnerChain[];
  readonly values: Float64Array;
}

/** Visits the choices of the inner levels below the tiles of the outermost one, level by level. */
export class InnerVisit {
  private readonly bounds: GenomeBounds;
  private readonly judge: Judge;
  private readonly frontier: Frontier;

  constructor(bounds: GenomeBounds, judge: Judge, frontier: Frontier) {
    this.bounds = bounds;
    this.judge = judge;
    this.frontier = frontier;
  }

  /** Visits all shares of the second level that the least factors of its tiles do not exclude. */
  *visit(outer: OuterTiles, orders: readonly OuterOrder[]): Steps<void> {
    const { bounds, frontier } = this;
    const { innerLevels, products } = outer.branch;
    const alone = outer.tables.map((_, i) => this.least(outer, i, 0));
    const v = outer.values.slice();
    for (const parallel of outer.tables.keys()) {
      const others = productsOf(alone, parallel);
      const enough = outer.tables[parallel].dimension.whole + 2;
      for (const share of innerClusters(products, innerLevels - 1)) {
        // Sub-clusters beyond all that the dimension has are equally idle.
        if (innerLevels === 1 && share.clusters > Math.max(enough, products.least)) break;
        frontier.nodes++;
        if (frontier.isTime && (yield* frontier.pause())) return;
        const own = this.least(outer, parallel, share.clusters);
        const sharing = mostSharing(share.products.most, innerLevels - 1);
        for (const f of INNER) v[f] = others[f] * own[f];
        for (const f of TIMES) v[f] /= sharing;
        if (!bounds.fits(v)) continue;
        for (const { order, entering } of orders) {
          bounds.measure(outer.branch, v, entering);
          if (!frontier.isPromising(bounds.least)) continue;
          yield* this.visitLevel(this.begin(outer, order, entering), { parallel, ...share });
          if (frontier.isEnded) return;
        }
      }
    }
  }

  private least({ branch, tables, tiles }: OuterTiles, i: number, clusters: number): Float64Array {
    const outer = branch.parallel === i ? branch.clusters : 0;
    return this.bounds.leastInner(tables[i], `${i},${outer}`, tiles[i], clusters, branch.innerLevels);
  }

  private begin(outer: OuterTiles, order: readonly number[], entering: number): Chosen {
    const { tables, tiles, branch, values } = outer;
    const chains = tables.map((table, i) => {
      const chain = new InnerChain(table.dimension, branch.innerLevels);
      chain.begin(tiles[i], table.handedAt(tiles[i]));
      return chain;
    });
    return { outer, entering, levels: [{ share: branch, tiles, order }], chains, values };
  }

  /** Visits the tiles of a level and of all below it. */
  private *visitLevel(above: Chosen, branch: InnerBranch): Steps<void> {
    const { bounds, frontier } = this;
    const { outer, entering, levels, chains } = above;
    const level = levels.length - 1;
    const below = outer.branch.innerLevels - levels.length;
    const rows = chains.map((chain, i) => chain.rows(level, branch.parallel === i ? branch.clusters : 0));
    frontier.nodes += rows.reduce((sum, { length }) => sum + length / WIDTH, 0);
    const walk = new Walk(rows, mostSharing(branch.products.most, below));
    const fields = level === 0 ? INNER : DEEPER;
    const v = above.values.slice();
    const promises = (inner: Float64Array): boolean => {
      for (const f of fields) v[f] = inner[f];
      if (!bounds.fits(v)) return false;
      bounds.measure(outer.branch, v, entering);
      return frontier.isPromising(bounds.least);
    };
    for (;;) {
      const step = walk.next(promises, NODES_PER_PAUSE);
      frontier.nodes += walk.takeNodes();
      if (step === END) return;
      if (step !== PAUSE) {
        const tiles = walk.tiles.slice();
        const chosen = { ...above, levels: [...levels, { share: branch, tiles, order: [] }], values: v.slice() };
        if (below === 0) this.evaluate(chosen);
        else yield* this.visitBelow(chosen, branch);
      }
      if ((step === PAUSE || frontier.isTime) && (yield* frontier.pause())) return;
      if (frontier.isEnded) return;
    }
  }

  /** Visits all shares of the level below those chosen. */
  private *visitBelow(above: Chosen, { products }: InnerBranch): Steps<void> {
    const { chains, levels, outer } = above;
    const level = levels.length - 1;
    const { tiles } = levels[level];
    for (const parallel of chains.keys()) {
      for (const share of innerClusters(products, outer.branch.innerLevels - level - 1)) {
        // The chains go back to the tiles of the level above, which its walk may have left.
        for (const [i, chain] of chains.entries()) chain.choose(level - 1, tiles[i]);
        yield* this.visitLevel(above, { parallel, ...share });
        const { frontier } = this;
        if (frontier.isEnded || (frontier.isTime && (yield* frontier.pause()))) return;
      }
    }
  }

  /** Evaluates the orders of the inner loops until one leaves no sub-cluster waiting: the others cannot be faster. */
  private evaluate({ levels }: Chosen): void {
    const { bounds, judge, frontier } = this;
    if (frontier.isKnown(bounds.least)) return;
    for (const orders of innerOrders(levels)) {
      const choices = levels.map((choice, level) => (level === 0 ? choice : { ...choice, order: orders[level - 1] }));
      const { cost } = judge.score(genomeOf(bounds, judge, choices));
      if (cost && !judge.isWaiting) return;
    }
  }
}

/** Fields that the tiles of levels below the second one change. */
const DEEPER = [...TIMES, AT.sizeInput, AT.sizeWeight, AT.sizeOutput];

/** Products of the factors of all dimensions but one. */
function productsOf(rows: readonly Float64Array[], but: number): Float64Array {
  const product = new Float64Array(WIDTH).fill(1);
  for (const [i, row] of rows.entries()) if (i !== but) for (const f of INNER) product[f] *= row[f];
  return product;
}

/** Every combination of orders of the loops of the inner levels. */
function* innerOrders(levels: readonly LevelChoice[], level = 1): Generator<readonly (readonly number[])[]> {
  if (level === levels.length) {
    yield [];
    return;
  }
  const outer = levels[level - 1].tiles;
  const { tiles } = levels[level];
  const loops = [...tiles.keys()].filter((i) => tiles[i] < outer[i]);
  for (const order of ordersOf(loops)) for (const rest of innerOrders(levels, level + 1)) yield [order, ...rest];
}
