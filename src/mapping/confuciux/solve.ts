import { drained, type Steps } from '../search/index.ts';
import { type Choice, solveKnapsackInSteps } from './knapsack.ts';
import { type Fitness, MOST_TILE, type Point, type PointTable } from './problem.ts';

/** A number of PEs and a tile for each layer. */
export type Design = readonly (readonly [pes: number, tile: number])[];

export type Constraint = 'area' | 'power';

export interface ConfuciuxQuestion {
  readonly layers: number;
  readonly table: PointTable;
  /** PE counts to choose from. */
  readonly pes: readonly number[];
  readonly fitness: Fitness;
  readonly constraint: Constraint;
  /** The part of the way from the smallest to the largest uniform design that the budget allows. */
  readonly multiplier: number;
}

export interface Budget {
  readonly budget: number;
  readonly least: number;
  readonly most: number;
}

export interface ConfuciuxSolution extends Budget {
  readonly design: Design;
  /** The fitness of the design, as a cost or as a throughput. */
  readonly optimum: number;
  /** No design within the budget is better than this. */
  readonly lagrangianBound: number;
  readonly used: number;
  readonly labels: number;
  /** Whether the design is proven to be the best; a search that was stopped proves its bound only. */
  readonly isProven: boolean;
}

/** Uniform designs whose constraint values span ConfuciuX's range: [PEs, tile]. */
const UNIFORM: Design = [
  [128, 12],
  [1, 1],
  [128, 1],
  [1, 12],
];

export function weightOf({ areaUm2, powerMw }: Point, constraint: Constraint): number {
  return constraint === 'area' ? areaUm2 : powerMw;
}

/** The budget of ConfuciuX: least + multiplier (most - least) of four uniform designs, summed over the layers. */
export function budgetOf({ layers, table, constraint, multiplier }: ConfuciuxQuestion): Budget {
  const sums = UNIFORM.map(([pes, tile]) =>
    sumOver(layers, (layer) => weightOf(table.point(layer, pes, tile), constraint)),
  );
  const [least, most] = [Math.min(...sums), Math.max(...sums)];
  return { budget: least + multiplier * (most - least), least, most };
}

/** Solves ConfuciuX's problem to proven optimality; undefined if no design is within the budget. */
export function solveConfuciux(question: ConfuciuxQuestion): ConfuciuxSolution | undefined {
  return drained(solveConfuciuxInSteps(question));
}

/** The same with pauses, after which the best design so far is returned if `isOver` says so. */
export function* solveConfuciuxInSteps(
  question: ConfuciuxQuestion,
  isOver: () => boolean = () => false,
): Steps<ConfuciuxSolution | undefined> {
  // The table keeps every point that it has worked out, which takes most of the time: a pause before each layer.
  for (let layer = 0; layer < question.layers; layer++) {
    yield;
    choicesOf(question, layer);
  }
  const budget = budgetOf(question);
  if (question.fitness === 'thrpt_btnk') return slowestLayer(question, budget);
  if (question.fitness === 'thrpt_ave') return yield* meanThroughput(question, budget, isOver);
  return yield* leastSum(question, budget, (point) => costOf(point, question.fitness), isOver);
}

/** The cost of one layer under a fitness that is summed. */
export function costOf({ cycles, energyNj, areaUm2 }: Point, fitness: Fitness): number {
  switch (fitness) {
    case 'energy':
      return energyNj;
    case 'LEP':
      return energyNj * cycles;
    case 'LAP':
      return areaUm2 * cycles;
    case 'EAP':
      return areaUm2 * energyNj;
    default:
      return cycles;
  }
}

/** The throughput of a design: MACs per cycle of the slowest layer, or the average as ConfuciuX codes it. */
export function throughputOf({ table, fitness }: ConfuciuxQuestion, design: Design): number {
  const points = design.map(([pes, tile], layer) => table.point(layer, pes, tile));
  if (fitness === 'thrpt_btnk') return Math.min(...points.map(rateOf));
  return sumOver(points.length, (i) => points[i].powerMw) / sumOver(points.length, (i) => points[i].cycles);
}

/** MACs per cycle, as MAESTRO prints it. */
function rateOf({ macs, cycles }: Point): number {
  return Number((macs / cycles).toPrecision(6));
}

function choicesOf(
  { table, pes }: ConfuciuxQuestion,
  layer: number,
): { design: readonly [number, number]; point: Point }[] {
  return pes.flatMap((count) =>
    Array.from({ length: MOST_TILE }, (_, i) => ({
      design: [count, i + 1] as const,
      point: table.point(layer, count, i + 1),
    })),
  );
}

function* leastSum(
  question: ConfuciuxQuestion,
  budget: Budget,
  cost: (point: Point) => number,
  isOver: () => boolean,
): Steps<ConfuciuxSolution | undefined> {
  const choices = Array.from({ length: question.layers }, (_, layer) => choicesOf(question, layer));
  const costs = wholeNumbers(choices.map((of) => of.map(({ point }) => cost(point))));
  const weights = wholeNumbers(choices.map((of) => of.map(({ point }) => weightOf(point, question.constraint))));
  const items = costs.values.map((of, layer) =>
    of.map((value, i): Choice => ({ cost: value, weight: weights.values[layer][i] })),
  );
  const found = yield* solveKnapsackInSteps(items, budget.budget * weights.scale * (1 + 1e-15), isOver);
  if (!found) return undefined;
  return {
    ...budget,
    design: found.chosen.map((at, layer) => choices[layer][at].design),
    optimum: found.cost / costs.scale,
    lagrangianBound: found.bound / costs.scale,
    used: found.weight / weights.scale,
    labels: found.labels,
    isProven: found.isProven,
  };
}

/** The same numbers times a power of ten that makes them whole, as far as sums stay exact. */
function wholeNumbers(values: readonly (readonly number[])[]): { scale: number; values: number[][] } {
  const all = values.flat();
  const largest = values.reduce((sum, of) => sum + of.reduce((most, value) => Math.max(most, value), 0), 0);
  let power = 12;
  while (power > -300 && (largest * 10 ** power > 2 ** 52 || all.every((value) => isWhole(value * 10 ** (power - 1)))))
    power--;
  const scale = 10 ** power;
  return { scale, values: values.map((of) => of.map((value) => Math.round(value * scale))) };
}

function isWhole(value: number): boolean {
  return Math.abs(value - Math.round(value)) <= 1e-9 * Math.max(1, Math.abs(value)) * 1e-3;
}

/** The largest throughput of the slowest layer: each layer takes its lightest choice that reaches it. */
function slowestLayer(question: ConfuciuxQuestion, budget: Budget): ConfuciuxSolution | undefined {
  const choices = Array.from({ length: question.layers }, (_, layer) => choicesOf(question, layer));
  const rates = [...new Set(choices.flatMap((of) => of.map(({ point }) => rateOf(point))))].sort((a, b) => a - b);
  const lightest = (rate: number) =>
    choices.map((of) => {
      const fast = of.filter(({ point }) => rateOf(point) >= rate);
      const weight = (choice: (typeof of)[number]): number => weightOf(choice.point, question.constraint);
      return fast.reduce<(typeof of)[number] | undefined>(
        (best, choice) => (best && weight(best) <= weight(choice) ? best : choice),
        undefined,
      );
    });
  const used = (picked: ReturnType<typeof lightest>): number =>
    picked.reduce(
      (sum, choice) => sum + (choice ? weightOf(choice.point, question.constraint) : Number.POSITIVE_INFINITY),
      0,
    );
  let [low, high] = [-1, rates.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (used(lightest(rates[middle])) <= budget.budget) low = middle;
    else high = middle - 1;
  }
  if (low < 0) return undefined;
  const picked = lightest(rates[low]);
  return {
    ...budget,
    design: picked.map((choice) => choice!.design),
    optimum: rates[low],
    lagrangianBound: rates[low],
    used: used(picked),
    labels: 0,
    isProven: true,
  };
}

/**
 * The largest ratio of summed power to summed cycles, which is what ConfuciuX computes for average throughput (Dinkelbach:
 * the ratio of the best design for power - ratio x cycles is the next ratio, until it stays). The fastest design gives the first ratio: at a
 * ratio of 0 the designs of most power that a budget of power leaves are too many to tell apart.
 */
function* meanThroughput(
  question: ConfuciuxQuestion,
  budget: Budget,
  isOver: () => boolean,
): Steps<ConfuciuxSolution | undefined> {
  const fastest = yield* leastSum(question, budget, ({ cycles }) => cycles, isOver);
  if (!fastest) return undefined;
  let ratio = throughputOf(question, fastest.design);
  let best: ConfuciuxSolution = { ...fastest, optimum: ratio };
  // No design within the budget has a larger ratio.
  let bound = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 50; round++) {
    const cost = ({ powerMw, cycles }: Point): number => Math.round((ratio * cycles - powerMw) * 1000) / 1000;
    const found = yield* leastSum(question, budget, cost, isOver);
    if (!found) break;
    const next = throughputOf(question, found.design);
    // Power - ratio x cycles is at most -bound, half a unit of rounding a layer, and cycles are at least those of the fastest design.
    const excess = Math.max(0, 0.0005 * question.layers - found.lagrangianBound);
    bound = Math.min(bound, ratio + excess / fastest.lagrangianBound);
    if (next > ratio * (1 + 1e-12)) {
      ratio = next;
      best = { ...found, optimum: ratio };
      if (!isOver()) continue;
    } else if (found.isProven) bound = ratio;
    break;
  }
  return { ...best, lagrangianBound: bound, isProven: bound === ratio };
}

function sumOver(count: number, value: (i: number) => number): number {
  let sum = 0;
  for (let i = 0; i < count; i++) sum += value(i);
  return sum;
}
