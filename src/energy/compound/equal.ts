import type { Attribute, CompoundClass } from '../../formats/accelergy/index.ts';
import type { Component } from '../input/component.ts';
import { PROPAGATED } from '../input/required.ts';
import { keyOf, valueKey } from '../input/values.ts';

/** A component but for its name and place, as a text: components with equal keys have equal tables. */
export function designKey({ class: cls, givenAttributes, areaScale, energyScale, requiredActions }: Component): string {
  const actions = requiredActions?.map(({ name }) => JSON.stringify(name)).join() ?? '';
  return `${JSON.stringify(cls)}[${actions}]${scaleKey(areaScale)};${scaleKey(energyScale)};${keyOf(givenAttributes)}`;
}

function scaleKey(scale: Attribute | undefined): string {
  return scale ? `${scale.bare}${valueKey(scale.value)}` : '';
}

/**
 * The attributes that the figures of a compound component can depend on, as a text: components of the class with equal keys have equal
 * figures. An attribute counts if its class, or a class of its parts, mentions the name anywhere.
 */
export function figuresKey(
  { attributes, areaScale, energyScale }: Component,
  cls: CompoundClass,
  names: NamesRead,
): string {
  // An own scale may mention any attribute, and a primitive type is asked with all of them.
  if (areaScale || energyScale || cls.primitiveType !== undefined) {
    return `${JSON.stringify(cls.name)}${scaleKey(areaScale)};${scaleKey(energyScale)};${keyOf(attributes)}`;
  }
  const mentioned = names(cls);
  const read = new Map<string, Attribute>();
  for (const [name, attribute] of attributes) if (mentioned.has(name)) read.set(name, attribute);
  return `${JSON.stringify(cls.name)};;${keyOf(read)}`;
}

/** The names that a class mentions. */
export type NamesRead = (cls: CompoundClass) => ReadonlySet<string>;

/** Finds the names that classes mention, each class once. */
export function namesReader(compounds: ReadonlyMap<string, CompoundClass>): NamesRead {
  const known = new Map<CompoundClass, ReadonlySet<string>>();
  return (cls) => {
    const before = known.get(cls);
    if (before) return before;
    const names = namesRead(cls, compounds);
    known.set(cls, names);
    return names;
  };
}

/** Every part takes these over without mentioning them. */
const TAKEN = PROPAGATED.flatMap((name) => [name, name.toUpperCase()]);

function namesRead(top: CompoundClass, compounds: ReadonlyMap<string, CompoundClass>): Set<string> {
  const names = new Set(TAKEN);
  const open = [top];
  const seen = new Set(open);
  for (let cls = open.pop(); cls; cls = open.pop()) {
    for (const text of textsOf(cls)) for (const [name] of text.matchAll(/[A-Za-z_]\w*/g)) names.add(name);
    for (const part of cls.parts) {
      const inner = compounds.get(part.class);
      if (!inner || seen.has(inner)) continue;
      seen.add(inner);
      open.push(inner);
    }
  }
  return names;
}

/** Every text of a class that may hold an expression. */
function* textsOf({ attributes, parts, actions }: CompoundClass): Iterable<string> {
  yield* texts(attributes.values());
  for (const part of parts) {
    yield part.name;
    yield* texts([...part.attributes.values(), part.areaScale, part.energyScale]);
  }
  for (const action of actions) {
    yield* texts([...action.arguments.values(), action.energyScale]);
    for (const call of action.calls) {
      yield call.part;
      for (const one of call.actions) yield* texts([...one.arguments.values(), one.energyScale]);
    }
  }
}

function* texts(attributes: Iterable<Attribute>): Iterable<string> {
  for (const { value } of attributes) if (typeof value === 'string') yield value;
}
