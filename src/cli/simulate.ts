import { join } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { type Diagnostic, formatWarning } from '../base/errors.ts';
import { readText } from '../base/files.ts';
import { nodeFiles, type OutputFiles, outputFiles } from '../node/index.ts';
import { runScaleSim, SCALE_SIM_PEERS, type ScaleSimRun } from '../peers/scalesim/index.ts';
import { progressLine } from './progress.ts';
import { complain, print } from './terminal.ts';

interface SimulateOptions {
  readonly c: string;
  readonly t: string;
  readonly l?: string;
  readonly i: 'conv' | 'gemm';
  readonly p: string;
  readonly compat?: (typeof SCALE_SIM_PEERS)[number];
  readonly saveTraces?: boolean;
  /** Cycles of a window. */
  readonly interval?: number;
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
      ).choices(SCALE_SIM_PEERS),
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
  const output = outputFiles();
  try {
    const { runName, summary } = run(options, output);
    output.commit();
    print(`${summary}\nWrote ${join(options.p, runName)}/\n`);
  } finally {
    output.discard();
  }
}

function run({ c, t, l, i: form, p, compat, saveTraces, interval }: SimulateOptions, output: OutputFiles): ScaleSimRun {
  const layout = l === undefined ? undefined : readText(nodeFiles, l);
  const texts = { config: readText(nodeFiles, c), topology: readText(nodeFiles, t), form, layout };
  const progress = progressLine();
  const onProgress = (text: string): void => progress.update(text);
  const warn = (warning: Diagnostic): void => {
    progress.done();
    complain(`${formatWarning(warning)}\n`);
  };
  try {
    return runScaleSim(
      { texts, compat, saveTraces, interval, bundled: nodeFiles, warn, onProgress },
      { write: (path, content) => output.append(join(p, path), content), end: (path) => output.end(join(p, path)) },
    );
  } finally {
    progress.done();
  }
}
