import type { Span } from '../../base/errors.ts';
import type { Attribute, Attributes, Plain } from '../../formats/accelergy/index.ts';
import { baseName, countOf } from './names.ts';

/** A component of the flattened architecture. */
export interface Component {
  /** Path below the root container, joined by `.`, without brackets: `pe.cell`. */
  readonly name: string;
  /** Accelergy's name parts, from the root container on, bounds as numbers: `sa16`, `pe[0..255]`, `cell`. */
  readonly segments: readonly string[];
  /** Number of instances: the product of the lengths of the lists on its path. */
  readonly count: number;
  /** The class as written, and the one that counts: `subclass` if there is one. */
  readonly writtenClass: string;
  readonly class: string;
  readonly hasSubclass: boolean;
  /** Own attributes in source order, then inherited ones, then those that every query carries. */
  readonly attributes: Attributes;
  /** The attributes without the defaults of its class. */
  readonly givenAttributes: Attributes;
  readonly areaScale?: Attribute | undefined;
  readonly energyScale?: Attribute | undefined;
  readonly requiredActions: readonly { readonly name: string; readonly span: Span }[] | undefined;
  /** Further keys of the component, as written. */
  readonly others: ReadonlyMap<string, Plain>;
  readonly span: Span;
  readonly classSpan: Span;
}

/** The names of a component: its segments, and what follows from them. */
export function placed(segments: readonly string[]): Pick<Component, 'name' | 'segments' | 'count'> {
  const below = segments.length > 1 ? segments.slice(1) : segments;
  return { name: baseName(below.join('.')), segments, count: countOf(segments.join('.')) };
}

/** Accelergy's name of a component: `sa16.pe[0..255].cell`. */
export function fullName({ segments }: Pick<Component, 'segments'>): string {
  return segments.join('.');
}
