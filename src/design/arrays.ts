import type { Path, YamlDocument } from '../base/document.ts';
import { fail, mapCollecting } from '../base/errors.ts';
import type { BoundAction, Ert, ErtComponent } from '../energy/index.ts';
import type { AcceleratorSpec, BindingSpec } from './accelerator.ts';
import { isOfEachArray, nameOfArray } from './array-names.ts';

/** An accelerator, the energy costs of its components, and the counts bound to their actions. */
export interface Costed {
  readonly spec: AcceleratorSpec;
  readonly ert: Ert;
  readonly bound: readonly BoundAction[];
}

/** An accelerator in which each array has its own copy of the components that belong to arrays. */
export interface OnArrays extends Costed {
  /** The array of each component; -1 for a component that all arrays share or that is off the die. */
  readonly arrayOf: Int32Array;
  /** The name of each component as written, without its array. */
  readonly writtenNames: readonly string[];
}

/** A written component and the array of this copy. */
interface Copy {
  readonly entry: ErtComponent;
  readonly array: number;
  readonly name: string;
}

/**
 * Gives each array its own copies of the components whose domain or block contains {array}, and divides the instances
 * evenly. The copies are called `array_0.pe` and so on; a single array keeps the written names. Error: `out-of-range`
 * for a number of instances that the arrays cannot share evenly.
 */
export function expandArrays({ spec, ert, bound }: Costed): OnArrays {
  const arrays = spec.arrays.length;
  const copies = mapCollecting(ert.components, (entry): Copy[] => {
    const { name } = entry.component;
    // With a single array, every component on the die belongs to it.
    if (arrays === 1) return [{ entry, array: spec.bindings[name].domain === null ? -1 : 0, name }];
    if (!isCopied(spec.bindings[name])) return [{ entry, array: -1, name }];
    checkInstances(spec, entry);
    return spec.arrays.map((_, array) => ({ entry, array, name: `array_${array}.${name}` }));
  }).flat();
  const written = new Map(copies.map(({ name, entry }) => [name, entry.component.name]));
  return {
    spec: {
      ...spec,
      bindings: Object.fromEntries(copies.map((copy) => [copy.name, bindingOf(spec, copy)])),
      document: asWritten(spec.document, written, arrays),
    },
    ert: { components: copies.map((copy) => componentOf(copy, arrays)) },
    bound: copies.flatMap(({ entry, name }) =>
      bound
        .filter(({ component }) => component === entry.component.name)
        .map((action) => ({ ...action, component: name })),
    ),
    arrayOf: Int32Array.from(copies, ({ array }) => array),
    writtenNames: copies.map(({ entry }) => entry.component.name),
  };
}

function isCopied({ domain, block }: BindingSpec): boolean {
  return isOfEachArray(domain ?? '') || isOfEachArray(block ?? '');
}

function checkInstances(
  { arrays, document }: AcceleratorSpec,
  { component: { name, count, span } }: ErtComponent,
): void {
  if (count % arrays.length === 0) return;
  fail('out-of-range', `${count} instances of "${name}" do not divide evenly among ${arrays.length} arrays`, {
    span: span ?? document.keySpan(['bindings', name]),
    expected: `a multiple of ${arrays.length} instances, such as ${name}[0..arrays-1]`,
  });
}

function bindingOf({ bindings }: AcceleratorSpec, { entry, array }: Copy): BindingSpec {
  const { domain, block, ...rest } = bindings[entry.component.name];
  const named = (name: string | null): string | null => name && nameOfArray(name, Math.max(0, array));
  return { ...rest, domain: named(domain), block: named(block) };
}

function componentOf({ entry, array, name }: Copy, arrays: number): ErtComponent {
  const { component } = entry;
  if (arrays === 1 || array < 0) return entry;
  return { ...entry, component: { ...component, name, count: component.count / arrays } };
}

/** The accelerator's document. Its places can be looked up by the names of component copies and of the domains of one array. */
function asWritten(document: YamlDocument, components: ReadonlyMap<string, string>, arrays: number): YamlDocument {
  const { domains } = document.value as { readonly domains: object };
  const keys = new Map(
    Object.keys(domains).flatMap((key) =>
      Array.from({ length: arrays }, (_, a): [string, string] => [nameOfArray(key, a), key]),
    ),
  );
  const path = (steps: Path): Path => {
    const [first, name, ...rest] = steps;
    if (name === undefined || (first !== 'bindings' && first !== 'domains')) return steps;
    return [first, (first === 'bindings' ? components : keys).get(String(name)) ?? name, ...rest];
  };
  return {
    ...document,
    span: (steps) => document.span(path(steps)),
    keySpan: (steps) => document.keySpan(path(steps)),
  };
}
