import type { Path, YamlDocument } from '../base/document.ts';
import { type Diagnostic, fail, InputError, mapCollecting, nearestName } from '../base/errors.ts';
import { BUNDLED, type Files, readText, relativeTo } from '../base/files.ts';
import { seenFrom } from '../base/overrides.ts';
import {
  type Attributes,
  type BoundAction,
  bindActions,
  type Component,
  type CompoundClass,
  type DesignFile,
  describeDesign,
  designTable,
  type Ert,
  energyAtVoltage,
  readDesignFile,
} from '../energy/index.ts';
import { findDataflow, type Partitions, type SystolicConfig } from '../systolic/index.ts';
import type { AcceleratorSpec } from './accelerator.ts';
import { type Costed, expandArrays, type OnArrays } from './arrays.ts';
import { type Die, loadDie } from './die.ts';
import { givenFigures } from './given-ert.ts';
import {
  checkRoom,
  type LeakageSources,
  leakageSources,
  type Place,
  placeComponents,
  placeOnOneBlock,
} from './power/index.ts';
import { findTechnologies } from './technology.ts';

/**
 * An accelerator with everything its files say resolved: its components and the energy of each action. `spec` is final:
 * it has a component for each array, with its block if there is a floorplan.
 */
export interface Design extends OnArrays {
  readonly systolic: SystolicConfig;
  readonly partitions: Partitions;
  /** PEs of all arrays. */
  readonly pes: number;
  readonly technology: string;
  /** The accelerator and its architecture as written, all arrays together, for messages and for files of other tools. */
  readonly written: Costed & { readonly classes: ReadonlyMap<string, CompoundClass> };
  /** Null without a floorplan. */
  readonly die: Die | null;
  /** The block indices in which each component of the ERT dissipates. */
  readonly places: readonly Place[];
  readonly leakage: LeakageSources;
}

/**
 * Loads everything an accelerator names: its architecture, component classes, technology tables and, if it has them,
 * floorplan and package. Binds simulator counters to actions. Errors: those of each file, `faster-than-memory`.
 */
export function loadDesign(files: Files, written: AcceleratorSpec): Design {
  const { document } = written;
  findDataflow(written.array.dataflow, document.span(['array', 'dataflow']));
  const file = readArchitecture(files, written);
  const bundled = files.list(`${BUNDLED}components`).filter((name) => name.endsWith('.yaml'));
  const bundledClasses = bundled.map((name) => readDesignFile(readText(files, `${BUNDLED}components/${name}`)));
  const variables = architectureVariables(written, file.variables);
  const described = describeDesign([...bundledClasses, file], variables);
  const { components, classes } = described;
  checkNumbers(components);
  const technologies = findTechnologies(files, written, components);
  const given = givenFigures(files, written, components);
  const spec = { ...written, assumptions: [...written.assumptions, ...given.assumptions] };
  const ert = withoutRails(designTable(described, technologies.estimators, given.figures), spec);
  const bindings = Object.fromEntries(Object.entries(spec.bindings).map(([name, { actions }]) => [name, actions]));
  const place = { document: bindingPlaces(document), path: [] };
  const bound = bindActions(ert, bindings, sharedNames(spec), place);
  checkEveryAction(spec, ert, bound);
  checkEnergies(spec, bound);
  checkDramComponent(spec, ert);
  const onArrays = expandArrays({ spec, ert, bound });
  checkMemoryCycles(onArrays);
  const { components: ofArrays } = onArrays.ert;
  const placed = loadDie(files, onArrays) ?? { spec: withoutBlocks(onArrays.spec), die: null };
  const names = ofArrays.map((entry) => entry.component.name);
  const places = placed.die
    ? placeComponents(placed.spec, names, placed.die.floorplan.blocks)
    : placeOnOneBlock(placed.spec, names);
  if (placed.die) checkRoom(placed.spec, ofArrays, places, placed.die.floorplan);
  const leakage = leakageSources(ofArrays, places, {
    slopePerV: spec.leakageSlopePerV,
    curvesOf: ({ component: { attributes } }) =>
      technologies.leakageCurves.get(String(attributes.get('technology')?.value)) ?? new Map(),
    nameOf: (component) => onArrays.writtenNames[component],
  });
  return {
    ...onArrays,
    ...placed,
    systolic: systolicConfig(spec),
    partitions: spec.partitions,
    pes: spec.arrays.length * spec.array.rows * spec.array.columns,
    technology: technologies.names[0],
    written: { spec, ert, bound, classes },
    places,
    leakage,
  };
}

/** The part of an accelerator that schedules need: array, dataflow, word widths in bits and scratchpads in bytes. */
export function systolicConfig({
  array,
  wordBits,
  scratchpads,
  psum,
  prefetchAcrossLayers,
  memory,
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
      model: memory,
    },
  };
}

/** Sizes that bindings may use besides the counters, and architecture expressions besides their own variables. */
function sharedNames({ array, arrays, wordBits, scratchpads }: AcceleratorSpec): ReadonlyMap<string, number> {
  return new Map([
    ['rows', array.rows],
    ['columns', array.columns],
    ['arrays', arrays.length],
    ['ifmap_bits', wordBits.ifmap],
    ['filter_bits', wordBits.filter],
    ['ofmap_bits', wordBits.ofmap],
    ['psum_bits', wordBits.psum],
    ['ifmap_bytes', scratchpads.ifmap.capacityBytes],
    ['filter_bytes', scratchpads.filter.capacityBytes],
    ['ofmap_bytes', scratchpads.ofmap.capacityBytes],
  ]);
}

/**
 * The architecture file's own variables and the accelerator's sizes, so that no number has to be written in two files.
 * Error: `duplicate-name` for a variable with the name of a size.
 */
function architectureVariables(spec: AcceleratorSpec, own: Attributes): Attributes {
  const variables = new Map(own);
  for (const [name, value] of sharedNames(spec)) {
    const span = own.get(name)?.span;
    if (span)
      fail('duplicate-name', `the accelerator file already defines "${name}"`, {
        span,
        expected: 'a variable of another name',
      });
    variables.set(name, { value, bare: false, span: spec.document.span([]) });
  }
  return variables;
}

/** Gives the actions of off-die components a fixed energy, that of their table: these components are on none of our rails. */
function withoutRails(ert: Ert, { bindings }: AcceleratorSpec): Ert {
  const components = ert.components.map((entry) => {
    if (bindings[entry.component.name]?.domain !== null) return entry;
    return { ...entry, actions: entry.actions.map((a) => ({ ...a, capacitanceF: 0, fixedJ: a.energyJ })) };
  });
  return { ...ert, components };
}

/** Removes the blocks from bindings, since they mean nothing without a floorplan. */
function withoutBlocks(spec: AcceleratorSpec): AcceleratorSpec {
  const bindings = Object.entries(spec.bindings).map(([name, binding]) => [
    name,
    { ...binding, block: null, tiles: null },
  ]);
  return { ...spec, bindings: Object.fromEntries(bindings) };
}

/** The accelerator's document viewed as a mapping component -> action -> expression. */
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

function readArchitecture(files: Files, { document, architecture }: AcceleratorSpec): DesignFile {
  const path = relativeTo(seenFrom(document, ['architecture']), architecture);
  const span = document.span(['architecture']);
  const file = readDesignFile(readText(files, path, 'an Accelergy architecture file', span));
  if (!file.architecture) fail('missing-key', 'the file needs the key "architecture"', { span: file.span });
  return file;
}

/** Rejects absurd numbers of instances: a slip such as pe[0..1e300] would spoil every figure that depends on them. */
function checkNumbers(components: readonly Component[]): void {
  mapCollecting(components, ({ name, count, span }) => {
    if (count <= MOST_INSTANCES) return;
    fail('out-of-range', `there are ${count} instances of "${name}"`, { span, expected: 'at most 2^32' });
  });
}

const MOST_INSTANCES = 2 ** 32;

/** Requires that a component counts all its actions, or none with `{}`. A forgotten action would silently cost nothing. */
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

/**
 * Rejects negative or absurd energies. Attributes can push a table's expression that far, and one such action would
 * spoil every sum.
 */
function checkEnergies({ document }: AcceleratorSpec, bound: readonly BoundAction[]): void {
  mapCollecting(bound, ({ component, action, energy }) => {
    if ([energy.capacitanceF, energy.fixedJ].every((x) => x >= 0 && x < MOST_ENERGY)) return;
    const joules = energyAtVoltage(energy, 1);
    fail('out-of-range', `action "${action}" of component "${component}" takes ${joules} J at 1 V`, {
      span: document.keySpan(['bindings', component, 'actions', action]),
      expected: 'attributes in the architecture for which the tables give 0 J or more and less than 1 J',
    });
  });
}

/** Upper bound of the energy of an action, J or J/V^2. No action of a chip comes near it. */
const MOST_ENERGY = 1;

/** Rejects a clock faster than the cycle of an unpipelined memory, which must take one access per clock cycle. */
function checkMemoryCycles({ spec: { document, domains, bindings }, ert, arrayOf }: OnArrays): void {
  // All arrays are equal, so that the components of the first one suffice.
  const components = ert.components.filter((_, c) => arrayOf[c] <= 0);
  const problems: Diagnostic[] = [];
  for (const domain of domains) {
    domain.points.forEach(({ frequencyHz }, i) => {
      const slow = components.filter(({ component: { name }, cycleS }) => {
        const binding = bindings[name];
        return binding.domain === domain.name && !binding.pipelined && cycleS * frequencyHz > 1;
      });
      for (const { component, cycleS } of slow) {
        problems.push({
          code: 'faster-than-memory',
          message: `${frequencyHz / 1e6} MHz is faster than a cycle of "${component.name}", ${(cycleS * 1e9).toPrecision(3)} ns`,
          span: document.span(['domains', domain.name, 'operating_points', i]),
          expected: `at most ${Math.floor(1e-6 / cycleS)} MHz, or "pipelined: true" in the component's binding`,
        });
      }
    });
  }
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
