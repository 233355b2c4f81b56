import { COUNTER_INDEX, type Counter, type Counts } from '../base/counters.ts';

/**
 * Part of a fold's activity: `weight` events per cycle and lane, for a p x q rectangle of lanes of which lane (i, j) starts
 * at cycle `start + i + j` and never stops. A stop is a second event with negative weight; skew and drain are the stagger.
 */
export interface FoldEvent {
  readonly counter: number;
  readonly weight: number;
  readonly start: number;
  readonly p: number;
  readonly q: number;
}

/** Lanes (i, j), i < p, j < q, active for n cycles from `start + i + j`. */
export function ramp(counter: Counter, start: number, p: number, q: number, n: number): FoldEvent[] {
  return staggered(counter, start, p, q, 1).concat(staggered(counter, start + n, p, q, -1));
}

/** `weight` events a cycle in lanes (i, j) from cycle `start + i + j` on. */
export function staggered(counter: Counter, start: number, p: number, q: number, weight: number): FoldEvent[] {
  return p > 0 && q > 0 && weight !== 0 ? [{ counter: COUNTER_INDEX[counter], weight, start, p, q }] : [];
}

/** Adds `factor` times the events before cycle x (any real number) to `counts`, interpolating inside a cycle. */
export function addEventsBefore(counts: Counts, events: readonly FoldEvent[], x: number, factor = 1): void {
  const whole = Math.floor(x);
  const rest = x - whole;
  for (const { counter, weight, start, p, q } of events) {
    let sum = laneCycles(whole - start, p, q);
    if (rest > 0) sum += rest * (laneCycles(whole + 1 - start, p, q) - sum);
    counts[counter] += factor * weight * sum;
  }
}

/** The first and the last cycle of a fold with an event of a counter that has any. */
export function activeCycles(events: readonly FoldEvent[], counter: Counter): { first: number; last: number } {
  const own = events.filter((event) => event.counter === COUNTER_INDEX[counter]);
  const first = Math.min(...own.map(({ start }) => start));
  // Activity ends where the last lane stops.
  const stops = own.filter(({ weight }) => weight < 0).map(({ start, p, q }) => start + p + q - 2);
  return { first, last: Math.max(...stops) - 1 };
}

/** Sum over i < p, j < q of max(0, u - i - j) for whole u: tetrahedral while lanes still start, linear afterwards. */
function laneCycles(u: number, p: number, q: number): number {
  if (u <= 0) return 0;
  if (u >= p + q - 2) return p * q * u - (q * p * (p - 1) + p * q * (q - 1)) / 2;
  return tetrahedral(u) - tetrahedral(u - p) - tetrahedral(u - q) + tetrahedral(u - p - q);
}

function tetrahedral(n: number): number {
  return n > 0 ? (n * (n + 1) * (n + 2)) / 6 : 0;
}
