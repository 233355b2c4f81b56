import type { MaestroHardware, MaestroLayer } from '../../formats/maestro/index.ts';
import { drained, type Steps } from '../search/index.ts';
import { AT, type AxisTable } from './axes.ts';
import { GenomeBounds, ROUNDING } from './bounds.ts';
import { type Branch, branchesOf } from './branches.ts';
import type { Gene } from './genome.ts';
import { type GammaLimits, type GammaResult, gammaValue, Judge, ranksOf } from './judge.ts';
import { searchGammaInSteps } from './search.ts';
import { END, PAUSE, Walk } from './walk.ts';

/** Genomes of the genetic search from which the bounds start, and more of them for layers with so many products, whose lists take long. */
const START = 1000;
const LARGE_START = 10_000;
const LARGE_MACS = 1_000_000;

/** Evaluations and nodes between two pauses, and the most nodes of a search. */
const EVALUATIONS_PER_PAUSE = 256;
const NODES_PER_PAUSE = 1 << 14;
const MOST_NODES = 300_000_000;

/**
 * The best genome of one or two cluster levels, proven: all tiles, all orders, all cluster sizes, every dimension parallel. Branch and
 * bound over parallel dimensions and clusters, then over the tiles of the outer level, then over those of the inner one. Bounds are
 * sums of MAESTRO's own counts over one dimension at a time; every value compared comes from the full model. Deterministic but for
 * `isOver`. Undefined if no genome is valid.
 */
export function searchGammaExactly(
  layer: MaestroLayer,
  hardware: MaestroHardware,
  limits: GammaLimits,
): GammaResult | undefined {
  return drained(searchGammaExactlyInSteps(layer, hardware, limits));
}

/** The same with a pause whenever `isOver` is asked. */
export function* searchGammaExactlyInSteps(
  layer: MaestroLayer,
  hardware: MaestroHardware,
  limits: GammaLimits,
): Steps<GammaResult | undefined> {
  const { isOver, ...whole } = limits;
  const start = yield* searchGammaInSteps(layer, hardware, { ...whole, evaluations: START });
  const judge = new Judge(layer, hardware, { ...limits, evaluations: Number.POSITIVE_INFINITY });
  if (start) judge.score(start.genome);
  let started = start?.evaluations ?? START;
  const search = new ExactGenomes(judge, layer, hardware, limits);
  if (search.macs > LARGE_MACS) {
    const more = yield* searchGammaInSteps(layer, hardware, { ...limits, evaluations: LARGE_START });
    if (more) judge.score(more.genome);
    started += more?.evaluations ?? 0;
  }
  judge.step();
  yield* search.run();
  return search.result(started);
}

class ExactGenomes {
  private readonly judge: Judge;
  private readonly hardware: MaestroHardware;
  private readonly limits: GammaLimits;
  private readonly bounds: GenomeBounds;
  private readonly slack: number;
  private nodes = 0;
  private evaluationsAtPause = 0;
  private isStopped = false;
  private isCut = false;
  /** The least value of what was left out although it could be better. */
  private openBound = Number.POSITIVE_INFINITY;

  constructor(judge: Judge, layer: MaestroLayer, hardware: MaestroHardware, limits: GammaLimits) {
    this.judge = judge;
    this.hardware = hardware;
    this.limits = limits;
    this.slack = 1 - (limits.gap ?? 0);
    this.bounds = new GenomeBounds(judge.space, layer, hardware, limits);
  }

  get macs(): number {
    return this.bounds.macs;
  }

  *run(): Steps<void> {
    const branches: { readonly branch: Branch; readonly bound: number }[] = [];
    for (const branch of branchesOf(this.bounds.dimensions, this.hardware, this.limits)) {
      yield;
      if (this.stopsIf(this.limits.isOver?.() === true, this.bounds.simpleBound)) return;
      const bound = this.bounds.boundOf(branch, walkOf(this.bounds.tablesOf(branch)).values);
      if (bound < Number.POSITIVE_INFINITY) branches.push({ branch, bound });
    }
    branches.sort((a, b) => a.bound - b.bound);
    for (const { branch, bound } of branches) {
      if (this.isStopped || this.isCut) {
        this.openBound = Math.min(this.openBound, bound);
        return;
      }
      yield* this.visit(branch, bound);
    }
  }

  /** Ends the search; nothing that it leaves out has a value below `bound`. */
  private stopsIf(isOver: boolean, bound: number): boolean {
    if (!isOver) return false;
    this.isStopped = true;
    this.openBound = Math.min(this.openBound, bound);
    return true;
  }

  /** Whether costs of at least `least` can be better than the best genome so far. */
  private get isPromising(): boolean {
    const { limits, slack } = this;
    const { least } = this.bounds;
    const { best } = this.judge;
    if (!best) return true;
    const wanted = gammaValue(limits.objective, least) * ROUNDING;
    if (limits.wordsFirst) return least.words < best.value || (least.words === best.value && wanted < best.tie);
    if (wanted >= best.value) return false;
    if (wanted < slack * best.value) return true;
    this.openBound = Math.min(this.openBound, wanted);
    return false;
  }

  private *visit(branch: Branch, bound: number): Steps<void> {
    const tables = this.bounds.tablesOf(branch);
    const walk = walkOf(tables);
    const promises = (v: Float64Array): boolean => {
      if (!this.bounds.fits(v)) return false;
      this.bounds.measure(branch, v);
      return this.isPromising;
    };
    for (;;) {
      const step = this.step(walk, promises);
      if (step === END) return;
      if (step === PAUSE) {
        if (yield* this.pause(bound)) return;
      } else yield* this.visitTiles(branch, bound, tables, walk);
      if (this.isStopped || this.isCut) return;
    }
  }

  private step(walk: Walk, promises: (values: Float64Array) => boolean): number {
    const step = walk.next(promises, NODES_PER_PAUSE);
    this.nodes += walk.nodes;
    walk.nodes = 0;
    return step;
  }

  /** Lets others act; returns whether the search is to end. */
  private *pause(bound: number): Steps<boolean> {
    yield;
    return this.ends(bound);
  }

  private ends(bound: number): boolean {
    const { best, evaluations } = this.judge;
    if (best) {
      const least = Math.min(best.value, bound, this.openBound);
      this.limits.onProgress?.({ best: best.value, bound: least, evaluations });
    }
    if (this.nodes > MOST_NODES) {
      this.isCut = true;
      this.openBound = Math.min(this.openBound, bound);
    }
    return this.isCut || this.stopsIf(this.limits.isOver?.() === true, bound);
  }

  /** Visits the choices of orders, and of the inner level, below the tiles of the outer level. */
  private *visitTiles(branch: Branch, bound: number, tables: readonly AxisTable[], walk: Walk): Steps<void> {
    const tiles = walk.tiles.slice();
    const values = walk.values.slice();
    const figures = tables.map((table, i) => table.figuresAt(tiles[i]));
    if (figures.reduce((all, { mostProducts }) => all * mostProducts, this.bounds.window) < this.bounds.macs) return;
    const loops = figures.flatMap(({ isCovered }, i) => (isCovered === 1 ? [] : [i]));
    for (const order of permutations(loops)) {
      const entering = this.bounds.entering(figures, order);
      this.bounds.measure(branch, values, entering);
      if (!this.isPromising) continue;
      const outer = { tiles, order, values, entering };
      if (branch.parallel.length === 1) {
        this.judge.score(this.genome(branch, [outer]));
        if (this.isTime() && (yield* this.pause(bound))) return;
      } else yield* this.visitInner(branch, bound, tables, outer);
      if (this.isStopped || this.isCut) return;
    }
  }

  private *visitInner(branch: Branch, bound: number, tables: readonly AxisTable[], outer: OuterChoice): Steps<void> {
    const walk = new Walk(tables.map((table, i) => table.innerRows(outer.tiles[i])));
    const v = outer.values.slice();
    const promises = (inner: Float64Array): boolean => {
      v[AT.time] = inner[AT.time];
      for (let f = AT.innerTime; f < AT.products; f++) v[f] = inner[f];
      if (!this.bounds.fits(v)) return false;
      this.bounds.measure(branch, v, outer.entering);
      return this.isPromising;
    };
    for (;;) {
      const step = this.step(walk, promises);
      if (step === END) return;
      if (step !== PAUSE) this.evaluate(branch, outer, walk.tiles.slice());
      if ((step === PAUSE || this.isTime()) && (yield* this.pause(bound))) return;
    }
  }

  /** Evaluates the orders of the inner loops until one leaves no sub-cluster waiting: the others cannot be faster. */
  private evaluate(branch: Branch, outer: OuterChoice, tiles: Int32Array): void {
    const loops = this.bounds.dimensions.flatMap((_, i) => (tiles[i] < outer.tiles[i] ? [i] : []));
    for (const order of permutations(loops)) {
      const { cost } = this.judge.score(this.genome(branch, [outer, { tiles, order }]));
      if (cost && !this.judge.isWaiting) return;
    }
  }

  private isTime(): boolean {
    if (this.judge.evaluations - this.evaluationsAtPause < EVALUATIONS_PER_PAUSE) return false;
    this.evaluationsAtPause = this.judge.evaluations;
    return true;
  }

  private genome(
    { parallel, clusters, pes }: Branch,
    choices: readonly Pick<OuterChoice, 'tiles' | 'order'>[],
  ): Gene[] {
    const { names, sizes } = this.judge.space;
    return choices.map(({ tiles, order }, level) => {
      const tile = sizes.slice();
      this.bounds.dimensions.forEach(({ d }, i) => {
        tile[d] = tiles[i];
      });
      const loops = order.map((i) => this.bounds.dimensions[i].d);
      const others = names.flatMap((_, d) => (loops.includes(d) ? [] : [d]));
      return {
        parallel: this.bounds.dimensions[parallel[level]].d,
        size: level === 0 ? pes : clusters[level],
        order: Int32Array.from([...others, ...loops]),
        tile,
      };
    });
  }

  result(started: number): GammaResult | undefined {
    const { judge, nodes, isStopped, isCut } = this;
    judge.step();
    const found = judge.result();
    if (!found) return undefined;
    const { value } = ranksOf(this.limits, found.cost);
    const lowerBound = Math.min(value, this.openBound);
    const outcome = isStopped ? 'stopped' : isCut ? 'space cut' : lowerBound < value ? 'gap' : 'proven';
    return { ...found, evaluations: found.evaluations + started, proof: { lowerBound, outcome, nodes } };
  }
}

/** The choices of one level: a tile of each dimension and the order of the loops that have several iterations. */
interface OuterChoice {
  readonly tiles: Int32Array;
  readonly order: readonly number[];
  readonly values: Float64Array;
  readonly entering: number;
}

function walkOf(tables: readonly AxisTable[]): Walk {
  return new Walk(tables.map(({ rows }) => rows));
}

function permutations(items: readonly number[]): number[][] {
  if (items.length <= 1) return [[...items]];
  return items.flatMap((item) => permutations(items.filter((other) => other !== item)).map((rest) => [item, ...rest]));
}
