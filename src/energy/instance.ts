import { fail, mapCollecting, nearestName, type Span } from '../base/errors.ts';
import type { CompoundClass, Scalar, Subcomponent } from '../formats/accelergy/index.ts';
import { type Component, PROPAGATED } from './architecture.ts';
import { blockValues, scaleValue } from './expression/attributes.ts';
import type { Scope } from './expression/evaluate.ts';
import type { Value } from './expression/expression.ts';
import { type ListName, readListName } from './expression/list-name.ts';

/** A primitive component inside an architecture component, or that component itself (path ''). */
export interface Primitive {
  /** Path inside the component, as declared: `regs.op_reg[0..1]`. */
  readonly path: string;
  readonly class: string;
  readonly attributes: ReadonlyMap<string, Value>;
  /** Product of the scales on the path, including that of the architecture component. */
  readonly areaScale: number;
  readonly energyScale: number;
  /** Number of these primitives in one instance of the component. */
  readonly multiplicity: number;
  readonly span: Span;
}

/** The known classes: compound classes by name, and the class names that estimators know. */
export interface ClassTable {
  readonly compounds: ReadonlyMap<string, CompoundClass>;
  readonly primitives: ReadonlySet<string>;
}

/** A component or subcomponent with its attributes and its parts. */
export interface Instance extends Primitive {
  readonly name: ListName;
  /** Undefined for a primitive. */
  readonly compound?: CompoundClass | undefined;
  readonly children: ReadonlyMap<string, Instance>;
}

/**
 * The tree of subcomponents of a component, with Accelergy 0.4's attribute scopes and scales. Errors: `unknown-name`,
 * `compound-cycle`, `attribute-missing`, `duplicate-name`, `out-of-range` (a scale below zero), those of expressions.
 */
export function instantiate(component: Component, classes: ClassTable): Instance {
  const compound = lookUpClass(component.class, component.classSpan, classes);
  const defaults = compound ? defaultsOf(compound, component.attributes, component.span) : new Map();
  const attributes = new Map([...component.attributes, ...blockValues(defaults, component.attributes)]);
  const base = {
    path: '',
    name: { base: '', text: '', length: 1 },
    class: component.class,
    attributes,
    areaScale: scaleValue(component.areaScale, attributes),
    energyScale: scaleValue(component.energyScale, attributes),
    multiplicity: 1,
    span: component.classSpan,
  };
  return { ...base, compound, children: childrenOf(base, compound, [component.class], classes) };
}

function childrenOf(
  parent: Primitive,
  compound: CompoundClass | undefined,
  way: readonly string[],
  classes: ClassTable,
): Map<string, Instance> {
  const children = new Map<string, Instance>();
  mapCollecting(compound?.subcomponents ?? [], (source) => {
    const child = instantiateChild(source, parent, way, classes);
    if (children.has(child.name.base)) {
      fail('duplicate-name', `there is already a subcomponent "${child.name.base}"`, { span: source.name.span });
    }
    children.set(child.name.base, child);
  });
  return children;
}

function instantiateChild(
  source: Subcomponent,
  parent: Primitive,
  way: readonly string[],
  classes: ClassTable,
): Instance {
  const cls = String(source.class.value);
  if (way.includes(cls)) {
    fail('compound-cycle', `class "${cls}" contains itself: ${[...way, cls].join(' -> ')}`, {
      span: source.class.span,
    });
  }
  const compound = lookUpClass(cls, source.class.span, classes);
  const name = readListName(source.name, parent.attributes);
  const attributes = attributesOf(source, parent.attributes, compound);
  // A scale sees the compound's attributes and the subcomponent's own, and may itself be one of the latter, as in Accelergy 0.4.
  const scope = new Map([...parent.attributes, ...attributes]);
  const base = {
    path: parent.path === '' ? name.text : `${parent.path}.${name.text}`,
    name,
    class: cls,
    attributes,
    areaScale: parent.areaScale * scaleValue(source.areaScale ?? source.attributes.get('area_scale'), scope),
    energyScale: parent.energyScale * scaleValue(source.energyScale ?? source.attributes.get('energy_scale'), scope),
    multiplicity: parent.multiplicity * name.length,
    span: source.class.span,
  };
  return { ...base, compound, children: childrenOf(base, compound, [...way, cls], classes) };
}

function attributesOf(source: Subcomponent, outer: Scope, compound: CompoundClass | undefined): Map<string, Value> {
  const given = blockValues(source.attributes, outer);
  for (const name of PROPAGATED) {
    const value = outer.get(name);
    if (value !== undefined && !given.has(name)) given.set(name, value);
  }
  if (!compound) return given;
  const defaults = defaultsOf(compound, given, source.name.span);
  return new Map([...given, ...blockValues(defaults, new Map([...outer, ...given]))]);
}

/** The class attributes that the component does not give. Error: `attribute-missing` for `must_specify`. */
function defaultsOf(compound: CompoundClass, given: ReadonlyMap<string, Value>, span: Span): Map<string, Scalar> {
  const open = [...compound.attributes].filter(([name]) => !given.has(name));
  const missing = open.filter(([, scalar]) => scalar.value === 'must_specify').map(([name]) => name);
  if (missing.length > 0) {
    fail('attribute-missing', `class "${compound.name.value}" needs ${missing.map((name) => `"${name}"`).join(', ')}`, {
      span,
      expected: `a value under attributes: ${missing[0]}`,
      suggestion: nearestName(
        missing[0],
        [...given.keys()].filter((name) => !compound.attributes.has(name)),
      ),
    });
  }
  return new Map(open);
}

function lookUpClass(name: string, span: Span, { compounds, primitives }: ClassTable): CompoundClass | undefined {
  const compound = compounds.get(name);
  if (compound || primitives.has(name)) return compound;
  return fail('unknown-name', `there is no class "${name}"`, {
    span,
    expected: 'a compound class or a class some estimator knows',
    suggestion: nearestName(name, [...compounds.keys(), ...primitives]),
  });
}

/** The primitives of a tree, in source order. */
export function leavesOf(instance: Instance): Primitive[] {
  if (instance.compound) return [...instance.children.values()].flatMap(leavesOf);
  const { path, class: cls, attributes, areaScale, energyScale, multiplicity, span } = instance;
  return [{ path, class: cls, attributes, areaScale, energyScale, multiplicity, span }];
}
