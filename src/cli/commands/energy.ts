import { join } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { type Diagnostic, fail, formatWarning, InputError } from '../../base/errors.ts';
import { parseQuantity } from '../../base/units.ts';
import { type ExpressionOperand, evaluateOperand } from '../../energy/index.ts';
import { nodeFiles } from '../../node/index.ts';
import {
  ACCELERGY_PEERS,
  type AccelergyPeer,
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
import { type CommandFiles, withFiles } from '../files.ts';
import { complain, print, printJson } from '../terminal.ts';

interface EnergyOptions {
  readonly outdir: string;
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
    .option('-o, --outdir <dir>', 'write the output files into DIR', '.')
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
    .option('--explain [component.action]', 'print where the figures come from, and who refused why')
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
    .action((paths: string[], options: EnergyOptions, command: Command) => {
      // -f takes files that stand behind it, so the argument itself may be missing.
      if (paths.length + chosen(options).paths.length === 0) {
        command.error("error: missing required argument 'file-or-folder'", { exitCode: 2 });
      }
      return withFiles((given) => energy(paths, options, given));
    });
}

const EXAMPLES = `
Examples:
  isotherm energy architecture.yaml action_counts.yaml -o out
  isotherm energy project/ --compat accelergy-0.4 -o out
  isotherm energy architecture.yaml --explain buffer.read
  isotherm energy architecture.yaml --supply 0.6V --supply 0.9V --temperature 85C -o out`;

function supply(text: string, before: readonly number[]): readonly number[] {
  return [...before, quantity(text, 'voltage')];
}

function temperature(text: string): number {
  return quantity(text, 'temperature');
}

function quantity(text: string, dimension: 'voltage' | 'temperature'): number {
  try {
    return parseQuantity(text, dimension);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const [{ message, expected }] = error.diagnostics;
    throw new InvalidArgumentError(`${message}${expected ? `; expected ${expected}` : ''}.`);
  }
}

function reportFile(file: string, before: readonly string[]): readonly string[] {
  if (Object.hasOwn(REPORT_FORMATS, endingOf(file))) return [...before, file];
  throw new InvalidArgumentError(`It must end with ${Object.keys(REPORT_FORMATS).join(', ')}.`);
}

function endingOf(file: string): string {
  return file.slice(file.lastIndexOf('.') + 1);
}

function positive(text: string): number {
  const value = Number(text);
  if (value > 0 && Number.isFinite(value)) return value;
  throw new InvalidArgumentError('It must be a number above zero.');
}

/** `name=value` as a name of the templates; the value is a number, a list, True, False or else text. */
function definition(
  text: string,
  before: readonly (readonly [string, ExpressionOperand])[],
): readonly (readonly [string, ExpressionOperand])[] {
  const match = /^([A-Za-z_]\w*)=(.*)$/s.exec(text);
  if (!match) throw new InvalidArgumentError('It must be NAME=VALUE.');
  const isExpression = /^\s*(?:[-+.\d[("']|True\s*$|False\s*$)/.test(match[2]);
  return [...before, [match[1], isExpression ? definedValue(match[2]) : match[2]]];
}

function definedValue(text: string): ExpressionOperand {
  try {
    return evaluateOperand(text, new Map());
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InvalidArgumentError(`${error.diagnostics[0].message}.`);
  }
}

function wholeDigits(text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value <= 17) return value;
  throw new InvalidArgumentError('It must be a whole number up to 17.');
}

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
  for (const [name, text] of result.files) {
    const path = join(options.outdir, (options.oprefix ?? '') + name);
    output.append(path, text);
    output.end(path);
  }
  if (options.report.length > 0) {
    const timeS = options.time === undefined ? undefined : parseQuantity(options.time, 'time');
    if (timeS === 0) fail('out-of-range', '--time is zero', { expected: 'a time above zero' });
    const report = energyReport(result, { macs: options.macs, timeS });
    for (const file of options.report) {
      output.append(file, REPORT_FORMATS[endingOf(file)](report));
      output.end(file);
    }
  }
  await output.commitOrEnd();
  if (options.json) return printJson(`${JSON.stringify(energyJson(result), null, 2)}\n`);
  if (options.explain !== undefined)
    print(explainEnergies(result, options.explain === true ? undefined : options.explain));
  else print(energyText(result));
  if (result.files.size > 0)
    print(
      `Wrote ${[...result.files.keys()].map((name) => (options.oprefix ?? '') + name).join(', ')} into ${options.outdir}\n`,
    );
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
