import { fastestS, Steady, type ThermalBound, type ThermalProblem } from './steady.ts';

const PERIOD_TOLERANCE = 1e-4;
/** The longest period looked at is 2^30 times the fastest time. */
const MOST_DOUBLINGS = 30;

/**
 * A bound for policies that keep a temperature limit, in the periodic steady state: temperatures hardly move within a
 * period, so that their means are ambient + R x mean power (docs/methods/oracle.md). Every run takes a mixture of settings, free to
 * change. Leakage is that of temperatures which no such state is below. Null if none keeps the limit.
 */
export function leastEnergy(problem: ThermalProblem): ThermalBound | null {
  const { resistance, ambientK } = problem;
  return boundFrom(problem, new Float64Array(Math.round(Math.sqrt(resistance.length))).fill(ambientK));
}

/** The same, given temperatures that no steady state is below. */
function boundFrom(problem: ThermalProblem, fromK: Float64Array): ThermalBound | null {
  const steady = new Steady(problem);
  const leastK = steady.leastTemperatures(fromK);
  return leastK && steady.bound(leastK);
}

/** The shortest period in which the work can be repeated for ever within the limit, from below, s; infinite if there is none. */
export function leastPeriod(problem: Omit<ThermalProblem, 'periodS' | 'deadlineS'>): number {
  const { arrays, resistance, ambientK } = problem;
  let leastK = new Float64Array(Math.round(Math.sqrt(resistance.length))).fill(ambientK);
  const isPossible = (periodS: number): boolean => {
    const found = boundFrom({ ...problem, periodS, deadlineS: periodS }, leastK);
    // A shorter period is hotter.
    if (found) leastK = new Float64Array(found.leastK);
    return found !== null;
  };
  let low = Math.max(...arrays.map((array) => fastestS(array)));
  if (!(low > 0)) return low;
  if (isPossible(low)) return low;
  let high = 2 * low;
  for (let i = 0; !isPossible(high); i++) {
    if (i === MOST_DOUBLINGS) return Number.POSITIVE_INFINITY;
    low = high;
    high *= 2;
  }
  while (high > low * (1 + PERIOD_TOLERANCE)) {
    const middle = (low + high) / 2;
    if (isPossible(middle)) high = middle;
    else low = middle;
  }
  return low;
}
