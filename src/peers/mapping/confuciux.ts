import { fail } from '../../base/errors.ts';
import type { SourceText } from '../../base/source.ts';
import { type DataflowTemplate, readDataflow } from '../../formats/maestro/index.ts';
import {
  ALL_PES,
  CHOICE_CONSTANTS,
  type ConfuciuxQuestion,
  type ConfuciuxSolution,
  type Constraint,
  type Fitness,
  PE_GRID,
  PointTable,
  type Steps,
  solveConfuciuxInSteps,
} from '../../mapping/index.ts';
import { mapReportHtml } from '../../report/index.ts';
import { readConfuciuxNetwork, solutionCsv } from './confuciux-files.ts';
import { solutionReport } from './confuciux-report.ts';
import { sampleConfuciux } from './confuciux-search.ts';
import { jsonText, type MapOutcome } from './outcome.ts';

export interface ConfuciuxRequest {
  readonly fitness: Fitness;
  readonly constraint: Constraint;
  readonly multiplier: number;
  /** 12 for ConfuciuX's grid of PE counts, 128 for every count up to 128. */
  readonly peGrid: 12 | 128;
  readonly search: 'exact' | 'random' | 'ga';
  /** Designs that `random` and `ga` score, and the seed of their random numbers. */
  readonly evaluations: number;
  readonly seed: number;
  readonly isOver?: () => boolean;
}

/** ConfuciuX gives every depthwise layer channels across all PEs, whatever dataflow the others have. */
const DEPTHWISE = `Dataflow {
  SpatialMap(KTileSz, KTileSz) C; TemporalMap(Sz(R), 1) Y; TemporalMap(Sz(S), 1) X;
  TemporalMap(Sz(R), Sz(R)) R; TemporalMap(Sz(S), Sz(S)) S;
}`;

export function depthwiseDataflow(): DataflowTemplate {
  return readDataflow({ file: 'depthwise.m', text: DEPTHWISE }, CHOICE_CONSTANTS);
}

/** Solves ConfuciuX's problem on its own files. Errors: those of the readers; `no-mapping` if no design is within the budget. */
export function* confuciuxFiles(
  network: SourceText,
  dataflow: SourceText,
  request: ConfuciuxRequest,
): Steps<MapOutcome> {
  const layers = readConfuciuxNetwork(network);
  const table = new PointTable(layers, readDataflow(dataflow, CHOICE_CONSTANTS), depthwiseDataflow());
  const { fitness, constraint, multiplier, peGrid } = request;
  const pes = peGrid === 12 ? PE_GRID : ALL_PES;
  const question: ConfuciuxQuestion = { layers: layers.length, table, pes, fitness, constraint, multiplier };
  if (request.search !== 'exact')
    return (yield* sampleConfuciux(question, request.search, request)) ?? failBudget(question);
  const solution = yield* solveConfuciuxInSteps(question, request.isOver);
  if (!solution) return failBudget(question);
  return {
    files: {
      'solution.csv': solutionCsv(question, solution.design),
      'summary.json': jsonText(summaryOf(question, solution)),
      'report.html': mapReportHtml(solutionReport(question, solution)),
    },
    summary: textOf(question, solution),
  };
}

function failBudget({ layers, constraint, multiplier }: ConfuciuxQuestion): never {
  return fail('no-mapping', `no design of ${layers} layers is within the ${constraint} of --mul ${multiplier}`, {
    expected: 'a larger --mul',
  });
}

function summaryOf({ fitness, constraint, table, layers }: ConfuciuxQuestion, solution: ConfuciuxSolution): object {
  const { optimum, lagrangianBound, budget, least, most, used, design, labels, isProven } = solution;
  const points = design.map(([pes, tile], layer) => table.point(layer, pes, tile));
  const sum = (value: (point: (typeof points)[number]) => number): number =>
    points.reduce((all, point) => all + value(point), 0);
  return {
    fitness,
    constraint,
    optimum,
    lagrangianBound,
    gap: Math.abs(optimum - lagrangianBound) / optimum,
    proven: isProven,
    budget,
    min: least,
    max: most,
    used,
    layers,
    points: table.evaluations,
    labels,
    pes: design.reduce((all, [pes]) => all + pes, 0),
    // ConfuciuX divides by the cycles the last column it has read, which is power.
    ...(fitness === 'thrpt_ave' && { asNamed: sum(({ macs }) => macs) / sum(({ cycles }) => cycles) }),
  };
}

/** The lines that ConfuciuX prints, and what is proven. */
function textOf({ fitness }: ConfuciuxQuestion, solution: ConfuciuxSolution): string {
  const { optimum, lagrangianBound, budget, least, most, used, design, labels, isProven } = solution;
  const isThroughput = fitness.startsWith('thrpt');
  const gap = (100 * Math.abs(optimum - lagrangianBound)) / optimum;
  return [
    `Max constraint: ${most}`,
    `Min constraint: ${least}`,
    `Set constraint: ${budget}`,
    `Best  fitness : ${isThroughput ? optimum : -optimum}`,
    `Sol: [${design.map(([pes, tile]) => `[${pes} ${tile}]`).join(' ')}]`,
    `Used constraint: ${used} (${((100 * used) / budget).toFixed(2)}%)`,
    `Set constraint: ${budget} [Constraint range : (${least}, ${most})]`,
    isProven
      ? `Optimal, proven by ${labels} labels; the Lagrangian bound is ${lagrangianBound}, ${gap.toFixed(4)} % away`
      : `Best ${fitness} found ${optimum}, ${isThroughput ? 'upper' : 'lower'} bound ${lagrangianBound}, gap ${gap.toPrecision(3)} %: stopped`,
  ].join('\n');
}
