import type { Dag } from './dag.ts';

/** Partial ways as columns that grow: their time, their cost, their last arc and the label before it. */
export class Labels {
  timeS = new Float64Array(1024);
  cost = new Float64Array(1024);
  arc = new Int32Array(1024);
  private before = new Int32Array(1024);
  private count = 0;
  /** First label of each node and the label after its last, in ascending order of time and descending order of cost. */
  private readonly start: Int32Array;
  private readonly end: Int32Array;
  /** Two lists of candidates that take turns: time, cost, arc and label before. */
  private now = new Candidates();
  private next = new Candidates();

  constructor(nodes: number) {
    this.start = new Int32Array(nodes);
    this.end = new Int32Array(nodes);
  }

  add(timeS: number, cost: number, arc: number, before: number): number {
    if (this.count === this.timeS.length) this.grow();
    const label = this.count++;
    this.timeS[label] = timeS;
    this.cost[label] = cost;
    this.arc[label] = arc;
    this.before[label] = before;
    return label;
  }

  get length(): number {
    return this.count;
  }

  /** Says which labels belong to a node. */
  close(node: number, start: number, end: number): void {
    this.start[node] = start;
    this.end[node] = end;
  }

  startOf(node: number): number {
    return this.start[node];
  }

  endOf(node: number): number {
    return this.end[node];
  }

  /**
   * Adds the labels of a node: those of its predecessors, each continued by its arc, without those that another one makes
   * useless and without those that are not worth keeping.
   */
  merge(into: Int32Array, dag: Dag, from: Int32Array, isWorth: (timeS: number, cost: number) => boolean): void {
    this.now.length = 0;
    for (const arc of into) {
      this.next.length = 0;
      this.mergeArc(arc, dag, from[arc], isWorth);
      [this.now, this.next] = [this.next, this.now];
    }
    const { timeS, cost, arc, before, length } = this.now;
    for (let i = 0; i < length; i++) this.add(timeS[i], cost[i], arc[i], before[i]);
  }

  /** Merges the candidates so far with the continued labels of one predecessor; both are in order of time. */
  private mergeArc(arc: number, dag: Dag, node: number, isWorth: (timeS: number, cost: number) => boolean): void {
    const { now, next, timeS, cost } = this;
    const [addS, addCost] = [dag.timeS[arc], dag.cost[arc]];
    const end = this.end[node];
    let label = this.start[node];
    let i = 0;
    let least = Number.POSITIVE_INFINITY;
    while (i < now.length || label < end) {
      const t = label < end ? timeS[label] + addS : Number.POSITIVE_INFINITY;
      const c = label < end ? cost[label] + addCost : Number.POSITIVE_INFINITY;
      const takeOld = i < now.length && (now.timeS[i] < t || (now.timeS[i] === t && now.cost[i] <= c));
      if (takeOld) {
        if (now.cost[i] < least) {
          least = now.cost[i];
          next.push(now.timeS[i], now.cost[i], now.arc[i], now.before[i]);
        }
        i++;
      } else {
        if (c < least && isWorth(t, c)) {
          least = c;
          next.push(t, c, arc, label);
        }
        label++;
      }
    }
  }

  /** The arcs from the source to a label. */
  arcsTo(label: number): number[] {
    const arcs: number[] = [];
    for (let at = label; this.arc[at] >= 0; at = this.before[at]) arcs.push(this.arc[at]);
    return arcs.reverse();
  }

  private grow(): void {
    this.timeS = doubled(this.timeS);
    this.cost = doubled(this.cost);
    this.arc = doubledInts(this.arc);
    this.before = doubledInts(this.before);
  }
}

class Candidates {
  timeS = new Float64Array(1024);
  cost = new Float64Array(1024);
  arc = new Int32Array(1024);
  before = new Int32Array(1024);
  length = 0;

  push(timeS: number, cost: number, arc: number, before: number): void {
    if (this.length === this.timeS.length) {
      this.timeS = doubled(this.timeS);
      this.cost = doubled(this.cost);
      this.arc = doubledInts(this.arc);
      this.before = doubledInts(this.before);
    }
    const at = this.length++;
    this.timeS[at] = timeS;
    this.cost[at] = cost;
    this.arc[at] = arc;
    this.before[at] = before;
  }
}

function doubled(values: Float64Array): Float64Array<ArrayBuffer> {
  const more = new Float64Array(2 * values.length);
  more.set(values);
  return more;
}

function doubledInts(values: Int32Array): Int32Array<ArrayBuffer> {
  const more = new Int32Array(2 * values.length);
  more.set(values);
  return more;
}
