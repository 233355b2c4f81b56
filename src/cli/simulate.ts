import { join } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { type Diagnostic, fail, formatWarning } from '../base/errors.ts';
import type { SourceText } from '../base/source.ts';
import { nodeFiles, type OutputFiles, outputFiles } from '../node/index.ts';
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
    .description("do SCALE-Sim's job with SCALE-Sim's files: count cycles, scratchpad and DRAM accesses of each layer")
    .requiredOption('-c <file>', 'configuration (.cfg)')
    .requiredOption('-t <file>', 'topology (.csv)')
    .option('-l <file>', 'layouts of the operands in the banks of their scratchpads (.csv)')
    .addOption(new Option('-i <form>', 'form of the topology').choices(['conv', 'gemm']).default('conv'))
    .option('-p <dir>', 'write the reports into DIR/run_name', '.')
    .option('--interval <cycles>', 'write activity.csv too, with a row for every so many cycles', wholeCycles)
    .addOption(
      new Option(
        '--compat <peer>',
        'repeat SCALE-Sim to the last digit: v2 (22f88b1), its branch for Accelergy (6d59f0b) or v3 (1d62b68)',
      ).choices(PEERS),
    )
    .option('--save-traces', "write SCALE-Sim's traces of every layer too")
    .action(simulate);
}

function wholeCycles(text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= 1 && Number.isSafeInteger(value)) return value;
  throw new InvalidArgumentError('It is no whole number of cycles above zero.');
}

function simulate(options: SimulateOptions): void {
  const { c, t, l, i: form, p, compat } = options;
  const layout = l === undefined ? undefined : textOf(l);
  const texts = { config: textOf(c), topology: textOf(t), form, layout };
  const output = outputFiles();
  try {
    const { runName, files, summary } =
      compat === undefined ? ownModel(texts, options) : asScaleSim(texts, options, output);
    const folder = join(p, runName);
    for (const [name, text] of Object.entries(files)) output.append(join(folder, name), text);
    output.commit();
    print(`${summary}\nWrote ${folder}/\n`);
  } finally {
    output.discard();
  }
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

function textOf(file: string): SourceText {
  return { file, text: nodeFiles.read(file) ?? fail('file-not-found', `no such file: ${file}`) };
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
