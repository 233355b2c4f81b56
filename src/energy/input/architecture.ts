import { type Diagnostic, fail, mapCollecting, type Span } from '../../base/errors.ts';
import {
  type Attribute,
  type Attributes,
  attributeOf,
  attributesOf,
  checkKeys,
  isEmpty,
  kindOf,
  listUnder,
  mapOf,
  mapUnder,
  NO_ATTRIBUTES,
  nameUnder,
  type Plain,
} from '../../formats/accelergy/index.ts';
import { childOf, type TaggedMap, type TaggedNode } from '../../formats/tagged-yaml.ts';
import { blockInAnyOrder } from './blocks.ts';
import { type Component, fullName, placed } from './component.ts';
import { instanceName } from './names.ts';
import { withRequired } from './required.ts';
import type { Rules } from './rules.ts';
import { blockInOrder, keyOf, Layers } from './values.ts';

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
const OLD_COMPONENT_KEYS = [...COMPONENT_KEYS, 'area_share', 'energy_share'];
const CONTAINER_KEYS = ['name', 'attributes', 'local', 'subtree'];

/**
 * The components of an architecture tree by full name, in Accelergy's order: the subtree of a container before its own
 * components. Errors: `missing-key`, `wrong-type`, `attribute-missing`, those of names and expressions.
 */
export function flattenTree(root: TaggedNode, variables: Attributes, rules: Rules): Map<string, Component> {
  const top = mapOf(root, 'architecture');
  const walk: Walk = { variables, rules, found: new Map(), names: new Set() };
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
    container(first, rootName(first, rules), { path: [], attributes: NO_ATTRIBUTES }, walk);
  } else if (top.entries.has('local')) {
    const attributes = rules.isRun ? NO_ATTRIBUTES : withRequired(NO_ATTRIBUTES, variables, top.span, rules);
    content(top, 'architecture', { path: [], attributes }, walk);
  } else {
    fail('missing-key', 'architecture needs the key "subtree" or "local"', { span: top.span });
  }
  return walk.found;
}

/** The root may lack a name in Accelergy. Its list bounds see the variables alone. */
function rootName(map: TaggedMap, rules: Rules): { readonly value: string; readonly span: Span } {
  const name = childOf(map, 'name');
  if (rules.isRun || (name && !isEmpty(name))) return nameUnder(map, 'name', 'the root container');
  return { value: 'arch', span: map.span };
}

interface Walk {
  readonly variables: Attributes;
  readonly rules: Rules;
  readonly found: Map<string, Component>;
  /** The names of components so far, without brackets. */
  readonly names: Set<string>;
}

/** Where a node stands: the names above it, and the attributes that it inherits. */
interface Above {
  readonly path: readonly string[];
  readonly attributes: Attributes;
}

/** The container of a component, with the attributes of its components so far by what they write. */
interface Container extends Above {
  /** A component of it in messages. */
  readonly where: string;
  readonly known: Map<string, Attributes>;
}

function container(
  map: TaggedMap,
  name: { readonly value: string; readonly span: Span },
  above: Above,
  walk: Walk,
): void {
  const { variables, rules } = walk;
  const what = `container "${[...above.path, name.value].join('.')}"`;
  checkKeys(map, CONTAINER_KEYS, what, rules);
  const own = attributesOf(mapUnder(map, 'attributes', what));
  const values = containerValues(own, above.attributes, walk);
  // Accelergy keeps the name of the root as it is written, and elsewhere reads attributes before they are evaluated.
  const scope = rules.peer
    ? new Layers(new Map([...above.attributes, ...own]), variables)
    : new Layers(variables, values);
  const isVerbatim = rules.peer !== undefined && above.path.length === 0;
  const text = isVerbatim ? name.value : instanceName(name.value, scope, name.span, rules).text;
  const attributes = rules.isRun ? values : withRequired(values, variables, map.span, rules);
  content(map, what, { path: [...above.path, text], attributes }, walk);
}

/** The attributes of a container with those that it inherits, which come first. */
function containerValues(own: Attributes, inherited: Attributes, { variables, rules }: Walk): Map<string, Attribute> {
  const raw = new Map([...inherited, ...own]);
  if (rules.hasOldMeaning) return blockInAnyOrder(raw, NO_ATTRIBUTES, variables, rules);
  if (rules.peer !== undefined) return blockInOrder(raw, [variables], rules);
  return new Map([...inherited, ...blockInAnyOrder(own, inherited, variables, rules)]);
}

function content(map: TaggedMap, what: string, above: Above, walk: Walk): void {
  const where = `a component in "${above.path.join('.')}"`;
  const here = { ...above, where, known: new Map<string, Attributes>() };
  const nodes = [
    ...listUnder(map, 'subtree', what).map((node) => () => inner(node, here, walk)),
    ...listUnder(map, 'local', what).map((node) => () => component(node, here, walk)),
  ];
  if (!walk.rules.isRun && !map.entries.has('subtree') && !map.entries.has('local')) {
    fail('missing-key', `${what} needs the key "subtree" or "local"`, { span: map.span });
  }
  mapCollecting(nodes, (node) => node());
}

function inner(node: TaggedNode, above: Above, walk: Walk): void {
  const map = mapOf(node, `a container in "${above.path.join('.')}"`);
  container(map, nameUnder(map, 'name', `a container in "${above.path.join('.')}"`), above, walk);
}

function component(node: TaggedNode, above: Container, walk: Walk): void {
  const { variables, rules, found } = walk;
  const { where } = above;
  const map = mapOf(node, where);
  const name = nameUnder(map, 'name', where);
  const what = `component "${name.value}"`;
  checkKeys(map, rules.hasOldMeaning ? OLD_COMPONENT_KEYS : COMPONENT_KEYS, what, rules);
  const attributes = componentValues(attributesOf(mapUnder(map, 'attributes', what)), map.span, above, walk);
  const { text } = instanceName(name.value, new Layers(variables, attributes), name.span, rules);
  const { name: ownName, segments, count } = placed([...above.path, text]);
  if (!Number.isSafeInteger(count))
    rules.slip({
      code: 'out-of-range',
      message: `${what} would be there ${count} times`,
      span: name.span,
      expected: `at most ${Number.MAX_SAFE_INTEGER} instances`,
    });
  sayTaken({ name: ownName, segments }, walk, name.span);
  const cls = classOf(map, what, rules);
  const { areaScale, energyScale } = scalesOf(map, rules);
  // Field by field: an object made of several others is slow to make and to copy.
  found.set(fullName({ segments }), {
    name: ownName,
    segments,
    count,
    writtenClass: cls.writtenClass,
    class: cls.class,
    hasSubclass: cls.hasSubclass,
    attributes,
    givenAttributes: attributes,
    areaScale,
    energyScale,
    requiredActions: cls.requiredActions,
    others: othersOf(map),
    span: name.span,
    classSpan: cls.classSpan,
  });
}

/** The attributes of a component with those that it inherits. Components of one container that write the same share them. */
function componentValues(own: Map<string, Attribute>, span: Span, above: Container, walk: Walk): Attributes {
  const { variables, rules } = walk;
  const key = keyOf(own);
  const before = above.known.get(key);
  if (before) return before;
  const inherited = above.attributes;
  const values =
    rules.hasOldMeaning || rules.peer === undefined
      ? inheriting(own, inherited, variables, rules)
      : blockInOrder(withMissing(own, inherited), [variables], rules);
  const attributes = withRequired(values, variables, span, rules);
  above.known.set(key, attributes);
  return attributes;
}

/** Names count without brackets: counts and bindings could not tell `a` from `a[0..1]`. */
function sayTaken({ name, segments }: Pick<Component, 'name' | 'segments'>, walk: Walk, span: Span): void {
  const { found, names, rules } = walk;
  if (names.has(name)) {
    const taken = found.has(fullName({ segments }));
    const message = `there is already a component "${name}"${taken ? '; Accelergy takes the last one' : ''}`;
    rules.slip({ code: 'duplicate-name', message, span });
  }
  names.add(name);
}

/** Own attributes that may refer to inherited ones, as in 0.3. Accelergy 0.4 hides those, so a file that uses them is not portable. */
function inheriting(
  own: Attributes,
  inherited: Attributes,
  variables: Attributes,
  rules: Rules,
): Map<string, Attribute> {
  const remark = rules.hasOldMeaning ? undefined : (d: Diagnostic) => rules.remark(d);
  return withMissing(blockInAnyOrder(own, inherited, variables, rules, remark), inherited);
}

/** Adds to a block what it lacks. */
function withMissing(block: Attributes, inherited: Attributes): Map<string, Attribute> {
  const all = new Map(block);
  for (const [key, attribute] of inherited) if (!all.has(key)) all.set(key, attribute);
  return all;
}

function classOf(map: TaggedMap, what: string, rules: Rules) {
  const subclass = childOf(map, 'subclass');
  const hasSubclass = subclass !== undefined && !isEmpty(subclass);
  const counts = nameUnder(map, hasSubclass ? 'subclass' : 'class', what);
  const written = childOf(map, 'class');
  return {
    class: counts.value,
    classSpan: counts.span,
    writtenClass: written?.kind === 'scalar' ? String(written.value) : counts.value,
    hasSubclass,
    requiredActions: requiredActionsOf(map, what, rules),
  };
}

/** The actions that a component requires; undefined without such a list. Anything in it but a name is a slip. */
export function requiredActionsOf(map: TaggedMap, what: string, rules: Rules): Component['requiredActions'] {
  const required = childOf(map, 'required_actions');
  if (required === undefined || isEmpty(required)) return undefined;
  const slip = ({ span }: TaggedNode, message: string, expected: string): void =>
    rules.slip({ code: 'wrong-type', message, span, expected });
  if (required.kind !== 'list') {
    slip(required, `"required_actions" of ${what} is ${kindOf(required)}`, 'a list');
    return undefined;
  }
  return required.items.map((action) => {
    if (action.kind === 'scalar') return { name: String(action.value), span: action.span };
    slip(action, `a required action of ${what} is ${kindOf(action)}`, 'a name such as read');
    return { name: kindOf(action), span: action.span };
  });
}

export function scalesOf(map: TaggedMap, rules: Rules) {
  const scale = (kind: string): Attribute | undefined => {
    const node = childOf(map, `${kind}_scale`) ?? (rules.hasOldMeaning ? childOf(map, `${kind}_share`) : undefined);
    return node && attributeOf(node);
  };
  return { areaScale: scale('area'), energyScale: scale('energy') };
}

export function othersOf(map: TaggedMap): Map<string, Plain> {
  const others = new Map<string, Plain>();
  for (const [key, { node }] of map.entries)
    if (key === 'enabled' || !COMPONENT_KEYS.includes(key)) others.set(key, attributeOf(node).value);
  return others;
}
