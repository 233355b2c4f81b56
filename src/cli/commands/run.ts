import { join } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { fail } from '../../base/errors.ts';
import { joined } from '../../base/source.ts';
import {
  type Experiment,
  loadExperiment,
  policyModules,
  policyOverride,
  preparePlant,
  type RunResult,
  runScenario,
} from '../../cosim/index.ts';
import { appendAll, hashTexts, recordingFiles, svgPainter } from '../../node/index.ts';
import { artefactNames, artefacts, checkArtefacts, type RunCost } from '../../report/files/index.ts';
import {
  figureFiles,
  LAYER_ORDERS,
  type LayerOrder,
  reportData,
  runText,
  type TextOptions,
} from '../../report/index.ts';
import type { CompareRequest } from '../../study/compare/index.ts';
import { againstOf, comparisonFor } from '../against.ts';
import { type CommandFiles, withFiles } from '../files.ts';
import { afterCalls, kindsWith } from '../policy-modules.ts';
import { type Progress, partOf, progressLine } from '../progress.ts';
import { commandText, overridesOf, type RunRequest, sourceOf } from '../run-request.ts';
import { DeadlineMissed } from '../run-status.ts';
import { printJson, printVerdict, tableWidth, wroteText } from '../terminal.ts';
import { checkCells } from './compare.ts';

interface RunOptions extends RunRequest {
  readonly output?: string;
  readonly figures?: string;
  readonly json?: boolean;
  readonly cost?: boolean;
  readonly top?: number;
  readonly all?: boolean;
  readonly sort?: LayerOrder;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
  readonly failOnMiss?: boolean;
  readonly checkEpoch: boolean;
}

export function addRunCommand(program: Command): void {
  program
    .command('run')
    .description('compute time, energy and temperature of an experiment under its policy')
    .argument(
      '[experiment]',
      'an experiment file, or the name of a bundled one; may be left out with the next two options',
    )
    .option('--accelerator <name>', 'the accelerator: a bundled name, a file, or a folder')
    .option('--workload <name>', 'the network: a bundled name, a CSV file, or an ONNX model')
    .option('--dataflow <id>', 'the dataflow of the accelerator: os, ws or is')
    .option(
      '-o, --output <dir>',
      'write summary.json, report.html, tables, traces and the files for HotSpot and Accelergy into this folder',
    )
    .option(
      '--figures <dir>',
      'write the figures of the report into this folder, as SVG and PNG for a paper and as CSV',
    )
    .option('--policy <policy>', 'replace all policies of the experiment by this one')
    .option('--against <policy...>', 'say how much energy other policies and the oracle take for the same work')
    .option('--deadline <time>', "replace the experiment's deadline, as in 5ms")
    .option(
      '--set <path=value>',
      'replace a value of the experiment or of its accelerator, as in accelerator.array.rows=16',
      append,
      [],
    )
    .option('--top <n>', 'show the N layers that take most (default: 12)', layerCount)
    .option('--all', 'show all layers')
    .addOption(new Option('--sort <order>', 'sort the layers from the most to the least').choices(LAYER_ORDERS))
    .option('--quiet', 'print the verdict alone')
    .option('--verbose', 'print all assumptions too')
    .option('--json', 'print summary.json on standard output and nothing else')
    .option('--fail-on-miss', 'end with exit status 4 if an inference misses its deadline')
    .option('--no-check-epoch', 'do not repeat a window, 100 inferences, at half the epoch')
    .option('--cost', 'add CPU time and peak memory to the summary')
    .addHelpText('after', EXAMPLES)
    .action((reference: string | undefined, options: RunOptions, command: Command) =>
      withFiles((given) => run(reference, options, given, command)),
    );
}

const EXAMPLES = `
Examples:
  isotherm run quickstart -o out/quickstart
  isotherm run quickstart --policy pace --deadline 5ms
  isotherm run --accelerator edge-npu --workload resnet50 --dataflow ws`;

/** A number of layers, as an option gives it. */
function layerCount(text: string): number {
  if (!/^\d{1,9}$/.test(text) || Number(text) === 0) throw new InvalidArgumentError('It must be a number of layers.');
  return Number(text);
}

function textOptions({ top, all, sort, quiet, verbose }: RunOptions): Omit<TextOptions, 'against'> {
  const detail = quiet ? 'quiet' : verbose ? 'verbose' : undefined;
  return { width: tableWidth(), top: all ? Number.POSITIVE_INFINITY : top, sort, detail };
}

function append(value: string, before: string[]): string[] {
  return [...before, value];
}

async function run(
  reference: string | undefined,
  options: RunOptions,
  given: CommandFiles,
  command: Command,
): Promise<void> {
  const read = new Map<string, string>();
  const files = recordingFiles(given.files, read);
  const source = sourceOf(files, reference, options, command);
  const { overrides, set } = overridesOf(options);
  const named = [options.policy, ...(options.against ?? [])].flatMap((policy) =>
    policyModules(source, [...policyOverride(policy), ...overrides]),
  );
  const modules = [...new Set(named)];
  const kinds = await kindsWith(modules, files);
  const experiment = loadExperiment(files, source, { policy: options.policy, overrides, kinds });
  const { output: folder, figures } = options;
  if (folder !== undefined) given.output.check(pathsIn(folder, artefactNames(experiment.design.spec.thermal !== null)));
  if (figures !== undefined) given.output.check([join(figures, 'power.svg')]);
  const question = questionOf(reference, options, set, command);
  if (question) checkCells(files, question, kinds, '--against');
  const progress = progressLine(options);
  const compute = async () => {
    const parts = partsOf(progress, options);
    const settings = { cache: given.cache, checkEpoch: options.checkEpoch, onProgress: parts.run };
    const plant = preparePlant(experiment, settings);
    if (folder !== undefined) checkArtefacts(plant, experiment);
    const result = runScenario(plant, experiment, settings);
    await afterCalls(modules);
    // `read` holds the text of a `--policy` wherever it lies. If two overrides set one value, the last counts, so order matters.
    const hash = hashTexts([...read.values(), options.policy === undefined ? '' : '--policy', set.join('\n')]);
    const known = { prepared: plant, result };
    const against = question && (await againstOf(given, question, { kinds, modules }, known, parts.against));
    const origin = {
      inputsHash: hash,
      command: commandText(reference, options),
      cost: options.cost ? cost() : undefined,
      against,
    };
    const written = artefacts(result, origin);
    if (folder !== undefined) appendAll(given.output, folder, written, parts.write);
    if (figures !== undefined) await appendFigures(given.output, figures, figureFiles(reportData(result, origin)));
    if (folder !== undefined || figures !== undefined) await given.output.commitOrEnd();
    return { result, against, written };
  };
  const { result, against, written } = await compute().finally(progress.done);
  const wrote = folder === undefined ? '' : `\n${wroteText(folder)}`;
  if (options.json) printJson(joined(written['summary.json']()));
  else printVerdict(`${runText(result, { ...textOptions(options), against })}\n${wrote}`);
  if (options.failOnMiss) checkMisses(experiment, result);
}

/** Work in units of the run: another policy and its oracle on one of two threads, and the writing of a folder. */
const [OTHER_WORK, WRITING_WORK] = [0.7, 0.25];

/** The parts of a line of progress. */
function partsOf(progress: Progress, { against = [], output }: RunOptions) {
  const othersWork = against.length * OTHER_WORK;
  const all = 1 + othersWork + (output === undefined ? 0 : WRITING_WORK);
  return {
    run: partOf(progress, 0, 1 / all),
    against: partOf(progress, 1 / all, (1 + othersWork) / all),
    write: partOf(progress, (1 + othersWork) / all, 1),
  };
}

/** The comparison that `--against` asks for. */
function questionOf(
  experiment: string | undefined,
  { against: others, policy }: RunOptions,
  set: readonly string[],
  command: Command,
): CompareRequest | undefined {
  if (others === undefined) return undefined;
  if (experiment === undefined) command.error("error: '--against' needs an experiment", { exitCode: 2 });
  return comparisonFor({ experiment, policy, set, others });
}

/** Pixels across a figure: 600 to the inch of a column of 89 mm. */
const FIGURE_PX = 2102;

/** Writes the figures, and each picture as PNG too. */
async function appendFigures(
  output: CommandFiles['output'],
  folder: string,
  figures: ReturnType<typeof figureFiles>,
): Promise<void> {
  const paint = await svgPainter();
  for (const [name, make] of Object.entries(figures)) {
    const text = make();
    output.append(join(folder, name), text);
    if (name.endsWith('.svg')) output.append(join(folder, name.replace(/svg$/, 'png')), paint(text, FIGURE_PX));
  }
}

/** Errors: `deadline-missing` without a deadline; DeadlineMissed if there are misses. */
function checkMisses({ spec }: Experiment, { deadline }: RunResult): void {
  if (deadline === null) {
    fail('deadline-missing', `"--fail-on-miss" needs a deadline, and experiment "${spec.name}" has none`, {
      expected: '--deadline, or a deadline in the experiment, such as 20ms',
    });
  }
  if (deadline.misses === 0) return;
  const inferences = deadline.misses === 1 ? 'inference' : 'inferences';
  throw new DeadlineMissed(`${deadline.misses} ${inferences} missed the deadline of ${deadline.limitS * 1e3} ms`);
}

function pathsIn(folder: string, names: readonly string[]): string[] {
  return names.map((name) => join(folder, name));
}

function cost(): RunCost {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  return { cpuS: (userCPUTime + systemCPUTime) / 1e6, peakMemoryBytes: maxRSS * 1024 };
}
