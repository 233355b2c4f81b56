import { join } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { type Diagnostic, InputError, nearestName } from '../../base/errors.ts';
import { parseQuantity } from '../../base/units.ts';
import { type OutputFiles, svgPainter } from '../../node/index.ts';
import {
  explainHotspot,
  HOTSPOT_DECIMALS,
  HOTSPOT_KEYS,
  type HotspotInput,
  type HotspotKey,
  type HotspotOutcome,
  type HotspotOutputs,
  type HotspotPictures,
  type HotspotProgramMode,
  readHotspotInput,
  writeHotspot,
  writeTemperatures,
} from '../../peers/hotspot/index.ts';
import { type CommandFiles, withFiles } from '../files.ts';
import { readAllAs, type Wanted } from '../kinds.ts';
import { progressLine } from '../progress.ts';
import { complain, print, terminals } from '../terminal.ts';
import { outcomeText } from './thermal-outcome.ts';
import { inputPaths, pathClash } from './thermal-paths.ts';
import { addPictureOptions, PICTURE_OPTIONS } from './thermal-pictures.ts';
import { limitedWarnings } from './thermal-warnings.ts';

interface ThermalOptions extends HotspotPictures {
  readonly compat?: 'hotspot' | 'hotspot-be';
  readonly digits: number;
  readonly tolerance?: number;
  readonly explain?: boolean;
  readonly hotspots?: string;
}

/** HotSpot's options for files that are not keys of a configuration, with their help texts. */
const FILES = {
  '-c': 'configuration with one -key value in each line',
  '-f': 'floorplan',
  '-p': 'power trace (required)',
  '-o': 'write the temperatures at the end of each sample; without it only the steady state is computed',
  '-d': 'write the configuration in effect',
} as const;
type FileOption = keyof typeof FILES;

const HELP = `
HotSpot's options (paths are relative to the working directory):
${Object.entries(FILES)
  .map(([option, text]) => `  ${option} <file>  ${text}`)
  .join('\n')}
  -key value  every key of a configuration: -model_type grid, -steady_file out.steady ...
              (docs/guide/thermal.md lists them)

Examples:
  isotherm thermal -c hotspot.config -f chip.flp -p chip.ptrace -o chip.ttrace
  isotherm thermal -p stack.ptrace -model_type grid -grid_layer_file stack.lcf -o stack.ttrace --frames frames`;

export function addThermalCommand(program: Command): void {
  addPictureOptions(program.command('thermal'))
    .description("do HotSpot's job with HotSpot's command line: compute the temperatures of a power trace")
    .usage('-c CONFIG -f FLOORPLAN -p TRACE [-o FILE] [-key value ...] [options]')
    .argument('[hotspot...]', "HotSpot's options")
    .allowUnknownOption()
    .addOption(
      new Option(
        '--compat <peer>',
        'repeat HotSpot: hotspot (its network, solved exactly) or hotspot-be (its SuperLU build)',
      ).choices(['hotspot', 'hotspot-be']),
    )
    .option(
      '--tolerance <length>',
      'take overlaps and gaps of floorplans that are no wider, such as 20um, with a warning',
      lengthM,
    )
    .option('--digits <n>', 'digits after the decimal point of temperatures', digits, HOTSPOT_DECIMALS)
    .option('--hotspots <file>', 'write peak, gradient, hot area and time to the threshold as JSON')
    .option('--explain', 'print on standard error the files read, the computations and their solvers')
    .addHelpText('after', HELP)
    .action((words: string[], options: ThermalOptions, command: Command) =>
      withFiles((given) => thermal(words, options, command, given)),
    );
}

function lengthM(text: string): number {
  try {
    return parseQuantity(text, 'length');
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const [{ message, expected }] = error.diagnostics;
    throw new InvalidArgumentError(expected === undefined ? message : `${message}; expected ${expected}`);
  }
}

function digits(text: string): number {
  if (!/^\d{1,2}$/.test(text) || Number(text) > 15) throw new InvalidArgumentError('A whole number from 0 to 15.');
  return Number(text);
}

async function thermal(
  words: readonly string[],
  options: ThermalOptions,
  command: Command,
  given: CommandFiles,
): Promise<void> {
  const warnings = limitedWarnings();
  try {
    await thermalWith(warnings.warn, words, options, command, given);
  } finally {
    warnings.done();
  }
}

async function thermalWith(
  warn: (warning: Diagnostic) => void,
  words: readonly string[],
  options: ThermalOptions,
  command: Command,
  given: CommandFiles,
): Promise<void> {
  const { files, pairs } = readArguments(words, options.compat !== undefined, command);
  const [config, floorplan] = [files.get('-c'), files.get('-f')];
  const trace = files.get('-p') ?? command.error("error: required option '-p <file>' not specified", { exitCode: 2 });
  const wanted: readonly Wanted[] = [
    [config, 'hotspotConfig'],
    [floorplan, 'floorplan'],
    [trace, 'trace'],
  ];
  const tolerate = options.compat && warn;
  if (options.tolerance !== undefined && options.compat) {
    command.error('error: --tolerance has no effect under --compat: HotSpot takes any overlap and gap', {
      exitCode: 2,
    });
  }
  const asked = { transient: files.has('-o'), options: pairs, toleranceM: options.tolerance };
  const request = { config, floorplan, trace, ...asked, tolerate, warn };
  const input = readAllAs(given.files, wanted, () => readHotspotInput(given.files, request));
  checkOutputs(input, files, options, command, given.output);
  const outcome = await run(outputsOf(input, files, options), warn, given);
  if (options.explain) complain(`${explainHotspot(input, outcome, modeOf(options), files.has('-o'))}\n`);
  await given.output.commitOrEnd();
  if (input.problem.options.steady_file === null && !files.has('-o')) {
    print(`Unit\tSteady(Kelvin)\n${writeTemperatures(outcome.steady, options.digits)}`);
  }
  if (terminals().stderr !== undefined) complain(outcomeText(outcome, filesToOpen(input, files, options)));
}

/** The files written, those that show most first. */
function filesToOpen(
  { problem }: HotspotInput,
  files: ReadonlyMap<FileOption, string>,
  { frames, svg, png, hotspots, floorplanSvg, field = [] }: ThermalOptions,
): string[] {
  const player = frames === undefined ? undefined : join(frames, 'index.html');
  const written = [player, svg, png, hotspots, ...field, floorplanSvg, files.get('-o'), problem.options.steady_file];
  return written.filter((file) => typeof file === 'string');
}

function outputsOf(
  input: HotspotInput,
  files: ReadonlyMap<FileOption, string>,
  options: ThermalOptions,
): HotspotOutputs {
  return {
    input,
    mode: modeOf(options),
    transientFile: files.get('-o'),
    dumpFile: files.get('-d'),
    hotspotsFile: options.hotspots,
    pictures: options,
    digits: options.digits,
  };
}

async function run(
  outputs: HotspotOutputs,
  warn: (warning: Diagnostic) => void,
  { output, cache }: CommandFiles,
): Promise<HotspotOutcome> {
  const progress = progressLine();
  try {
    return await writeHotspot(
      { ...outputs, cache, warn, onProgress: progress.update, painter: svgPainter },
      output.append,
    );
  } finally {
    progress.done();
  }
}

function modeOf({ compat }: ThermalOptions): HotspotProgramMode {
  return compat ?? 'physical';
}

/**
 * Reads HotSpot's options as pairs. An unknown option is an error with the nearest name as a suggestion; under
 * `--compat` the reader of the configuration reports it instead.
 */
function readArguments(words: readonly string[], compat: boolean, command: Command) {
  const files = new Map<FileOption, string>();
  const pairs: [string, string][] = [];
  const wrong = (message: string): never => command.error(`error: ${message}`, { exitCode: 2 });
  for (let at = 0; at < words.length; at += 2) {
    const [option, value] = words.slice(at, at + 2);
    const isFile = Object.hasOwn(FILES, option);
    if (!option.startsWith('-')) wrong(`unexpected argument '${option}'; options are pairs of -key and value`);
    if (option === '--policy') wrong(NO_POLICY);
    const known = isFile || HOTSPOT_KEYS.includes(option.slice(1) as HotspotKey);
    if (!known && (!compat || option.startsWith('--'))) wrong(`unknown option '${option}'${nearestOption(option)}`);
    if (value === undefined || value === '') wrong(`option '${option}' argument missing`);
    if (!isFile) pairs.push([option, value]);
    else if (files.has(option as FileOption) && !compat) wrong(`option '${option}' is given twice`);
    else if (!files.has(option as FileOption)) files.set(option as FileOption, value);
  }
  // HotSpot writes `(null)` for no file.
  for (const [option, value] of files) if (value === '(null)') files.delete(option);
  return { files, pairs };
}

/** A trace has watts over time. It does not say how much the same work draws at another clock, nor how long it then takes. */
const NO_POLICY =
  'a policy cannot act on a power trace, which does not say what the work would draw, or how long it would take, at another clock\n(isotherm run EXPERIMENT --policy P knows the work)';

function nearestOption(option: string): string {
  const own = ['--compat', '--digits', '--explain', '--help', '--hotspots', '--tolerance', ...PICTURE_OPTIONS];
  const near = nearestName(option, [...own, ...Object.keys(FILES), ...HOTSPOT_KEYS.map((key) => `-${key}`)]);
  return near === undefined ? '' : `\n(Did you mean ${near}?)`;
}

function checkOutputs(
  input: HotspotInput,
  files: ReadonlyMap<FileOption, string>,
  options: ThermalOptions,
  command: Command,
  output: OutputFiles,
): void {
  const { init_file, steady_file, grid_steady_file, grid_transient_file } = input.problem.options;
  const { svg, png, floorplanSvg, hotspots, frames, field = [] } = options;
  if (frames !== undefined && !files.has('-o')) command.error('error: --frames needs -o <file>', { exitCode: 2 });
  const keys = { '-steady_file': steady_file, '-grid_steady_file': grid_steady_file };
  const hotspotOutputs = { '-o': files.get('-o'), '-d': files.get('-d'), ...keys };
  const ours = { '--svg': svg, '--png': png, '--floorplan-svg': floorplanSvg, '--hotspots': hotspots };
  const fields = Object.fromEntries(field.map((file, i) => [`--field${i === 0 ? '' : ` (${i + 1})`}`, file]));
  const all = { ...hotspotOutputs, '-grid_transient_file': grid_transient_file, ...ours, ...fields };
  const given = { '-c': files.get('-c'), '-f': files.get('-f'), '-p': files.get('-p'), '-init_file': init_file };
  const clash = pathClash(all, inputPaths(input, given));
  if (clash !== undefined) command.error(`error: ${clash}`, { exitCode: 2 });
  // This chains runs: the next run starts from this run's steady state.
  if (steady_file !== null) output.mayReplace(steady_file);
  const paths = [...Object.values(all), frames === undefined ? null : join(frames, 'frame.png')];
  output.check(paths.filter((path) => typeof path === 'string'));
}
