import { drained, type Steps } from '../search/index.ts';

/** One of the choices of an item: its weight counts against the budget, its cost is to be small. */
export interface Choice {
  readonly weight: number;
  readonly cost: number;
}

/** A choice for each item, and what is proven about it. */
export interface KnapsackSolution {
  /** The index of the chosen entry of each item. */
  readonly chosen: readonly number[];
  readonly cost: number;
  readonly weight: number;
  /** The Lagrangian bound: no choice within the budget costs less. It equals the value of the linear relaxation. */
  readonly bound: number;
  /** Partial choices that were kept. */
  readonly labels: number;
  /** Whether no choice within the budget costs less than this one; otherwise the bound limits the gap. */
  readonly isProven: boolean;
}

/** Labels between two pauses. */
const LABELS_PER_PAUSE = 1 << 16;

/**
 * The cheapest choice of one entry for each item within a budget of weight (multiple-choice knapsack), proven optimal;
 * undefined if even the lightest entries exceed the budget. Costs and weights must be whole numbers, and their sums below 2^53.
 *
 * Labels (weight, cost) are extended item by item. A label is dropped if the lightest rest does not fit, if its cost with the
 * best Lagrangian rest reaches that of the best known choice, or if another label is no heavier and no dearer.
 */
export function solveKnapsack(items: readonly (readonly Choice[])[], budget: number): KnapsackSolution | undefined {
  return drained(solveKnapsackInSteps(items, budget));
}

/** The same with pauses, after which the best choice so far is returned if `isOver` says so. */
export function* solveKnapsackInSteps(
  items: readonly (readonly Choice[])[],
  budget: number,
  isOver: () => boolean = () => false,
): Steps<KnapsackSolution | undefined> {
  const fronts = items.map(frontOf);
  const lightest = fronts.reduce((sum, front) => sum + front[0].weight, 0);
  if (lightest > budget) return undefined;
  const relaxed = relaxation(fronts, budget);
  const solution = yield* extendLabels(fronts, budget, relaxed, isOver);
  return { ...solution, bound: Math.min(relaxed.bound, solution.cost) };
}

interface Entry extends Choice {
  readonly index: number;
}

/** Entries that no other one beats in both weight and cost, by rising weight and falling cost. */
function frontOf(choices: readonly Choice[]): Entry[] {
  const sorted = choices
    .map((choice, index): Entry => ({ ...choice, index }))
    .sort((a, b) => a.weight - b.weight || a.cost - b.cost || a.index - b.index);
  const front: Entry[] = [];
  for (const entry of sorted) if (front.length === 0 || entry.cost < front.at(-1)!.cost) front.push(entry);
  return front;
}

interface Relaxation {
  readonly bound: number;
  /** Cost that a unit of weight is worth. */
  readonly multiplier: number;
  /** Positions in the fronts: the whole steps of the relaxation, a solution within the budget. */
  readonly positions: readonly number[];
}

/** Takes the steps of the lower convex hulls, the steepest first, as far as the budget goes. */
function relaxation(fronts: readonly (readonly Entry[])[], budget: number): Relaxation {
  const positions = fronts.map(() => 0);
  const steps = fronts.flatMap((front, item) => {
    const hull = hullOf(front);
    return hull.slice(1).map((to, i) => {
      const [a, b] = [front[hull[i]], front[to]];
      return { item, to, weight: b.weight - a.weight, saving: a.cost - b.cost };
    });
  });
  steps.sort((a, b) => b.saving / b.weight - a.saving / a.weight || a.item - b.item);
  let left = budget - fronts.reduce((sum, front) => sum + front[0].weight, 0);
  let cost = fronts.reduce((sum, front) => sum + front[0].cost, 0);
  for (const { item, to, weight, saving } of steps) {
    if (weight > left) return { bound: cost - (saving * left) / weight, multiplier: saving / weight, positions };
    positions[item] = to;
    left -= weight;
    cost -= saving;
  }
  return { bound: cost, multiplier: 0, positions };
}

/** Indices of the lower convex hull of a front. */
function hullOf(front: readonly Entry[]): number[] {
  const hull: number[] = [];
  front.forEach((entry, i) => {
    while (hull.length >= 2) {
      const [a, b] = [front[hull[hull.length - 2]], front[hull[hull.length - 1]]];
      const isAbove = (b.cost - a.cost) * (entry.weight - a.weight) >= (entry.cost - a.cost) * (b.weight - a.weight);
      if (!isAbove) break;
      hull.pop();
    }
    hull.push(i);
  });
  return hull;
}

/** Moves to better entries that still fit, the largest saving first, until none is left. */
function improved(fronts: readonly (readonly Entry[])[], budget: number, start: readonly number[]): number[] {
  const positions = [...start];
  let left = budget - positions.reduce((sum, at, item) => sum + fronts[item][at].weight, 0);
  for (;;) {
    let best: { item: number; to: number; saving: number } | undefined;
    fronts.forEach((front, item) => {
      for (let to = positions[item] + 1; to < front.length; to++) {
        if (front[to].weight - front[positions[item]].weight > left) break;
        const saving = front[positions[item]].cost - front[to].cost;
        if (!best || saving > best.saving) best = { item, to, saving };
      }
    });
    if (!best) return positions;
    left -= fronts[best.item][best.to].weight - fronts[best.item][positions[best.item]].weight;
    positions[best.item] = best.to;
  }
}

interface Label {
  readonly weight: number;
  readonly cost: number;
  readonly position: number;
  readonly before: Label | undefined;
}

function* extendLabels(
  fronts: readonly (readonly Entry[])[],
  budget: number,
  { multiplier, positions }: Relaxation,
  isOver: () => boolean,
): Steps<Omit<KnapsackSolution, 'bound'>> {
  const n = fronts.length;
  let chosen = improved(fronts, budget, positions);
  let best = chosen.reduce((sum, at, item) => sum + fronts[item][at].cost, 0);
  // Bounds for the items from each one on: their least weight, and their least cost with the weight at its price.
  const restWeight = new Float64Array(n + 1);
  const restPriced = new Float64Array(n + 1);
  for (let item = n - 1; item >= 0; item--) {
    restWeight[item] = restWeight[item + 1] + fronts[item][0].weight;
    restPriced[item] =
      restPriced[item + 1] + Math.min(...fronts[item].map(({ weight, cost }) => cost + multiplier * weight));
  }
  let labels: Label[] = [{ weight: 0, cost: 0, position: -1, before: undefined }];
  let kept = 0;
  let sincePause = 0;
  let isStopped = false;
  for (let item = 0; item < n && labels.length > 0; item++) {
    const extended: Label[] = [];
    for (const before of labels) {
      sincePause += fronts[item].length;
      if (sincePause >= LABELS_PER_PAUSE) {
        sincePause = 0;
        yield;
        isStopped = isOver();
        if (isStopped) break;
      }
      fronts[item].forEach((entry, position) => {
        const weight = before.weight + entry.weight;
        const cost = before.cost + entry.cost;
        if (weight + restWeight[item + 1] > budget) return;
        // Costs are whole: half a unit covers the rounding of the bound.
        if (cost + multiplier * (weight - budget) + restPriced[item + 1] > best - 0.5) return;
        extended.push({ weight, cost, position, before });
      });
    }
    if (isStopped) break;
    extended.sort((a, b) => a.weight - b.weight || a.cost - b.cost);
    labels = [];
    for (const label of extended) if (labels.length === 0 || label.cost < labels.at(-1)!.cost) labels.push(label);
    kept += labels.length;
  }
  const last = isStopped ? undefined : labels.at(-1);
  if (last && last.cost < best) {
    best = last.cost;
    chosen = [];
    for (let label: Label | undefined = last; label?.before; label = label.before) chosen.unshift(label.position);
  }
  const weight = chosen.reduce((sum, at, item) => sum + fronts[item][at].weight, 0);
  return {
    chosen: chosen.map((at, item) => fronts[item][at].index),
    cost: best,
    weight,
    labels: kept,
    isProven: !isStopped,
  };
}
