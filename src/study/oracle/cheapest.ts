import { arcsFrom, cheapestWays, type Dag, fastestWays, reversed, type Ways } from './dag.ts';
import { Labels } from './labels.ts';
import { type LagrangeBound, TIME_ROUNDING } from './lagrange.ts';

export interface CheapestWay {
  readonly cost: number;
  readonly timeS: number;
  /** Its arcs, from the source on. */
  readonly arcs: readonly number[];
  /** No way is cheaper than `cost - gap`. It exceeds rounding only if too many labels would be needed. */
  readonly gap: number;
}

/** Relative to the cost: below this, two costs are equal. */
const COST_ROUNDING = 1e-13;
/** Prices, the nearest to the best one, whose bounds discard labels. */
const PRICES = 6;
/** With more labels in a node, small differences no longer count. */
const MOST_LABELS = 50_000;

/**
 * The cheapest way from source to sink within a time limit, exactly; null if none costs less than `below`. `bound` is the
 * Lagrange bound for that limit. Labels (time, cost) go from node to node, from the source and from the sink, and meet
 * where both have few. A label is dropped if another one is neither later nor dearer, or if no completion can beat the
 * best way known (bounds at several prices for time). Costs may be negative.
 */
export function cheapestWay(
  dag: Dag,
  limitS: number,
  bound: LagrangeBound,
  below = Number.POSITIVE_INFINITY,
): CheapestWay | null {
  if (bound.lowerBound >= below) return null;
  return new Search(dag, limitS * (1 + TIME_ROUNDING), bound, below).run();
}

/** The best way so far, shared by both sides. */
interface Best {
  cost: number;
  arcs: (() => number[]) | null;
  /** A label that cannot beat the best way by more than this is dropped. */
  gap: number;
}

class Search {
  private readonly dag: Dag;
  private readonly limitS: number;
  private readonly best: Best;
  private readonly forward: Side;
  private readonly backward: Side;
  private readonly arcOf: Int32Array;

  constructor(dag: Dag, limitS: number, { best, ways }: LagrangeBound, below: number) {
    const back = reversed(dag);
    const prices = [best, ...ways.slice(-PRICES)];
    const scale = Math.max(...prices.map(({ cost }) => Math.abs(cost[0])));
    this.dag = dag;
    this.limitS = limitS;
    this.arcOf = back.arcOf;
    this.best = { cost: below, arcs: null, gap: COST_ROUNDING * scale };
    const backWays = ways.slice(-PRICES).map(({ price }) => cheapestWays(back.dag, price));
    this.forward = new Side(dag, limitS, prices, this.best);
    this.backward = new Side(back.dag, limitS, [fastestWays(back.dag), ...backWays], this.best);
  }

  run(): CheapestWay | null {
    const { forward, backward, dag } = this;
    forward.begin((arcs) => arcs);
    backward.begin((arcs) => arcs.map((a) => this.arcOf[a]).reverse());
    // Nodes up to `forward.node` have labels from the source; those from `nodes - 1 - backward.node` on, from the sink.
    while (forward.node + backward.node + 1 < dag.nodes - 1) {
      if (forward.width <= backward.width) forward.advance();
      else backward.advance();
    }
    this.meet();
    const arcs = this.best.arcs?.();
    if (!arcs) return null;
    const total = (column: Float64Array): number => arcs.reduce((sum, a) => sum + column[a], 0);
    return { cost: total(dag.cost), timeS: total(dag.timeS), arcs, gap: this.best.gap };
  }

  /** Joins the labels of both sides over every arc that leads from one side to the other. */
  private meet(): void {
    const { forward, backward, dag } = this;
    const last = dag.nodes - 1;
    for (let n = 0; n <= forward.node; n++) {
      for (let a = dag.first[n]; a < dag.first[n + 1]; a++) {
        if (dag.to[a] > forward.node) this.join(a, forward.labels, n, backward.labels, last - dag.to[a]);
      }
    }
  }

  private join(arc: number, ours: Labels, node: number, theirs: Labels, other: number): void {
    const { dag, limitS, best, arcOf } = this;
    let their = theirs.endOf(other) - 1;
    const first = theirs.startOf(other);
    for (let our = ours.startOf(node); our < ours.endOf(node); our++) {
      const leftS = limitS - ours.timeS[our] - dag.timeS[arc];
      // The later a label of the other side, the cheaper it is.
      while (their >= first && theirs.timeS[their] > leftS) their--;
      if (their < first) return;
      const cost = ours.cost[our] + dag.cost[arc] + theirs.cost[their];
      if (cost >= best.cost) continue;
      const [a, b] = [our, their];
      best.cost = cost;
      best.arcs = () => [
        ...ours.arcsTo(a),
        arc,
        ...theirs
          .arcsTo(b)
          .map((reverse) => arcOf[reverse])
          .reverse(),
      ];
    }
  }
}

/** The labels that start at one end of the graph. */
class Side {
  readonly labels: Labels;
  /** The last node that has its labels, and their number. */
  node = 0;
  width = 1;
  private readonly dag: Dag;
  private readonly limitS: number;
  private readonly ways: readonly Ways[];
  private readonly leastS: Float64Array;
  private readonly best: Best;
  private readonly sources: ReturnType<typeof arcSources>;
  /** Turns arcs of this side's graph into a way of the original graph. */
  private original: (arcs: number[]) => number[] = (arcs) => arcs;

  constructor(dag: Dag, limitS: number, ways: readonly Ways[], best: Best) {
    this.dag = dag;
    this.limitS = limitS;
    this.ways = ways;
    this.best = best;
    this.leastS = fastestWays(dag).timeS;
    this.labels = new Labels(dag.nodes);
    this.sources = arcSources(dag);
  }

  begin(original: (arcs: number[]) => number[]): void {
    this.original = original;
    const root = this.labels.add(0, 0, -1, -1);
    this.labels.close(0, root, root + 1);
    this.complete(root, 0);
  }

  advance(): void {
    const { dag, labels, sources, best } = this;
    const n = ++this.node;
    const from = labels.length;
    labels.merge(sources.arcs(n), dag, sources.from, (timeS, cost) => this.isWorth(n, timeS, cost));
    labels.close(n, from, labels.length);
    for (let label = from; label < labels.length; label++) this.complete(label, n);
    this.width = labels.length - from;
    if (this.width > MOST_LABELS) best.gap = Math.max(10 * best.gap, 1e-10 * Math.abs(best.cost));
  }

  /** Whether a label of node n can still become the best way. */
  private isWorth(n: number, timeS: number, cost: number): boolean {
    if (timeS + this.leastS[n] > this.limitS) return false;
    const atMost = this.best.cost - this.best.gap;
    const leftS = this.limitS - timeS;
    for (const { priced, price, weighsCost } of this.ways) {
      if (weighsCost && cost + priced[n] - price * leftS > atMost) return false;
    }
    return true;
  }

  /** Completes a label along the known ways, and keeps the best way found. */
  private complete(label: number, n: number): void {
    const { labels, limitS, best, dag, original } = this;
    for (const ways of this.ways) {
      if (labels.timeS[label] + ways.timeS[n] > limitS) continue;
      const whole = labels.cost[label] + ways.cost[n];
      if (whole >= best.cost) continue;
      best.cost = whole;
      best.arcs = () => original([...labels.arcsTo(label), ...arcsFrom(dag, ways, n)]);
    }
  }
}

/** The arcs that lead into each node, and the node each arc comes from. */
function arcSources({ nodes, first, to }: Dag) {
  const from = new Int32Array(to.length);
  const start = new Int32Array(nodes + 1);
  for (let n = 0; n < nodes; n++) for (let a = first[n]; a < first[n + 1]; a++) from[a] = n;
  for (const n of to) start[n + 1]++;
  for (let n = 0; n < nodes; n++) start[n + 1] += start[n];
  const next = start.slice();
  const into = new Int32Array(to.length);
  for (let a = 0; a < to.length; a++) into[next[to[a]]++] = a;
  return { from, arcs: (n: number): Int32Array => into.subarray(start[n], start[n + 1]) };
}
