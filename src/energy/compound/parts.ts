import { fail, nearestName, type Span } from '../../base/errors.ts';
import type { Attribute, Attributes, ClassPart, CompoundClass } from '../../formats/accelergy/index.ts';
import { blockOf } from '../input/blocks.ts';
import type { Component } from '../input/component.ts';
import { baseName, instanceName } from '../input/names.ts';
import { checkNumbers, withRequired } from '../input/required.ts';
import type { Rules } from '../input/rules.ts';
import { Layers, scaleOf } from '../input/values.ts';
import { designKey } from './equal.ts';

/** A compound component, one of its parts, or a part of a part. */
export interface Part {
  /** Path inside the component; '' for the component itself. */
  readonly path: string;
  readonly class: string;
  readonly attributes: Attributes;
  /** Only for a primitive: the product of the scales on its path and that of the component. */
  readonly areaScale: number;
  readonly energyScale: number;
  readonly compound?: CompoundClass | undefined;
  readonly span: Span;
}

/** The parts of a component: those without parts of their own, and all of them by path without brackets. */
export interface PartTree {
  readonly primitives: readonly Part[];
  readonly byBase: ReadonlyMap<string, Part>;
}

/** The meaning of a class: compound classes by name, and for 0.3 the defaults of primitive ones. */
export interface ClassBook {
  readonly compounds: ReadonlyMap<string, CompoundClass>;
  /** Default attributes of a primitive class; undefined if there is no such class. */
  primitiveDefaults?(name: string): Attributes | undefined;
  /** The primitive classes that exist. Without it any may, and its estimate decides. */
  readonly primitives?: ReadonlySet<string> | undefined;
}

/** Deepest nesting of classes. Python gives up near a thousand. */
const DEEPEST = 100;

/** Most parts of one component. */
const MOST_PARTS = 100_000;

/** `defined`, once for all equal components. */
export function definer(book: ClassBook, rules: Rules): (component: Component) => Component {
  const known = new Map<string, Attributes>();
  return (component) => {
    const key = designKey(component);
    const attributes = known.get(key) ?? defined(component, book, rules).attributes;
    known.set(key, attributes);
    return { ...component, attributes };
  };
}

/**
 * A component with the defaults of its class among its attributes. Errors: `unknown-name` (a class), `attribute-missing` for
 * `must_specify`, `action-unknown` for a required action that its class lacks, `expression-not-a-number`, those of expressions.
 */
export function defined(component: Component, book: ClassBook, rules: Rules): Component {
  if (isDefined(component)) return component;
  const { span, classSpan, requiredActions = [], givenAttributes: own } = component;
  const compound = compoundOf(component.class, classSpan, book);
  const names = compound?.actions.map(({ name }) => name) ?? [];
  const unknown = compound && requiredActions.find(({ name }) => !names.includes(name));
  if (unknown) {
    const message = `class "${compound.name}" has no action "${unknown.name}", which component "${component.name}" requires`;
    fail('action-unknown', message, {
      span: unknown.span,
      expected: `one of ${names.join(', ')}`,
      suggestion: nearestName(unknown.name, names),
    });
  }
  const attributes = compound
    ? withDefaults(own, compound, span, [], rules)
    : new Map([...own, ...primitiveDefaults(component, book, rules)]);
  checkNumbers(attributes, `component "${component.name}"`, rules);
  return { ...component, attributes };
}

/** Whether a component has the defaults of its class: those of `definer` have. */
function isDefined({ attributes, givenAttributes }: Component): boolean {
  return attributes !== givenAttributes;
}

function primitiveDefaults(component: Component, book: ClassBook, { peer }: Rules): [string, Attribute][] {
  const own = component.givenAttributes;
  // The width of a file of Timeloop is the `datawidth` of 0.3.
  const hasWidth = peer === undefined && own.has('width');
  return missing(own, book.primitiveDefaults?.(component.class)).filter(
    ([name]) => !(name === 'datawidth' && hasWidth),
  );
}

/** The compound class of that name; undefined for a primitive one. Error: `unknown-name`. */
function compoundOf(name: string, span: Span, { compounds, primitives }: ClassBook): CompoundClass | undefined {
  const compound = compounds.get(name);
  if (compound || !primitives || primitives.has(name)) return compound;
  return fail('unknown-name', `there is no class "${name}"`, {
    span,
    expected: 'a compound class or a class some estimator knows',
    suggestion: nearestName(name, [...compounds.keys(), ...primitives]),
  });
}

/** Own attributes, then the defaults of the class, all evaluated. */
function withDefaults(
  own: Attributes,
  cls: CompoundClass,
  span: Span,
  outer: readonly Attributes[],
  rules: Rules,
): Map<string, Attribute> {
  return blockOf(defaulted(own, cls.attributes, cls.name, span), outer, rules);
}

function defaulted(own: Attributes, defaults: Attributes, cls: string, span: Span): Map<string, Attribute> {
  const all = new Map(own);
  const missing: string[] = [];
  for (const [name, attribute] of defaults) {
    if (all.has(name) && all.get(name)!.value !== null) continue;
    if (attribute.value === 'must_specify') missing.push(name);
    else all.set(name, attribute);
  }
  if (missing.length > 0) {
    const spare = [...own.keys()].filter((name) => !defaults.has(name));
    fail('attribute-missing', `class "${cls}" needs ${missing.map((name) => `"${name}"`).join(', ')}`, {
      span,
      expected: `a value under attributes: ${missing[0]}`,
      suggestion: nearestName(missing[0], spare),
    });
  }
  return all;
}

/**
 * The parts of a compound component with Accelergy's scopes: the attributes of a part see those of its owner and its own
 * above. Errors: `compound-cycle`, `attribute-missing`, `out-of-range` (too many parts), those of names and expressions.
 */
export function partsOf(component: Component, cls: CompoundClass, book: ClassBook, rules: Rules): PartTree {
  const { attributes, span } = component;
  const names = new Layers(attributes);
  const scale = (kind: 'areaScale' | 'energyScale') => scaleOf(component[kind], names, rules);
  const top: Part = {
    path: '',
    class: cls.name,
    attributes,
    areaScale: scale('areaScale'),
    energyScale: scale('energyScale'),
    compound: cls,
    span,
  };
  const byBase = new Map<string, Part>([['', top]]);
  const primitives = new Map<string, Part>();
  for (const part of below(top, { book, rules, top, byBase, way: [cls.name] })) primitives.set(part.path, part);
  return { primitives: [...primitives.values()], byBase };
}

interface Descent {
  readonly book: ClassBook;
  readonly rules: Rules;
  readonly top: Part;
  readonly byBase: Map<string, Part>;
  readonly way: readonly string[];
}

function below(owner: Part, descent: Descent): Part[] {
  const { top, byBase, way, rules } = descent;
  return owner.compound!.parts.flatMap((source) => {
    const part = partOf(source, owner, descent);
    const key = baseName(part.path);
    if (byBase.has(key)) {
      rules.slip({
        code: 'duplicate-name',
        message: `there is already a subcomponent "${key}"; Accelergy matches names without brackets and takes the last`,
        span: source.span,
      });
    }
    if (byBase.size > MOST_PARTS)
      fail('out-of-range', `the component has more than ${MOST_PARTS} parts`, { span: top.span });
    if (!part.compound) {
      byBase.set(key, part);
      return [{ ...part, areaScale: part.areaScale * top.areaScale, energyScale: part.energyScale * top.energyScale }];
    }
    if (way.includes(part.class) || way.length > DEEPEST) {
      fail('compound-cycle', `class "${part.class}" contains itself: ${[...way, part.class].join(' -> ')}`, {
        span: source.classSpan,
      });
    }
    const inner = below(part, { ...descent, way: [...way, part.class] });
    byBase.set(key, part);
    return inner.map((leaf) => ({
      ...leaf,
      areaScale: leaf.areaScale * part.areaScale,
      energyScale: leaf.energyScale * part.energyScale,
    }));
  });
}

function partOf(source: ClassPart, owner: Part, { book, rules }: Descent): Part {
  const outer = [owner.attributes];
  const compound = compoundOf(source.class, source.classSpan, book);
  const { text } = instanceName(source.name, new Layers(...outer), source.span, rules);
  const own = withRequired(blockOf(source.attributes, outer, rules), owner.attributes, source.span, rules);
  const attributes = compound
    ? withDefaults(own, compound, source.span, outer, rules)
    : new Map([...own, ...missing(own, book.primitiveDefaults?.(source.class))]);
  const names = new Layers(owner.attributes, attributes);
  return {
    path: owner.path === '' ? text : `${owner.path}.${text}`,
    class: source.class,
    attributes,
    areaScale: scaleOf(source.areaScale, names, rules),
    energyScale: scaleOf(source.energyScale, names, rules),
    compound,
    span: source.classSpan,
  };
}

function missing(own: Attributes, defaults: Attributes | undefined): [string, Attribute][] {
  return [...(defaults ?? [])].filter(([name]) => !own.has(name));
}
