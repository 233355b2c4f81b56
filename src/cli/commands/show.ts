import type { Command } from 'commander';
import { fail, nearestName } from '../../base/errors.ts';
import { BUNDLED, bundledNames, type Kind } from '../../base/files.ts';
import { nodeFiles } from '../../node/index.ts';
import { complain, print } from '../terminal.ts';

/** The folder and the file-name ending of each kind of bundled thing, in the order of the search. */
const PLACES: readonly (readonly [kind: Kind, folder: string, ending: string])[] = [
  ['experiment', 'experiments', '.yaml'],
  ['accelerator', 'accelerators', '/accelerator.yaml'],
  ['policy', 'policies', '.yaml'],
  ['workload', 'workloads', '.csv'],
];

export function addShowCommand(program: Command): void {
  program
    .command('show')
    .description('print a file that comes with Isotherm: an experiment, an accelerator, a policy, a network')
    .argument('<name>', 'a name of isotherm list, or a path such as accelerators/edge-npu/architecture.yaml')
    .addHelpText('after', '\nExamples:\n  isotherm show quickstart\n  isotherm show edge-npu/architecture.yaml')
    .action(show);
}

function show(name: string): void {
  const paths = pathsOf(name);
  if (paths.length === 0) {
    const names = PLACES.flatMap(([kind]) => bundledNames(nodeFiles, kind));
    fail('unknown-name', `nothing that comes with Isotherm is called "${name}"`, {
      expected: 'a name of isotherm list',
      suggestion: nearestName(name, names),
    });
  }
  const [path] = paths;
  print(nodeFiles.read(BUNDLED + path) ?? '');
  complain(
    `(${path}${otherFiles(path)}${paths
      .slice(1)
      .map((other) => `; also: isotherm show ${other}`)
      .join('')})\n`,
  );
}

/** The bundled files with a name, or at a path. */
function pathsOf(name: string): string[] {
  const named = PLACES.flatMap(([kind, folder, ending]) =>
    bundledNames(nodeFiles, kind).includes(name) ? [`${folder}/${name}${ending}`] : [],
  );
  if (named.length > 0) return named;
  return ['', 'accelerators/'].map((folder) => folder + name).filter(isBundledFile);
}

const FOLDERS = ['accelerators', 'components', 'experiments', 'policies', 'tech-tables', 'workloads'];

/** Whether a path leads to a file of one of the data folders. Only listed names count, so that no path leaves them. */
function isBundledFile(path: string): boolean {
  const [folder, ...rest] = path.split('/');
  if (!FOLDERS.includes(folder) || rest.length === 0) return false;
  let at = folder;
  for (const step of rest) {
    if (!nodeFiles.list(BUNDLED + at).includes(step)) return false;
    at += `/${step}`;
  }
  return nodeFiles.list(BUNDLED + path).length === 0;
}

/** The other files of an accelerator's folder. */
function otherFiles(path: string): string {
  const [, folder] = /^(accelerators\/[^/]+)\//.exec(path) ?? [];
  if (folder === undefined) return '';
  const others = nodeFiles.list(BUNDLED + folder).filter((file) => `${folder}/${file}` !== path);
  return `; beside it: ${others.join(', ')}`;
}
