import { join } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { type Diagnostic, fail, formatWarning } from '../base/errors.ts';
import type { Files } from '../base/files.ts';
import type { SourceText } from '../base/source.ts';
import { nodeFiles, type OutputFiles } from '../node/index.ts';
import {
  modelFiles,
  modelSummary,
  readScaleSimInput,
  readSimulationInput,
  type ScaleSimLayerReport,
  type ScaleSimTexts,
  type ScaleSimVersion,
  scaleSimReports,
  simulateLayers,
  simulateScaleSim,
} from '../peers/scalesim/index.ts';
import { type CommandFiles, withFiles } from './files.ts';
import { readAllAs, type Wanted } from './kinds.ts';
import { progressLine } from './progress.ts';
import { accelergyHandover } from './simulate-accelergy.ts';
import { simulateWithTraces, type TraceOptions } from './simulate-traces.ts';
import { complain, print } from './terminal.ts';

const PEERS = ['scalesim-v2', 'scalesim-v3', 'scalesim-accelergy'] as const;

interface SimulateOptions extends TraceOptions {
  readonly c: string;
  readonly t: string;
  readonly l?: string;
  readonly i: 'conv' | 'gemm';
  readonly p: string;
  readonly compat?: (typeof PEERS)[number];
}

export function addSimulateCommand(program: Command): void {
  program
    .command('simulate')
    .description("SCALE-Sim's job with SCALE-Sim's files: cycles, scratchpad and DRAM accesses of each layer")
    .requiredOption('-c <file>', 'configuration (.cfg)')
    .requiredOption('-t <file>', 'topology (.csv)')
    .option('-l <file>', 'layouts of operands in the banks of their scratchpads (.csv)')
    .addOption(new Option('-i <form>', 'what the topology holds').choices(['conv', 'gemm']).default('conv'))
    .option('-p <dir>', 'write the reports into a folder of it named by run_name', '.')
    .option('--interval <cycles>', 'write activity.csv too, with counts of every so many cycles', wholeCycles)
    .addOption(
      new Option(
        '--compat <peer>',
        'be SCALE-Sim, to the last digit: v2 (22f88b1), its branch for Accelergy (6d59f0b) or v3 (1d62b68)',
      ).choices(PEERS),
    )
    .option('--save-traces', "write SCALE-Sim's traces of every layer too")
    .action((options: SimulateOptions) => withFiles((given) => simulate(options, given)));
}

function wholeCycles(text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= 1 && Number.isSafeInteger(value)) return value;
  throw new InvalidArgumentError('It is no whole number of cycles above zero.');
}

async function simulate(options: SimulateOptions, { files: given, output }: CommandFiles): Promise<void> {
  const { c, t, l, i: form, p, compat } = options;
  const layout = l === undefined ? undefined : textOf(given, l);
  const texts = { config: textOf(given, c), topology: textOf(given, t), form, layout };
  output.check([join(p, 'report')]);
  const wanted: readonly Wanted[] = [
    [c, 'scaleSimConfig'],
    [t, 'workload'],
  ];
  const { runName, files, summary } = readAllAs(given, wanted, () =>
    compat === undefined ? ownModel(texts, options) : asScaleSim(texts, options, output),
  );
  const folder = join(p, runName);
  for (const [name, text] of Object.entries(files)) output.append(join(folder, name), text);
  await output.commitOrEnd();
  print(`${summary}\nWrote ${folder}/\n`);
}

/** What a simulation gives: files for the run's folder, and what is printed. */
interface SimulateOutcome {
  readonly runName: string;
  readonly files: Readonly<Record<string, string>>;
  readonly summary: string;
}

/** Tells a warning on standard error. */
function warn(warning: Diagnostic): void {
  complain(`${formatWarning(warning)}\n`);
}

function ownModel(texts: ScaleSimTexts, { interval, saveTraces }: SimulateOptions): SimulateOutcome {
  if (saveTraces) {
    fail('not-supported', 'our own model keeps no addresses, and has no traces to save', {
      expected: "--interval N for counts of every N cycles, or --compat for SCALE-Sim's own traces",
    });
  }
  const input = readSimulationInput(texts, warn);
  const results = withProgress(input.layers.length, (onLayer) => simulateLayers(input, onLayer));
  const files = modelFiles(nodeFiles, input, results, interval);
  return { runName: input.config.runName, files, summary: modelSummary(input.config, results) };
}

/** Traces, which may be larger than memory, go to `output` at once. */
function asScaleSim(texts: ScaleSimTexts, options: SimulateOptions, output: OutputFiles): SimulateOutcome {
  const version: ScaleSimVersion = options.compat === 'scalesim-v3' ? 'v3' : 'v2';
  if (texts.layout) warn({ code: 'option-unused', message: '-l has no effect under --compat: no layout is simulated' });
  const input = readScaleSimInput(texts, { version, tolerate: warn });
  const { runName } = input.config;
  const handover = options.compat === 'scalesim-accelergy' ? accelergyHandover(input, texts.config) : undefined;
  const layers =
    handover || options.saveTraces || options.interval !== undefined
      ? simulateWithTraces(input, version, options, join(options.p, runName), output, handover?.collect)
      : withProgress(input.layers.length, (onLayer) => simulateScaleSim(input, version, onLayer));
  const reports = scaleSimReports(layers, version);
  return { runName, files: { ...reports, ...handover?.files(reports) }, summary: compatSummary(layers) };
}

function textOf(files: Files, file: string): SourceText {
  return { file, text: files.read(file) ?? fail('file-not-found', `no such file: ${file}`) };
}

function withProgress<T>(count: number, run: (onLayer: (name: string, index: number) => void) => T): T {
  const progress = progressLine();
  try {
    return run((name, i) => progress.update(`layer ${i + 1} of ${count}: ${name}`));
  } finally {
    progress.done();
  }
}

function compatSummary(layers: readonly ScaleSimLayerReport[]): string {
  const sum = (value: (layer: ScaleSimLayerReport) => number): number =>
    layers.reduce((total, layer) => total + value(layer), 0);
  const stall = sum((layer) => layer.stallCycles);
  return `${layers.length} layers, ${sum((layer) => layer.totalCycles)} cycles, ${stall} of them stalled`;
}
