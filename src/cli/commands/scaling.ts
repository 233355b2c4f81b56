import { join } from 'node:path';
import type { Command } from 'commander';
import { attempt, type Diagnostic, fail, InputError } from '../../base/errors.ts';
import { type Files, readBytes, readReference } from '../../base/files.ts';
import { readAs } from '../../base/kinds.ts';
import { appendAll } from '../../node/index.ts';
import { writeCsv } from '../../report/files/index.ts';
import { type Column, engineering, textTable } from '../../report/index.ts';
import {
  arraysOf,
  SCALING_EXPONENTS,
  SCALING_SCRATCHPAD_BYTES,
  type ScalingChoice,
  type ScalingDesign,
  type ScalingRow,
  type ScalingStudy,
  SMALLEST_SIDE,
  scalingStudy,
} from '../../study/index.ts';
import { DATAFLOWS, findDataflow } from '../../systolic/index.ts';
import { isOnnx, readOnnxModel, readTopology, type Workload, workloadMacs } from '../../workload/index.ts';
import { type CommandFiles, withFiles } from '../files.ts';
import { progressLine } from '../progress.ts';
import { print, printJson } from '../terminal.ts';

interface ScalingOptions {
  readonly dataflow: string;
  readonly budgets: string;
  readonly output?: string;
  readonly json?: boolean;
}

/** Names of the output files. */
const FILES = ['scaling.csv', 'scaling.json'] as const;

const NETWORKS = ['resnet50', 'alexnet', 'gpt2_small_block'];

export function addScalingCommand(program: Command): void {
  program
    .command('scaling')
    .description(
      'compare one large array with several small ones of the same number of MACs, for networks and their layers',
    )
    .argument('[workload...]', 'bundled networks, or paths of topologies or ONNX models', NETWORKS)
    .option('--dataflow <id>', `dataflow: ${DATAFLOWS.map(({ id }) => id).join(', ')}`, 'os')
    .option('--budgets <exponents>', 'MACs as powers of two: 10..18, or 16 for 2^16 alone', '10..18')
    .option(
      '-o, --output <dir>',
      'write scaling.csv (a row for each layer and budget) and scaling.json into this folder',
    )
    .option('--json', 'print scaling.json on standard output and nothing else')
    .addHelpText('after', '\nExample:\n  isotherm scaling alexnet --dataflow ws --budgets 16 -o out/scaling')
    .action((references: string[], options: ScalingOptions) =>
      withFiles((given) => scaling(references, options, given)),
    );
}

interface NetworkStudy {
  readonly workload: Workload;
  readonly study: ScalingStudy;
}

async function scaling(references: string[], options: ScalingOptions, { files, output }: CommandFiles): Promise<void> {
  const problems: Diagnostic[] = [];
  const workloads = references.flatMap((reference) => attempt(problems, () => readWorkload(files, reference)) ?? []);
  const exponents = attempt(problems, () => exponentsOf(options.budgets)) ?? [];
  attempt(problems, () => findDataflow(options.dataflow));
  const { output: folder } = options;
  if (folder !== undefined) attempt(problems, () => output.check(FILES.map((name) => join(folder, name))));
  if (problems.length > 0) throw new InputError(problems);
  const studies = studyAll(workloads, options.dataflow, exponents);
  const json = `${JSON.stringify(document(studies, options.dataflow), null, 2)}\n`;
  if (folder !== undefined) {
    appendAll(output, folder, { [FILES[0]]: csv(studies), [FILES[1]]: json });
    await output.commitOrEnd();
  }
  if (options.json) {
    printJson(json);
    return;
  }
  const wrote = folder === undefined ? [] : [`Wrote ${folder.replace(/\/*$/, '/')}`];
  print(`${[...studies.map(text), ...wrote].join('\n\n')}\n`);
}

function readWorkload(files: Files, reference: string): Workload {
  if (isOnnx(reference)) return readOnnxModel(readBytes(files, reference, ''));
  const source = readReference(files, 'workload', reference, '');
  return readAs('workload', source, () => readTopology(source));
}

/** Parses `10..18`, or a single `16`. Errors: `wrong-type`, `out-of-range`. */
function exponentsOf(budgets: string): number[] {
  const { least, most } = SCALING_EXPONENTS;
  const expected = `one exponent of two from ${least} to ${most}, or a range of them such as 10..18`;
  const span = { file: '--budgets', line: 1, column: 1, length: Math.max(1, budgets.length), lineText: budgets };
  const [, first, last = first] =
    /^(\d+)(?:\.\.(\d+))?$/.exec(budgets) ?? fail('wrong-type', `budgets of "${budgets}"`, { span, expected });
  const [from, to] = [Number(first), Number(last)];
  if (from < least || to > most || from > to)
    fail('out-of-range', `budgets of 2^${first} to 2^${last} MACs`, { span, expected });
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}

function studyAll(workloads: readonly Workload[], dataflow: string, exponents: readonly number[]): NetworkStudy[] {
  const progress = progressLine();
  try {
    return workloads.map((workload, i) => {
      progress.update(workload.name, i / workloads.length);
      return { workload, study: scalingStudy(workload.layers, dataflow, exponents) };
    });
  } finally {
    progress.done();
  }
}

const right = (title: string): Column => ({ title, align: 'right' });
const left = (title: string): Column => ({ title, align: 'left' });
const COLUMNS = [
  right('MACs'),
  right('one array'),
  right('cycles'),
  right('words/cycle'),
  right('several arrays'),
  right('cycles'),
  right('words/cycle'),
  right('ratio'),
  right('schedule'),
  right('most'),
  left('of layer'),
];

function text({ workload, study }: NetworkStudy): string {
  const { name, layers } = workload;
  const rows = study.network.map((row, i) => [
    `2^${row.exponent}`,
    ...choiceCells(row.monolithic),
    ...choiceCells(row.partitioned),
    times(row.ratio),
    times(row.scheduleRatio),
    times(study.largest[i].row.ratio),
    study.largest[i].layer,
  ]);
  const { layer, row } = study.largest.reduce((most, cell) => (cell.row.ratio > most.row.ratio ? cell : most));
  const [one, several] = [row.monolithic, row.partitioned].map(
    ({ design, cycles }) => `${designText(design)} in ${cycles} cycles`,
  );
  return [
    `${name}, ${study.dataflow}: ${layers.length} layers, ${engineering(workloadMacs(workload), 'MACs')}`,
    ...textTable(COLUMNS, rows),
    `Largest ratio of a layer: ${times(row.ratio)} (schedule ${times(row.scheduleRatio)}), ${layer} at 2^${row.exponent} MACs: ${one}, ${several}`,
  ].join('\n');
}

function choiceCells({ design, cycles, wordsPerCycle }: ScalingChoice): string[] {
  return [designText(design), String(cycles), engineering(wordsPerCycle, '')];
}

function designText(design: ScalingDesign): string {
  const array = `${design.rows} x ${design.columns}`;
  return arraysOf(design) === 1 ? array : `${design.partitionRows} x ${design.partitionColumns} of ${array}`;
}

function times(ratio: number): string {
  return ratio.toFixed(2);
}

/** The content of scaling.json. */
function document(studies: readonly NetworkStudy[], dataflow: string): object {
  return {
    dataflow,
    smallestSide: SMALLEST_SIDE,
    scratchpadBytes: SCALING_SCRATCHPAD_BYTES,
    networks: studies.map(({ workload, study: { network, largest, layers } }) => ({
      name: workload.name,
      network,
      largest,
      layers,
    })),
  };
}

const SINGLE_COLUMNS = ['rows', 'columns', 'cycles', 'schedule_cycles', 'dram_words', 'words_per_cycle'];
const SEVERAL_COLUMNS = ['partition_rows', 'partition_columns', ...SINGLE_COLUMNS];

function csv(studies: readonly NetworkStudy[]): string {
  const titles = [
    'network',
    'layer',
    'macs',
    ...SINGLE_COLUMNS.map((name) => `monolithic_${name}`),
    ...SEVERAL_COLUMNS.map((name) => `partitioned_${name}`),
    'ratio',
    'schedule_ratio',
  ];
  const rows = studies.flatMap(({ workload, study }) =>
    study.layers.flatMap((layer) => layer.rows.map((row) => [workload.name, layer.name, ...rowCells(row)])),
  );
  return writeCsv(titles, rows);
}

function rowCells({ exponent, monolithic, partitioned, ratio, scheduleRatio }: ScalingRow): number[] {
  const { partitionRows, partitionColumns } = partitioned.design;
  const cells = ({ design, cycles, scheduleCycles, dramWords, wordsPerCycle }: ScalingChoice): number[] => [
    design.rows,
    design.columns,
    cycles,
    scheduleCycles,
    dramWords,
    wordsPerCycle,
  ];
  return [
    2 ** exponent,
    ...cells(monolithic),
    partitionRows,
    partitionColumns,
    ...cells(partitioned),
    ratio,
    scheduleRatio,
  ];
}
