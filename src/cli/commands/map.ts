import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { readText } from '../../base/files.ts';
import { appendAll } from '../../node/index.ts';
import { evaluateFiles, evaluateNetwork, type MapOutcome } from '../../peers/mapping/index.ts';
import { type CommandFiles, withFiles } from '../files.ts';
import { print } from '../terminal.ts';

const MODELS = ['timeloop', 'maestro'] as const;

interface MapOptions {
  readonly mapping?: string;
  readonly hw?: string;
  readonly model: (typeof MODELS)[number];
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
      "evaluate mappings of operations onto an accelerator by Timeloop's or MAESTRO's model, from their files",
    )
    .argument('<file...>', 'Timeloop: architecture, problem and ERT (.yaml), in any order; MAESTRO: a network (.m)')
    .option('--mapping <file>', 'the mapping: map.yaml or map.txt')
    .option('--hw <file>', "MAESTRO's hardware file (.m)")
    .addOption(new Option('--model <model>', 'the cost model').choices(MODELS).default('timeloop'))
    .option('-o, --output <dir>', 'write the results into this folder')
    .action((files: string[], options: MapOptions, command: Command) => {
      const problem = misuse(files, options);
      if (problem !== undefined) command.error(`error: ${problem}`, { exitCode: 2 });
      return withFiles((given) => map(files, options, given));
    });
}

/** Why the options do not go together. */
function misuse(files: readonly string[], { model, hw, mapping }: MapOptions): string | undefined {
  if (model !== 'maestro') return hw === undefined ? undefined : '--hw belongs to --model maestro';
  if (hw === undefined) return '--model maestro needs --hw FILE';
  if (mapping !== undefined) return "--mapping belongs to --model timeloop; a network's file holds its dataflows";
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

function outcomeOf(paths: readonly string[], { model, mapping, hw }: MapOptions, { files }: CommandFiles): MapOutcome {
  if (model === 'maestro') return evaluateNetwork(readText(files, paths[0]), readText(files, hw!));
  const all = mapping === undefined ? paths : [...paths, mapping];
  return evaluateFiles(all.map((path) => readText(files, path)));
}
