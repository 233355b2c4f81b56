import { Document, Scalar as YamlScalar } from 'yaml';
import type { Attribute, Attributes } from './attributes.ts';
import type { ActionCall, ClassAction, ClassPart, CompoundClass } from './classes.ts';

type Plain = string | number | boolean;

/** A component to write, its attributes evaluated. */
export interface WrittenComponent {
  /** At least two names from the root container on, lists with their bounds: `sa16`, `pe[0..255]`, `cell`. */
  readonly segments: readonly string[];
  readonly class: string;
  readonly attributes: ReadonlyMap<string, Plain>;
  readonly areaScale: number;
  readonly energyScale: number;
  readonly requiredActions: readonly string[];
}

export interface WrittenArchitecture {
  readonly components: readonly WrittenComponent[];
  /** The classes that the components use. The attributes of each are in an order without forward references. */
  readonly classes: readonly CompoundClass[];
  /** Accelergy 0.4 requires a technology of every component. This one serves components without their own. */
  readonly technology: string;
  readonly globalCycleSeconds: number;
}

/** Counts of one component, summed over its instances. */
export interface WrittenCounts {
  /** Names from the root container on; a component outside every container has one. */
  readonly segments: readonly string[];
  readonly actions: readonly {
    readonly action: string;
    readonly arguments: ReadonlyMap<string, Plain>;
    readonly count: number;
  }[];
}

/**
 * An architecture and its classes as one YAML text that runs unchanged in Accelergy 0.4. Text is quoted and expressions
 * are not, since Accelergy distinguishes them. Component attributes are written as values, because Accelergy hides
 * inherited attributes and forward references from component expressions.
 */
export function writeArchitecture({
  components,
  classes,
  technology,
  globalCycleSeconds,
}: WrittenArchitecture): string {
  const required = new Map<string, Plain>([
    ['technology', technology],
    ['global_cycle_seconds', globalCycleSeconds],
  ]);
  const tree = treeOf(components, (component) => ({
    class: expression(component.class),
    attributes: values(new Map([...required, ...component.attributes])),
    ...(component.areaScale === 1 ? {} : { area_scale: component.areaScale }),
    ...(component.energyScale === 1 ? {} : { energy_scale: component.energyScale }),
    ...(component.requiredActions.length === 0 ? {} : { required_actions: [...component.requiredActions] }),
  }));
  // Containers get the required attributes at the root and hand them down.
  const subtree = tree.map(({ name, ...rest }) => ({ name, attributes: values(required), ...rest }));
  const compounds = { compound_components: { version: 0.4, classes: classes.map(classNode) } };
  return yamlText({ architecture: { version: 0.4, subtree }, ...(classes.length === 0 ? {} : compounds) });
}

/**
 * Action counts as YAML, with the names of `writeArchitecture`. A list of instances appears as one range with the
 * summed counts of all. Accelergy multiplies a count by the energy of one instance and never by the length of the
 * range, so its total comes out right.
 */
export function writeActionCounts(counts: readonly WrittenCounts[]): string {
  const leaf = ({ actions }: WrittenCounts): object => ({
    action_counts: actions.map(({ action, arguments: given, count }) => ({
      name: expression(action),
      // An empty mapping of arguments crashes Accelergy 0.4.
      ...(given.size === 0 ? {} : { arguments: values(given) }),
      counts: count,
    })),
  });
  // Components outside every container stand beside the tree.
  const alone = counts.filter(({ segments }) => segments.length === 1);
  const local = alone.map((one) => ({ name: expression(one.segments[0]), ...leaf(one) }));
  const subtree = treeOf(
    counts.filter(({ segments }) => segments.length > 1),
    leaf,
  );
  return yamlText({
    action_counts: { version: 0.4, ...(local.length > 0 && { local }), ...(subtree.length > 0 && { subtree }) },
  });
}

/** The energies of the actions of a component: the names of its path with their bounds, joined by points, and pJ. */
export interface WrittenEnergies {
  readonly segments: readonly string[];
  readonly actions: readonly {
    readonly action: string;
    readonly arguments: ReadonlyMap<string, Plain>;
    readonly energyPj: number;
  }[];
}

/** An energy reference table as YAML. With it and action counts, Accelergy 0.4 needs no estimators. */
export function writeErt(tables: readonly WrittenEnergies[]): string {
  const nodes = tables.map(({ segments, actions }) => ({
    name: segments.join('.'),
    actions: actions.map(({ action, arguments: given, energyPj }) => ({
      name: expression(action),
      arguments: values(given),
      energy: energyPj,
    })),
  }));
  return yamlText({ ERT: { version: 0.4, tables: nodes } });
}

interface TreeNode {
  readonly name: YamlScalar;
  readonly local?: unknown[];
  readonly subtree?: TreeNode[];
}

/** Groups items by the containers on their paths. `leaf` returns what follows an item's name. */
function treeOf<T extends { readonly segments: readonly string[] }>(
  items: readonly T[],
  leaf: (item: T) => object,
  depth = 0,
): TreeNode[] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const name = item.segments[depth];
    groups.set(name, [...(groups.get(name) ?? []), item]);
  }
  return [...groups].map(([name, members]) => {
    const here = members.filter((item) => item.segments.length === depth + 2);
    const below = members.filter((item) => item.segments.length > depth + 2);
    const local = here.map((item) => ({ name: expression(item.segments[depth + 1]), ...leaf(item) }));
    return {
      name: expression(name),
      ...(local.length === 0 ? {} : { local }),
      ...(below.length === 0 ? {} : { subtree: treeOf(below, leaf, depth + 1) }),
    };
  });
}

function classNode({ name, attributes, parts, actions }: CompoundClass): object {
  return {
    name: expression(name),
    attributes: attributeNodes(attributes),
    subcomponents: parts.map(partNode),
    actions: actions.map(actionNode),
  };
}

function partNode({ name, class: cls, attributes, areaScale, energyScale }: ClassPart): object {
  return {
    name: expression(name),
    class: expression(cls),
    ...(attributes.size === 0 ? {} : { attributes: attributeNodes(attributes) }),
    ...(isOne(areaScale) ? {} : { area_scale: written(areaScale) }),
    ...(isOne(energyScale) ? {} : { energy_scale: written(energyScale) }),
  };
}

function actionNode(action: ClassAction): object {
  const subcomponents = action.calls.map(({ part, actions }) => ({
    name: expression(part),
    actions: actions.map(callNode),
  }));
  return { ...callNode(action), subcomponents };
}

function callNode({ name, arguments: given, energyScale }: ActionCall | ClassAction): object {
  return {
    name: expression(name),
    ...(given.size === 0 ? {} : { arguments: attributeNodes(given) }),
    ...(isOne(energyScale) ? {} : { energy_scale: written(energyScale) }),
  };
}

/** A scale that changes nothing need not be written. */
function isOne({ value }: Attribute): boolean {
  return value === 1;
}

function attributeNodes(block: Attributes): object {
  return Object.fromEntries([...block].map(([name, attribute]) => [name, written(attribute)]));
}

function values(block: ReadonlyMap<string, Plain>): object {
  return Object.fromEntries(
    [...block].map(([name, value]) => [name, typeof value === 'string' ? quoted(value) : value]),
  );
}

function written({ value, bare }: Attribute): unknown {
  if (typeof value !== 'string') return value;
  return bare ? expression(value) : quoted(value);
}

function quoted(text: string): YamlScalar {
  const scalar = new YamlScalar(text);
  scalar.type = 'QUOTE_DOUBLE';
  return scalar;
}

/** Text that YAML does not allow unquoted in block style: indicators at the start, `: ` and ` #` inside, `:` at the end. */
const NOT_PLAIN = /^[,[\]{}#&*!|>'"%@`]|^[-?:](?:\s|$)|:(?:\s|$)|\s#/;

/** Unquoted text on one line. Where YAML does not allow plain text, a folded block avoids quotes. */
function expression(text: string): YamlScalar {
  const line = text.trim().replace(/\s+/g, ' ');
  const scalar = new YamlScalar(line);
  scalar.type = NOT_PLAIN.test(line) ? 'BLOCK_FOLDED' : 'PLAIN';
  return scalar;
}

function yamlText(value: object): string {
  return new Document(value, { version: '1.2', aliasDuplicateObjects: false }).toString({ lineWidth: 0 });
}
