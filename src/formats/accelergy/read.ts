import type { YamlDocument } from '../../base/document.ts';
import { type Diagnostic, InputError, nearestName } from '../../base/errors.ts';
import {
  entriesOf,
  type Item,
  listOf,
  mappingOf,
  type NodeReader,
  nameOf,
  report,
  reportUnknownKey,
  rootItem,
  type Scalar,
  scalarOf,
  scalarsOf,
  throwProblems,
} from './node.ts';

export type { Scalar } from './node.ts';

/** Attributes or arguments as written, by name, in source order. */
export type Scalars = ReadonlyMap<string, Scalar>;

/** A component of the architecture tree, as written. */
export interface ArchitectureComponent {
  readonly name: Scalar;
  readonly class: Scalar;
  readonly attributes: Scalars;
  readonly areaScale?: Scalar | undefined;
  readonly energyScale?: Scalar | undefined;
  /** The actions of a primitive component; for a compound component, actions that its class must have. */
  readonly requiredActions: readonly Scalar[];
}

/** A container of the architecture tree: its own components and further containers. */
export interface ArchitectureContainer {
  readonly name: Scalar;
  readonly attributes: Scalars;
  readonly local: readonly ArchitectureComponent[];
  readonly subtree: readonly ArchitectureContainer[];
}

export interface Subcomponent {
  readonly name: Scalar;
  readonly class: Scalar;
  readonly attributes: Scalars;
  readonly areaScale?: Scalar | undefined;
  readonly energyScale?: Scalar | undefined;
}

/** An action of a subcomponent, as a compound action calls it. `energyScale` was written `energy_scale` or `repeat`. */
export interface SubAction {
  readonly name: Scalar;
  readonly arguments: Scalars;
  readonly energyScale?: Scalar | undefined;
}

export interface CompoundAction {
  readonly name: Scalar;
  /** Ranges `lo..hi` of whole numbers. */
  readonly arguments: Scalars;
  readonly energyScale?: Scalar | undefined;
  readonly subcomponents: readonly { readonly name: Scalar; readonly actions: readonly SubAction[] }[];
}

export interface CompoundClass {
  readonly name: Scalar;
  readonly attributes: Scalars;
  readonly subcomponents: readonly Subcomponent[];
  readonly actions: readonly CompoundAction[];
}

/** The parts of one Accelergy file that we read. Each part may be absent. */
export interface AccelergyFile {
  readonly architecture?: ArchitectureContainer | undefined;
  readonly classes: readonly CompoundClass[];
  readonly variables: Scalars;
}

const READ = ['architecture', 'compound_components', 'variables'] as const;
/** Top-level keys of Accelergy files that other readers handle. */
const ELSEWHERE = ['action_counts', 'ERT', 'flattened_architecture', 'globals'];

/**
 * Reads the architecture, classes and variables of an Accelergy 0.4 file. Ignores other top-level keys, as Accelergy
 * does (people keep YAML anchors there), unless one looks like a misspelling. Errors, all of the file at once:
 * `unknown-key`, `missing-key`, `wrong-type`, `out-of-range` (another version; a second root container, which Accelergy
 * silently drops), `duplicate-name`.
 */
export function readAccelergy(document: YamlDocument): AccelergyFile {
  const reader: NodeReader = { document, problems: [] };
  const known = [...READ, ...ELSEWHERE];
  const top = new Map(entriesOf(reader, rootItem(reader)));
  for (const [key, item] of top) {
    if (!known.includes(key) && nearestName(key, known)) reportUnknownKey(reader, item, key, known, rootItem(reader));
  }
  const [architecture, compounds, variables] = READ.map((key) => top.get(key));
  const file: AccelergyFile = {
    architecture: architecture && readArchitecture(reader, architecture),
    classes: compounds ? readClasses(reader, compounds) : [],
    variables: variables ? readVariables(reader, variables) : new Map(),
  };
  throwProblems(reader);
  return file;
}

/** All classes of several files by name. Error: `duplicate-name` (Accelergy silently takes the last). */
export function classesByName(files: readonly AccelergyFile[]): ReadonlyMap<string, CompoundClass> {
  const classes = files.flatMap((file) => file.classes);
  const repeats = repeatsAmong(classes, 'class');
  if (repeats.length > 0) throw new InputError(repeats);
  return new Map(classes.map((cls) => [String(cls.name.value), cls]));
}

/** A diagnostic for every name that occurred before. */
function repeatsAmong(named: readonly { readonly name: Scalar }[], what: string): Diagnostic[] {
  const seen = new Set<string>();
  return named.flatMap(({ name: { value, span } }) => {
    const isRepeat = seen.has(String(value));
    seen.add(String(value));
    return isRepeat
      ? [{ code: 'duplicate-name', message: `there is already a ${what} "${value}"`, span } as const]
      : [];
  });
}

function checkVersion(reader: NodeReader, item: Item | undefined): void {
  if (item === undefined) return;
  const isScalar = item.value === null || typeof item.value !== 'object';
  // The list [0.4] would read as "0.4" too.
  if (isScalar && String(item.value) === '0.4') return;
  const message = isScalar ? `version ${String(item.value)} cannot be read` : '"version" is not a number';
  report(reader, item, isScalar ? 'out-of-range' : 'wrong-type', message, '0.4');
}

function readVariables(reader: NodeReader, item: Item): Scalars {
  const keys = mappingOf(reader, item, ['version'], Object.keys(item.value ?? {}));
  checkVersion(reader, keys.get('version'));
  const scalars = [...keys]
    .filter(([name]) => name !== 'version')
    .map(([name, child]) => [name, scalarOf(reader, child)] as const);
  return new Map(scalars.filter((entry): entry is [string, Scalar] => entry[1] !== undefined));
}

function readArchitecture(reader: NodeReader, item: Item): ArchitectureContainer | undefined {
  const keys = mappingOf(reader, item, ['version', 'subtree'], []);
  checkVersion(reader, keys.get('version'));
  const roots = listOf(reader, keys.get('subtree'));
  if (keys.has('subtree') && roots.length !== 1) {
    report(
      reader,
      roots[1] ?? item,
      'out-of-range',
      `the architecture has ${roots.length} root containers`,
      'exactly one',
    );
  }
  return roots.map((root) => readContainer(reader, root))[0];
}

function readContainer(reader: NodeReader, item: Item): ArchitectureContainer | undefined {
  const keys = mappingOf(reader, item, ['name'], ['attributes', 'local', 'subtree']);
  const name = nameOf(reader, keys.get('name'));
  const attributes = scalarsOf(reader, keys.get('attributes'));
  const local = present(listOf(reader, keys.get('local')).map((c) => readComponent(reader, c)));
  const subtree = present(listOf(reader, keys.get('subtree')).map((c) => readContainer(reader, c)));
  return name && { name, attributes, local, subtree };
}

function readComponent(reader: NodeReader, item: Item): ArchitectureComponent | undefined {
  // `subclass` takes precedence over `class`; `enabled` is read and ignored. Accelergy 0.4 does both.
  const hasSubclass = typeof item.value === 'object' && item.value !== null && Object.hasOwn(item.value, 'subclass');
  const scales = ['area_scale', 'energy_scale'];
  const required = ['name', hasSubclass ? 'subclass' : 'class'];
  const keys = mappingOf(reader, item, required, ['class', 'attributes', ...scales, 'required_actions', 'enabled']);
  const name = nameOf(reader, keys.get('name'));
  const cls = nameOf(reader, keys.get(required[1]));
  const rest = {
    attributes: scalarsOf(reader, keys.get('attributes')),
    areaScale: scalarOf(reader, keys.get('area_scale')),
    energyScale: scalarOf(reader, keys.get('energy_scale')),
    requiredActions: present(listOf(reader, keys.get('required_actions')).map((a) => nameOf(reader, a))),
  };
  return name && cls && { name, class: cls, ...rest };
}

function readClasses(reader: NodeReader, item: Item): CompoundClass[] {
  const keys = mappingOf(reader, item, ['version', 'classes'], []);
  checkVersion(reader, keys.get('version'));
  const classes = present(listOf(reader, keys.get('classes')).map((c) => readClass(reader, c)));
  reader.problems.push(...repeatsAmong(classes, 'class'));
  return classes;
}

function readClass(reader: NodeReader, item: Item): CompoundClass | undefined {
  const keys = mappingOf(reader, item, ['name', 'subcomponents'], ['attributes', 'actions']);
  const name = nameOf(reader, keys.get('name'));
  const attributes = scalarsOf(reader, keys.get('attributes'));
  const subcomponents = present(listOf(reader, keys.get('subcomponents')).map((s) => readSubcomponent(reader, s)));
  const actions = present(listOf(reader, keys.get('actions')).map((a) => readAction(reader, a)));
  reader.problems.push(...repeatsAmong(actions, 'action'));
  return name && { name, attributes, subcomponents, actions };
}

function readSubcomponent(reader: NodeReader, item: Item): Subcomponent | undefined {
  const keys = mappingOf(reader, item, ['name', 'class'], ['attributes', 'area_scale', 'energy_scale']);
  const name = nameOf(reader, keys.get('name'));
  const cls = nameOf(reader, keys.get('class'));
  const attributes = scalarsOf(reader, keys.get('attributes'));
  const areaScale = scalarOf(reader, keys.get('area_scale'));
  const energyScale = scalarOf(reader, keys.get('energy_scale'));
  return name && cls && { name, class: cls, attributes, areaScale, energyScale };
}

function readAction(reader: NodeReader, item: Item): CompoundAction | undefined {
  const keys = mappingOf(reader, item, ['name', 'subcomponents'], ['arguments', 'energy_scale', 'repeat']);
  const name = nameOf(reader, keys.get('name'));
  const ranges = scalarsOf(reader, keys.get('arguments'));
  for (const [argument, range] of ranges) {
    if (typeof range.value === 'string' && range.value.includes('..')) continue;
    const path = [...(keys.get('arguments')?.path ?? []), argument];
    report(
      reader,
      { value: range.value, path },
      'wrong-type',
      `"${argument}" is ${range.value}`,
      'a range such as 0..1',
    );
  }
  const energyScale = readEnergyScale(reader, keys);
  const subcomponents = present(listOf(reader, keys.get('subcomponents')).map((s) => readActionPart(reader, s)));
  return name && { name, arguments: ranges, energyScale, subcomponents };
}

function readActionPart(reader: NodeReader, item: Item): CompoundAction['subcomponents'][number] | undefined {
  const keys = mappingOf(reader, item, ['name', 'actions'], []);
  const name = nameOf(reader, keys.get('name'));
  const actions = present(listOf(reader, keys.get('actions')).map((a) => readSubAction(reader, a)));
  return name && { name, actions };
}

function readSubAction(reader: NodeReader, item: Item): SubAction | undefined {
  const keys = mappingOf(reader, item, ['name'], ['arguments', 'energy_scale', 'repeat']);
  const name = nameOf(reader, keys.get('name'));
  const args = scalarsOf(reader, keys.get('arguments'));
  const energyScale = readEnergyScale(reader, keys);
  return name && { name, arguments: args, energyScale };
}

/** The energy scale of an action. `repeat` is the older name of `energy_scale`. */
function readEnergyScale(reader: NodeReader, keys: ReadonlyMap<string, Item>): Scalar | undefined {
  const [scale, repeat] = [keys.get('energy_scale'), keys.get('repeat')];
  if (scale && repeat)
    report(reader, repeat, 'duplicate-name', '"repeat" and "energy_scale" are two names of one thing', 'one of them');
  return scalarOf(reader, scale ?? repeat);
}

function present<T>(items: readonly (T | undefined)[]): T[] {
  return items.filter((item) => item !== undefined);
}
