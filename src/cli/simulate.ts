import { join } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { SourceText } from '../config/source.ts';
import { type Diagnostic, fail, formatWarning } from '../errors.ts';
import { nodeFiles } from '../node/files.ts';
import { outputFiles } from '../node/output.ts';
import {
  readScaleSimInput,
  type ScaleSimInput,
  type ScaleSimLayerReport,
  type ScaleSimVersion,
  scaleSimReports,
  simulateScaleSim,
} from '../scalesim/index.ts';
import { progressLine } from './progress.ts';
import { accelergyHandover } from './simulate-accelergy.ts';
import { simulateWithTraces, type TraceOptions } from './simulate-traces.ts';

const PEERS = ['scalesim-v2', 'scalesim-v3', 'scalesim-accelergy'] as const;

interface SimulateOptions extends TraceOptions {
  readonly c: string;
  readonly t: string;
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
    .addOption(new Option('-i <form>', 'what the topology holds').choices(['conv', 'gemm']).default('conv'))
    .option('-p <dir>', 'write the reports into a folder of it named by run_name', '.')
    .addOption(
      new Option(
        '--compat <peer>',
        'be SCALE-Sim, to the last digit: v2 (22f88b1), its branch for Accelergy (6d59f0b) or v3 (1d62b68)',
      ).choices(PEERS),
    )
    .option('--save-traces', "write SCALE-Sim's traces of every layer too")
    .option('--interval <cycles>', 'write activity.csv too: MACs and words of every so many cycles', parseInterval)
    .action(simulate);
}

function parseInterval(text: string): number {
  if (!/^[1-9]\d{0,14}$/.test(text)) throw new InvalidArgumentError('A whole number of cycles, from 1.');
  return Number(text);
}

function simulate(options: SimulateOptions): void {
  if (options.compat === undefined) {
    const message = 'simulate can only repeat SCALE-Sim so far; cycles and counts of our own are in the outputs of run';
    fail('not-supported', message, { expected: '--compat scalesim-v2 or --compat scalesim-v3' });
  }
  const version: ScaleSimVersion = options.compat === 'scalesim-v3' ? 'v3' : 'v2';
  const tolerate = (warning: Diagnostic): void => void process.stderr.write(`${formatWarning(warning)}\n`);
  const texts = { config: textOf(options.c), topology: textOf(options.t), form: options.i };
  const input = readScaleSimInput(texts, { version, tolerate });
  const folder = join(options.p, input.config.runName);
  const handover = options.compat === 'scalesim-accelergy' ? accelergyHandover(input, texts.config) : undefined;
  const output = outputFiles();
  try {
    const layers =
      handover || options.saveTraces || options.interval !== undefined
        ? simulateWithTraces(input, version, options, folder, output, handover?.collect)
        : simulateLayers(input, version);
    const reports = scaleSimReports(layers, version);
    const files = { ...reports, ...handover?.files(reports) };
    for (const [name, text] of Object.entries(files)) output.append(join(folder, name), text);
    output.commit();
    process.stdout.write(`${summary(layers)}\nWrote ${folder}/\n`);
  } finally {
    output.discard();
  }
}

function textOf(file: string): SourceText {
  return { file, text: nodeFiles.read(file) ?? fail('file-not-found', `no such file: ${file}`) };
}

function simulateLayers(input: ScaleSimInput, version: ScaleSimVersion): ScaleSimLayerReport[] {
  const progress = progressLine();
  const count = input.layers.length;
  try {
    return simulateScaleSim(input, version, (name, i) => progress.update(`layer ${i + 1} of ${count}: ${name}`));
  } finally {
    progress.done();
  }
}

function summary(layers: readonly ScaleSimLayerReport[]): string {
  const sum = (value: (layer: ScaleSimLayerReport) => number): number =>
    layers.reduce((total, layer) => total + value(layer), 0);
  const stall = sum((layer) => layer.stallCycles);
  return `${layers.length} layers, ${sum((layer) => layer.totalCycles)} cycles, ${stall} of them stalled`;
}
