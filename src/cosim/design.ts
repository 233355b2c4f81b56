import type { AcceleratorSpec } from '../config/accelerator.ts';
import { type Path, parseYaml, type YamlDocument } from '../config/document.ts';
import { BUNDLED, type Files, relativeTo } from '../config/files.ts';
import {
  type BoundAction,
  bindActions,
  buildErt,
  type CompoundClass,
  classesByName,
  type Ert,
  flattenArchitecture,
  readAccelergy,
  technologyEstimators,
} from '../energy/index.ts';
import { type Diagnostic, fail, InputError, nearestName } from '../errors.ts';
import type { SystolicConfig } from '../systolic/index.ts';

/** An accelerator with everything its files say worked out: what it is made of and what each action costs. */
export interface Design {
  readonly spec: AcceleratorSpec;
  readonly systolic: SystolicConfig;
  readonly classes: ReadonlyMap<string, CompoundClass>;
  readonly ert: Ert;
  readonly bound: readonly BoundAction[];
  readonly technology: string;
}

/**
 * Reads the architecture an accelerator names, the component classes and the technology tables, and binds simulator
 * counters to actions. Errors: those of each of these files.
 */
export function loadDesign(files: Files, spec: AcceleratorSpec): Design {
  const { document } = spec;
  const architecture = readArchitecture(files, spec);
  const bundled = files.list(`${BUNDLED}components`).map((name) => readYaml(files, `${BUNDLED}components/${name}`));
  const classes = classesByName([...bundled.map(readAccelergy), architecture.file]);
  const components = flattenArchitecture(architecture.root, architecture.file.variables);
  const technologies = [...new Set(components.map((c) => String(c.attributes.get('technology'))))];
  const estimators = technologies.flatMap((technology) =>
    technologyEstimators(technology, technologyTables(files, spec, technology)),
  );
  const ert = withoutRails(buildErt(components, classes, estimators), spec);
  const bindings = Object.fromEntries(Object.entries(spec.bindings).map(([name, { actions }]) => [name, actions]));
  const place = { document: bindingPlaces(document), path: [] };
  const bound = bindActions(ert, bindings, bindingScope(spec), place);
  checkEveryAction(spec, ert, bound);
  checkDramComponent(spec, ert);
  return { spec, systolic: systolicConfig(spec), classes, ert, bound, technology: technologies[0] };
}

export function systolicConfig({
  array,
  wordBits,
  scratchpads,
  psum,
  prefetchAcrossLayers,
}: AcceleratorSpec): SystolicConfig {
  const { ifmap, filter, ofmap } = scratchpads;
  return {
    array: { rows: array.rows, columns: array.columns },
    dataflow: array.dataflow,
    memory: {
      wordBits,
      scratchpadBytes: { ifmap: ifmap.capacityBytes, filter: filter.capacityBytes, ofmap: ofmap.capacityBytes },
      psum,
      prefetchAcrossLayers,
    },
  };
}

/** Names a binding may use beside the counters. */
function bindingScope({ array, wordBits }: AcceleratorSpec): ReadonlyMap<string, number> {
  return new Map([
    ['rows', array.rows],
    ['columns', array.columns],
    ['ifmap_bits', wordBits.ifmap],
    ['filter_bits', wordBits.filter],
    ['ofmap_bits', wordBits.ofmap],
    ['psum_bits', wordBits.psum],
  ]);
}

/** Off the die there is no rail of ours: every action costs what its table says. */
function withoutRails(ert: Ert, { bindings }: AcceleratorSpec): Ert {
  const components = ert.components.map((entry) => {
    if (bindings[entry.component.name]?.domain !== null) return entry;
    return { ...entry, actions: entry.actions.map((a) => ({ ...a, capacitanceF: 0, fixedJ: a.energyJ })) };
  });
  return { ...ert, components };
}

/** The accelerator's document seen as a mapping component -> action -> expression. */
function bindingPlaces(document: YamlDocument): YamlDocument {
  const inside = ([component, ...action]: Path): Path => {
    if (component === undefined) return ['bindings'];
    return action.length > 0 ? ['bindings', component, 'actions', ...action] : ['bindings', component];
  };
  return {
    ...document,
    span: (path) => document.span(inside(path)),
    keySpan: (path) => document.keySpan(inside(path)),
  };
}

function readArchitecture(files: Files, { document, architecture }: AcceleratorSpec) {
  const path = relativeTo(document.file, architecture);
  const text = files.read(path);
  if (text === undefined) {
    fail('file-not-found', `no such file: ${path}`, {
      span: document.span(['architecture']),
      expected: 'an Accelergy architecture file',
    });
  }
  const source = parseYaml({ file: path, text });
  const file = readAccelergy(source);
  const root =
    file.architecture ?? fail('missing-key', 'the file needs the key "architecture"', { span: source.span([]) });
  return { file, root };
}

function readYaml(files: Files, file: string): YamlDocument {
  return parseYaml({ file, text: files.read(file) ?? '' });
}

/** Tables of the accelerator's own folders first, then the bundled ones; the first of a name wins. */
function technologyTables(files: Files, { document, tables }: AcceleratorSpec, technology: string) {
  const own = tables.map((folder) => relativeTo(document.file, folder));
  const folders = [...own, `${BUNDLED}tech-tables`].map((folder) => `${folder}/${technology}`);
  const byName = new Map<string, string>();
  for (const folder of folders) {
    for (const name of files.list(folder)) {
      if (name.endsWith('.csv') && !byName.has(name)) byName.set(name, `${folder}/${name}`);
    }
  }
  if (byName.size === 0) {
    const known = files.list(`${BUNDLED}tech-tables`).filter((name) => !name.includes('.'));
    fail('unknown-name', `there are no tables for technology "${technology}"`, {
      expected: `one of ${known.join(', ')}, or a folder ${technology} in one of the accelerator's "tables"`,
      suggestion: nearestName(technology, known),
    });
  }
  return [...byName.values()].map((file) => ({ file, text: files.read(file) ?? '' }));
}

/** An action left out by oversight would cost nothing, silently: a component counts all its actions, or with `{}` none. */
function checkEveryAction({ document }: AcceleratorSpec, { components }: Ert, bound: readonly BoundAction[]): void {
  const problems = components.flatMap(({ component: { name }, actions }): Diagnostic[] => {
    const counted = new Set(bound.filter((b) => b.component === name).map((b) => b.action));
    const missing = [...new Set(actions.map((a) => a.action))].filter((action) => !counted.has(action));
    if (counted.size === 0 || missing.length === 0) return [];
    return [
      {
        code: 'component-unbound',
        message: `component "${name}" has no count for ${missing.join(', ')}`,
        span: document.keySpan(['bindings', name, 'actions']),
        expected: 'an expression for every action, 0 for one that never happens, or no actions at all: {}',
      },
    ];
  });
  if (problems.length > 0) throw new InputError(problems);
}

function checkDramComponent({ dram, bindings, document }: AcceleratorSpec, ert: Ert): void {
  const offDie = ert.components.map((c) => c.component.name).filter((name) => bindings[name]?.domain === null);
  if (offDie.includes(dram.component)) return;
  fail('unknown-name', `there is no component "${dram.component}" off the die`, {
    span: document.span(['dram', 'component']),
    expected: offDie.length > 0 ? `one of ${offDie.join(', ')}` : 'a component with "off_die: true"',
    suggestion: nearestName(dram.component, offDie),
  });
}
