import { join } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { type Diagnostic, fail, formatWarning } from '../../base/errors.ts';
import { type Files, readText } from '../../base/files.ts';
import { nodeFiles, type OutputFiles } from '../../node/index.ts';
import { runScaleSim, SCALE_SIM_PEERS, type ScaleSimRun } from '../../peers/scalesim/index.ts';
import { type MemoryModel, readMemoryModel } from '../../systolic/index.ts';
import { type CommandFiles, withFiles } from '../files.ts';
import { readAllAs, type Wanted } from '../kinds.ts';
import { progressLine } from '../progress.ts';
import { complain, print } from '../terminal.ts';

interface SimulateOptions {
  readonly c: string;
  readonly t: string;
  readonly l?: string;
  readonly i: 'conv' | 'gemm';
  readonly p: string;
  readonly compat?: (typeof SCALE_SIM_PEERS)[number];
  readonly saveTraces?: boolean;
  /** The key and the value of each choice of the memory model. */
  readonly memory?: readonly (readonly [string, string])[];
  /** Length of a window in cycles. */
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
    .option('--interval <cycles>', 'write activity.csv too, with a row for each span of this many cycles', wholeCycles)
    .addOption(
      new Option(
        '--compat <peer>',
        'repeat SCALE-Sim to the last digit: v2 (22f88b1), its branch for Accelergy (6d59f0b) or v3 (1d62b68)',
      ).choices(SCALE_SIM_PEERS),
    )
    .option(
      '--memory <key=value>',
      'choose the memory model: retention=next-use|consecutive, order=best|fixed, lookahead=room|fold; may be repeated',
      memoryChoice,
    )
    .option('--save-traces', "write SCALE-Sim's traces of every layer too")
    .addHelpText('after', '\nExample:\n  isotherm simulate -c scale.cfg -t topology.csv -p out')
    .action((options: SimulateOptions) => withFiles((given) => simulate(options, given)));
}

function wholeCycles(text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= 1 && Number.isSafeInteger(value)) return value;
  throw new InvalidArgumentError('It must be a whole number of cycles above zero.');
}

function memoryChoice(text: string, before: readonly (readonly [string, string])[] = []) {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('It must be KEY=VALUE.');
  return [...before, [text.slice(0, at), text.slice(at + 1)] as const];
}

async function simulate(options: SimulateOptions, { files, output }: CommandFiles): Promise<void> {
  const { runName, summary } = run(options, files, output);
  await output.commitOrEnd();
  print(`${summary}\nWrote ${join(options.p, runName)}/\n`);
}

/** The memory model of layers that each run alone. Errors: those of `readMemoryModel`, and `not-supported`. */
function modelOfLayersAlone(choices: NonNullable<SimulateOptions['memory']>): MemoryModel {
  const model = readMemoryModel(choices);
  if (!model.keepResults) return model;
  return fail('not-supported', 'simulate runs each layer alone, so that no results can stay for the next one', {
    expected: 'keep_results=false, or "memory: { keep_results: true }" in the accelerator of an experiment',
  });
}

function run(options: SimulateOptions, files: Files, output: OutputFiles): ScaleSimRun {
  const { c, t, l, i: form, p, compat, saveTraces, interval } = options;
  const memory = options.memory && modelOfLayersAlone(options.memory);
  const layout = l === undefined ? undefined : readText(files, l);
  const texts = { config: readText(files, c), topology: readText(files, t), form, layout };
  output.check([join(p, 'report')]);
  const wanted: readonly Wanted[] = [
    [c, 'scaleSimConfig'],
    [t, 'workload'],
  ];
  const progress = progressLine();
  const warn = (warning: Diagnostic): void => {
    progress.done();
    complain(`${formatWarning(warning)}\n`);
  };
  try {
    const write = (path: string, content: string | Uint8Array): void => output.append(join(p, path), content);
    const end = (path: string): void => output.end(join(p, path));
    return readAllAs(files, wanted, () =>
      runScaleSim(
        { texts, compat, saveTraces, interval, memory, bundled: nodeFiles, warn, onProgress: progress.update },
        { write, end },
      ),
    );
  } finally {
    progress.done();
  }
}
