import { type Diagnostic, fail, mapCollecting } from '../../base/errors.ts';
import { type Files, readText, relativeTo } from '../../base/files.ts';
import type { SourceText } from '../../base/source.ts';
import type { TableSet } from '../../energy/index.ts';
import { childOf, parseTaggedYaml, type TaggedNode } from '../../formats/tagged-yaml.ts';
import type { OwnFigures } from './plug-ins.ts';

const DEEPEST = 20;

/** All files below a folder whose names end so, sorted, those of a folder before those deeper down. */
export function filesBelow(files: Files, folder: string, ending: string, depth = 0): string[] {
  if (depth > DEEPEST) return [];
  const paths = files.list(folder).map((name) => `${folder.replace(/\/+$/, '')}/${name}`);
  const here = paths.filter((path) => path.endsWith(ending) && files.list(path).length === 0);
  const deeper = paths
    .filter((path) => !path.endsWith(ending))
    .flatMap((path) => filesBelow(files, path, ending, depth + 1));
  return [...here, ...deeper];
}

/**
 * Sets of tables below `roots` (`*.table.yaml`, as the table plug-in finds them) and component libraries below `libraries`.
 * Errors: `file-not-found` for a folder without any; `missing-key`, `wrong-type` in a set; `duplicate-name` for two sets of one
 * name; those of YAML.
 */
export function readOwnFigures(files: Files, roots: readonly string[], libraries: readonly string[]): OwnFigures {
  const sets = mapCollecting(roots, (root) => {
    const found = filesBelow(files, root, 'table.yaml');
    if (found.length === 0)
      fail('file-not-found', `there is no set of tables below ${root}`, {
        expected: 'a folder with NAME.table.yaml and its data',
      });
    return mapCollecting(found, (path) => readSet(files, path));
  }).flat();
  const names = new Set<string>();
  for (const { name } of sets) {
    if (names.has(name)) fail('duplicate-name', `there are two sets of tables called "${name}"`);
    names.add(name);
  }
  const texts = mapCollecting(libraries, (folder): SourceText[] => {
    const found = filesBelow(files, folder, '.csv');
    if (found.length === 0)
      fail('file-not-found', `there is no component library below ${folder}`, { expected: 'a folder of CSV files' });
    return found.map((path) => readText(files, path));
  }).flat();
  return { sets, libraries: texts };
}

function readSet(files: Files, path: string): TableSet {
  const root = parseTaggedYaml(readText(files, path));
  const scalar = (key: string) => {
    const node = childOf(root, key);
    if (node?.kind === 'scalar' && node.value !== null) return node.value;
    return fail(node ? 'wrong-type' : 'missing-key', `the set of tables needs "${key}"`, {
      span: node?.span ?? root.span,
    });
  };
  const accuracy = scalar('accuracy');
  if (typeof accuracy !== 'number' || !(accuracy >= 0 && accuracy <= 100)) {
    fail('out-of-range', `"accuracy" is ${accuracy}`, {
      span: childOf(root, 'accuracy')?.span,
      expected: 'a number from 0 to 100',
    });
  }
  const folder = relativeTo(path, String(scalar('path_to_data_dir')));
  const csvs = filesBelow(files, folder, '.csv');
  if (csvs.length === 0)
    fail('file-not-found', `the set of tables has no CSV files in ${folder}`, {
      span: childOf(root, 'path_to_data_dir')?.span,
    });
  const tables = csvs.map((csv) => [csv.slice(csv.lastIndexOf('/') + 1, -4), readText(files, csv)] as const);
  return { name: String(scalar('name')), technology: scalar('technology'), accuracy, tables: new Map(tables) };
}

/** The contents of a file `accelergy_config.yaml`: more roots of tables, and files that are always read. */
export interface AccelergyConfig {
  readonly tableRoots: readonly string[];
  readonly classFiles: readonly string[];
  /** Keys that name programs in Python, which Isotherm does not run. */
  readonly ignored: readonly Diagnostic[];
}

/** Keys of the configuration that name Python, or defaults of an installation of Accelergy. */
const PYTHON = ['python_plug_ins', 'estimator_plug_ins', 'math_functions', 'primitive_components'];

/** Reads `accelergy_config.yaml`, if there is one at that path. Errors: those of YAML, `wrong-type`. */
export function readConfig(files: Files, path: string): AccelergyConfig {
  const text = files.read(path);
  if (text === undefined) return { tableRoots: [], classFiles: [], ignored: [] };
  const root = parseTaggedYaml({ file: path, text });
  const plugIns = childOf(root, 'table_plug_ins');
  const ignored = PYTHON.flatMap((key): Diagnostic[] => {
    const node = childOf(root, key);
    if (!node || texts(node).length === 0) return [];
    return [
      {
        code: 'not-supported',
        message: `"${key}" names parts of an installation of Accelergy, which Isotherm does not run`,
        span: node.span,
      },
    ];
  });
  const paths = (node: TaggedNode | undefined) => texts(node).map((one) => relativeTo(path, one));
  return {
    tableRoots: paths(childOf(plugIns, 'roots')),
    classFiles: paths(childOf(root, 'compound_components')),
    ignored,
  };
}

function texts(node: TaggedNode | undefined): string[] {
  if (node === undefined) return [];
  const items = node.kind === 'list' ? node.items : [node];
  return items.flatMap((item) => (item.kind === 'scalar' && typeof item.value === 'string' ? [item.value] : []));
}
