import { type Diagnostic, fail, InputError, mapCollecting, type Span } from '../../base/errors.ts';
import { checkKeys, isEmpty, kindOf, listUnder, mapOf, mapUnder, nameUnder } from '../../formats/accelergy/index.ts';
import { childOf, type TaggedMap, type TaggedNode } from '../../formats/tagged-yaml.ts';
import {
  type Attribute,
  type Attributes,
  attributeOf,
  attributesOf,
  blockInOrder,
  given,
  Layers,
  NO_ATTRIBUTES,
  type Plain,
} from './attributes.ts';
import { blockInAnyOrder } from './blocks.ts';
import { instanceName } from './names.ts';
import type { Rules } from './rules.ts';

/** A component of the flattened architecture. */
export interface FlatComponent {
  readonly name: string;
  /** The class as written, and the one that counts: `subclass` if there is one. */
  readonly writtenClass: string;
  readonly class: string;
  readonly hasSubclass: boolean;
  readonly attributes: Attributes;
  readonly areaScale?: Attribute | undefined;
  readonly energyScale?: Attribute | undefined;
  readonly requiredActions: readonly { readonly name: string; readonly span: Span }[] | undefined;
  /** Further keys of the component, as written. */
  readonly others: ReadonlyMap<string, Plain>;
  readonly span: Span;
  readonly classSpan: Span;
  /** Where a node of Timeloop lies. */
  readonly placement?: NodePlacement | undefined;
}

/** What Timeloop's mapper needs of a component among `nodes`. */
export interface NodePlacement {
  /** As written, without containers and instances. */
  readonly name: string;
  readonly instances: number;
  /** Columns of all instances together: the product of `meshX` down to it. */
  readonly meshX: number;
  /** The branch of each `!Parallel` or `!Pipelined` around it, the outermost first. */
  readonly branches: readonly { readonly parallel: TaggedNode; readonly branch: number }[];
  /** Its own `constraints`, after those of the containers since the component above. */
  readonly constraints: readonly { readonly node: TaggedNode; readonly isContainer: boolean }[];
  /** Names of the containers since the component above: their fan-out lies between the two. */
  readonly containers: readonly string[];
}

const COMPONENT_KEYS = [
  'name',
  'class',
  'subclass',
  'attributes',
  'area_scale',
  'energy_scale',
  'required_actions',
  'enabled',
];
const CONTAINER_KEYS = ['name', 'attributes', 'local', 'subtree'];

/**
 * The components of an architecture tree by full name, in Accelergy's order: the subtree of a container before its own
 * components. Errors: `missing-key`, `wrong-type`, `attribute-missing`, those of names and expressions.
 */
export function flattenTree(root: TaggedNode, variables: Attributes, rules: Rules): Map<string, FlatComponent> {
  const top = mapOf(root, 'architecture');
  const walk: Walk = { variables, rules, found: new Map() };
  const trees = listUnder(top, 'subtree', 'architecture');
  checkKeys(top, ['version', 'subtree', 'local'], 'architecture', rules);
  if (trees.length > 0) {
    for (const other of trees.slice(1)) {
      rules.slip({
        code: 'out-of-range',
        message: 'the architecture has a second root container, which Accelergy drops',
        span: other.span,
        expected: 'one container at the top, which may hold others',
      });
    }
    const first = mapOf(trees[0], 'the root container');
    const name = childOf(first, 'name');
    container(
      first,
      name?.kind === 'scalar' && name.value !== null ? String(name.value) : 'arch',
      attributesOf(mapUnder(first, 'attributes', 'the root container')),
      walk,
    );
  } else if (top.entries.has('local')) {
    container(top, '', NO_ATTRIBUTES, walk);
  } else {
    fail('missing-key', 'architecture needs the key "subtree" or "local"', { span: top.span });
  }
  return walk.found;
}

interface Walk {
  readonly variables: Attributes;
  readonly rules: Rules;
  readonly found: Map<string, FlatComponent>;
}

function container(map: TaggedMap, path: string, raw: Attributes, walk: Walk): void {
  const { variables, rules } = walk;
  const what = path === '' ? 'architecture' : `container "${path}"`;
  if (path !== '') checkKeys(map, CONTAINER_KEYS, what, rules);
  const attributes = withRequired(blockFor(raw, [variables], rules), variables, map.span, rules);
  const nodes = [
    ...listUnder(map, 'subtree', what).map((node) => () => inner(node, path, attributes, walk)),
    ...listUnder(map, 'local', what).map((node) => () => component(node, path, attributes, walk)),
  ];
  if (!map.entries.has('subtree') && !map.entries.has('local')) {
    fail('missing-key', `${what} needs the key "subtree" or "local"`, { span: map.span });
  }
  mapCollecting(nodes, (node) => node());
}

function inner(node: TaggedNode, path: string, inherited: Attributes, walk: Walk): void {
  const map = mapOf(node, `a container in "${path}"`);
  const name = nameUnder(map, 'name', `a container in "${path}"`);
  const raw = new Map(inherited);
  for (const [key, own] of attributesOf(mapUnder(map, 'attributes', `container "${name.value}"`))) raw.set(key, own);
  const { text } = instanceName(name.value, new Layers(raw, walk.variables), name.span, walk.rules);
  container(map, `${path}.${text}`, raw, walk);
}

function component(node: TaggedNode, path: string, inherited: Attributes, walk: Walk): void {
  const { variables, rules, found } = walk;
  const map = mapOf(node, `a component in "${path}"`);
  const name = nameUnder(map, 'name', `a component in "${path}"`);
  const what = `component "${name.value}"`;
  checkKeys(map, [...COMPONENT_KEYS, ...(rules.hasOldMeaning ? ['area_share', 'energy_share'] : [])], what, rules);
  const own = attributesOf(mapUnder(map, 'attributes', what));
  const block = new Map([...own, ...[...inherited].filter(([key]) => !own.has(key))]);
  const values =
    rules.hasOldMeaning || rules.peer === undefined
      ? inheriting(own, inherited, variables, rules)
      : blockInOrder(block, [variables], rules);
  const attributes = withRequired(values, variables, map.span, rules);
  const { text } = instanceName(name.value, new Layers(variables, attributes), name.span, rules);
  const full = path === '' ? text : `${path}.${text}`;
  if (found.has(full)) {
    rules.slip({
      code: 'duplicate-name',
      message: `there is already a component "${full}"; Accelergy takes the last one`,
      span: name.span,
    });
  }
  found.set(full, {
    ...classOf(map, what, rules),
    name: full,
    attributes,
    span: name.span,
    ...scalesOf(map, rules),
    others: othersOf(map),
  });
}

/** Own attributes that may refer to inherited ones, as in 0.3. Accelergy 0.4 hides those, so a file that uses them is not portable. */
function inheriting(
  own: Attributes,
  inherited: Attributes,
  variables: Attributes,
  rules: Rules,
): Map<string, Attribute> {
  const remark = rules.hasOldMeaning ? undefined : (d: Diagnostic) => rules.remark(d);
  const values = blockInAnyOrder(own, inherited, variables, rules, remark);
  return new Map([...values, ...[...inherited].filter(([key]) => !own.has(key))]);
}

function blockFor(raw: Attributes, outer: readonly Attributes[], rules: Rules): Map<string, Attribute> {
  if (!rules.hasOldMeaning) return blockInOrder(raw, outer, rules);
  return blockInAnyOrder(raw, NO_ATTRIBUTES, outer[0], rules);
}

function classOf(map: TaggedMap, what: string, rules: Rules) {
  const subclass = childOf(map, 'subclass');
  const hasSubclass = subclass !== undefined && !isEmpty(subclass);
  const counts = nameUnder(map, hasSubclass ? 'subclass' : 'class', what);
  const written = childOf(map, 'class');
  const required = childOf(map, 'required_actions');
  if (required !== undefined && required.kind !== 'list' && !isEmpty(required)) {
    rules.slip({
      code: 'wrong-type',
      message: `"required_actions" of ${what} is ${kindOf(required)}`,
      span: required.span,
      expected: 'a list',
    });
  }
  const actions = required?.kind === 'list' ? required.items : undefined;
  return {
    class: counts.value,
    classSpan: counts.span,
    writtenClass: written?.kind === 'scalar' ? String(written.value) : counts.value,
    hasSubclass,
    requiredActions: actions?.map((action) => ({
      name: action.kind === 'scalar' ? String(action.value) : kindOf(action),
      span: action.span,
    })),
  };
}

export function scalesOf(map: TaggedMap, rules: Rules) {
  const scale = (kind: string): Attribute | undefined => {
    const node = childOf(map, `${kind}_scale`) ?? (rules.hasOldMeaning ? childOf(map, `${kind}_share`) : undefined);
    return node && attributeOf(node);
  };
  return { areaScale: scale('area'), energyScale: scale('energy') };
}

export function othersOf(map: TaggedMap): Map<string, Plain> {
  const others = [...map.entries].filter(([key]) => !COMPONENT_KEYS.includes(key) || key === 'enabled');
  return new Map(others.map(([key, { node }]) => [key, attributeOf(node).value]));
}

/** The keys that every query needs, for the attributes of a container, component or part. */
const NUMBERS = ['global_cycle_seconds', 'cycle_seconds', 'n_instances', 'action_latency_cycles'] as const;

/**
 * Attributes with the keys that Accelergy requires; those that are missing come from `outer` or have a default. In files
 * older than 0.4 the cycle is the attribute `latency`, or 1 ns. Error: `attribute-missing`.
 */
export function withRequired(
  own: Attributes,
  outer: Attributes,
  span: Span,
  rules: Rules,
  isArguments = false,
  isLenient = false,
): Map<string, Attribute> {
  const all = new Map(own);
  if (rules.peer === 'accelergy-0.3') return all;
  const add = (key: string, otherwise?: Plain): void => {
    if (all.has(key)) return;
    const inherited = all.get(key.toUpperCase()) ?? outer.get(key) ?? outer.get(key.toUpperCase());
    if (inherited) all.set(key, inherited);
    else if (otherwise !== undefined) all.set(key, given(otherwise, span));
    else if (!isLenient) failMissing(key, own, span);
  };
  if (rules.isLegacy && rules.peer !== undefined) {
    add('global_cycle_seconds', all.get('latency')?.value ?? 1e-9);
    all.set('global_cycle_seconds', withoutUnit(all.get('global_cycle_seconds')!));
    return all;
  }
  if (rules.isLegacy) {
    add('global_cycle_seconds', 1e-9);
    if (!outer.has('technology') && !all.has('technology')) return all;
  }
  add('global_cycle_seconds');
  add('action_latency_cycles', 1);
  if (isArguments) return all;
  const cycle = all.get('global_cycle_seconds');
  if (cycle && !all.has('cycle_seconds')) all.set('cycle_seconds', cycle);
  add('technology');
  add('n_instances', 1);
  return all;
}

function withoutUnit(attribute: Attribute): Attribute {
  if (typeof attribute.value !== 'string') return attribute;
  return { ...attribute, value: attribute.value.replace('ns', 'e-9').replaceAll(' ', '') };
}

function failMissing(key: string, own: Attributes, span: Span): never {
  const example = key === 'technology' ? 'technology: "45nm"' : `${key}: 1e-9`;
  fail('attribute-missing', `"${key}" is missing among ${[...own.keys()].join(', ') || 'no attributes'}`, {
    span,
    expected: `${example}, in the container or in variables`,
  });
}

/** Error `expression-not-a-number` for a required key that is no number, of the attributes of a component or part. */
export function checkNumbers(attributes: Attributes, what: string, rules: Rules): void {
  if (rules.isLegacy) return;
  const problems: Diagnostic[] = [];
  for (const key of NUMBERS) {
    const attribute = attributes.get(key);
    if (attribute === undefined || typeof attribute.value === 'number' || typeof attribute.value === 'boolean')
      continue;
    problems.push({
      code: 'expression-not-a-number',
      message: `"${key}" of ${what} is ${JSON.stringify(attribute.value)}`,
      span: attribute.span,
      expected: 'a number',
    });
  }
  if (problems.length > 0) throw new InputError(problems);
}
