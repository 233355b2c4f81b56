import { type Diagnostic, fail, InputError, type Span } from '../../base/errors.ts';
import type { Files } from '../../base/files.ts';
import { type SourceText, spanOf } from '../../base/source.ts';
import { plainValueOf, type TaggedNode } from '../../formats/tagged-yaml.ts';
import type { FanOut, TimeloopInput } from '../../formats/timeloop/index.ts';
import { loweredNodes } from '../accelergy/run.ts';

type Component = NonNullable<ReturnType<typeof loweredNodes>>[number];

/** An architecture of `nodes` in Timeloop's older form, which all of its programs read. */
export interface LoweredNodes {
  readonly source: SourceText;
  /** The fan-outs of the containers, by their names. */
  readonly fanOuts: ReadonlyMap<string, FanOut>;
  /** Runs `read`; errors at the lowered text get the places of the nodes. */
  placed<T>(read: () => T): T;
  /** Error `not-supported` for memories side by side that may both keep a tensor: the model has one memory below the other. */
  checkBranches(input: TimeloopInput): void;
}

/** The name of the lowered text in messages that have no better place. */
const LOWERED = 'architecture.yaml';

/**
 * Lowers an architecture of Timeloop 0.4's `nodes`, as Timeloop's own front end does: `isotherm energy` reads the nodes, and their
 * constraints become a list. Undefined for an architecture of another form. Errors: those of the reader of nodes; `not-supported` for
 * constraints that Timeloop's list does not have.
 */
export function lowerNodes(sources: readonly SourceText[], files: Files): LoweredNodes | undefined {
  const components = loweredNodes(sources, files);
  if (!components) return undefined;
  const lines: { readonly text: string; readonly span: Span }[] = [];
  // All but the keys of the file are indented, as a flow collection must be.
  const add = (text: string, span: Span): void => void lines.push({ text: `  ${text}`, span });
  const open = (text: string, span: Span): void => void lines.push({ text, span });
  const start = components[0]?.span ?? failEmpty(sources);
  open('architecture: {subtree: [{name: top, local: [', start);
  for (const component of components) addComponent(component, add);
  add(']}]}', start);
  open('architecture_constraints: {targets: [', start);
  const fanOuts = new Map<string, FanOut>();
  components.forEach((component, i) => {
    const parent = components.slice(0, i).findLast((other) => !liesBeside(component, other))?.placement.name;
    if (parent !== undefined) addFanOuts(parent, component, fanOuts);
    addConstraints(component, parent, fanOuts, add);
    addBranch(component, components, add);
  });
  add(']}', start);
  const spanAt = (span: Span | undefined): Span | undefined =>
    span?.file === LOWERED ? (lines[span.line - 1]?.span ?? start) : span;
  return {
    source: { file: LOWERED, text: `${lines.map(({ text }) => text).join('\n')}\n` },
    fanOuts,
    placed: (read) => {
      try {
        return read();
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        throw new InputError(error.diagnostics.map((problem) => ({ ...problem, span: spanAt(problem.span) })));
      }
    },
    checkBranches: (input) => checkBranches(components, input),
  };
}

function failEmpty(sources: readonly SourceText[]): never {
  const key = 'architecture';
  const source = sources.find(({ text }) => text.includes(key)) ?? sources[0];
  const at = Math.max(0, source.text.search(/^architecture/m));
  return fail('missing-key', 'the architecture has no component', {
    span: spanOf(source, at, at + key.length),
    expected: 'nodes with a !Component',
  });
}

type Add = (text: string, span: Span) => void;

/** Attributes that say how many there are, which the name and `meshX` of the lowered component say. */
const COUNTS = ['meshX', 'meshY', 'n_instances'];

function addComponent({ attributes, span, classSpan, placement, ...component }: Component, add: Add): void {
  const { name, instances, meshX } = placement;
  const range = instances === 1 ? name : `${name}[0..${instances - 1}]`;
  add(`{name: ${JSON.stringify(range)},`, span);
  add(`class: ${JSON.stringify(component.class)}, attributes: {meshX: ${meshX},`, classSpan);
  for (const [key, { value, span: place }] of attributes) {
    if (COUNTS.includes(key) || value === null || typeof value === 'object') continue;
    add(`${JSON.stringify(key)}: ${JSON.stringify(value)},`, place);
  }
  add('}},', span);
}

const CONSTRAINT_KEYS: Readonly<Record<string, readonly string[]>> = {
  temporal: ['factors', 'permutation'],
  spatial: ['factors', 'permutation', 'split'],
  dataspace: ['keep', 'bypass'],
};

/**
 * Adds the fan-outs between a storage and a component, by their nodes. Two of them that lie along different axes keep their constraints
 * apart. Error: `not-supported` for constraints of several along one axis.
 */
function addFanOuts(storage: string, { placement, span }: Component, found: Map<string, FanOut>): void {
  const { fanOuts, constraints, name } = placement;
  const wide = fanOuts.filter(({ meshX, meshY }) => meshX * meshY > 1);
  const axes = wide.map(({ meshX, meshY }) => (meshY === 1 ? 'X' : meshX === 1 ? 'Y' : undefined));
  const isApart = wide.length === 2 && axes.includes('X') && axes.includes('Y');
  const limited = wide.filter((fanOut) => constraints.some(({ node, owner }) => isSpatialOf(fanOut.name, owner, node)));
  if (wide.length > 1 && !isApart && limited.length > 0)
    fail('not-supported', `the fan-outs ${wide.map((one) => one.name).join(' and ')} have constraints of their own`, {
      span: constraints[0]?.node.span ?? span,
      expected: 'one fan-out between two memories, or one along X and one along Y',
    });
  for (const one of fanOuts) {
    const axis = isApart ? axes[wide.indexOf(one)] : undefined;
    const fanOut: FanOut = { storage, axis };
    found.set(one.name === name ? instancesOf(name) : one.name, fanOut);
    // Timeloop's front-end makes a level of its own of a fan-out, by which its mappings name it.
    if (one.meshX * one.meshY > 1) found.set(`inter_${one.name}_spatial`, fanOut);
  }
}

/** The name of a component's own fan-out, which no file may use. */
function instancesOf(component: string): string {
  return `${component} (instances)`;
}

function isSpatialOf(name: string, owner: string, node: TaggedNode): boolean {
  return owner === name && entriesOf(node).some(([type]) => type === 'spatial');
}

/** The constraints of a component, and those of the containers above it: a fan-out belongs to the storage above. */
function addConstraints(
  { placement }: Component,
  parent: string | undefined,
  fanOuts: ReadonlyMap<string, FanOut>,
  add: Add,
): void {
  const { name, constraints } = placement;
  for (const { node, owner, isContainer } of constraints) {
    for (const [type, { node: entry, keySpan }] of entriesOf(node)) {
      const keys = Object.hasOwn(CONSTRAINT_KEYS, type) ? CONSTRAINT_KEYS[type] : undefined;
      if (!keys || (isContainer && type !== 'spatial'))
        failConstraint(
          `constraints of "${type}"`,
          keySpan,
          isContainer ? 'spatial' : Object.keys(CONSTRAINT_KEYS).join(', '),
        );
      const given = entriesOf(entry);
      const odd = given.find(([key]) => !keys.includes(key));
      if (odd) failConstraint(`the ${type} constraint "${odd[0]}"`, odd[1].keySpan, keys.join(', '));
      if (type === 'spatial' && parent === undefined)
        failConstraint('a fan-out above all memories', keySpan, 'a memory above it');
      const fanOut = owner === name ? instancesOf(name) : owner;
      const target = type !== 'spatial' ? name : fanOuts.get(fanOut)?.axis ? fanOut : parent;
      add(`{target: ${JSON.stringify(target)}, type: ${type},`, keySpan);
      for (const [key, { node: value }] of given) add(`${key}: ${JSON.stringify(plainValueOf(value))},`, value.span);
      add('},', keySpan);
    }
  }
}

/** A component beside others passes by what their branches keep, as Timeloop's front-end has it, unless it says that it keeps it. */
function addBranch(component: Component, components: readonly Component[], add: Add): void {
  const own = keptBy(component);
  const others = components.filter((other) => liesBeside(component, other)).flatMap(keptBy);
  const bypassed = [...new Set(others)].filter((name) => !own.includes(name));
  if (own.length === 0 || bypassed.length === 0) return;
  add(
    `{target: ${JSON.stringify(component.placement.name)}, type: bypass, bypass: ${JSON.stringify(bypassed)}},`,
    component.span,
  );
}

/** The tensors that a component's constraints keep in it. */
function keptBy({ placement }: Component): string[] {
  const spaces = placement.constraints
    .filter(({ isContainer }) => !isContainer)
    .flatMap(({ node }) => entriesOf(node))
    .filter(([type]) => type === 'dataspace')
    .flatMap(([, { node }]) => entriesOf(node))
    .filter(([key]) => key === 'keep');
  return spaces.flatMap(([, { node }]) => plainValueOf(node) as string | string[]).filter((name) => name !== null);
}

function failConstraint(what: string, span: Span, expected: string): never {
  return fail('not-supported', `${what} cannot be kept`, { span, expected });
}

function entriesOf(node: TaggedNode): [string, { readonly node: TaggedNode; readonly keySpan: Span }][] {
  if (node.kind === 'map') return [...node.entries];
  if (node.kind === 'scalar' && node.value === null) return [];
  return fail('wrong-type', 'constraints are no mapping', { span: node.span, expected: 'a mapping' });
}

function checkBranches(
  components: readonly Component[],
  { problem, architecture, constraints, mapping }: TimeloopInput,
): void {
  const levels = architecture.storages.map(({ name }) => components.find(({ placement }) => placement.name === name)!);
  const keeps = (level: number, q: number): boolean =>
    mapping ? mapping.levels[level].keep[q] : constraints[level].keep[q] !== false;
  const problems: Diagnostic[] = [];
  levels.forEach((one, a) => {
    levels.slice(0, a).forEach((other, b) => {
      if (!liesBeside(one, other)) return;
      const both = problem.tensors.filter((_, q) => keeps(a, q) && keeps(b, q)).map(({ name }) => name);
      if (both.length === 0) return;
      problems.push({
        code: 'not-supported',
        message: `${other.placement.name} and ${one.placement.name} lie side by side and may both keep ${both.join(', ')}`,
        span: one.span,
        expected: 'constraints "dataspace: {keep: [...], bypass: [...]}" that leave each tensor to one of them',
      });
    });
  });
  if (problems.length > 0) throw new InputError(problems);
}

/** Whether two components are in different branches of one parallel node. */
function liesBeside(one: Component, other: Component): boolean {
  return one.placement.branches.some(({ parallel, branch }) =>
    other.placement.branches.some((b) => b.parallel === parallel && b.branch !== branch),
  );
}
