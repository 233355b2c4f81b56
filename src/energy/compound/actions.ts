import { fail, mapCollecting, nearestName, type Span } from '../../base/errors.ts';
import {
  type ActionCall,
  type Attribute,
  type Attributes,
  type ClassAction,
  given,
  plainText,
} from '../../formats/accelergy/index.ts';
import { blockOf } from '../input/blocks.ts';
import { baseName, countOf, instanceName, rangesOf } from '../input/names.ts';
import { PROPAGATED, withRequired } from '../input/required.ts';
import type { Rules } from '../input/rules.ts';
import { Layers, numberOf, scaleOf } from '../input/values.ts';
import type { Part, PartTree } from './parts.ts';

/** A call of an action of a primitive part. Rows that differ in nothing but a scale share it, and with it the answer to its question. */
export interface PartCall {
  /** Path of the part as the action names it. */
  readonly path: string;
  readonly part: Part;
  readonly action: string;
  readonly arguments: Attributes;
  /** How many instances the path names. */
  readonly count: number;
  readonly span: Span;
}

/** An action of a primitive part within an action of the component. */
export interface PartAction {
  readonly call: PartCall;
  /** Product of the scales of the actions on the way. */
  readonly scale: number;
}

/** An action of a compound component for one choice of its arguments. */
export interface CompoundRow {
  readonly action: string;
  readonly arguments: Attributes;
  readonly parts: readonly PartAction[];
  readonly span: Span;
}

/** Most rows of an action, and most primitive actions of a row. */
const MOST_ROWS = 100_000;

/**
 * The rows of every action of a compound component: one for each combination of arguments, the first of which varies
 * fastest. Errors: `wrong-type` and `argument-out-of-range` of ranges, `unknown-name` (a part), those of expressions.
 */
export function rowsOf(top: Part, tree: PartTree, rules: Rules): CompoundRow[] {
  return mapCollecting(top.compound!.actions, (action) => {
    const expansion = { tree, rules, shared: sharesCalls(action) ? new Map<ActionCall, PartCall>() : undefined };
    return combinations(action, top.attributes, rules).map((values) => {
      const scale = scaleOf(action.energyScale, new Layers(top.attributes, values), rules);
      const parts = expand(top, action, values, scale, expansion);
      return { action: action.name, arguments: values, parts, span: action.span };
    });
  }).flat();
}

/** Whether the arguments of an action leave alone what every query carries, so that calls without arguments are the same in all its rows. */
function sharesCalls(action: ClassAction): boolean {
  return !PROPAGATED.some((name) => action.arguments.has(name));
}

function combinations(action: ClassAction, attributes: Attributes, rules: Rules): Map<string, Attribute>[] {
  const choices: (readonly [name: string, values: readonly Attribute[]])[] = [];
  let count = 1;
  for (const [name, range] of action.arguments) {
    const [first, last] = boundsOf(range, `argument "${name}" of "${action.name}"`, attributes, rules);
    const length = Math.max(0, last - first + 1);
    count *= length;
    if (count > MOST_ROWS) {
      fail('argument-out-of-range', `action "${action.name}" has more than ${MOST_ROWS} combinations of arguments`, {
        span: range.span,
      });
    }
    if (length === 0) {
      rules.remark({
        code: 'argument-out-of-range',
        message: `argument "${name}" of "${action.name}" has no value from ${first} to ${last}`,
        span: range.span,
      });
    }
    // Without a row, the lengths of further ranges have no bound.
    choices.push([name, Array.from({ length: count === 0 ? 0 : length }, (_, i) => given(first + i, range.span))]);
  }
  return Array.from({ length: count }, (_, row) => combination(choices, row));
}

/** The values of one row; those of the first argument change fastest. */
function combination(
  choices: readonly (readonly [name: string, values: readonly Attribute[]])[],
  row: number,
): Map<string, Attribute> {
  const chosen = new Map<string, Attribute>();
  let rest = row;
  for (const [name, values] of choices) {
    chosen.set(name, values[rest % values.length]);
    rest = Math.floor(rest / values.length);
  }
  return chosen;
}

function boundsOf(range: Attribute, what: string, attributes: Attributes, rules: Rules): [number, number] {
  const text = range.value;
  if (typeof text !== 'string' || !text.includes('..')) {
    fail('wrong-type', `${what} is ${JSON.stringify(text)}`, { span: range.span, expected: 'a range such as 0..1' });
  }
  const [low, high] = text.split('..');
  const names = new Layers(attributes);
  const bound = (part: string) =>
    Math.trunc(numberOf({ value: part.trim(), bare: true, span: range.span }, names, rules));
  return [bound(low), bound(high)];
}

interface Expansion {
  readonly tree: PartTree;
  readonly rules: Rules;
  /** The calls that all rows of an action of the component share. */
  readonly shared: Map<ActionCall, PartCall> | undefined;
}

/** The scope of the calls of an action: the attributes of its owner, hidden by the arguments of the action. */
class Scope {
  readonly owner: Part;
  readonly names: Layers;
  private readonly values: Attributes;
  private merged: Attributes | undefined;

  constructor(owner: Part, values: Attributes) {
    this.owner = owner;
    this.names = new Layers(owner.attributes, values);
    this.values = values;
  }

  /** The same as one map, which few calls need. */
  get attributes(): Attributes {
    this.merged ??= new Map([...this.owner.attributes, ...this.values]);
    return this.merged;
  }
}

/** The primitive actions of an action of `owner`. The arguments hide attributes of the same name. */
function expand(
  owner: Part,
  action: ClassAction,
  values: Attributes,
  scale: number,
  expansion: Expansion,
): PartAction[] {
  const scope = new Scope(owner, values);
  const found: PartAction[] = [];
  for (const { part, span, actions } of action.calls)
    for (const call of actions) addCall(found, { name: part, span }, call, scope, scale, expansion);
  if (found.length > MOST_ROWS) {
    fail('out-of-range', `action "${action.name}" has more than ${MOST_ROWS} primitive actions`, { span: action.span });
  }
  return found;
}

/** A part as an action names it. */
interface NamedPart {
  readonly name: string;
  readonly span: Span;
}

/** Adds the primitive actions of a call. */
function addCall(
  found: PartAction[],
  named: NamedPart,
  call: ActionCall,
  scope: Scope,
  outerScale: number,
  expansion: Expansion,
): void {
  const { rules, shared } = expansion;
  const scale = scaleOf(call.energyScale, scope.names, rules) * outerScale;
  const before = scope.owner.path === '' ? shared?.get(call) : undefined;
  if (before) {
    found.push({ call: before, scale });
    return;
  }
  const path = pathOf(named, scope, rules);
  const part = findPart(path, scope.owner, named.span, expansion);
  const values = argumentsOf(call, scope, rules);
  if (part.compound) {
    for (const one of innerActions(call, { ...part, path }, values, scale, expansion)) found.push(one);
    return;
  }
  const own = { path, part, action: call.name, arguments: values, count: countOf(path), span: call.span };
  found.push({ call: own, scale });
  // A name in brackets and arguments may differ from row to row.
  if (scope.owner.path === '' && call.arguments.size === 0 && !named.name.includes('[')) shared?.set(call, own);
}

function pathOf({ name, span }: NamedPart, { owner, names }: Scope, rules: Rules): string {
  const { text } = instanceName(name, names, span, rules);
  return owner.path === '' ? text : `${owner.path}.${text}`;
}

function argumentsOf(call: ActionCall, { attributes }: Scope, rules: Rules): Attributes {
  const own = call.arguments.size === 0 ? call.arguments : blockOf(call.arguments, [attributes], rules);
  return withRequired(own, attributes, call.span, rules, rules.isRun);
}

/** The primitive actions of a call to a part that is a compound itself. Accelergy takes an action that its class lacks as zero. */
function innerActions(
  call: ActionCall,
  target: Part,
  values: Attributes,
  scale: number,
  expansion: Expansion,
): PartAction[] {
  const { rules } = expansion;
  const { name: cls, actions } = target.compound!;
  const inner = actions.find(({ name }) => name === call.name);
  if (inner) {
    checkArguments(inner, call, values, target.attributes, rules);
    // Accelergy drops the scale that the inner action has of itself.
    const own = rules.peer === undefined ? scaleOf(inner.energyScale, new Layers(target.attributes, values), rules) : 1;
    return expand(target, inner, values, scale * own, expansion);
  }
  const names = actions.map(({ name }) => name);
  rules.slip({
    code: 'action-unknown',
    message: `class "${cls}" has no action "${call.name}"; Accelergy counts it as zero`,
    span: call.span,
    expected: `one of ${names.join(', ')}`,
    suggestion: nearestName(call.name, names),
  });
  return [];
}

/** Errors, which Accelergy does not have: `unknown-name`, `attribute-missing`, `argument-out-of-range` of the arguments of an inner action. */
function checkArguments(
  inner: ClassAction,
  call: ActionCall,
  values: Attributes,
  attributes: Attributes,
  rules: Rules,
) {
  if (rules.peer !== undefined) return;
  for (const [name, { span }] of call.arguments) {
    if (inner.arguments.has(name)) continue;
    const message = `action "${inner.name}" has no argument "${name}"`;
    fail('unknown-name', message, { span, suggestion: nearestName(name, inner.arguments.keys()) });
  }
  for (const [name, range] of inner.arguments) {
    const value = values.get(name);
    if (value === undefined)
      fail('attribute-missing', `action "${inner.name}" needs the argument "${name}"`, { span: call.span });
    const [first, last] = boundsOf(range, `argument "${name}" of "${inner.name}"`, attributes, rules);
    if (Number(value.value) >= first && Number(value.value) <= last) continue;
    const span = call.arguments.get(name)?.span ?? call.span;
    fail('argument-out-of-range', `"${name}" is ${plainText(value.value)}`, { span, expected: `${first} to ${last}` });
  }
}

function findPart(path: string, owner: Part, span: Span, { tree, rules }: Expansion): Part {
  const part = tree.byBase.get(baseName(path));
  if (!part) {
    const known = owner.compound!.parts.map(({ name }) => baseName(name));
    const name = path.slice(owner.path === '' ? 0 : owner.path.length + 1);
    return fail('unknown-name', `class "${owner.class}" has no subcomponent "${baseName(name)}"`, {
      span,
      expected: `one of ${known.join(', ')}`,
      suggestion: nearestName(baseName(name), known),
    });
  }
  const [own, declared] = [rangesOf(path), rangesOf(part.path)];
  const inside = own.every(
    ([first, last], i) => declared[i] !== undefined && first >= declared[i][0] && last <= declared[i][1],
  );
  if (!inside) {
    rules.slip({
      code: 'out-of-range',
      message: `"${path}" is outside the declared "${part.path}"; Accelergy counts it all the same`,
      span,
    });
  }
  return part;
}
