import { fail, mapCollecting } from '../../base/errors.ts';
import {
  blockInAnyOrder,
  type Component,
  Layers,
  numberOf,
  othersOf,
  placed,
  type Rules,
  requiredActionsOf,
  scalesOf,
  withRequired,
} from '../../energy/input/index.ts';
import {
  type Attribute,
  type Attributes,
  attributeOf,
  attributesOf,
  checkKeys,
  given,
  listUnder,
  mapOf,
  mapUnder,
  NO_ATTRIBUTES,
  nameUnder,
} from '../../formats/accelergy/index.ts';
import { childOf, type TaggedMap, type TaggedNode } from '../../formats/tagged-yaml.ts';

/** Keys of Timeloop's nodes that say nothing about energies. */
const SKIPPED = ['constraints', 'sparse_optimizations', 'network', 'power_gated_at'];
const CONTAINER_KEYS = ['name', 'attributes', 'spatial', 'nodes', ...SKIPPED];
const COMPONENT_KEYS = [
  'name',
  'class',
  'subclass',
  'attributes',
  'spatial',
  'required_actions',
  'enabled',
  'area_scale',
  'energy_scale',
  ...SKIPPED,
];

/** The container that Timeloop puts around everything when it hands an architecture to Accelergy. */
const TOP = 'system_top_level';

/** How many of a node there are in the one around it. */
interface NodeFanOut {
  readonly name: string;
  readonly meshX: number;
  readonly meshY: number;
}

/** What Timeloop's mapper needs of a component among `nodes`. */
export interface NodePlacement {
  /** As written, without containers and instances. */
  readonly name: string;
  readonly instances: number;
  /** Columns of all instances together: the product of `meshX` down to it. */
  readonly meshX: number;
  /** The branch of each `!Parallel` or `!Pipelined` around it, the outermost first. */
  readonly branches: readonly { readonly parallel: TaggedNode; readonly branch: number }[];
  /** Its own `constraints`, after those of the containers since the component above; `owner` is the node that has them. */
  readonly constraints: readonly { readonly node: TaggedNode; readonly owner: string; readonly isContainer: boolean }[];
  /** The containers since the component above, the outermost first, and the component: their fan-outs lie between the two. */
  readonly fanOuts: readonly NodeFanOut[];
}

/** A component among `nodes`. */
export type PlacedComponent = Component & { readonly placement: NodePlacement };

/** The attributes that nodes further down inherit. */
interface Above {
  readonly attributes: Attributes;
  /** How many of a node there are: the product of the fan-outs above it. */
  readonly instances: number;
  /** The same along X alone. */
  readonly meshX: number;
  readonly branches: NodePlacement['branches'];
  /** Constraints and fan-outs of the containers since the last component. */
  readonly constraints: NodePlacement['constraints'];
  readonly fanOuts: NodePlacement['fanOuts'];
}

const NOTHING_ABOVE: Above = {
  attributes: NO_ATTRIBUTES,
  instances: 1,
  meshX: 1,
  branches: [],
  constraints: [],
  fanOuts: [],
};

interface Lowering {
  readonly variables: Attributes;
  readonly rules: Rules;
  readonly found: Map<string, PlacedComponent>;
}

/**
 * Timeloop 0.4's `nodes` as flat components, as Timeloop hands them to Accelergy: every node lies inside the containers above it
 * and is there as often as the fan-outs (`spatial`) down to it say. The branches of `!Parallel` lie side by side, `!Nothing` is
 * nothing. Constraints and sparse optimisations are skipped, and said. Errors, of all nodes together: `missing-key`,
 * `wrong-type`, `unknown-key`, `duplicate-name`, `out-of-range` (a fan-out below 1), those of expressions.
 */
export function lowerNodes(root: TaggedNode, variables: Attributes, rules: Rules): Map<string, PlacedComponent> {
  const top = mapOf(root, 'architecture');
  checkKeys(top, ['version', 'nodes'], 'architecture', rules);
  const lowering: Lowering = { variables, rules, found: new Map() };
  lowerList(listUnder(top, 'nodes', 'architecture'), NOTHING_ABOVE, lowering);
  return lowering.found;
}

function lowerList(nodes: readonly TaggedNode[], above: Above, lowering: Lowering): void {
  let here = above;
  mapCollecting(nodes, (node) => {
    here = lowerNode(node, here, lowering);
  });
}

/** Lowers a node and returns what the nodes after it inherit. */
function lowerNode(node: TaggedNode, above: Above, lowering: Lowering): Above {
  switch (node.tag) {
    case '!Container':
      return lowerContainer(mapOf(node, 'a container'), above, lowering);
    case '!Component':
      return lowerComponent(mapOf(node, 'a component'), above, lowering);
    case '!Parallel':
    case '!Pipelined':
      return lowerBranches(node, above, lowering);
    case '!Hierarchical':
      lowerList(listUnder(mapOf(node, 'a hierarchical node'), 'nodes', 'a hierarchical node'), above, lowering);
      return above;
    case '!Nothing':
      return above;
    default:
      return failTag(node);
  }
}

/** Branches side by side. The nodes after them lie below their components, if there are any. */
function lowerBranches(node: TaggedNode, above: Above, lowering: Lowering): Above {
  const before = lowering.found.size;
  const branches = listUnder(mapOf(node, 'a parallel node'), 'nodes', 'a parallel node');
  mapCollecting(branches.entries(), ([branch, inner]) => {
    lowerNode(inner, { ...above, branches: [...above.branches, { parallel: node, branch }] }, lowering);
  });
  return lowering.found.size === before ? above : { ...above, constraints: [], fanOuts: [] };
}

function failTag({ tag, span }: TaggedNode): never {
  fail('wrong-type', tag === undefined ? 'a node without a tag' : `${tag} is no node`, {
    span,
    expected: '!Container, !Component, !Parallel or !Nothing',
  });
}

function lowerContainer(map: TaggedMap, above: Above, lowering: Lowering): Above {
  const { rules } = lowering;
  const name = nameUnder(map, 'name', 'a container').value;
  const what = `container "${name}"`;
  checkKeys(map, CONTAINER_KEYS, what, rules);
  saySkipped(map, rules);
  const own = attributesOf(mapUnder(map, 'attributes', what));
  const attributes = inherited(own, above, lowering);
  const fanout = fanoutOf(map, what, attributes, lowering);
  const constraints = childOf(map, 'constraints');
  const inner: Above = {
    attributes,
    instances: instancesOf(above, fanout, map, what),
    meshX: above.meshX * fanout.meshX,
    branches: above.branches,
    constraints: [
      ...above.constraints,
      ...(constraints ? [{ node: constraints, owner: name, isContainer: true }] : []),
    ],
    fanOuts: [...above.fanOuts, { name, ...fanout }],
  };
  const nodes = listUnder(map, 'nodes', what);
  if (nodes.length > 0) lowerList(nodes, inner, lowering);
  return inner;
}

function lowerComponent(map: TaggedMap, above: Above, lowering: Lowering): Above {
  const { variables, rules, found } = lowering;
  const name = nameUnder(map, 'name', 'a component');
  const what = `component "${name.value}"`;
  checkKeys(map, COMPONENT_KEYS, what, rules);
  saySkipped(map, rules);
  const attributes = inherited(attributesOf(mapUnder(map, 'attributes', what)), above, lowering);
  const fanout = fanoutOf(map, what, attributes, lowering);
  const instances = instancesOf(above, fanout, map, what);
  const all = withMesh(attributes, { ...fanout, instances }, map);
  const segments = [TOP, `${name.value}[1..${instances}]`];
  const full = segments.join('.');
  if (found.has(full)) {
    const message = `there is already a component "${name.value}"; Accelergy takes the last one`;
    rules.slip({ code: 'duplicate-name', message, span: name.span });
  }
  const written = childOf(map, 'class');
  const subclass = childOf(map, 'subclass');
  const cls = nameUnder(map, subclass ? 'subclass' : 'class', what);
  const complete = withRequired(all, variables, map.span, rules, false, true);
  found.set(full, {
    ...placed(segments),
    class: cls.value,
    classSpan: cls.span,
    writtenClass: written?.kind === 'scalar' ? String(written.value) : cls.value,
    hasSubclass: subclass !== undefined,
    attributes: complete,
    givenAttributes: complete,
    requiredActions: requiredActionsOf(map, what, rules),
    span: name.span,
    placement: placementOf(name.value, map, {
      ...above,
      instances,
      meshX: above.meshX * fanout.meshX,
      fanOuts: [...above.fanOuts, { name: name.value, ...fanout }],
    }),
    ...scalesOf(map, rules),
    others: new Map([...othersOf(map)].filter(([key]) => !SKIPPED.includes(key) && key !== 'spatial')),
  });
  return { ...above, instances, meshX: above.meshX * fanout.meshX, constraints: [], fanOuts: [] };
}

function placementOf(name: string, map: TaggedMap, above: Above): NodePlacement {
  const { instances, meshX, branches, constraints, fanOuts } = above;
  const own = childOf(map, 'constraints');
  return {
    name,
    instances,
    meshX,
    branches,
    constraints: [...constraints, ...(own ? [{ node: own, owner: name, isContainer: false }] : [])],
    fanOuts,
  };
}

/** One remark for each kind of key that the estimate passes over. */
function saySkipped(map: TaggedMap, rules: Rules): void {
  for (const key of SKIPPED) {
    const entry = map.entries.get(key);
    if (!entry) continue;
    const message = `"${key}" is for Timeloop's mapper and does not enter the estimate`;
    rules.remark({ code: 'unknown-key', message, span: entry.keySpan });
  }
}

function inherited(own: Attributes, above: Above, { variables, rules }: Lowering): Attributes {
  const values = blockInAnyOrder(own, above.attributes, variables, rules);
  return new Map([...above.attributes, ...values]);
}

interface Fanout {
  readonly meshX: number;
  readonly meshY: number;
}

/** Most instances of a node. */
const MOST_INSTANCES = 2 ** 40;

function fanoutOf(map: TaggedMap, what: string, attributes: Attributes, { variables, rules }: Lowering): Fanout {
  const spatial = mapUnder(map, 'spatial', what);
  if (spatial) checkKeys(spatial, ['meshX', 'meshY'], `"spatial" of ${what}`, rules);
  const mesh = (key: string): number => {
    const node = childOf(spatial ?? map, key);
    if (spatial === undefined || node === undefined) return 1;
    const value = numberOf(attributeOf(node), new Layers(variables, attributes), rules);
    if (Number.isInteger(value) && value >= 1 && value <= MOST_INSTANCES) return value;
    return fail('out-of-range', `${key} of ${what} is ${value}`, {
      span: node.span,
      expected: 'a whole number, 1 or more',
    });
  };
  return { meshX: mesh('meshX'), meshY: mesh('meshY') };
}

/** How many instances the fan-outs down to a node make. Error: `out-of-range` beyond what a number counts. */
function instancesOf(above: Above, { meshX, meshY }: Fanout, { span }: TaggedMap, what: string): number {
  const instances = above.instances * meshX * meshY;
  if (Number.isSafeInteger(instances)) return instances;
  return fail('out-of-range', `${what} would be there ${instances} times`, {
    span,
    expected: `at most ${Number.MAX_SAFE_INTEGER} instances`,
  });
}

/** A component's attributes with those that Timeloop adds. */
function withMesh(
  attributes: Attributes,
  { meshX, meshY, instances }: Fanout & { readonly instances: number },
  { span }: TaggedMap,
): Attributes {
  const all = new Map<string, Attribute>(attributes);
  const added: Readonly<Record<string, number>> = { meshX, meshY, n_instances: instances };
  for (const [name, value] of Object.entries(added)) if (!all.has(name)) all.set(name, given(value, span));
  return all;
}
