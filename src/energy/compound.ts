import { fail, mapCollecting, nearestName, type Span } from '../base/errors.ts';
import type { CompoundAction, CompoundClass, Scalar, SubAction } from '../formats/accelergy/index.ts';
import type { Component } from './architecture.ts';
import { argumentCombinations, checkArguments } from './expression/arguments.ts';
import { blockValues, scaleValue } from './expression/attributes.ts';
import type { Scope } from './expression/evaluate.ts';
import type { Value } from './expression/expression.ts';
import { type ListName, readListName } from './expression/list-name.ts';
import { type ClassTable, type Instance, instantiate, leavesOf, type Primitive } from './instance.ts';

/** An action of a primitive within an action of the component; it counts multiplicity x scale times. */
export interface PrimitiveAction {
  readonly path: string;
  readonly class: string;
  readonly attributes: ReadonlyMap<string, Value>;
  readonly action: string;
  readonly arguments: ReadonlyMap<string, Value>;
  readonly multiplicity: number;
  /** Product of the energy scales of actions and subcomponents. */
  readonly scale: number;
  readonly span: Span;
}

/** One action of a component for one choice of its arguments. */
export interface ResolvedAction {
  readonly action: string;
  readonly arguments: ReadonlyMap<string, number>;
  readonly parts: readonly PrimitiveAction[];
}

export interface ResolvedComponent {
  readonly component: Component;
  /** The component's attributes, and the defaults of its class for the others. */
  readonly attributes: ReadonlyMap<string, Value>;
  readonly primitives: readonly Primitive[];
  readonly actions: readonly ResolvedAction[];
}

/**
 * Resolves a component to primitives with Accelergy 0.4's arithmetic. Scales multiply along the path. An action calls
 * an action of its subcomponents as many times as the named list is long. Each combination of arguments gives one
 * entry, and the first argument varies fastest. Errors: `unknown-name` (class, subcomponent), `compound-cycle`,
 * `attribute-missing` (`must_specify`), `action-unknown` (Accelergy counts a misspelt inner action as zero),
 * `argument-out-of-range`, `out-of-range` (an index outside the declared list, a scale below zero), `duplicate-name`,
 * those of expressions.
 */
export function resolveComponent(component: Component, classes: ClassTable): ResolvedComponent {
  const instance = instantiate(component, classes);
  return {
    component,
    attributes: instance.attributes,
    primitives: leavesOf(instance),
    actions: actionsOf(component, instance),
  };
}

function actionsOf(component: Component, top: Instance): ResolvedAction[] {
  const { compound } = top;
  if (!compound) return component.requiredActions.map((action) => primitiveAction(action, top));
  mapCollecting(component.requiredActions, (action) => findAction(compound, action));
  return mapCollecting(compound.actions, (action) =>
    argumentCombinations(action, top.attributes).map((values) => {
      const scope = new Map([...top.attributes, ...values]);
      const parts = expand(top, action, scope, { multiplicity: 1, scale: scaleValue(action.energyScale, scope) });
      return { action: String(action.name.value), arguments: values, parts };
    }),
  ).flat();
}

function primitiveAction(name: Scalar, { class: cls, attributes, energyScale }: Instance): ResolvedAction {
  const action = String(name.value);
  const part = {
    path: '',
    class: cls,
    attributes,
    action,
    arguments: new Map(),
    multiplicity: 1,
    scale: energyScale,
    span: name.span,
  };
  return { action, arguments: new Map(), parts: [part] };
}

/** How often an action happens, accumulated on the way down to primitives. */
interface Weight {
  readonly multiplicity: number;
  readonly scale: number;
}

function expand(instance: Instance, action: CompoundAction, scope: Scope, weight: Weight): PrimitiveAction[] {
  return mapCollecting(action.subcomponents, ({ name, actions }) => {
    const list = readListName(name, scope);
    const child = findChild(instance, list, name);
    const multiplicity = weight.multiplicity * list.length;
    const path = instance.path === '' ? list.text : `${instance.path}.${list.text}`;
    return mapCollecting(actions, (sub) => {
      const scale = weight.scale * scaleValue(sub.energyScale, scope);
      return expandSubAction(child, path, sub, blockValues(sub.arguments, scope), { multiplicity, scale });
    }).flat();
  }).flat();
}

function expandSubAction(
  child: Instance,
  path: string,
  sub: SubAction,
  given: Map<string, Value>,
  weight: Weight,
): PrimitiveAction[] {
  const { name, class: cls, attributes, compound, energyScale } = { ...child, name: String(sub.name.value) };
  if (!compound) {
    const { multiplicity, scale } = weight;
    return [
      {
        path,
        class: cls,
        attributes,
        action: name,
        arguments: given,
        multiplicity,
        scale: scale * energyScale,
        span: sub.name.span,
      },
    ];
  }
  const inner = findAction(compound, sub.name);
  checkArguments(inner, given, attributes, sub);
  const scope = new Map([...attributes, ...given]);
  return expand({ ...child, path }, inner, scope, {
    ...weight,
    scale: weight.scale * scaleValue(inner.energyScale, scope),
  });
}

function findAction(compound: CompoundClass, name: Scalar): CompoundAction {
  const found = compound.actions.find((action) => action.name.value === name.value);
  if (found) return found;
  const known = compound.actions.map((action) => String(action.name.value));
  return fail('action-unknown', `class "${compound.name.value}" has no action "${name.value}"`, {
    span: name.span,
    expected: `one of ${known.join(', ')}`,
    suggestion: nearestName(String(name.value), known),
  });
}

function findChild(instance: Instance, list: ListName, name: Scalar): Instance {
  const child = instance.children.get(list.base);
  if (!child) {
    fail('unknown-name', `class "${instance.class}" has no subcomponent "${list.base}"`, {
      span: name.span,
      suggestion: nearestName(list.base, instance.children.keys()),
    });
  }
  const declared = child.name;
  // Accelergy compares base names only and accepts an index beyond the declared list.
  const inside =
    list.first === undefined ||
    (declared.first !== undefined && list.first >= declared.first && list.last! <= declared.last!);
  if (!inside) fail('out-of-range', `${list.text} is outside the declared ${declared.text}`, { span: name.span });
  return child;
}
