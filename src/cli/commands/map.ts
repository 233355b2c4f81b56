import { join } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { readText } from '../../base/files.ts';
import { OBJECTIVES, type ObjectiveName } from '../../mapping/index.ts';
import { appendAll } from '../../node/index.ts';
import { evaluateFiles, evaluateNetwork, hasMapping, type MapOutcome, searchFiles } from '../../peers/mapping/index.ts';
import { type CommandFiles, withFiles } from '../files.ts';
import { progressLine } from '../progress.ts';
import { print } from '../terminal.ts';

const MODELS = ['timeloop', 'maestro'] as const;

interface MapOptions {
  readonly mapping?: string;
  readonly hw?: string;
  readonly model: (typeof MODELS)[number];
  readonly objective?: ObjectiveName;
  readonly deadline?: number;
  readonly gap?: number;
  readonly time?: number;
  readonly output?: string;
}

/** Files that a model writes. */
const FILES = {
  timeloop: ['map.yaml', 'map.txt', 'stats.json'],
  maestro: ['maestro.csv', 'stats.json'],
} as const;

export function addMapCommand(program: Command): void {
  program
    .command('map')
    .description(
      "find the best mapping of an operation onto an accelerator, or evaluate one, by Timeloop's or MAESTRO's model",
    )
    .argument(
      '<file...>',
      'Timeloop: architecture, problem, ERT, constraints, mapper (.yaml), in any order; MAESTRO: a network (.m)',
    )
    .option('--mapping <file>', 'evaluate this mapping: map.yaml or map.txt')
    .option('--hw <file>', "MAESTRO's hardware file (.m)")
    .addOption(new Option('--model <model>', 'the cost model').choices(MODELS).default('timeloop'))
    .addOption(
      new Option('--objective <objective>', "what to minimise; else the mapper file's metrics, else edp").choices(
        OBJECTIVES,
      ),
    )
    .option('--deadline <cycles>', 'only mappings that take at most this many cycles', positive('cycles'))
    .option('--gap <part>', 'stop within this part of the optimum: 0.01 for 1 %', part)
    .option('--time <seconds>', 'stop after this time with the best mapping so far', positive('seconds'))
    .option('-o, --output <dir>', 'write the results into this folder')
    .action((files: string[], options: MapOptions, command: Command) => {
      const problem = misuse(files, options);
      if (problem !== undefined) command.error(`error: ${problem}`, { exitCode: 2 });
      return withFiles((given) => map(files, options, given));
    });
}

function positive(unit: string): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== '' && Number.isFinite(value) && value > 0) return value;
    throw new InvalidArgumentError(`It must be a number of ${unit} above zero.`);
  };
}

function part(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= 0 && value < 1) return value;
  throw new InvalidArgumentError('It must be a number from 0 to below 1.');
}

/** Why the options do not go together. */
function misuse(
  files: readonly string[],
  { model, hw, mapping, objective, deadline, gap, time }: MapOptions,
): string | undefined {
  if (model !== 'maestro') return hw === undefined ? undefined : '--hw belongs to --model maestro';
  if (hw === undefined) return '--model maestro needs --hw FILE';
  if (mapping !== undefined) return "--mapping belongs to --model timeloop; a network's file holds its dataflows";
  if ([objective, deadline, gap, time].some((option) => option !== undefined))
    return '--objective, --deadline, --gap and --time belong to a search, and --model maestro only evaluates';
  return files.length === 1 ? undefined : '--model maestro takes one network';
}

async function map(paths: readonly string[], options: MapOptions, given: CommandFiles): Promise<void> {
  const { output: folder, model } = options;
  if (folder !== undefined) given.output.check(FILES[model].map((name) => join(folder, name)));
  const { files: written, summary } = outcomeOf(paths, options, given);
  if (folder !== undefined) {
    appendAll(given.output, folder, written);
    await given.output.commitOrEnd();
  }
  print(`${summary}\n${folder === undefined ? '' : `\nWrote ${folder.replace(/\/*$/, '/')}\n`}`);
}

function outcomeOf(paths: readonly string[], options: MapOptions, { files }: CommandFiles): MapOutcome {
  const { model, mapping, hw, objective, deadline, gap, time } = options;
  if (model === 'maestro') return evaluateNetwork(readText(files, paths[0]), readText(files, hw!));
  const sources = paths.map((path) => readText(files, path));
  if (mapping !== undefined) return evaluateFiles([...sources, readText(files, mapping)]);
  if (hasMapping(sources)) return evaluateFiles(sources);
  const progress = progressLine();
  const end = time === undefined ? undefined : Date.now() + 1000 * time;
  try {
    return searchFiles(sources, {
      objective,
      deadlineCycles: deadline,
      ...(gap !== undefined && { gap }),
      ...(end !== undefined && { isOver: () => Date.now() >= end }),
      onProgress: ({ best, bound, evaluations }) =>
        progress.update(
          `best ${best.toPrecision(6)}, bound ${bound.toPrecision(6)}, gap ${((100 * (best - bound)) / best).toFixed(2)} %, ${evaluations} evaluated`,
        ),
    });
  } finally {
    progress.done();
  }
}
