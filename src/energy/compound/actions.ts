import { fail, mapCollecting, nearestName, type Span } from '../../base/errors.ts';
import { once } from '../../base/once.ts';
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

/** An action of a primitive part within an action of the component. */
export interface PartAction {
  /** Path of the part as the action names it. */
  readonly path: string;
  readonly part: Part;
  readonly action: string;
  readonly arguments: Attributes;
  /** Product of the scales of the actions on the way. */
  readonly scale: number;
  /** How many instances the path names. */
  readonly count: number;
  readonly span: Span;
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
    const isOwn = PROPAGATED.some((name) => action.arguments.has(name));
    const expansion = { tree, rules, withoutArguments: isOwn ? undefined : new Map<ActionCall, Attributes>() };
    return combinations(action, top.attributes, rules).map((values) => {
      const scale = scaleOf(action.energyScale, new Layers(top.attributes, values), rules);
      const parts = expand(top, action, values, scale, expansion);
      return { action: action.name, arguments: values, parts, span: action.span };
    });
  }).flat();
}

function combinations(action: ClassAction, attributes: Attributes, rules: Rules): Map<string, Attribute>[] {
  let rows: Map<string, Attribute>[] = [new Map()];
  for (const [name, range] of action.arguments) {
    const [first, last] = boundsOf(range, `argument "${name}" of "${action.name}"`, attributes, rules);
    const length = Math.max(0, last - first + 1);
    if (rows.length * length > MOST_ROWS) {
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
    const values = Array.from({ length }, (_, i) => given(first + i, range.span));
    rows = values.flatMap((value) => rows.map((row) => new Map([...row, [name, value]])));
  }
  return rows;
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
  /** Arguments of the calls of an action that has none of its own for what every query carries. */
  readonly withoutArguments: Map<ActionCall, Attributes> | undefined;
}

/** The primitive actions of an action of `owner`. The arguments hide attributes of the same name. */
function expand(
  owner: Part,
  action: ClassAction,
  values: Attributes,
  scale: number,
  expansion: Expansion,
): PartAction[] {
  const { rules } = expansion;
  const scope: Scope = {
    names: new Layers(owner.attributes, values),
    attributes: once(() => new Map([...owner.attributes, ...values])),
    withoutArguments: owner.path === '' ? expansion.withoutArguments : undefined,
  };
  const found = action.calls.flatMap(({ part, span, actions }) => {
    const { text } = instanceName(part, scope.names, span, rules);
    const path = owner.path === '' ? text : `${owner.path}.${text}`;
    const target = findPart(path, owner, span, expansion);
    return actions.flatMap((call) => expandCall(call, path, target, scope, scale, expansion));
  });
  if (found.length > MOST_ROWS) {
    fail('out-of-range', `action "${action.name}" has more than ${MOST_ROWS} primitive actions`, { span: action.span });
  }
  return found;
}

/** The scope of the calls of an action: the attributes of its owner, hidden by the arguments of the action. */
interface Scope {
  readonly names: Layers;
  readonly attributes: () => Attributes;
  /** The arguments of calls that write none, where all rows of the component share it. */
  readonly withoutArguments: Map<ActionCall, Attributes> | undefined;
}

function argumentsOf(call: ActionCall, { attributes, withoutArguments }: Scope, rules: Rules): Attributes {
  const known = withoutArguments?.get(call);
  if (known) return known;
  const own = call.arguments.size === 0 ? call.arguments : blockOf(call.arguments, [attributes()], rules);
  const values = withRequired(own, attributes(), call.span, rules, rules.isRun);
  if (call.arguments.size === 0) withoutArguments?.set(call, values);
  return values;
}

function expandCall(
  call: ActionCall,
  path: string,
  target: Part,
  scope: Scope,
  outerScale: number,
  expansion: Expansion,
): PartAction[] {
  const { rules } = expansion;
  const scale = scaleOf(call.energyScale, scope.names, rules) * outerScale;
  const values = argumentsOf(call, scope, rules);
  if (!target.compound) {
    return [{ path, part: target, action: call.name, arguments: values, scale, count: countOf(path), span: call.span }];
  }
  const inner = target.compound.actions.find(({ name }) => name === call.name);
  if (inner) {
    const names = new Layers(target.attributes, values);
    checkArguments(inner, call, values, target.attributes, rules);
    // Accelergy drops the scale that the inner action has of itself.
    const own = rules.peer === undefined ? scaleOf(inner.energyScale, names, rules) : 1;
    return expand({ ...target, path }, inner, values, scale * own, expansion);
  }
  const names = target.compound.actions.map(({ name }) => name);
  rules.slip({
    code: 'action-unknown',
    message: `class "${target.class}" has no action "${call.name}"; Accelergy counts it as zero`,
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
