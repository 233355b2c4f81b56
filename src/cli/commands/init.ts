import { basename, join, resolve } from 'node:path';
import type { Command } from 'commander';
import { type Diagnostic, fail, formatWarning } from '../../base/errors.ts';
import { type Files, readText } from '../../base/files.ts';
import { kindOf } from '../../base/kinds.ts';
import type { SourceText } from '../../base/source.ts';
import { isPolicyModule } from '../../cosim/index.ts';
import { appendAll } from '../../node/index.ts';
import { bundledProject, type Project, policyTemplate, scaleSimProject } from '../../project/index.ts';
import { type CommandFiles, withFiles } from '../files.ts';
import { complain, print } from '../terminal.ts';

export function addInitCommand(program: Command): void {
  const command = program
    .command('init')
    .description('make a folder with a commented experiment, an accelerator and a network that run as they stand')
    .argument('<dir>', 'the folder to make')
    .option(
      '--from <source...>',
      'a bundled accelerator or experiment to copy (default: edge-npu), or the two files of a SCALE-Sim run: scale.cfg topology.csv',
    )
    .addHelpText('after', EXAMPLES)
    .action((dir: string, { from }: { from?: string[] }) =>
      withFiles((given) => init(dir, from ?? ['edge-npu'], given)),
    );
  command
    .command('policy')
    .description('write a commented policy of your own, in JavaScript or TypeScript, that runs as it stands')
    .argument('<file>', 'the file to write, such as mine.ts')
    .addHelpText('after', '\nExample:\n  isotherm init policy mine.ts')
    .action((file: string) => withFiles((given) => initPolicy(file, given)));
}

const EXAMPLES = `
Examples:
  isotherm init my-npu
  isotherm init my-npu --from thermal-stress
  isotherm init my-npu --from scale.cfg topology.csv
  isotherm init policy mine.ts`;

async function init(dir: string, from: readonly string[], { files, output }: CommandFiles): Promise<void> {
  refuseExisting(files, dir);
  const project = projectOf(files, from, nameOf(dir));
  appendAll(output, dir, project.files);
  await output.commitOrEnd();
  const chosen =
    project.chosen.length === 0 ? '' : `Chosen for you:\n${project.chosen.map((c) => `  - ${c}\n`).join('')}`;
  print(
    `${chosen}Wrote ${dir.replace(/\/*$/, '/')}\nNext: isotherm run ${join(dir, 'experiment.yaml')} -o ${join(dir, 'out')}\n`,
  );
}

async function initPolicy(file: string, { files, output }: CommandFiles): Promise<void> {
  if (!isPolicyModule(file)) {
    fail('wrong-kind', `${file} has not the name of a program`, { expected: 'a name such as mine.ts or mine.js' });
  }
  if (files.read(file) !== undefined) {
    fail('output-unwritable', `${file} exists already`, { expected: 'the name of a new file' });
  }
  output.append(file, policyTemplate(nameOf(file.replace(/\.\w+$/, '')), basename(file)));
  await output.commitOrEnd();
  const path = /^[./]/.test(file) ? file : `./${file}`;
  print(`Wrote ${file}\nNext: isotherm policy test ${file}\n      isotherm run quickstart-hp --policy ${path}\n`);
}

/** Never mixes a project with files of the user's own. Error: `output-unwritable`. */
function refuseExisting(files: Files, dir: string): void {
  const [first] = files.list(dir);
  if (first === undefined) return;
  fail('output-unwritable', `${dir} is not empty: it holds ${first}`, { expected: 'a new or an empty folder' });
}

function projectOf(files: Files, from: readonly string[], name: string): Project {
  if (from.length === 1) return bundledProject(files, from[0], name);
  const texts = from.map((path) => readText(files, path, 'a file of SCALE-Sim'));
  const config = texts.find((text) => kindOf(text) === 'scaleSimConfig');
  const others = texts.filter((text) => text !== config);
  if (!config || others.length !== 1) {
    return fail(
      'wrong-kind',
      `--from has ${from.length} files, of which ${config ? 'one is' : 'none is'} a SCALE-Sim configuration`,
      {
        expected: 'a configuration and a topology, as in --from scale.cfg topology.csv',
      },
    );
  }
  return scaleSimProject(files, { config, topology: others[0] as SourceText }, name, warn);
}

function warn(warning: Diagnostic): void {
  complain(`${formatWarning(warning)}\n`);
}

/** A name for the project: that of its folder, as far as names of accelerators may have its characters. */
function nameOf(dir: string): string {
  const name = basename(resolve(dir))
    .replace(/[^A-Za-z0-9_-]+/g, '-')
    .replace(/^-+|-+$/g, '');
  return /^[A-Za-z]/.test(name) ? name : `project-${name}`.replace(/-$/, '');
}
