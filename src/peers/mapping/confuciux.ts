import { type Diagnostic, fail, InputError } from '../../base/errors.ts';
import { type SourceText, spanOf } from '../../base/source.ts';
import { cellSpan, readCsv, rowSpan } from '../../formats/csv.ts';
import { type DataflowTemplate, readDataflow } from '../../formats/maestro/index.ts';
import {
  CHOICE_CONSTANTS,
  type ConfuciuxLayer,
  type ConfuciuxQuestion,
  type ConfuciuxSolution,
  type Constraint,
  type Fitness,
  MOST_PES,
  PE_GRID,
  PointTable,
  solveConfuciux,
} from '../../mapping/index.ts';
import { jsonText, type MapOutcome } from './outcome.ts';

export interface ConfuciuxRequest {
  readonly fitness: Fitness;
  readonly constraint: Constraint;
  readonly multiplier: number;
  /** 12 for ConfuciuX's grid of PE counts, 128 for every count up to 128. */
  readonly peGrid: 12 | 128;
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
export function confuciuxFiles(network: SourceText, dataflow: SourceText, request: ConfuciuxRequest): MapOutcome {
  const layers = readConfuciuxNetwork(network);
  const table = new PointTable(layers, readDataflow(dataflow, CHOICE_CONSTANTS), depthwiseDataflow());
  const { fitness, constraint, multiplier, peGrid } = request;
  const pes = peGrid === 12 ? PE_GRID : Array.from({ length: MOST_PES }, (_, i) => i + 1);
  const question: ConfuciuxQuestion = { layers: layers.length, table, pes, fitness, constraint, multiplier };
  const solution = solveConfuciux(question);
  if (!solution)
    return fail(
      'no-mapping',
      `no design of ${layers.length} layers is within the ${constraint} of --mul ${multiplier}`,
      { expected: 'a larger --mul' },
    );
  return {
    files: { 'solution.csv': solutionCsv(question, solution), 'summary.json': jsonText(summaryOf(question, solution)) },
    summary: textOf(question, solution),
  };
}

const COLUMNS = ['K', 'C', 'Y', 'X', 'R', 'S', 'T'] as const;
const TYPES = { convolution: 1, depthwise: 2 } as const;

/** Reads a network of ConfuciuX: a row K,C,Y,X,R,S,T for each layer, T = 1 for a convolution and 2 for a depthwise one. */
export function readConfuciuxNetwork(source: SourceText): ConfuciuxLayer[] {
  const problems: Diagnostic[] = [];
  const [header, ...rows] = readCsv(source);
  const names = header?.map(({ text }) => text.trim()) ?? [];
  if (names.join() !== COLUMNS.join()) {
    fail('csv-syntax', 'the first line has other columns', {
      span: header ? rowSpan(source, header) : spanOf(source, 0, 1),
      expected: COLUMNS.join(','),
    });
  }
  const layers = rows.flatMap((row): ConfuciuxLayer[] => {
    if (row.every(({ text }) => text.trim() === '')) return [];
    if (row.length !== COLUMNS.length) {
      problems.push({
        code: 'column-count',
        message: `a row of ${row.length} values`,
        span: rowSpan(source, row),
        expected: `${COLUMNS.length} values`,
      });
      return [];
    }
    const [K, C, Y, X, R, S, T] = row.map((cell, i) => {
      const value = Number(cell.text.trim());
      if (cell.text.trim() !== '' && Number.isInteger(value) && value >= 1 && value <= 2 ** 20) return value;
      problems.push({
        code: 'out-of-range',
        message: `${COLUMNS[i]} is "${cell.text.trim()}"`,
        span: cellSpan(source, cell),
        expected: 'a whole number from 1 to 2^20',
      });
      return 1;
    });
    if (T !== TYPES.convolution && T !== TYPES.depthwise)
      problems.push({
        code: 'not-supported',
        message: `a layer of type ${T}`,
        span: cellSpan(source, row[6]),
        expected: '1 (convolution) or 2 (depthwise)',
      });
    if (R > Y || S > X)
      problems.push({
        code: 'filter-larger-than-ifmap',
        message: `a filter of ${R} x ${S} over ${Y} x ${X}`,
        span: rowSpan(source, row),
        expected: 'R up to Y and S up to X',
      });
    return [{ sizes: { K, C, Y, X, R, S }, isDepthwise: T === TYPES.depthwise }];
  });
  if (problems.length > 0) throw new InputError(problems);
  if (layers.length === 0)
    fail('empty-workload', 'the network has no layers', {
      span: rowSpan(source, header),
      expected: 'a row for each layer',
    });
  return layers;
}

function solutionCsv({ table }: ConfuciuxQuestion, { design }: ConfuciuxSolution): string {
  const rows = design.map(([pes, tile], layer) => {
    const { cycles, energyNj, areaUm2, powerMw } = table.point(layer, pes, tile);
    return [layer, pes, tile, cycles, energyNj, areaUm2, powerMw].join(',');
  });
  return `layer,pes,tile,cycles,energy_nj,area_um2,power_mw\n${rows.join('\n')}\n`;
}

function summaryOf({ fitness, constraint, table, layers }: ConfuciuxQuestion, solution: ConfuciuxSolution): object {
  const { optimum, lagrangianBound, budget, least, most, used, design, labels } = solution;
  const points = design.map(([pes, tile], layer) => table.point(layer, pes, tile));
  const sum = (value: (point: (typeof points)[number]) => number): number =>
    points.reduce((all, point) => all + value(point), 0);
  return {
    fitness,
    constraint,
    optimum,
    lagrangianBound,
    gap: Math.abs(optimum - lagrangianBound) / optimum,
    proven: true,
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
  const { optimum, lagrangianBound, budget, least, most, used, design, labels } = solution;
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
    `Optimal, proven by ${labels} labels; the Lagrangian bound is ${lagrangianBound}, ${gap.toFixed(4)} % away`,
  ].join('\n');
}
