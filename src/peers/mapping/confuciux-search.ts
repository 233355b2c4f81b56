import {
  ALL_PES,
  type ConfuciuxLimits,
  type ConfuciuxQuestion,
  type ConfuciuxSearch,
  type ConfuciuxSolution,
  type ConfuciuxStep,
  type Steps,
  searchConfuciuxAtRandomInSteps,
  searchConfuciuxGeneticallyInSteps,
  solveConfuciuxInSteps,
} from '../../mapping/index.ts';
import { groupDigits, type MapReport, mapReportHtml } from '../../report/index.ts';
import { solutionCsv } from './confuciux-files.ts';
import { barsOf, budgetSentence, designTable, fitnessTitle } from './confuciux-report.ts';
import { jsonText, type MapOutcome } from './outcome.ts';

/**
 * Samples ConfuciuX's problem and compares with the optimum of the designs that the search can reach. Undefined if no design
 * is within the budget.
 */
export function* sampleConfuciux(
  question: ConfuciuxQuestion,
  search: 'random' | 'ga',
  limits: ConfuciuxLimits,
): Steps<MapOutcome | undefined> {
  const run = search === 'ga' ? searchConfuciuxGeneticallyInSteps : searchConfuciuxAtRandomInSteps;
  const { isOver } = limits;
  // The optimum comes first, so that a search that is stopped has its bound at hand.
  const grid = yield* solveConfuciuxInSteps(question, isOver);
  // The genetic search changes PE counts by any number, so that it leaves the grid.
  const reachable = search === 'ga' ? yield* solveConfuciuxInSteps({ ...question, pes: ALL_PES }, isOver) : grid;
  const found = yield* run(question, limits);
  if (!found || !grid || !reachable) return undefined;
  const summary = summaryOf(question, search, limits, found, grid, reachable);
  return {
    files: {
      'solution.csv': solutionCsv(question, found.design),
      'summary.json': jsonText(summary),
      'convergence.csv': convergenceCsv(found),
      'report.html': mapReportHtml(reportOf(question, search, found, reachable)),
    },
    summary: textOf(question, search, found, grid, reachable),
  };
}

/** ConfuciuX's picture, the best fitness over what was tried on a logarithmic axis, and the optimum that bounds it. */
function reportOf(
  question: ConfuciuxQuestion,
  search: string,
  { design, reward, evaluations, start, steps }: ConfuciuxSearch,
  reachable: ConfuciuxSolution,
): MapReport {
  const { fitness, constraint } = question;
  const all = [start, ...steps.filter((step) => step.evaluations > start.evaluations)];
  const series = (of: (step: ConfuciuxStep) => number): (readonly [number, number])[] =>
    all.map((step) => [step.evaluations, Math.abs(of(step))] as const);
  return {
    title: `ConfuciuX's problem by ${search === 'ga' ? 'genetic' : 'random'} search`,
    sentences: [
      `The best ${fitness} that the search found within a budget of ${constraint}.`,
      budgetSentence(constraint),
    ],
    facts: [
      [`Found, ${fitnessTitle(fitness)}`, groupDigits(Math.abs(reward))],
      [reachable.isProven ? 'Proven optimum' : 'Bound', groupDigits(boundOf(reachable))],
      ['Designs scored', groupDigits(evaluations)],
    ],
    nests: [],
    bars: barsOf(question, design),
    plots: [
      {
        id: 'convergence',
        title: 'Convergence',
        note: 'The best design so far, and the mean of the designs of a generation that are within the budget.',
        kind: 'plot',
        label: `${fitness} over scored designs`,
        x: 'designs scored',
        y: fitnessTitle(fitness),
        shape: 'steps',
        logX: false,
        logY: true,
        series: [
          { name: 'best', points: series(({ best }) => best) },
          { name: 'mean', points: series(({ mean }) => mean) },
        ],
        reference: { name: reachable.isProven ? 'optimum' : 'bound', value: boundOf(reachable) },
      },
    ],
    tables: [designTable(question, design)],
  };
}

function summaryOf(
  { fitness, constraint, layers, table, pes }: ConfuciuxQuestion,
  search: string,
  { seed }: ConfuciuxLimits,
  found: ConfuciuxSearch,
  grid: ConfuciuxSolution,
  reachable: ConfuciuxSolution,
): object {
  const { optimum, lagrangianBound, isProven, budget, least, most } = reachable;
  return {
    fitness,
    constraint,
    search,
    seed,
    evaluations: found.evaluations,
    found: Math.abs(found.reward),
    [isProven ? 'timesOptimum' : 'timesOptimumAtMost']: timesOf(found, reachable),
    optimum,
    proven: isProven,
    lagrangianBound,
    gap: Math.abs(optimum - lagrangianBound) / optimum,
    optimumOfGrid: grid.optimum,
    budget,
    min: least,
    max: most,
    used: found.used,
    layers,
    points: table.evaluations,
    peCounts: search === 'ga' ? ALL_PES.length : pes.length,
    pes: found.design.reduce((all, [count]) => all + count, 0),
  };
}

/** The value that no reachable design betters. */
function boundOf({ isProven, optimum, lagrangianBound }: ConfuciuxSolution): number {
  return isProven ? optimum : lagrangianBound;
}

/** The larger of cost / bound and bound / throughput: 1 at the optimum. */
function timesOf({ reward }: Pick<ConfuciuxSearch, 'reward'>, reachable: ConfuciuxSolution): number {
  const bound = boundOf(reachable);
  return reward < 0 ? -reward / bound : bound / reward;
}

function convergenceCsv({ start, steps }: ConfuciuxSearch): string {
  const rows = [start, ...steps.filter(({ evaluations }) => evaluations > start.evaluations)].map(
    ({ evaluations, best, mean, used }) => [evaluations, best, mean, used].join(','),
  );
  return `designs,best_reward,mean_reward,used_constraint\n${rows.join('\n')}\n`;
}

/** The lines that ConfuciuX prints; of the generations only those that found a better design, and the last one. */
function textOf(
  { pes }: ConfuciuxQuestion,
  search: 'random' | 'ga',
  { design, reward, used, evaluations, start, steps }: ConfuciuxSearch,
  grid: ConfuciuxSolution,
  reachable: ConfuciuxSolution,
): string {
  const { budget, least, most } = grid;
  const part = (value: number): string => `${((100 * value) / budget).toFixed(1)}%`;
  const generations = steps.flatMap(({ best, used: taken }, i) => {
    const before = i === 0 ? start.best : steps[i - 1].best;
    if (best === before && i < steps.length - 1) return [];
    return [`Gen ${i + 1}:  Best reward: ${exponent(best)}, Used Constraint: ${part(taken)}`];
  });
  const first = `Random designs: Best reward: ${exponent(start.best)}, Used Constraint: ${part(start.used)}`;
  const times = timesOf({ reward }, reachable);
  const counts = search === 'ga' ? 'the 1 to 128 PEs that mutations reach' : `${pes.length} PE counts`;
  return [
    `Max constraint: ${most}`,
    `Min constraint: ${least}`,
    `Set constraint: ${budget}`,
    ...(search === 'ga' ? [first, ...generations] : []),
    `Best  fitness : ${reward}`,
    `Sol: [${design.map(([count, tile]) => `[${count} ${tile}]`).join(' ')}]`,
    `Used constraint: ${used} (${((100 * used) / budget).toFixed(2)}%)`,
    `Set constraint: ${budget} [Constraint range : (${least}, ${most})]`,
    reachable.isProven
      ? `${evaluations} designs scored; the proven optimum over ${counts} is ${reachable.optimum}: found ${times.toFixed(4)} times the optimum`
      : `${evaluations} designs scored; the bound over ${counts} is ${boundOf(reachable)}, gap ${(100 * (1 - 1 / times)).toPrecision(3)} %: stopped`,
    ...(search === 'ga' && grid.isProven
      ? [`Over the ${pes.length} PE counts of the grid the optimum is ${grid.optimum}`]
      : []),
  ].join('\n');
}

/** Four digits, and an exponent of two, as Python prints it. */
function exponent(value: number): string {
  return value.toExponential(4).replace(/e([+-])(\d)$/, 'e$10$2');
}
