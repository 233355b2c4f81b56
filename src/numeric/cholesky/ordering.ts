import type { Graph } from './graph.ts';
import { orderLeaf } from './leaf-order.ts';

/** Parts up to this size are ordered by minimum degree, which is as good for them and faster. */
const LEAF_NODES = 128;

/** The working arrays of the dissection, allocated once with n entries each. */
interface Work extends Graph {
  /** The order under construction. Parts of it are split in place into one side, the other side and the separator. */
  readonly order: Int32Array;
  /** The part of each node, or DONE for separators and hubs. */
  readonly region: Int32Array;
  readonly queue: Int32Array;
  readonly seen: Int32Array;
  /** Distances from three far nodes, and the candidate built from them. */
  readonly distances: readonly [Int32Array, Int32Array, Int32Array];
  readonly value: Int32Array;
  stamp: number;
}

const DONE = -1;

/**
 * A fill-reducing elimination order by nested dissection (George 1973) of any graph: order[k] is the node eliminated
 * k-th. Nodes of much higher degree than most (a package's rim) would spoil every separator and come last.
 */
export function dissectionOrder(graph: Graph): Int32Array {
  const n = graph.start.length - 1;
  const scratch = (): Int32Array => new Int32Array(n);
  const work: Work = {
    ...graph,
    order: scratch(),
    region: scratch(),
    queue: scratch(),
    seen: scratch(),
    distances: [scratch(), scratch(), scratch()],
    value: scratch(),
    stamp: 0,
  };
  const local = scratch().fill(-1);
  const parts: [number, number][] = [[0, placeHubs(work)]];
  let regions = 0;
  for (let part = parts.pop(); part; part = parts.pop()) {
    const [low, high] = part;
    if (high - low <= LEAF_NODES) {
      orderLeaf(graph, work.order, low, high, local);
      continue;
    }
    regions++;
    for (let k = low; k < high; k++) work.region[work.order[k]] = regions;
    const reached = breadthFirst(work, work.order[low], regions, work.distances[0]);
    if (reached < high - low) parts.push(...components(work, low, high, regions));
    else parts.push(...bisect(work, low, high, regions));
  }
  return work.order;
}

/** Fills the order with all nodes, and puts those of far higher degree than the mean last. Returns where these start. */
function placeHubs({ start, order, region }: Work): number {
  const n = order.length;
  const degree = (i: number): number => start[i + 1] - start[i];
  const most = Math.max(10, (2.5 * start[n]) / n);
  const hubs: number[] = [];
  for (let i = 0; i < n; i++) if (degree(i) > most) hubs.push(i);
  hubs.sort((a, b) => degree(b) - degree(a) || a - b).splice(Math.ceil(Math.sqrt(n)));
  for (const i of hubs) region[i] = DONE;
  let low = 0;
  for (let i = 0; i < n; i++) if (region[i] !== DONE) order[low++] = i;
  order.set(hubs.reverse(), low);
  return low;
}

/** Distances from `from` within its region; the queue holds the nodes by distance. Returns how many there are. */
function breadthFirst(work: Work, from: number, region: number, distance: Int32Array): number {
  const { start, column, queue, seen, region: regionOf } = work;
  const stamp = ++work.stamp;
  let count = 1;
  queue[0] = from;
  seen[from] = stamp;
  distance[from] = 0;
  for (let q = 0; q < count; q++) {
    const i = queue[q];
    for (let e = start[i], end = start[i + 1]; e < end; e++) {
      const j = column[e];
      if (regionOf[j] !== region || seen[j] === stamp) continue;
      seen[j] = stamp;
      distance[j] = distance[i] + 1;
      queue[count++] = j;
    }
  }
  return count;
}

/** Reorders a disconnected part so that each component is contiguous. Returns the components. */
function components(work: Work, low: number, high: number, region: number): [number, number][] {
  const { order, queue, region: regionOf, distances } = work;
  const members = order.slice(low, high);
  const parts: [number, number][] = [];
  let at = low;
  for (const node of members) {
    if (regionOf[node] !== region) continue;
    const count = breadthFirst(work, node, region, distances[0]);
    for (let q = 0; q < count; q++) {
      regionOf[queue[q]] = DONE;
      order[at + q] = queue[q];
    }
    parts.push([at, at + count]);
    at += count;
  }
  return parts;
}

/** A cut of a part. Nodes with value <= threshold are on one side; the separator is the edge of one of the two sides. */
interface Cut {
  readonly threshold: number;
  readonly fromLow: boolean;
  /** Separator size over the product of the sides' shares: smaller is better. */
  readonly score: number;
}

/**
 * Cuts a connected part in two by a vertex separator, placed at its end; returns the two sides. Candidates are the level
 * sets of distances from far nodes a, b, c and of their sums and differences, which on a grid are its lines.
 */
function bisect(work: Work, low: number, high: number, region: number): [number, number][] {
  const { order, queue, distances } = work;
  const size = high - low;
  const [fromA, fromB, fromC] = distances;
  breadthFirst(work, queue[size - 1], region, fromA);
  breadthFirst(work, queue[size - 1], region, fromB);
  let third = order[low];
  for (let k = low; k < high; k++) {
    const i = order[k];
    if (Math.min(fromA[i], fromB[i]) > Math.min(fromA[third], fromB[third])) third = i;
  }
  breadthFirst(work, third, region, fromC);
  const candidates: readonly Candidate[] = [
    [fromA, fromB, -1],
    [fromA, fromC, -1],
    [fromA, fromC, 1],
  ];
  let best: Cut | undefined;
  let chosen = candidates[0];
  for (const candidate of candidates) {
    combine(work, low, high, candidate);
    const cut = bestCut(work, low, high, region);
    if (!cut || (best && cut.score >= best.score)) continue;
    best = cut;
    chosen = candidate;
  }
  // Without a cut all nodes are neighbours of each other, and every order is equally good.
  if (!best) return [];
  combine(work, low, high, chosen);
  return separate(work, low, high, region, best);
}

/** x + sign y. */
type Candidate = readonly [x: Int32Array, y: Int32Array, sign: 1 | -1];

function combine({ order, value }: Work, low: number, high: number, [x, y, sign]: Candidate): void {
  for (let k = low; k < high; k++) {
    const i = order[k];
    value[i] = x[i] + sign * y[i];
  }
}

/**
 * The best threshold of `value`. It evaluates all thresholds in one pass: for each node it counts the thresholds that
 * put the node into the separator.
 */
function bestCut(work: Work, low: number, high: number, region: number): Cut | undefined {
  const { start, column, order, value, region: regionOf } = work;
  let first = value[order[low]];
  let last = first;
  for (let k = low; k < high; k++) {
    const own = value[order[k]];
    if (own < first) first = own;
    if (own > last) last = own;
  }
  const levels = last - first + 1;
  const below = new Int32Array(levels + 1);
  const lowEdge = new Int32Array(levels + 1);
  const highEdge = new Int32Array(levels + 1);
  for (let k = low; k < high; k++) {
    const i = order[k];
    const own = value[i];
    let least = own;
    let greatest = own;
    for (let e = start[i], end = start[i + 1]; e < end; e++) {
      const j = column[e];
      if (regionOf[j] !== region) continue;
      const other = value[j];
      if (other < least) least = other;
      if (other > greatest) greatest = other;
    }
    below[own - first]++;
    lowEdge[own - first]++;
    lowEdge[greatest - first]--;
    highEdge[least - first]++;
    highEdge[own - first]--;
  }
  const size = high - low;
  let best: Cut | undefined;
  for (let t = 0, under = 0, edgeLow = 0, edgeHigh = 0; t < levels - 1; t++) {
    under += below[t];
    edgeLow += lowEdge[t];
    edgeHigh += highEdge[t];
    for (const fromLow of [true, false]) {
      const separator = fromLow ? edgeLow : edgeHigh;
      const one = fromLow ? under - separator : under;
      const other = size - separator - one;
      const score = (separator * size * size) / (one * other);
      if (one > 0 && other > 0 && score < (best?.score ?? Number.POSITIVE_INFINITY)) {
        best = { threshold: t + first, fromLow, score };
      }
    }
  }
  return best;
}

/** Puts one side, the other and the separator into the order. */
function separate(work: Work, low: number, high: number, region: number, cut: Cut): [number, number][] {
  const { order, value, region: regionOf, queue } = work;
  let one = 0;
  let other = high - low;
  let separator = high;
  const members = order.slice(low, high);
  for (const i of members) {
    const under = value[i] <= cut.threshold;
    if (under === cut.fromLow && touchesOtherSide(work, i, region, cut)) order[--separator] = i;
    else if (under) queue[one++] = i;
    else queue[--other] = i;
  }
  for (let k = separator; k < high; k++) regionOf[order[k]] = DONE;
  for (let k = 0; k < one; k++) order[low + k] = queue[k];
  for (let k = low + one, q = other; k < separator; k++, q++) order[k] = queue[q];
  return [
    [low, low + one],
    [low + one, separator],
  ];
}

function touchesOtherSide({ start, column, value, region }: Work, i: number, of: number, cut: Cut): boolean {
  const under = value[i] <= cut.threshold;
  for (let e = start[i], end = start[i + 1]; e < end; e++) {
    const j = column[e];
    if (region[j] === of && value[j] <= cut.threshold !== under) return true;
  }
  return false;
}
