import { fail, mapCollecting, type Span } from '../../base/errors.ts';
import { childOf, type TaggedMap, type TaggedNode } from '../tagged-yaml.ts';
import { type Attribute, type Attributes, attributeOf, attributesOf, given } from './attributes.ts';
import { checkKeys, listUnder, mapOf, mapUnder, nameUnder, type Slips } from './shape.ts';

/** How classes are read: what is passed over, and whether the keys of Accelergy 0.3 have their meaning. */
export type ClassRules = Slips & { readonly hasOldMeaning: boolean };

export interface ClassPart {
  readonly name: string;
  readonly class: string;
  readonly attributes: Attributes;
  readonly areaScale: Attribute;
  readonly energyScale: Attribute;
  readonly span: Span;
  readonly classSpan: Span;
}

/** A call of an action of a part. */
export interface ActionCall {
  readonly name: string;
  readonly arguments: Attributes;
  readonly energyScale: Attribute;
  readonly span: Span;
}

export interface ClassAction {
  readonly name: string;
  /** Ranges of whole numbers. */
  readonly arguments: Attributes;
  readonly energyScale: Attribute;
  /** The calls for each part that the action names, in source order. */
  readonly calls: readonly { readonly part: string; readonly span: Span; readonly actions: readonly ActionCall[] }[];
  readonly span: Span;
}

/** A compound class. */
export interface CompoundClass {
  readonly name: string;
  readonly attributes: Attributes;
  readonly parts: readonly ClassPart[];
  readonly actions: readonly ClassAction[];
  /** The class that estimators are asked for instead of summing over the parts. */
  readonly primitiveType?: string | undefined;
  readonly span: Span;
}

const CLASS_KEYS = ['name', 'attributes', 'subcomponents', 'actions', 'primitive_type', 'type'];
const PART_KEYS = ['name', 'class', 'attributes', 'area_scale', 'energy_scale'];
const ACTION_KEYS = ['name', 'arguments', 'energy_scale', 'repeat', 'subcomponents'];
const CALL_KEYS = ['name', 'arguments', 'energy_scale', 'repeat'];
const OLD_SHARES = ['area_share', 'energy_share', 'action_share'];

/**
 * The classes of the `compound_components` of all files by name; a class that is defined twice is a slip, and the last
 * definition counts. Errors, of all classes together: `missing-key`, `wrong-type`.
 */
export function readClasses(roots: readonly TaggedNode[], rules: ClassRules): Map<string, CompoundClass> {
  const classes = new Map<string, CompoundClass>();
  const nodes = roots.flatMap((root) =>
    listUnder(mapOf(root, 'compound_components'), 'classes', 'compound_components'),
  );
  for (const cls of mapCollecting(nodes, (node) => readClass(mapOf(node, 'a class'), rules))) {
    if (classes.has(cls.name)) repeated(`class "${cls.name}"`, cls.span, rules);
    classes.set(cls.name, cls);
  }
  return classes;
}

/** An error; a warning for actions, which public files list twice. */
function repeated(what: string, span: Span, rules: ClassRules, isHarmless = false): void {
  const message = `there is already ${/^[aeiou]/.test(what) ? 'an' : 'a'} ${what}; Accelergy takes the last one`;
  const problem = { code: 'duplicate-name', message, span } as const;
  if (isHarmless) rules.remark(problem);
  else rules.slip(problem);
}

function readClass(map: TaggedMap, rules: ClassRules): CompoundClass {
  const { value: name, span } = nameUnder(map, 'name', 'a class');
  const what = `class "${name}"`;
  checkKeys(map, CLASS_KEYS, what, rules);
  const parts = mapCollecting(listUnder(map, 'subcomponents', what), (node) => readPart(node, what, rules));
  const actions = mapCollecting(listUnder(map, 'actions', what), (node) => readAction(node, what, rules));
  const type = childOf(map, 'primitive_type');
  return {
    name,
    attributes: attributesOf(mapUnder(map, 'attributes', what)),
    parts: lastOfEach(parts, 'subcomponent', rules),
    actions: lastOfEach(actions, 'action', rules),
    primitiveType: type?.kind === 'scalar' && type.value !== null ? String(type.value) : undefined,
    span,
  };
}

/** As a Python dictionary: the last of equal names, at the place of the first. */
function lastOfEach<T extends { readonly name: string; readonly span: Span }>(
  items: readonly T[],
  what: string,
  rules: ClassRules,
): T[] {
  const byName = new Map<string, T>();
  for (const item of items) {
    if (byName.has(item.name)) repeated(`${what} "${item.name}"`, item.span, rules, what === 'action');
    byName.set(item.name, item);
  }
  return [...byName.values()];
}

function readPart(node: TaggedNode, owner: string, rules: ClassRules): ClassPart {
  const map = mapOf(node, `a subcomponent of ${owner}`);
  const name = nameUnder(map, 'name', `a subcomponent of ${owner}`);
  const what = `subcomponent "${name.value}" of ${owner}`;
  const cls = nameUnder(map, 'class', what);
  checkKeys(map, [...PART_KEYS, ...oldShares(rules)], what, rules);
  const attributes = attributesOf(mapUnder(map, 'attributes', what));
  const own = (...keys: readonly string[]): Attribute | undefined => {
    for (const key of keys) {
      const child = childOf(map, key);
      if (child) return attributeOf(child);
    }
    return undefined;
  };
  const old = rules.hasOldMeaning;
  const one = given(1, map.span);
  return {
    name: name.value,
    class: cls.value,
    attributes,
    areaScale: (old ? own('area_share', 'area_scale') : (own('area_scale') ?? attributes.get('area_scale'))) ?? one,
    energyScale:
      (old ? own('energy_share', 'energy_scale') : (own('energy_scale') ?? attributes.get('energy_scale'))) ?? one,
    span: name.span,
    classSpan: cls.span,
  };
}

function oldShares(rules: ClassRules): readonly string[] {
  return rules.hasOldMeaning ? OLD_SHARES : [];
}

function readAction(node: TaggedNode, owner: string, rules: ClassRules): ClassAction {
  const map = mapOf(node, `an action of ${owner}`);
  const name = nameUnder(map, 'name', `an action of ${owner}`);
  const what = `action "${name.value}" of ${owner}`;
  checkKeys(map, ACTION_KEYS, what, rules);
  if (!map.entries.has('subcomponents'))
    fail('missing-key', `${what} needs the key "subcomponents"`, { span: name.span });
  const calls = mapCollecting(listUnder(map, 'subcomponents', what), (child) => {
    const called = mapOf(child, `a subcomponent of ${what}`);
    const part = nameUnder(called, 'name', `a subcomponent of ${what}`);
    checkKeys(called, ['name', 'actions'], `a subcomponent of ${what}`, rules);
    if (!called.entries.has('actions'))
      fail('missing-key', `"${part.value}" of ${what} needs the key "actions"`, { span: part.span });
    const actions = mapCollecting(listUnder(called, 'actions', what), (call) => readCall(call, what, rules));
    return { name: part.value, part: part.value, span: part.span, actions };
  });
  return {
    name: name.value,
    arguments: attributesOf(mapUnder(map, 'arguments', what)),
    energyScale: scaleOf(map, rules),
    calls: lastOfEach(calls, `call of ${what} for`, rules),
    span: name.span,
  };
}

function readCall(node: TaggedNode, owner: string, rules: ClassRules): ActionCall {
  const map = mapOf(node, `a call of ${owner}`);
  const name = nameUnder(map, 'name', `a call of ${owner}`);
  checkKeys(map, [...CALL_KEYS, ...oldShares(rules)], `the call of "${name.value}" in ${owner}`, rules);
  const args = attributesOf(mapUnder(map, 'arguments', `the call of "${name.value}" in ${owner}`));
  return { name: name.value, arguments: args, energyScale: scaleOf(map, rules), span: name.span };
}

/** The scale of an action or a call. Accelergy takes `repeat` before `energy_scale`; 0.3 also knew `action_share`. */
function scaleOf(map: TaggedMap, rules: ClassRules): Attribute {
  const nodes = ['repeat', 'energy_scale', ...oldShares(rules)].flatMap((key) => childOf(map, key) ?? []);
  const [first, second] = nodes;
  if (second) {
    const message = 'the action has two scales; Accelergy takes "repeat"';
    rules.slip({ code: 'duplicate-name', message, span: first.span, expected: 'repeat or energy_scale' });
  }
  return first ? attributeOf(first) : given(1, map.span);
}
