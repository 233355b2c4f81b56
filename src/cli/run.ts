import type { Command } from 'commander';
import { readReference } from '../base/files.ts';
import { parseOverride } from '../base/overrides.ts';
import { type Experiment, loadExperiment, type RunResult, runExperiment } from '../cosim/index.ts';
import { fileCache, hashTexts, nodeFiles, recordingFiles, writeFiles } from '../node/index.ts';
import { artefacts, type RunCost } from '../report/files/index.ts';
import { runText } from '../report/index.ts';
import { progressLine } from './progress.ts';
import { print, printJson } from './terminal.ts';

interface RunOptions {
  readonly output?: string;
  readonly policy?: string;
  readonly deadline?: string;
  readonly set: string[];
  readonly json?: boolean;
  readonly cost?: boolean;
}

export function addRunCommand(program: Command): void {
  program
    .command('run')
    .description('compute time, energy and temperature of an experiment under its policy')
    .argument('<experiment>', 'an experiment file, or the name of a bundled one')
    .option(
      '-o, --output <dir>',
      'write summary.json, report.html, tables, traces and the files for HotSpot and Accelergy into this folder',
    )
    .option('--policy <policy>', 'replace all policies of the experiment by this one')
    .option('--deadline <time>', "replace the experiment's deadline, as in 5ms")
    .option(
      '--set <path=value>',
      'replace a value of the experiment or of its accelerator, as in accelerator.array.rows=16',
      append,
      [],
    )
    .option('--json', 'print summary.json on standard output and nothing else')
    .option('--cost', 'add CPU time and peak memory to the summary')
    .action(run);
}

function append(value: string, before: string[]): string[] {
  return [...before, value];
}

function run(reference: string, options: RunOptions): void {
  const read = new Map<string, string>();
  const files = recordingFiles(nodeFiles, read);
  const source = readReference(files, 'experiment', reference, '');
  const set = [...(options.deadline === undefined ? [] : [`deadline=${options.deadline}`]), ...options.set];
  const overrides = set.map(parseOverride);
  const experiment = loadExperiment(files, source, { policy: options.policy, overrides });
  const result = withProgress(experiment);
  // The policy's own text is among those read, wherever it is. Of two overrides of one value the last counts.
  const hash = hashTexts([...read.values(), options.policy === undefined ? '' : '--policy', set.join('\n')]);
  const written = artefacts(result, hash, options.cost ? cost() : undefined);
  if (options.output !== undefined) writeFiles(options.output, written);
  if (options.json) {
    printJson(written['summary.json']());
    return;
  }
  const wrote = options.output === undefined ? '' : `\nWrote ${options.output.replace(/\/*$/, '/')}\n`;
  print(`${runText(result, terminalWidth())}\n${wrote}`);
}

function withProgress(experiment: Experiment): RunResult {
  const progress = progressLine();
  try {
    return runExperiment(experiment, { cache: fileCache(), onProgress: (text) => progress.update(text) });
  } finally {
    progress.done();
  }
}

/** Columns of the terminal; no limit for a file or a pipe. */
function terminalWidth(): number | undefined {
  return process.stdout.isTTY ? process.stdout.columns || undefined : undefined;
}

function cost(): RunCost {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  return { cpuS: (userCPUTime + systemCPUTime) / 1e6, peakMemoryBytes: maxRSS * 1024 };
}
