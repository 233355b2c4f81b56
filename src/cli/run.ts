import { join } from 'node:path';
import type { Command } from 'commander';
import { fail } from '../base/errors.ts';
import { readReference } from '../base/files.ts';
import { optionOverride, parseOverride } from '../base/overrides.ts';
import { type Experiment, loadExperiment, type RunResult, runExperiment } from '../cosim/index.ts';
import { appendAll, hashTexts, recordingFiles } from '../node/index.ts';
import { artefactNames, artefacts, type RunCost } from '../report/files/index.ts';
import { runText } from '../report/index.ts';
import type { ResultCache } from '../thermal/index.ts';
import { type CommandFiles, withFiles } from './files.ts';
import { progressLine } from './progress.ts';
import { DeadlineMissed } from './run-status.ts';
import { print, printJson } from './terminal.ts';

interface RunOptions {
  readonly output?: string;
  readonly policy?: string;
  readonly deadline?: string;
  readonly set: string[];
  readonly json?: boolean;
  readonly cost?: boolean;
  readonly failOnMiss?: boolean;
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
    .option('--fail-on-miss', 'end with exit status 4 if an inference misses its deadline')
    .option('--cost', 'add CPU time and peak memory to the summary')
    .action((reference: string, options: RunOptions) => withFiles((given) => run(reference, options, given)));
}

function append(value: string, before: string[]): string[] {
  return [...before, value];
}

async function run(reference: string, options: RunOptions, given: CommandFiles): Promise<void> {
  const read = new Map<string, string>();
  const files = recordingFiles(given.files, read);
  const source = readReference(files, 'experiment', reference, '');
  const set = [...(options.deadline === undefined ? [] : [`deadline=${options.deadline}`]), ...options.set];
  const overrides = [
    ...(options.deadline === undefined ? [] : [optionOverride('--deadline', ['deadline'], options.deadline)]),
    ...options.set.map(parseOverride),
  ];
  const experiment = loadExperiment(files, source, { policy: options.policy, overrides });
  const { output: folder } = options;
  if (folder !== undefined) given.output.check(pathsIn(folder, artefactNames(experiment.design.spec.thermal !== null)));
  const result = withProgress(experiment, given.cache);
  // `read` holds the text of a `--policy` wherever it lies. If two overrides set one value, the last counts, so order matters.
  const hash = hashTexts([...read.values(), options.policy === undefined ? '' : '--policy', set.join('\n')]);
  const written = artefacts(result, hash, options.cost ? cost() : undefined);
  if (folder !== undefined) {
    appendAll(given.output, folder, written);
    await given.output.commitOrEnd();
  }
  const wrote = folder === undefined ? '' : `\nWrote ${folder.replace(/\/*$/, '/')}\n`;
  if (options.json) printJson(written['summary.json']());
  else print(`${runText(result, terminalWidth())}\n${wrote}`);
  if (options.failOnMiss) checkMisses(experiment, result);
}

/** Errors: `deadline-missing` without a deadline; DeadlineMissed if there are misses. */
function checkMisses({ spec }: Experiment, { deadline }: RunResult): void {
  if (deadline === null) {
    fail('deadline-missing', `"--fail-on-miss" needs a deadline, and experiment "${spec.name}" has none`, {
      expected: '--deadline, or a deadline in the experiment, such as 20ms',
    });
  }
  if (deadline.misses === 0) return;
  const inferences = deadline.misses === 1 ? 'inference' : 'inferences';
  throw new DeadlineMissed(`${deadline.misses} ${inferences} missed the deadline of ${deadline.limitS * 1e3} ms`);
}

function pathsIn(folder: string, names: readonly string[]): string[] {
  return names.map((name) => join(folder, name));
}

function withProgress(experiment: Experiment, cache: ResultCache): RunResult {
  const progress = progressLine();
  try {
    return runExperiment(experiment, { cache, onProgress: (text) => progress.update(text) });
  } finally {
    progress.done();
  }
}

/** The width of the terminal in columns; undefined (no limit) for a file or a pipe. */
function terminalWidth(): number | undefined {
  return process.stdout.isTTY ? process.stdout.columns || undefined : undefined;
}

function cost(): RunCost {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  return { cpuS: (userCPUTime + systemCPUTime) / 1e6, peakMemoryBytes: maxRSS * 1024 };
}
