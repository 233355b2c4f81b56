import { cheapestWay } from './cheapest.ts';
import { lagrangeBound } from './lagrange.ts';
import type { Rest, ScheduleProblem } from './problem.ts';
import { type LayerArcs, layerArcs, type Meaning, scheduleGraph } from './schedule-graph.ts';

export interface Schedule {
  readonly kind: 'schedule';
  /** Energy of the window, J. */
  readonly energyJ: number;
  /** Time from the start of the first layer to the end of the last, s; a change before the rest included. */
  readonly timeS: number;
  /** The point before the first layer. */
  readonly start: number;
  /** The point decided for each layer. */
  readonly pointOf: Int32Array;
  readonly transitions: number;
  readonly rest: Rest;
  /** No schedule takes less energy: the Lagrange bound. */
  readonly lowerBoundJ: number;
  /** No schedule takes less than `energyJ - gapJ`; more than rounding only if the search had to be cut short. */
  readonly gapJ: number;
}

export interface Unmeetable {
  readonly kind: 'unmeetable';
  /** The least deadline that a schedule could meet, s. */
  readonly leastS: number;
}

/**
 * The schedule of least energy within the deadline, exactly (docs/methods/oracle.md). Null if none takes less than
 * `belowJ`. Problems with the same layers, points and changes may share `arcs`.
 */
export function bestSchedule(problem: ScheduleProblem): Schedule | Unmeetable;
export function bestSchedule(problem: ScheduleProblem, belowJ: number, arcs?: LayerArcs): Schedule | Unmeetable | null;
export function bestSchedule(
  problem: ScheduleProblem,
  belowJ = Number.POSITIVE_INFINITY,
  arcs = layerArcs(problem),
): Schedule | Unmeetable | null {
  const { starts, deadlineS, windowS = deadlineS } = problem;
  const rests = usefulRests(problem.rests, arcs, windowS);
  let best: Schedule | null = null;
  let leastS = Number.POSITIVE_INFINITY;
  let lowerBoundJ = Number.POSITIVE_INFINITY;
  // Time is worth the power of the rest, so that costs net of it are those of a plain graph.
  for (const powerW of [...new Set(rests.map((rest) => rest.powerW))].sort((a, b) => a - b)) {
    const ofPower = rests.filter((rest) => rest.powerW === powerW);
    const { dag, meaningOf } = scheduleGraph(arcs, starts, ofPower);
    const bound = lagrangeBound(dag, deadlineS);
    if (bound.kind === 'too tight') {
      leastS = Math.min(leastS, bound.leastS);
      continue;
    }
    const restJ = powerW * windowS;
    lowerBoundJ = Math.min(lowerBoundJ, bound.lowerBound + restJ);
    const way = cheapestWay(dag, deadlineS, bound, (best?.energyJ ?? belowJ) - restJ);
    if (!way) continue;
    const totals = { energyJ: way.cost + restJ, timeS: way.timeS, gapJ: way.gap };
    best = scheduleOf(problem, way.arcs.map(meaningOf), totals);
  }
  if (best) return { ...best, lowerBoundJ: Math.min(lowerBoundJ, best.energyJ) };
  return Number.isFinite(lowerBoundJ) ? null : { kind: 'unmeetable', leastS };
}

/** The rests without those that another one from the same point beats, whenever the last layer ends. */
function usefulRests(rests: readonly Rest[], { wide, leastS }: LayerArcs, windowS: number): Rest[] {
  const longestS = windowS - leastS;
  const energyJ = ({ energyJ: spentJ, powerW, delayS }: Rest, restS: number): number =>
    spentJ + powerW * (restS - delayS);
  const isNoWorse = (a: Rest, b: Rest): boolean =>
    a.delayS <= b.delayS &&
    energyJ(a, b.delayS) <= energyJ(b, b.delayS) &&
    energyJ(a, longestS) <= energyJ(b, longestS);
  const kept = (some: readonly Rest[]): Rest[] =>
    some.filter(
      (rest, i) =>
        !some.some((other, o) => {
          if (o === i || !isNoWorse(other, rest)) return false;
          // The first of equal ones stays.
          return !isNoWorse(rest, other) || o < i;
        }),
    );
  // Few rests between the same two points are left, which keeps the second step short.
  const few = groupsBy(rests, ({ point, to }) => `${point} ${to}`).flatMap(kept);
  return wide === 1 ? kept(few) : groupsBy(few, ({ point }) => `${point}`).flatMap(kept);
}

function groupsBy(rests: readonly Rest[], keyOf: (rest: Rest) => string): Rest[][] {
  const groups = new Map<string, Rest[]>();
  for (const rest of rests) {
    const group = groups.get(keyOf(rest));
    if (group) group.push(rest);
    else groups.set(keyOf(rest), [rest]);
  }
  return [...groups.values()];
}

function scheduleOf(
  { layers, changes }: ScheduleProblem,
  meanings: readonly Meaning[],
  totals: Pick<Schedule, 'energyJ' | 'timeS' | 'gapJ'>,
): Schedule {
  const pointOf = new Int32Array(layers);
  let transitions = 0;
  let rest: Rest | undefined;
  let next = 0;
  let start = -1;
  let last = -1;
  for (const meaning of meanings) {
    if (meaning === null) continue;
    if ('powerW' in meaning) rest = meaning;
    else {
      // Layers within a change keep the point it leads to.
      pointOf.fill(last, next, meaning.layer);
      pointOf[meaning.layer] = meaning.to;
      next = meaning.layer + 1;
      if (start < 0) start = changes === null ? meaning.to : meaning.from;
      if (changes === null ? last >= 0 && last !== meaning.to : meaning.from !== meaning.to) transitions++;
      last = meaning.to;
    }
  }
  pointOf.fill(last, next);
  return { kind: 'schedule', ...totals, start, pointOf, transitions, rest: rest!, lowerBoundJ: Number.NaN };
}
