import { type Diagnostic, fail, InputError, type Span } from '../../base/errors.ts';
import type { Files } from '../../base/files.ts';
import type { SourceText } from '../../base/source.ts';
import { plainValueOf, type TaggedNode } from '../../formats/tagged-yaml.ts';
import type { TimeloopInput } from '../../formats/timeloop/index.ts';
import { loweredNodes } from '../accelergy/run.ts';

type Component = NonNullable<ReturnType<typeof loweredNodes>>[number];

/** An architecture of `nodes` in Timeloop's older form, which all of its programs read. */
export interface LoweredNodes {
  readonly source: SourceText;
  /** The storage below which the fan-out of each container lies, by the container's name. */
  readonly parents: ReadonlyMap<string, string>;
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
  const start = components[0]?.span;
  if (!start) return fail('missing-key', 'the architecture has no component', { span: undefined });
  open('architecture: {subtree: [{name: top, local: [', start);
  for (const component of components) addComponent(component, add);
  add(']}]}', start);
  open('architecture_constraints: {targets: [', start);
  const parents = new Map<string, string>();
  components.forEach((component, i) => {
    const parent = components.slice(0, i).findLast((other) => !liesBeside(component, other))?.placement.name;
    for (const container of component.placement.containers) if (parent !== undefined) parents.set(container, parent);
    addConstraints(component, parent, add);
  });
  add(']}', start);
  const spanAt = (span: Span | undefined): Span | undefined =>
    span?.file === LOWERED ? (lines[span.line - 1]?.span ?? start) : span;
  return {
    source: { file: LOWERED, text: `${lines.map(({ text }) => text).join('\n')}\n` },
    parents,
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

/** The constraints of a component, and those of the containers above it: a fan-out belongs to the storage above. */
function addConstraints({ placement }: Component, parent: string | undefined, add: Add): void {
  const { name, constraints } = placement;
  for (const { node, isContainer } of constraints) {
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
      const target = type === 'spatial' ? parent : name;
      if (target === undefined) failConstraint('a fan-out above all memories', keySpan, 'a memory above it');
      add(`{target: ${JSON.stringify(target)}, type: ${type},`, keySpan);
      for (const [key, { node: value }] of given) add(`${key}: ${JSON.stringify(plainValueOf(value))},`, value.span);
      add('},', keySpan);
    }
  }
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
