import { basename } from 'node:path';
import type { Command } from 'commander';
import { type Files, readReference } from '../base/files.ts';
import { nameOverride, optionOverride, parseOverride } from '../base/overrides.ts';
import type { SourceText } from '../base/source.ts';

/** The options of `isotherm run` that say what is run. */
export interface RunRequest {
  readonly accelerator?: string;
  readonly workload?: string;
  readonly dataflow?: string;
  readonly policy?: string;
  readonly deadline?: string;
  readonly against?: string[];
  readonly set: string[];
}

/** The experiment, or one made for an accelerator and a network: a single inference at full speed. */
export function sourceOf(
  files: Files,
  reference: string | undefined,
  { accelerator, workload }: RunRequest,
  command: Command,
): SourceText {
  if (reference !== undefined) return readReference(files, 'experiment', reference, '');
  if (accelerator === undefined || workload === undefined) {
    command.error("error: missing argument 'experiment'; or give both --accelerator and --workload", { exitCode: 2 });
  }
  const name = [workload, accelerator].map((part) => basename(part).replace(/\.\w+$/, '')).join('-on-');
  const text = `version: 1\nname: ${JSON.stringify(name)}\naccelerator: x\nworkload: x\npolicy: performance\n`;
  return { file: 'command-line', text };
}

/** The overrides of the command line in the order of their strength, and their texts for the hash of the inputs. */
export function overridesOf({ accelerator, workload, dataflow, deadline, set }: RunRequest) {
  const named = [
    ['--accelerator', ['accelerator'], accelerator],
    ['--workload', ['workload'], workload],
    ['--dataflow', ['accelerator', 'array', 'dataflow'], dataflow],
  ] as const;
  const given = named.flatMap(([option, path, value]) => (value === undefined ? [] : [{ option, path, value }]));
  return {
    overrides: [
      ...given.map(({ option, path, value }) => nameOverride(option, path, value)),
      ...(deadline === undefined ? [] : [optionOverride('--deadline', ['deadline'], deadline)]),
      ...set.map(parseOverride),
    ],
    set: [
      ...given.map(({ path, value }) => `${path.join('.')}=${value}`),
      ...(deadline === undefined ? [] : [`deadline=${deadline}`]),
      ...set,
    ],
  };
}

/** The command that repeats a run, for a POSIX shell, without folders, so that a run has the same bytes wherever it lies. */
export function commandText(reference: string | undefined, options: RunRequest): string {
  const { accelerator, workload, dataflow, policy, deadline, against, set } = options;
  const named = Object.entries({ accelerator, workload, dataflow, policy, deadline });
  const words = [
    ...(reference === undefined ? [] : [basename(reference)]),
    ...named.flatMap(([name, value]) => (value === undefined ? [] : [`--${name}`, basename(value)])),
    ...set.flatMap((text) => ['--set', text]),
    ...(against === undefined ? [] : ['--against', ...against.map((policy) => basename(policy))]),
  ];
  return ['isotherm run', ...words.map(quoted), '-o DIR'].join(' ');
}

function quoted(word: string): string {
  return /^[\w./:=,@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
