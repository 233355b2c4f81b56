import { solveLinearProgram } from '../../numeric/linear-program.ts';

/**
 * Many independent choices that share resources: every choice of every group takes a mixture of its options. Tables are
 * choices x options, row by row; costs and uses are not negative.
 */
export interface ChoiceProblem {
  readonly groups: readonly ChoiceGroup[];
  /** How much there is of each resource, above 0. */
  readonly caps: readonly number[];
}

export interface ChoiceGroup {
  readonly choices: number;
  readonly options: number;
  readonly cost: Float64Array;
  /** For each resource: its use; null for none. */
  readonly uses: readonly (Float64Array | null)[];
}

export interface ChoiceBound {
  /** No mixture costs less. Infinite if the resources are too scarce for any. */
  readonly lowerBound: number;
  /** The mixture found last, as shares of plans; empty if none keeps the caps. */
  readonly mixture: readonly { readonly share: number; readonly plan: Plan }[];
}

/** One option for every choice of a group. */
export interface Plan {
  readonly group: number;
  readonly option: Int32Array;
  /** In units of the dearest of all plans, and of the caps. */
  readonly cost: number;
  readonly use: Float64Array;
}

const MOST_ROUNDS = 300;
/** Relative gap between the bound and the mixture at which the search ends. */
const GAP = 1e-10;
/** A plan that uses nothing costs this, in units of the dearest of all: it makes every problem solvable. */
const REFUSED = 1e3;

/**
 * The least cost of mixtures (linear program), from below. Any prices for the resources give a bound, because at prices every choice
 * can be made alone: sum of min (cost + price x use) - price x cap. The best prices come from the plans seen so far (cutting
 * planes: Kelley, J. SIAM 8, 1960).
 */
export function choiceBound({ groups, caps }: ChoiceProblem): ChoiceBound {
  const dearest = groups.reduce((sum, group) => sum + dearestOf(group), 0);
  const scale = dearest > 0 ? dearest : 1;
  const plans: Plan[] = groups.map((group, g) => planOf(group, g, caps, new Float64Array(caps.length), scale));
  let lowerBound = 0;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const { price, value } = bestPrices(plans, groups.length, caps.length);
    const next = groups.map((group, g) => planOf(group, g, caps, price, scale));
    const bound = next.reduce((sum, plan) => sum + plan.cost + dot(price, plan.use), 0) - sum(price);
    lowerBound = Math.max(lowerBound, bound);
    if (value - lowerBound <= GAP * Math.max(1, lowerBound)) break;
    plans.push(...next);
  }
  if (lowerBound > 1 + 1e-9) return { lowerBound: Number.POSITIVE_INFINITY, mixture: [] };
  return { lowerBound: lowerBound * scale, mixture: mixtureOf(plans, groups.length, caps.length) };
}

function dearestOf({ choices, options, cost }: ChoiceGroup): number {
  let total = 0;
  for (let r = 0; r < choices; r++) {
    let most = 0;
    for (let k = 0; k < options; k++) most = Math.max(most, cost[r * options + k]);
    total += most;
  }
  return total;
}

/** The cheapest plan at prices. */
function planOf(group: ChoiceGroup, g: number, caps: readonly number[], price: Float64Array, scale: number): Plan {
  const { choices, options, cost, uses } = group;
  const option = new Int32Array(choices);
  const use = new Float64Array(caps.length);
  let total = 0;
  for (let r = 0; r < choices; r++) {
    let best = 0;
    let least = Number.POSITIVE_INFINITY;
    for (let k = 0; k < options; k++) {
      const at = r * options + k;
      let priced = cost[at] / scale;
      for (let i = 0; i < caps.length; i++) {
        const of = uses[i];
        if (of && price[i] > 0) priced += (price[i] * of[at]) / caps[i];
      }
      if (priced >= least) continue;
      least = priced;
      best = k;
    }
    option[r] = best;
    total += cost[r * options + best] / scale;
    for (let i = 0; i < caps.length; i++) use[i] += (uses[i]?.[r * options + best] ?? 0) / caps[i];
  }
  return { group: g, option, cost: total, use };
}

/** The prices at which the plans known bound least; `value` is that bound. */
function bestPrices(plans: readonly Plan[], groups: number, resources: number): { price: Float64Array; value: number } {
  // Variables: the value of each group, then the prices.
  const row = (g: number, use?: Float64Array): number[] => [
    ...Array.from({ length: groups }, (_, i) => (i === g ? 1 : 0)),
    ...Array.from({ length: resources }, (_, i) => -(use?.[i] ?? 0)),
  ];
  const solution = solveLinearProgram({
    cost: [...new Array<number>(groups).fill(-1), ...new Array<number>(resources).fill(1)],
    matrix: [...plans.map(({ group, use }) => row(group, use)), ...Array.from({ length: groups }, (_, g) => row(g))],
    limit: [...plans.map(({ cost }) => cost), ...new Array<number>(groups).fill(REFUSED)],
    equalMatrix: [],
    equal: [],
  })!;
  const price = solution.slice(groups);
  return { price, value: sum(solution.slice(0, groups)) - sum(price) };
}

/** The cheapest mixture of known plans that keeps the caps. */
function mixtureOf(plans: readonly Plan[], groups: number, resources: number): ChoiceBound['mixture'] {
  const share = solveLinearProgram({
    cost: plans.map(({ cost }) => cost),
    matrix: Array.from({ length: resources }, (_, i) => plans.map(({ use }) => use[i])),
    // Plans meet the caps to rounding.
    limit: new Array<number>(resources).fill(1 + 1e-9),
    equalMatrix: Array.from({ length: groups }, (_, g) => plans.map(({ group }) => (group === g ? 1 : 0))),
    equal: new Array<number>(groups).fill(1),
  });
  if (!share) return [];
  return plans.flatMap((plan, c) => (share[c] > 0 ? [{ share: share[c], plan }] : []));
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}

function dot(a: Float64Array, b: Float64Array): number {
  return a.reduce((total, value, i) => total + value * b[i], 0);
}
