import { bestSchedule, type Schedule, type ScheduleProblem } from '../oracle/index.ts';

export interface Repeated {
  /** The schedule of the inferences in the middle. */
  readonly schedule: Schedule;
  /** Energy of all inferences, J. */
  readonly energyJ: number;
}

/**
 * The least energy of `count` inferences in a row, each of which begins at the point where the one before rested. All but
 * the first and the last have the same schedule. The first may begin at any point without a change, as the first decision
 * of a run takes effect at once, and the last may rest anywhere. Null if the deadline cannot be met.
 */
export function repeatedSchedule(problem: ScheduleProblem, count: number): Repeated | null {
  const relaxed = bestSchedule(problem);
  if (relaxed.kind === 'unmeetable') return null;
  if (count === 1 || relaxed.start === relaxed.rest.to) return { schedule: relaxed, energyJ: count * relaxed.energyJ };
  let best: Repeated | null = null;
  const first = [relaxed.rest.to, relaxed.start];
  for (const point of [...first, ...problem.starts.filter((start) => !first.includes(start))]) {
    const found = repeatedAt(problem, count, point, relaxed.energyJ, best?.energyJ ?? Number.POSITIVE_INFINITY);
    if (found) best = found;
  }
  return best;
}

/** The same with every inference beginning at one point; null if it does not take less than `belowJ`. */
function repeatedAt(
  problem: ScheduleProblem,
  count: number,
  point: number,
  leastJ: number,
  belowJ: number,
): Repeated | null {
  const rests = problem.rests.filter(({ to }) => to === point);
  if (rests.length === 0) return null;
  const outerJ = (count === 2 ? 1 : 2) * leastJ;
  const middle = bestSchedule({ ...problem, starts: [point], rests }, (belowJ - outerJ) / Math.max(1, count - 2));
  if (middle?.kind !== 'schedule') return null;
  const begin = bestSchedule({ ...problem, rests }, Number.POSITIVE_INFINITY);
  const end = bestSchedule({ ...problem, starts: [point] }, Number.POSITIVE_INFINITY);
  if (begin?.kind !== 'schedule' || end?.kind !== 'schedule') return null;
  const energyJ = begin.energyJ + (count - 2) * middle.energyJ + end.energyJ;
  return energyJ < belowJ ? { schedule: middle, energyJ } : null;
}

/** The least deadline that inferences in a row can meet, s; each begins at the point where the one before rested. */
export function leastDeadline(problem: ScheduleProblem, count: number): number {
  const at = (starts: readonly number[], rests: ScheduleProblem['rests']): number => {
    const found = bestSchedule({ ...problem, starts, rests, deadlineS: 0 });
    return found.kind === 'unmeetable' ? found.leastS : 0;
  };
  if (count === 1) return at(problem.starts, problem.rests);
  return Math.min(
    ...problem.starts.map((point) =>
      at(
        [point],
        problem.rests.filter(({ to }) => to === point),
      ),
    ),
  );
}
