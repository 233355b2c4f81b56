import { type ChoiceGroup, choiceBound } from './choices.ts';
import { TIME_ROUNDING } from './lagrange.ts';

/** Work that repeats for ever under a temperature limit. Tables are runs x settings, row by row. */
export interface ThermalProblem {
  readonly arrays: readonly ThermalArray[];
  /** Power of everything off the die that never ceases, W. */
  readonly backgroundW: number;
  /** Leakage with the blocks at these temperatures, K. It must not fall as they rise. */
  leakageAt(temperatureK: ArrayLike<number>): ThermalLeakage;
  /** Thermal resistances between blocks, K/W, row by row. */
  readonly resistance: ArrayLike<number>;
  readonly ambientK: number;
  readonly limitK: number;
  /** Time from one inference to the next, s, and time within which each is done. */
  readonly periodS: number;
  readonly deadlineS: number;
}

export interface ThermalArray {
  readonly runs: number;
  readonly settings: number;
  readonly timeS: Float64Array;
  /** Energy without leakage, J, and its heat in each block, J: x blocks. */
  readonly energyJ: Float64Array;
  readonly blockJ: Float64Array;
}

export interface ThermalLeakage {
  /** By block, W: what never ceases; and for each array what is more while it works, settings x blocks. */
  readonly leastW: Float64Array;
  readonly extraW: readonly Float64Array[];
}

export interface ThermalBound {
  /** No periodic steady state that keeps limit and deadline takes less energy an inference, J. */
  readonly energyJ: number;
  /** Mean temperature of each block, K, below which none of them is. */
  readonly leastK: Float64Array;
}

const MOST_STEPS = 60;
const MOST_PRICES = 100;
/** Steps end when temperatures rise by less, K. They are bounds at any step. */
const RISE_K = 1e-5;
/** Blocks whose limit is looked at: leaving one out lowers the bound. */
const MOST_BLOCKS = 12;
/** Excess over the limit that needs no further constraint, K. */
const EXCESS_K = 1e-6;

/** The least time of an inference, s. */
export function fastestS({ runs, settings, timeS }: ThermalArray): number {
  let total = 0;
  for (let r = 0; r < runs; r++) total += Math.min(...timeS.subarray(r * settings, (r + 1) * settings));
  return total;
}

/**
 * The price p of time at which the sum over runs of min (rise + p time) - p limit is largest. Each new price makes the last choice over
 * the limit and the last one within it equal, as in `lagrangeBound`.
 */
function bestPrice({ runs, settings, timeS }: ThermalArray, rise: Float64Array, limitS: number): number {
  const total = { timeS: 0, rise: 0 };
  const choose = (price: number, weight: number): void => {
    total.timeS = 0;
    total.rise = 0;
    for (let r = 0; r < runs; r++) {
      let best = r * settings;
      for (let at = best + 1; at < (r + 1) * settings; at++) {
        const gain = weight * (rise[best] - rise[at]) + price * (timeS[best] - timeS[at]);
        if (gain > 0 || (gain === 0 && timeS[at] < timeS[best])) best = at;
      }
      total.timeS += timeS[best];
      total.rise += rise[best];
    }
  };
  choose(0, 1);
  if (total.timeS <= limitS) return 0;
  let over = { ...total };
  choose(1, 0);
  let within = { ...total };
  let price = 0;
  for (let i = 0; i < MOST_PRICES; i++) {
    const next = (within.rise - over.rise) / (over.timeS - within.timeS);
    if (!(next > 0) || next === price || !Number.isFinite(next)) break;
    price = next;
    choose(price, 1);
    if (total.timeS === over.timeS || total.timeS === within.timeS) break;
    if (total.timeS <= limitS) within = { ...total };
    else over = { ...total };
  }
  return price;
}

/** The periodic steady state of a problem. */
export class Steady {
  private readonly problem: ThermalProblem;
  private readonly blocks: number;
  /** For each array: rise of each block by the heat of a run without leakage, K s: runs x settings x blocks. */
  private readonly heat: readonly Float64Array[];

  constructor(problem: ThermalProblem) {
    const { arrays, resistance } = problem;
    this.problem = problem;
    this.blocks = Math.round(Math.sqrt(resistance.length));
    this.heat = arrays.map(({ blockJ }) => this.risesOf(blockJ));
  }

  /**
   * Temperatures that no steady state is below. With leakage at such temperatures, from `fromK` up, the least rise of each block within
   * the deadline gives the next ones. Null if one exceeds the limit.
   */
  leastTemperatures(fromK: Float64Array): Float64Array | null {
    const { ambientK, limitK, deadlineS } = this.problem;
    let leastK = fromK;
    let prices: readonly Float64Array[] | null = null;
    for (let step = 0; step < MOST_STEPS; step++) {
      const { base, rises } = this.at(leastK);
      prices ??= this.pricesOf(rises);
      if (!prices) return null;
      const next = leastK.slice();
      rises.forEach((table, a) => {
        this.addLeast(a, table, prices![a], base);
      });
      let risen = 0;
      for (let u = 0; u < this.blocks; u++) {
        const kelvin = ambientK + base[u] - prices.reduce((total, price) => total + price[u], 0) * deadlineS;
        next[u] = Math.max(leastK[u], kelvin);
        risen = Math.max(risen, next[u] - leastK[u]);
        if (next[u] > limitK) return null;
      }
      leastK = next;
      if (risen < RISE_K) break;
    }
    return leastK;
  }

  /** By array and block: the price of time, K/s, at which the least rise is bounded best. Null if no setting is fast enough. */
  private pricesOf(rises: readonly Float64Array[]): readonly Float64Array[] | null {
    const { arrays, periodS, deadlineS } = this.problem;
    if (arrays.some((array) => fastestS(array) > deadlineS * (1 + TIME_ROUNDING))) return null;
    return arrays.map((array, a) => {
      const rise = new Float64Array(array.timeS.length);
      return Float64Array.from({ length: this.blocks }, (_, u) => {
        for (let at = 0; at < rise.length; at++) rise[at] = rises[a][at * this.blocks + u] / periodS;
        return bestPrice(array, rise, deadlineS);
      });
    });
  }

  /** Adds to each block the least rise of every run at a price of time. */
  private addLeast(a: number, rises: Float64Array, price: Float64Array, sums: Float64Array): void {
    const { runs, settings, timeS } = this.problem.arrays[a];
    const { blocks, problem } = this;
    for (let u = 0; u < blocks; u++) {
      for (let r = 0; r < runs; r++) {
        let least = Number.POSITIVE_INFINITY;
        for (let at = r * settings; at < (r + 1) * settings; at++) {
          least = Math.min(least, rises[at * blocks + u] / problem.periodS + price[u] * timeS[at]);
        }
        sums[u] += least;
      }
    }
  }

  /** The bound with leakage at temperatures. Only blocks that get too hot otherwise are constraints. */
  bound(leastK: Float64Array): ThermalBound | null {
    const { problem, blocks } = this;
    const { arrays, ambientK, limitK, periodS, deadlineS, backgroundW } = problem;
    const { leakage, base, rises } = this.at(leastK);
    const restJ = periodS * (backgroundW + leakage.leastW.reduce((total, value) => total + value, 0));
    const hot: number[] = [];
    for (;;) {
      const groups = arrays.map((array, a): ChoiceGroup => {
        const { runs, settings, timeS, energyJ } = array;
        const extraW = rowSums(leakage.extraW[a], settings, blocks);
        return {
          choices: runs,
          options: settings,
          cost: energyJ.map((spentJ, at) => spentJ + extraW[at % settings] * timeS[at]),
          uses: [
            ...arrays.map((_, other) => (other === a ? timeS : null)),
            ...hot.map((u) => Float64Array.from(timeS, (_, at) => rises[a][at * blocks + u] / periodS)),
          ],
        };
      });
      const room = hot.map((u) => limitK - ambientK - base[u]);
      if (room.some((kelvin) => kelvin <= 0)) return null;
      const { lowerBound, mixture } = choiceBound({ groups, caps: [...arrays.map(() => deadlineS), ...room] });
      if (!Number.isFinite(lowerBound)) return null;
      const found = { energyJ: restJ + lowerBound, leastK };
      const hottest = mixture.length === 0 || hot.length === MOST_BLOCKS ? -1 : this.hottest(base, rises, mixture, hot);
      if (hottest < 0) return found;
      hot.push(hottest);
    }
  }

  /** The block that a mixture heats most above the limit; -1 if it keeps the limit. */
  private hottest(
    base: Float64Array,
    rises: readonly Float64Array[],
    mixture: ReturnType<typeof choiceBound>['mixture'],
    known: readonly number[],
  ): number {
    const { blocks, problem } = this;
    const kelvin = base.map((rise) => rise + problem.ambientK);
    for (const { share, plan } of mixture) {
      const { settings } = problem.arrays[plan.group];
      plan.option.forEach((k, run) => {
        const at = (run * settings + k) * blocks;
        for (let u = 0; u < blocks; u++) kelvin[u] += (share * rises[plan.group][at + u]) / problem.periodS;
      });
    }
    let hottest = -1;
    let most = problem.limitK + EXCESS_K;
    kelvin.forEach((value, u) => {
      if (value <= most || known.includes(u)) return;
      most = value;
      hottest = u;
    });
    return hottest;
  }

  /** Leakage at temperatures, the rise that never ceases, K, and that of each run, K s. */
  private at(temperatureK: Float64Array) {
    const { problem, heat, blocks } = this;
    const leakage = problem.leakageAt(temperatureK);
    const base = this.risesOf(leakage.leastW);
    const rises = problem.arrays.map(({ settings, timeS }, a) => {
      const extra = this.risesOf(leakage.extraW[a]);
      return heat[a].map((value, i) => {
        const at = Math.floor(i / blocks);
        return value + timeS[at] * extra[(at % settings) * blocks + (i % blocks)];
      });
    });
    return { leakage, base, rises };
  }

  /** R times each row of blocks. */
  private risesOf(table: Float64Array): Float64Array {
    const { blocks, problem } = this;
    const rises = new Float64Array(table.length);
    for (let row = 0; row < table.length; row += blocks) {
      for (let u = 0; u < blocks; u++) {
        let rise = 0;
        for (let v = 0; v < blocks; v++) rise += problem.resistance[u * blocks + v] * table[row + v];
        rises[row + u] = rise;
      }
    }
    return rises;
  }
}

function rowSums(table: Float64Array, rows: number, width: number): Float64Array {
  return Float64Array.from({ length: rows }, (_, r) =>
    table.subarray(r * width, (r + 1) * width).reduce((total, value) => total + value, 0),
  );
}
