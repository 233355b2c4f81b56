import { fail, mapCollecting, type Span } from '../base/errors.ts';
import type { ArchitectureComponent, ArchitectureContainer, Scalar, Scalars } from '../formats/accelergy/index.ts';
import { blockValues } from './expression/attributes.ts';
import type { Scope } from './expression/evaluate.ts';
import type { Value } from './expression/expression.ts';
import { type ListName, readListName } from './expression/list-name.ts';

/** One component of the architecture, its attributes evaluated. */
export interface Component {
  /** Path below the root container, joined by `.`, without brackets: `pe.cell`. */
  readonly name: string;
  /** Accelergy's name parts, from the root container on, bounds as numbers: `sa16`, `pe[0..255]`, `cell`. */
  readonly segments: readonly string[];
  readonly class: string;
  /** Number of instances: the product of the lengths of the lists on its path. */
  readonly count: number;
  /** Own attributes in source order, then inherited ones. */
  readonly attributes: ReadonlyMap<string, Value>;
  readonly areaScale?: Scalar | undefined;
  readonly energyScale?: Scalar | undefined;
  readonly requiredActions: readonly Scalar[];
  /** The place of its name. */
  readonly span: Span;
  readonly classSpan: Span;
}

/** Attributes that every query carries, also inside compounds. The variables supply those that the tree lacks (Accelergy 0.4). */
export const PROPAGATED = [
  'technology',
  'global_cycle_seconds',
  'cycle_seconds',
  'action_latency_cycles',
  'n_instances',
] as const;

/**
 * The components of an architecture tree in Accelergy's order: the subtree of a container before its own components.
 * Attribute expressions see the attributes of the containers, nearest first, and the variables. Accelergy 0.4 hides
 * inherited attributes from components and therefore rejects more files. Errors of all components together: those of
 * expressions, `expression-cycle`, `duplicate-name` (Accelergy silently takes the last), `wrong-type` and
 * `out-of-range` of list names.
 */
export function flattenArchitecture(root: ArchitectureContainer, variables: Scalars = new Map()): Component[] {
  const globals = blockValues(variables, new Map());
  const place: Place = { segments: [], count: 1, inherited: new Map(), globals };
  const components = componentsBelow(root, place);
  const seen = new Set<string>();
  mapCollecting(components, ({ name, span }) => {
    if (seen.has(name)) fail('duplicate-name', `there is already a component "${name}"`, { span });
    seen.add(name);
  });
  return components;
}

/** The values that a node of the tree inherits from the containers above it. */
interface Place {
  readonly segments: readonly ListName[];
  readonly count: number;
  readonly inherited: Scope;
  readonly globals: Scope;
}

function componentsBelow(container: ArchitectureContainer, above: Place): Component[] {
  const name = readListName(container.name, scopeAt(above));
  const own = blockValues(container.attributes, scopeAt(above));
  const here: Place = {
    segments: [...above.segments, name],
    count: above.count * name.length,
    inherited: new Map([...above.inherited, ...own]),
    globals: above.globals,
  };
  // One list for containers and components, so that their problems are reported together.
  const nodes = [
    ...container.subtree.map((child) => () => componentsBelow(child, here)),
    ...container.local.map((child) => () => [componentAt(child, here)]),
  ];
  return mapCollecting(nodes, (node) => node()).flat();
}

function componentAt(source: ArchitectureComponent, place: Place): Component {
  const scope = scopeAt(place);
  const name = readListName(source.name, scope);
  const own = blockValues(source.attributes, scope);
  const segments = [...place.segments, name];
  return {
    name: segments
      .slice(1)
      .map((s) => s.base)
      .join('.'),
    segments: segments.map((s) => s.text),
    class: String(source.class.value),
    count: place.count * name.length,
    attributes: new Map([...own, ...missingFrom(own, place.inherited), ...propagated(own, place)]),
    areaScale: source.areaScale,
    energyScale: source.energyScale,
    requiredActions: source.requiredActions,
    span: source.name.span,
    classSpan: source.class.span,
  };
}

/** The nearest scope wins: the containers' attributes hide variables of the same name. */
function scopeAt({ inherited, globals }: Place): Scope {
  return new Map([...globals, ...inherited]);
}

function missingFrom(own: Scope, others: Scope): [string, Value][] {
  return [...others].filter(([name]) => !own.has(name));
}

function propagated(own: Scope, { inherited, globals }: Place): [string, Value][] {
  return missingFrom(own, globals).filter(
    ([name]) => !inherited.has(name) && (PROPAGATED as readonly string[]).includes(name),
  );
}
