import { join } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { SourceText } from '../config/source.ts';
import { type Diagnostic, fail, formatWarning } from '../errors.ts';
import { nodeFiles } from '../node/files.ts';
import { writeFiles } from '../node/output.ts';
import {
  readScaleSimInput,
  readSimulationInput,
  type ScaleSimLayerReport,
  type ScaleSimTexts,
  type ScaleSimVersion,
  scaleSimReports,
  simulateLayers,
  simulateScaleSim,
} from '../scalesim/index.ts';
import { progressLine } from './progress.ts';
import { modelFiles, modelSummary } from './simulate-model.ts';

interface SimulateOptions {
  readonly c: string;
  readonly t: string;
  readonly i: 'conv' | 'gemm';
  readonly p: string;
  readonly interval?: number;
  readonly compat?: 'scalesim-v2' | 'scalesim-v3';
}

export function addSimulateCommand(program: Command): void {
  program
    .command('simulate')
    .description("SCALE-Sim's job with SCALE-Sim's files: cycles, scratchpad and DRAM accesses of each layer")
    .requiredOption('-c <file>', 'configuration (.cfg)')
    .requiredOption('-t <file>', 'topology (.csv)')
    .addOption(new Option('-i <form>', 'what the topology holds').choices(['conv', 'gemm']).default('conv'))
    .option('-p <dir>', 'write the reports into a folder of it named by run_name', '.')
    .option('--interval <cycles>', 'write activity.csv too, with counts of every so many cycles', wholeCycles)
    .addOption(
      new Option('--compat <peer>', 'be SCALE-Sim, to the last digit: v2 (22f88b1) or v3 (1d62b68)').choices([
        'scalesim-v2',
        'scalesim-v3',
      ]),
    )
    .action(simulate);
}

function wholeCycles(text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= 1 && Number.isSafeInteger(value)) return value;
  throw new InvalidArgumentError('It is no whole number of cycles above zero.');
}

function simulate(options: SimulateOptions): void {
  const { c, t, i: form, p, compat } = options;
  const texts = { config: textOf(c), topology: textOf(t), form };
  const { runName, files, summary } = compat === undefined ? ownModel(texts, options) : asScaleSim(texts, options);
  const folder = join(p, runName);
  writeFiles(folder, files);
  process.stdout.write(`${summary}\nWrote ${folder}/\n`);
}

/** What a simulation gives: files for the run's folder, and what is printed. */
interface SimulateOutcome {
  readonly runName: string;
  readonly files: Readonly<Record<string, string>>;
  readonly summary: string;
}

/** Tells a warning on standard error. */
function warn(warning: Diagnostic): void {
  process.stderr.write(`${formatWarning(warning)}\n`);
}

function ownModel(texts: ScaleSimTexts, { interval }: SimulateOptions): SimulateOutcome {
  const input = readSimulationInput(texts, warn);
  const results = withProgress(input.layers.length, (onLayer) => simulateLayers(input, onLayer));
  const files = modelFiles(input.config, results, interval);
  return { runName: input.config.runName, files, summary: modelSummary(input.config, results) };
}

function asScaleSim(texts: ScaleSimTexts, { compat, interval }: SimulateOptions): SimulateOutcome {
  if (interval !== undefined) fail('not-supported', '--interval is for our own model only: leave out --compat');
  const version: ScaleSimVersion = compat === 'scalesim-v2' ? 'v2' : 'v3';
  const input = readScaleSimInput(texts, { version, tolerate: warn });
  const layers = withProgress(input.layers.length, (onLayer) => simulateScaleSim(input, version, onLayer));
  return { runName: input.config.runName, files: scaleSimReports(layers, version), summary: compatSummary(layers) };
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
