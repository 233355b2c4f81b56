import { Argument, type Command } from 'commander';
import { parseYaml } from '../../base/document.ts';
import { BUNDLED, bundledNames, readReference, readText } from '../../base/files.ts';
import { parseExperiment } from '../../cosim/index.ts';
import { bundledChipPoints, parseAccelerator } from '../../design/index.ts';
import { describeDesign, readDesignFile } from '../../energy/index.ts';
import { nodeFiles } from '../../node/index.ts';
import { parsePolicy } from '../../policy/index.ts';
import { engineering, textTable } from '../../report/index.ts';
import { DATAFLOWS } from '../../systolic/index.ts';
import { readTopology, workloadMacs } from '../../workload/index.ts';
import { print, printJson } from '../terminal.ts';

type Row = readonly [name: string, description: string];

/** The rows of each list. They come from the bundled files, so a new file appears by itself. */
const LISTS: Readonly<Record<string, () => Row[]>> = {
  experiments: () =>
    bundledNames(nodeFiles, 'experiment').map((name) => [name, parseExperiment(yaml('experiment', name)).description]),
  accelerators: () =>
    bundledNames(nodeFiles, 'accelerator').map((name) => [
      name,
      parseAccelerator(yaml('accelerator', name), nodeFiles).description,
    ]),
  workloads: () => bundledNames(nodeFiles, 'workload').map((name) => [name, workloadRow(name)]),
  policies: () =>
    bundledNames(nodeFiles, 'policy').map((name) => [name, parsePolicy(yaml('policy', name)).description]),
  dataflows: () => DATAFLOWS.map(({ id, description }) => [id, description]),
  components: () => files('components', '.yaml').flatMap(componentRows),
  technologies: () =>
    nodeFiles
      .list(`${BUNDLED}tech-tables`)
      .filter((name) => !name.includes('.'))
      .map((name) => [name, technologyRow(name)]),
  'operating-points': () =>
    [...bundledChipPoints(nodeFiles).values()].map(({ name, points, kind, source }) => {
      const [slowest, fastest] = [points[0], points[points.length - 1]];
      const span = `${slowest.frequencyMHz} MHz ${slowest.voltageV} V to ${fastest.frequencyMHz} MHz ${fastest.voltageV} V`;
      return [name, `${points.length} points, ${span}; ${kind}: ${source}`];
    }),
};

export function addListCommand(program: Command): void {
  const names = Object.keys(LISTS);
  program
    .command('list')
    .description(`list the parts that come with Isotherm: ${names.join(', ')}`)
    .addArgument(new Argument('[kind]', 'one of these; all of them by default').choices(names))
    .option('--json', 'print one JSON document')
    .addHelpText('after', '\nExamples:\n  isotherm list policies\n  isotherm list --json')
    .action((what: string | undefined, { json }: { json?: boolean }) => {
      const wanted = what === undefined ? names : [what];
      if (json) {
        const lists = wanted.map((name) => [
          name,
          LISTS[name]().map(([own, description]) => ({ name: own, description })),
        ]);
        printJson(`${JSON.stringify(Object.fromEntries(lists), null, 2)}\n`);
        return;
      }
      const sections = wanted.map((name) => {
        const rows = LISTS[name]().map((row) => [...row]);
        return textTable(
          [
            { title: name, align: 'left' },
            { title: '', align: 'left' },
          ],
          rows,
        ).join('\n');
      });
      print(`${sections.join('\n\n')}\n`);
    });
}

function yaml(kind: 'experiment' | 'accelerator' | 'policy', name: string) {
  return parseYaml(readReference(nodeFiles, kind, name, ''));
}

function workloadRow(name: string): string {
  const workload = readTopology(readReference(nodeFiles, 'workload', name, ''));
  return `${workload.layers.length} layers, ${engineering(workloadMacs(workload), 'MACs')}`;
}

function files(folder: string, ending: string): string[] {
  return nodeFiles
    .list(BUNDLED + folder)
    .filter((name) => name.endsWith(ending))
    .map((name) => `${BUNDLED}${folder}/${name}`);
}

function componentRows(file: string): Row[] {
  const { classes } = describeDesign([readDesignFile(readText(nodeFiles, file))]);
  return [...classes.values()].map((c) => [c.name, `actions ${c.actions.map((a) => a.name).join(', ')}`]);
}

function technologyRow(name: string): string {
  return files(`tech-tables/${name}`, '.csv')
    .map((path) => path.replace(/^.*\/|\.csv$/g, ''))
    .join(', ');
}
