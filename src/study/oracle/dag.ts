/**
 * A directed graph without circles. Every arc takes time and has a cost. Nodes are numbered so that arcs lead to higher
 * numbers: 0 is the source, the last node is the sink.
 */
export interface Dag {
  readonly nodes: number;
  /** The arcs of node n are `first[n]` to `first[n + 1] - 1`. */
  readonly first: Int32Array;
  readonly to: Int32Array;
  readonly timeS: Float64Array;
  readonly cost: Float64Array;
}

/** Collects arcs in any order. */
export class DagBuilder {
  private readonly from: number[] = [];
  private readonly to: number[] = [];
  private readonly timeS: number[] = [];
  private readonly cost: number[] = [];

  arc(from: number, to: number, timeS: number, cost: number): void {
    this.from.push(from);
    this.to.push(to);
    this.timeS.push(timeS);
    this.cost.push(cost);
  }

  /** The graph of `nodes` nodes. `order[a]` is the number, in order of `arc` calls, of the graph's arc a. */
  build(nodes: number): { readonly dag: Dag; readonly order: Int32Array } {
    const arcs = this.from.length;
    const first = new Int32Array(nodes + 1);
    for (const node of this.from) first[node + 1]++;
    for (let n = 0; n < nodes; n++) first[n + 1] += first[n];
    const next = first.slice();
    const order = new Int32Array(arcs);
    for (let i = 0; i < arcs; i++) order[next[this.from[i]]++] = i;
    const pick = (values: readonly number[]): Float64Array => Float64Array.from(order, (i) => values[i]);
    const dag = {
      nodes,
      first,
      to: Int32Array.from(order, (i) => this.to[i]),
      timeS: pick(this.timeS),
      cost: pick(this.cost),
    };
    return { dag, order };
  }
}

/** The cheapest way from every node to the sink, at a price for time. */
export interface Ways {
  readonly price: number;
  /** Whether costs count at all. */
  readonly weighsCost: boolean;
  /** Cost + price x time of the way; infinite if there is none. */
  readonly priced: Float64Array;
  /** Time and cost of this way. */
  readonly timeS: Float64Array;
  readonly cost: Float64Array;
  /** Its first arc; -1 at the sink and where there is none. */
  readonly arc: Int32Array;
}

/** Cheapest ways at a price per second, in O(arcs). The faster of equal ways is taken. */
export function cheapestWays(dag: Dag, price: number): Ways {
  return waysBy(dag, price, true);
}

/** The fastest ways. Only time counts, but each way still has its cost. */
export function fastestWays(dag: Dag): Ways {
  return waysBy(dag, 1, false);
}

function waysBy({ nodes, first, to, timeS, cost }: Dag, price: number, weighsCost: boolean): Ways {
  const ways: Ways = {
    price,
    weighsCost,
    priced: new Float64Array(nodes).fill(Number.POSITIVE_INFINITY),
    timeS: new Float64Array(nodes).fill(Number.POSITIVE_INFINITY),
    cost: new Float64Array(nodes).fill(Number.POSITIVE_INFINITY),
    arc: new Int32Array(nodes).fill(-1),
  };
  const sink = nodes - 1;
  ways.priced[sink] = 0;
  ways.timeS[sink] = 0;
  ways.cost[sink] = 0;
  for (let n = sink - 1; n >= 0; n--) {
    for (let a = first[n]; a < first[n + 1]; a++) {
      const next = to[a];
      const priced = ways.priced[next] + (weighsCost ? cost[a] : 0) + price * timeS[a];
      const longS = ways.timeS[next] + timeS[a];
      if (priced < ways.priced[n] || (priced === ways.priced[n] && longS < ways.timeS[n])) {
        ways.priced[n] = priced;
        ways.timeS[n] = longS;
        ways.cost[n] = ways.cost[next] + cost[a];
        ways.arc[n] = a;
      }
    }
  }
  return ways;
}

/** The arcs of the way from a node. */
export function arcsFrom({ to }: Dag, { arc }: Ways, node: number): number[] {
  const arcs: number[] = [];
  for (let n = node; arc[n] >= 0; n = to[arc[n]]) arcs.push(arc[n]);
  return arcs;
}

/** The graph with every arc turned round: its node n is the original's node `nodes - 1 - n`, its arc a is `arcOf[a]`. */
export function reversed({ nodes, first, to, timeS, cost }: Dag): { readonly dag: Dag; readonly arcOf: Int32Array } {
  const last = nodes - 1;
  const start = new Int32Array(nodes + 1);
  for (const node of to) start[last - node + 1]++;
  for (let n = 0; n < nodes; n++) start[n + 1] += start[n];
  const next = start.slice();
  const arcOf = new Int32Array(to.length);
  const back = new Int32Array(to.length);
  for (let n = 0; n < nodes; n++) {
    for (let a = first[n]; a < first[n + 1]; a++) {
      const at = next[last - to[a]]++;
      arcOf[at] = a;
      back[at] = last - n;
    }
  }
  const pick = (values: Float64Array): Float64Array => Float64Array.from(arcOf, (a) => values[a]);
  return { dag: { nodes, first: start, to: back, timeS: pick(timeS), cost: pick(cost) }, arcOf };
}
