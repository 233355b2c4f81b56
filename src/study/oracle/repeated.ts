import type { Rest, ScheduleProblem } from './problem.ts';
import { bestSchedule, type Schedule, type Unmeetable } from './schedule.ts';
import { type LayerArcs, layerArcs } from './schedule-graph.ts';

export interface Repeated {
  /** The schedule of the inferences in the middle. */
  readonly schedule: Schedule;
  /** Energy of all inferences, J. */
  readonly energyJ: number;
}

/**
 * The least energy of `count` inferences in a row, each of which begins at the point where the one before rested, and wakes first. All
 * but the first and the last have the same schedule. The first may begin at any point without a change and awake, as the first decision
 * of a run takes effect at once; the last may rest anywhere, and nothing wakes after it. Null if the deadline cannot be met.
 */
export function repeatedSchedule(given: ScheduleProblem, count: number): Repeated | null {
  const problem = count === 1 ? { ...given, rests: given.rests.map((rest) => forGood(atOnce(rest))) } : given;
  const arcs = layerArcs(problem);
  const relaxed = bestScheduleOn(arcs, problem);
  if (relaxed.kind === 'unmeetable') return null;
  if (count === 1) return { schedule: relaxed, energyJ: relaxed.energyJ };
  const wakes = problem.rests.some(({ wakeS = 0, wakeJ = 0 }) => wakeS + wakeJ > 0);
  if (relaxed.start === relaxed.rest.to && !wakes) return { schedule: relaxed, energyJ: count * relaxed.energyJ };
  const awake = bestScheduleOn(arcs, { ...problem, rests: problem.rests.map((rest) => forGood(atOnce(rest))) });
  const leastJ = awake.kind === 'schedule' ? awake.energyJ : relaxed.energyJ;
  let best: Repeated | null = null;
  const first = [relaxed.rest.to, relaxed.start];
  for (const point of [...first, ...problem.starts.filter((start) => !first.includes(start))]) {
    const found = repeatedAt(problem, arcs, count, point, leastJ, best?.energyJ ?? Number.POSITIVE_INFINITY);
    if (found) best = found;
  }
  return best;
}

function bestScheduleOn(arcs: LayerArcs, problem: ScheduleProblem): Schedule | Unmeetable {
  return bestSchedule(problem, Number.POSITIVE_INFINITY, arcs)!;
}

/** A rest before which nothing had to wake. */
function atOnce(rest: Rest): Rest {
  return { ...rest, delayS: rest.delayS - (rest.wakeS ?? 0) };
}

/** A rest from which nothing wakes. */
function forGood(rest: Rest): Rest {
  return { ...rest, energyJ: rest.energyJ - (rest.wakeJ ?? 0) };
}

/**
 * The same with every inference beginning at one point; null if it does not take less than `belowJ`. `leastJ` is below the energy of the
 * first inference and of the last.
 */
function repeatedAt(
  problem: ScheduleProblem,
  arcs: LayerArcs,
  count: number,
  point: number,
  leastJ: number,
  belowJ: number,
): Repeated | null {
  const rests = problem.rests.filter(({ to }) => to === point);
  if (rests.length === 0) return null;
  const mostJ = count === 2 ? Number.POSITIVE_INFINITY : (belowJ - 2 * leastJ) / (count - 2);
  const middle = bestSchedule({ ...problem, starts: [point], rests }, mostJ, arcs);
  if (middle?.kind !== 'schedule') return null;
  const begin = bestScheduleOn(arcs, { ...problem, rests: rests.map(atOnce) });
  // It waits until all have woken from the rest before it, whatever its own is.
  const { wakeS = 0 } = middle.rest;
  const last = problem.rests.map((rest) => ({ ...forGood(rest), delayS: atOnce(rest).delayS + wakeS }));
  const end = bestScheduleOn(arcs, { ...problem, starts: [point], rests: last });
  if (begin.kind !== 'schedule' || end.kind !== 'schedule') return null;
  const energyJ = begin.energyJ + (count - 2) * middle.energyJ + end.energyJ;
  return energyJ < belowJ ? { schedule: middle, energyJ } : null;
}
