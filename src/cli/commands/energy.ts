import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { type Diagnostic, fail, formatWarning } from '../../base/errors.ts';
import { parseQuantity } from '../../base/units.ts';
import type { ExpressionOperand } from '../../energy/index.ts';
import { nodeFiles, type OutputFiles } from '../../node/index.ts';
import {
  ACCELERGY_PEERS,
  type AccelergyPeer,
  type EnergyResult,
  energyJson,
  energyReport,
  energyText,
  estimateEnergy,
  explainEnergies,
  OUTPUTS,
  type OutputName,
  REPORT_FORMATS,
  readConfig,
  readOwnFigures,
} from '../../peers/accelergy/index.ts';
import { definition, endingOf, positive, reportFile, supply, temperature, wholeDigits } from '../energy-options.ts';
import { type CommandFiles, withFiles } from '../files.ts';
import { complain, print, printJson } from '../terminal.ts';

interface EnergyOptions {
  readonly outdir?: string;
  readonly tables: readonly string[];
  readonly library: readonly string[];
  readonly compat?: AccelergyPeer;
  readonly precision?: number;
  /** Outputs, and files that stood behind them. */
  readonly outputFiles?: readonly string[];
  readonly oprefix?: string;
  readonly verbose?: boolean;
  readonly explain?: string | true;
  readonly json?: boolean;
  readonly leaveOut?: boolean;
  readonly report: readonly string[];
  readonly macs?: number;
  readonly time?: string;
  readonly define: readonly (readonly [string, ExpressionOperand])[];
  readonly transistors: 'hp' | 'lp';
  readonly supply: readonly number[];
  readonly temperature?: number;
}

const COLLECT = (value: string, before: readonly string[]): readonly string[] => [...before, value];

export function addEnergyCommand(program: Command): void {
  program
    .command('energy')
    .description(
      "do Accelergy's job with Accelergy's and Timeloop's files: energy of each action, area, energy of action counts",
    )
    .argument(
      '[file-or-folder...]',
      'architectures, classes, action counts, ERTs and variables (.yaml), in the order of reading',
    )
    .option('-o, --outdir <dir>', 'write the output files into DIR, instead of the working directory as Accelergy does')
    .option('--tables <dir>', 'search DIR for sets of tables (*.table.yaml); may be repeated', COLLECT, [])
    .option('--library <dir>', 'search DIR for component libraries (*.csv); may be repeated', COLLECT, [])
    .option('--define <name=value>', 'give a name of the templates a value; may be repeated', definition, [])
    .addOption(
      new Option(
        '--transistors <kind>',
        'the kind of transistors of nodes that figures are scaled to: high performance or low power',
      )
        .choices(['hp', 'lp'])
        .default('hp'),
    )
    .option(
      '--supply <voltage>',
      'take energies and leakage at this supply, such as 0.8V; may be repeated: ert.csv and leakage.csv have a row for each',
      supply,
      [],
    )
    .option('--temperature <temperature>', 'take leakage at this temperature, such as 85C', temperature)
    .addOption(
      new Option(
        '--compat <peer>',
        'repeat Accelergy to the last digit, with its plug-ins and its slips: 0.4 (6911d15) or 0.3 (da08b20)',
      ).choices(ACCELERGY_PEERS),
    )
    .option(
      '-p, --precision <digits>',
      'significant digits of energies and areas, 6; decimals under accelergy-0.3, 5',
      wholeDigits,
    )
    .option('-f, --output-files <name...>', `write only these: ${OUTPUTS.join(', ')} or all`)
    .option('--oprefix <text>', 'begin the names of the output files with this')
    .option('-v, --verbose', 'write the summaries and the architecture with all parts')
    .option(
      '--explain [component.action]',
      'print where the figures come from, and who refused why; writes no files, unless -o or -f asks for them',
    )
    .option(
      '--report <file>',
      'write the energy of the counts by component and action into FILE (.csv, .json or .md); may be repeated',
      reportFile,
      [],
    )
    .option('--macs <n>', 'multiply-accumulates of the counts, for the energy of each in a report', positive)
    .option('--time <time>', 'time of the counts, such as 2ms, for the power in a report')
    .option('--leave-out', 'leave components without an estimator out, with a warning, instead of refusing the files')
    .option('--json', 'print one JSON document on standard output and nothing else')
    .addHelpText('after', EXAMPLES)
    .action((paths: string[], typed: EnergyOptions, command: Command) => {
      const options = withFileBehind(typed, paths);
      // -f takes files that stand behind it, so the argument itself may be missing.
      if (paths.length + chosen(options).paths.length === 0) {
        command.error("error: missing required argument 'file-or-folder'", { exitCode: 2 });
      }
      return withFiles((given) => energy(paths, options, given));
    });
}

/** --explain takes a file that stands behind it for a component. Where no other file is named, it is one. */
function withFileBehind(options: EnergyOptions, paths: string[]): EnergyOptions {
  const { explain } = options;
  if (typeof explain !== 'string' || paths.length + chosen(options).paths.length > 0) return options;
  paths.push(explain);
  return { ...options, explain: true };
}

const EXAMPLES = `
Examples:
  isotherm energy architecture.yaml action_counts.yaml -o out
  isotherm energy project/ --compat accelergy-0.4 -o out
  isotherm energy architecture.yaml --explain buffer.read
  isotherm energy architecture.yaml --supply 0.6V --supply 0.9V --temperature 85C -o out`;

/** The outputs that -f names. A name that is none is a file: the option takes everything up to the next one. */
function chosen(options: EnergyOptions): {
  readonly outputs: readonly OutputName[];
  readonly paths: readonly string[];
} {
  const names = options.outputFiles ?? ['all'];
  const isOutput = (name: string): name is OutputName => (OUTPUTS as readonly string[]).includes(name);
  const paths = names.filter((name) => name !== 'all' && !isOutput(name));
  const outputs = names.includes('all') || !names.some(isOutput) ? OUTPUTS : names.filter(isOutput);
  return { outputs, paths };
}

const CONFIG = 'accelergy_config.yaml';

async function energy(
  given: readonly string[],
  options: EnergyOptions,
  { files, output }: CommandFiles,
): Promise<void> {
  const { outputs, paths } = chosen(options);
  const all = [...given, ...paths];
  const config = readConfig(files, CONFIG);
  const warnings: Diagnostic[] = [];
  const warn = (warning: Diagnostic): void => void warnings.push(warning);
  if (!options.compat) config.ignored.forEach(warn);
  const own = readOwnFigures(
    files,
    [...config.tableRoots, ...options.tables],
    [...options.library, ...librariesOfEnvironment()],
  );
  const result = estimateEnergy({
    paths: [...all, ...config.classFiles],
    files,
    bundled: nodeFiles,
    own,
    peer: options.compat,
    digits: options.precision ?? (options.compat === 'accelergy-0.3' ? 5 : 6),
    isVerbose: options.verbose ?? false,
    outputs,
    warn,
    leaveOut: options.leaveOut,
    defined: new Map(options.define),
    transistors: options.transistors === 'lp' ? 'LP' : 'HP',
    supplies: { voltagesV: [...new Set(options.supply)], temperatureK: options.temperature },
  });
  complain(warningText(warnings));
  const answer = answerTo(options, result);
  const folder = folderOf(options);
  if (folder !== undefined) writeOutputs(result, folder, options, output);
  writeReports(result, options, output);
  await output.commitOrEnd();
  if (options.json) return printJson(answer);
  print(answer);
  if (folder === undefined || result.files.size === 0) return;
  const names = [...result.files.keys()].map((name) => (options.oprefix ?? '') + name);
  const first = ['energy_estimation', 'ERT_summary'].flatMap((name) => names.find((file) => file.includes(name)) ?? []);
  const open = options.report.at(-1) ?? join(folder, first[0] ?? names[0]);
  print(`Wrote ${names.join(', ')} into ${folder}; open ${open}\n`);
}

/** The text that the command prints. Errors: those of `explainEnergies`. */
function answerTo({ json, explain }: EnergyOptions, result: EnergyResult): string {
  if (json) return `${JSON.stringify(energyJson(result), null, 2)}\n`;
  if (explain === undefined) return energyText(result);
  return explainEnergies(result, explain === true ? undefined : explain);
}

/** The folder of the output files. A question about figures has none, unless it names one or chooses files. */
function folderOf({ outdir, explain, outputFiles, json }: EnergyOptions): string | undefined {
  const isQuestion = explain !== undefined && outputFiles === undefined && !json;
  return outdir ?? (isQuestion ? undefined : '.');
}

function writeOutputs(
  result: EnergyResult,
  folder: string,
  { oprefix = '' }: EnergyOptions,
  output: OutputFiles,
): void {
  for (const [name, text] of result.files) {
    const path = join(folder, oprefix + name);
    output.append(path, text);
    output.end(path);
  }
}

function writeReports(result: EnergyResult, { report: files, macs, time }: EnergyOptions, output: OutputFiles): void {
  if (files.length === 0) return;
  const timeS = time === undefined ? undefined : parseQuantity(time, 'time');
  if (timeS === 0) fail('out-of-range', '--time is zero', { expected: 'a time above zero' });
  const report = energyReport(result, { macs, timeS });
  for (const file of files) {
    output.append(file, REPORT_FORMATS[endingOf(file)](report));
    output.end(file);
  }
}

/** The Library plug-in takes every variable of the environment with this in its name. */
function librariesOfEnvironment(): string[] {
  const named = Object.entries(process.env).filter(([name]) => name.includes('ACCELERGY_COMPONENT_LIBRARIES'));
  return named.flatMap(([, value]) => (value ?? '').split(',').filter((path) => path !== ''));
}

/** Most warnings that are printed, each cause once. */
const MOST_WARNINGS = 20;

function warningText(warnings: readonly Diagnostic[]): string {
  const causes = [...new Map(warnings.map((warning) => [`${warning.code} ${warning.message}`, warning])).values()];
  const shown = causes.slice(0, MOST_WARNINGS).map((warning) => `${formatWarning(warning)}\n\n`);
  const more = causes.length - shown.length;
  return shown.join('') + (more > 0 ? `and ${more} more ${more === 1 ? 'warning' : 'warnings'}\n` : '');
}
