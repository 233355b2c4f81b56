import { cheapestWays, type Dag, fastestWays, type Ways } from './dag.ts';

/** A time limit that cannot be met: the least time from source to sink. */
export interface TooTight {
  readonly kind: 'too tight';
  readonly leastS: number;
}

export interface LagrangeBound {
  readonly kind: 'bound';
  /** No way within the limit costs less. */
  readonly lowerBound: number;
  /** Ways at the prices tried, the one of the bound last. The ways from the source of at least one keep the limit. */
  readonly ways: readonly Ways[];
  /** Those whose way from the source is the cheapest within the limit among them. */
  readonly best: Ways;
}

const MOST_PRICES = 100;

/** Relative tolerance of a time limit: a sum of layer times must still match the limit it defines. */
export const TIME_ROUNDING = 1e-12;

/**
 * The Lagrange bound on the cheapest way within a time limit: the largest value over prices p >= 0 of
 * min over ways (cost + p time) - p limit. Each new price makes the last way over the limit and the last way within it equal
 * (Handler and Zang, Networks 10, 1980), so that the search ends after finitely many prices.
 */
export function lagrangeBound(dag: Dag, limitS: number): LagrangeBound | TooTight {
  const atMostS = limitS * (1 + TIME_ROUNDING);
  const fastest = fastestWays(dag);
  if (!(fastest.timeS[0] <= atMostS)) return { kind: 'too tight', leastS: fastest.timeS[0] };
  const free = cheapestWays(dag, 0);
  const ways: Ways[] = [free];
  if (free.timeS[0] <= atMostS) return { kind: 'bound', lowerBound: free.cost[0], ways, best: free };
  let over = { timeS: free.timeS[0], cost: free.cost[0] };
  let within = { timeS: fastest.timeS[0], cost: fastest.cost[0] };
  // If no priced way keeps the limit, the fastest one does.
  let best: Ways = fastest;
  let lowerBound = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < MOST_PRICES; i++) {
    const price = (within.cost - over.cost) / (over.timeS - within.timeS);
    // Rounding can make the price meaningless if two ways hardly differ.
    if (!(price > 0) || !Number.isFinite(price)) break;
    const next = cheapestWays(dag, price);
    ways.push(next);
    lowerBound = Math.max(lowerBound, next.priced[0] - price * limitS);
    const [timeS, cost] = [next.timeS[0], next.cost[0]];
    const isEnd = next.priced[0] >= within.cost + price * within.timeS - 1e-15 * Math.abs(next.priced[0]);
    if (timeS <= atMostS && cost < best.cost[0]) best = next;
    if (isEnd) break;
    if (timeS <= atMostS) within = { timeS, cost };
    else over = { timeS, cost };
  }
  return { kind: 'bound', lowerBound: Math.min(Math.max(lowerBound, free.cost[0]), best.cost[0]), ways, best };
}
