import { type Dag, DagBuilder } from './dag.ts';
import type { Rest, ScheduleProblem } from './problem.ts';

/** The decision of an arc: the point of a layer, or the rest; null for a start. */
export type Meaning = { readonly layer: number; readonly from: number; readonly to: number } | Rest | null;

/** The layers and changes of a problem as arcs between boundaries of layers. Problems that differ in starts, rests and times share them. */
export interface LayerArcs {
  /** Nodes of a boundary: one for each point, or one for all if changes are free. */
  readonly wide: number;
  /** Its costs are energies, J. */
  readonly dag: Dag;
  readonly meanings: readonly Meaning[];
  /** A time that no schedule is below, s: any point may follow any other. */
  readonly leastS: number;
}

export function layerArcs({ layers, points, timeS, energyJ, changes }: ScheduleProblem): LayerArcs {
  const builder = new DagBuilder();
  const meanings: Meaning[] = [];
  const wide = changes === null ? 1 : points;
  const node = (boundary: number, point: number): number => boundary * wide + (changes === null ? 0 : point);
  for (let layer = 0; layer < layers; layer++) {
    for (let point = 0; point < points; point++) {
      const at = layer * points + point;
      builder.arc(node(layer, point), node(layer + 1, point), timeS[at], energyJ[at]);
      meanings.push({ layer, from: point, to: point });
    }
  }
  for (const { layer, until, from, to, timeS: longS, energyJ: spentJ } of changes ?? []) {
    builder.arc(node(layer, from), node(until, to), longS, spentJ);
    meanings.push({ layer, from, to });
  }
  const { dag, order } = builder.build((layers + 1) * wide);
  return { wide, dag, meanings: Array.from(order, (i) => meanings[i]), leastS: leastSecondsOf(dag, layers, wide) };
}

function leastSecondsOf({ first, to, timeS }: Dag, layers: number, wide: number): number {
  const leastS = new Float64Array(layers + 1).fill(Number.POSITIVE_INFINITY);
  leastS[0] = 0;
  for (let layer = 0; layer < layers; layer++) {
    for (let a = first[layer * wide]; a < first[(layer + 1) * wide]; a++) {
      const boundary = Math.floor(to[a] / wide);
      leastS[boundary] = Math.min(leastS[boundary], leastS[layer] + timeS[a]);
    }
  }
  return leastS[layers];
}

/**
 * The graph of all schedules that begin at one of the points and end in one of the rests, which have one power. Costs are energies
 * less that power x time.
 */
export function scheduleGraph(
  { wide, dag, meanings }: LayerArcs,
  starts: readonly number[],
  rests: readonly Rest[],
): { readonly dag: Dag; readonly meaningOf: (arc: number) => Meaning } {
  const from = wide === 1 ? [0] : starts;
  const ends = rests.toSorted((a, b) => nodeOf(a, wide) - nodeOf(b, wide));
  const [{ powerW }] = ends;
  const [before, own] = [from.length, dag.to.length];
  const arcs = before + own + ends.length;
  const nodes = dag.nodes + 2;
  const first = new Int32Array(nodes + 1);
  for (let n = 0; n <= dag.nodes; n++) first[n + 1] = before + dag.first[n];
  // Only the last boundary has rests, and no other arcs.
  for (const rest of ends) {
    for (let n = dag.nodes - wide + nodeOf(rest, wide) + 2; n < nodes + 1; n++) first[n]++;
  }
  first[nodes] = arcs;
  const to = new Int32Array(arcs);
  const timeS = new Float64Array(arcs);
  const cost = new Float64Array(arcs);
  from.forEach((point, a) => {
    to[a] = 1 + point;
  });
  for (let a = 0; a < own; a++) {
    to[before + a] = 1 + dag.to[a];
    timeS[before + a] = dag.timeS[a];
    cost[before + a] = dag.cost[a] - powerW * dag.timeS[a];
  }
  ends.forEach(({ delayS, energyJ }, i) => {
    to[before + own + i] = nodes - 1;
    timeS[before + own + i] = delayS;
    cost[before + own + i] = energyJ - powerW * delayS;
  });
  const meaningOf = (arc: number): Meaning =>
    arc < before ? null : arc < before + own ? meanings[arc - before] : ends[arc - before - own];
  return { dag: { nodes, first, to, timeS, cost }, meaningOf };
}

function nodeOf({ point }: Rest, wide: number): number {
  return wide === 1 ? 0 : point;
}
