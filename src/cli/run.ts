import type { Command } from 'commander';
import { readReference } from '../config/files.ts';
import { parseOverride } from '../config/overrides.ts';
import { type Experiment, loadExperiment } from '../cosim/experiment.ts';
import { type RunResult, runExperiment } from '../cosim/run.ts';
import { accelergyFiles } from '../energy/index.ts';
import { nodeFiles, recordingFiles } from '../node/files.ts';
import { hashTexts } from '../node/hash.ts';
import { writeFiles } from '../node/output.ts';
import { activityCsv } from '../report/activity.ts';
import { layersCsv } from '../report/layers.ts';
import { runSummary } from '../report/summary.ts';
import { runText } from '../report/terminal.ts';
import { progressLine } from './progress.ts';

interface RunOptions {
  readonly output?: string;
  readonly policy?: string;
  readonly set: string[];
  readonly json?: boolean;
  readonly cost?: boolean;
}

export function addRunCommand(program: Command): void {
  program
    .command('run')
    .description('cycles, traffic and energy of every layer of an experiment')
    .argument('<experiment>', 'an experiment file, or the name of a bundled one')
    .option(
      '-o, --output <dir>',
      'write summary.json, layers.csv, activity.csv, action_counts.yaml and architecture.yaml there',
    )
    .option('--policy <policy>', "replace the experiment's policy")
    .option(
      '--set <path=value>',
      'replace a value of the experiment, or of its accelerator: accelerator.array.rows=16',
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
  const overrides = options.set.map(parseOverride);
  const experiment = loadExperiment(files, source, { policy: options.policy, overrides });
  const result = withProgress(experiment);
  // The policy's own text is among those read, wherever it is. Of two overrides of one value the last counts.
  const hash = hashTexts([...read.values(), options.policy === undefined ? '' : '--policy', options.set.join('\n')]);
  const summary = `${JSON.stringify(runSummary(result, hash, options.cost ? cost() : undefined), null, 2)}\n`;
  if (options.output !== undefined) writeFiles(options.output, outputs(result, summary));
  if (options.json) {
    process.stdout.write(summary);
    return;
  }
  const wrote = options.output === undefined ? '' : `\nWrote ${options.output.replace(/\/*$/, '/')}\n`;
  process.stdout.write(`${runText(result, terminalWidth())}\n${wrote}`);
}

function withProgress(experiment: Experiment): RunResult {
  const progress = progressLine();
  try {
    return runExperiment(experiment, (done, of) => progress.update(`layer ${done} of ${of}`));
  } finally {
    progress.done();
  }
}

/** Columns of the terminal; no limit for a file or a pipe. */
function terminalWidth(): number | undefined {
  return process.stdout.isTTY ? process.stdout.columns || undefined : undefined;
}

function outputs(result: RunResult, summary: string): Record<string, string> {
  const { experiment, schedules, settings, counts } = result;
  const { ert, classes, bound, technology, spec } = experiment.design;
  const arrayHz = settings.find((s) => s.domain === spec.array.domain)?.frequencyHz ?? Number.NaN;
  const { activityInterval: interval, document } = experiment.spec;
  const placeOfInterval = document.span(['activity_interval']);
  const accelergy = accelergyFiles(ert, { classes, bound, counts, technology, globalCycleSeconds: 1 / arrayHz });
  return {
    'summary.json': summary,
    'layers.csv': layersCsv(result),
    'activity.csv': activityCsv(schedules, interval, placeOfInterval),
    'action_counts.yaml': accelergy.actionCounts,
    'architecture.yaml': accelergy.architecture,
  };
}

function cost(): { cpuS: number; peakMemoryBytes: number } {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  return { cpuS: (userCPUTime + systemCPUTime) / 1e6, peakMemoryBytes: maxRSS * 1024 };
}
