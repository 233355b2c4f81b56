import { fail, mapCollecting, nearestName, type Span } from '../../base/errors.ts';
import { baseName, isWithin, type Rules } from '../../energy/input/index.ts';
import {
  type Attribute,
  attributesOf,
  checkKeys,
  isEmpty,
  kindOf,
  listUnder,
  mapOf,
  mapUnder,
  nameUnder,
  type Plain,
  plainText,
} from '../../formats/accelergy/index.ts';
import { childOf, type TaggedMap, type TaggedNode } from '../../formats/tagged-yaml.ts';

/** How often an action of a component happened. */
export interface ActionCount {
  readonly action: string;
  /** Null if none are given: then the first row of the action counts. */
  readonly arguments: ReadonlyMap<string, Attribute> | null;
  readonly count: number;
  readonly span: Span;
}

/** The counts of a component, whose name may stand for one instance, some or all. */
export interface ComponentCounts {
  readonly name: string;
  readonly counts: readonly ActionCount[];
  readonly span: Span;
}

/**
 * The action counts of all files, by component. A component that is listed twice is a slip, and the last list counts.
 * Errors, of all components together: `missing-key`, `wrong-type`, `out-of-range` (a count below zero or beyond what a
 * counter can hold).
 */
export function readCounts(roots: readonly TaggedNode[], rules: Rules): Map<string, ComponentCounts> {
  const found = new Map<string, ComponentCounts>();
  mapCollecting(roots, (node) => {
    const root = mapOf(node, 'action_counts');
    if (!root.entries.has('subtree') && !root.entries.has('local')) {
      fail('missing-key', 'action_counts needs the key "subtree" or "local"', { span: root.span });
    }
    walk(root, '', found, rules);
  });
  return found;
}

function walk(map: TaggedMap, path: string, found: Map<string, ComponentCounts>, rules: Rules): void {
  const what = path === '' ? 'action_counts' : `"${path}" of action_counts`;
  checkKeys(map, ['version', 'name', 'subtree', 'local'], what, rules);
  const nodes = [
    ...listUnder(map, 'local', what).map((node) => () => readComponent(node, path, what, found, rules)),
    ...listUnder(map, 'subtree', what).map((node) => () => {
      const inner = mapOf(node, `a container of ${what}`);
      const { value: name } = nameUnder(inner, 'name', `a container of ${what}`);
      walk(inner, path === '' ? name : `${path}.${name}`, found, rules);
    }),
  ];
  mapCollecting(nodes, (node) => node());
}

function readComponent(
  node: TaggedNode,
  path: string,
  owner: string,
  found: Map<string, ComponentCounts>,
  rules: Rules,
): void {
  const map = mapOf(node, `a component of ${owner}`);
  const name = nameUnder(map, 'name', `a component of ${owner}`);
  const full = path === '' ? name.value : `${path}.${name.value}`;
  checkKeys(map, ['name', 'action_counts'], `"${full}" of action_counts`, rules);
  if (!map.entries.has('action_counts'))
    fail('missing-key', `"${full}" needs the key "action_counts"`, { span: name.span });
  if (found.has(full)) {
    rules.slip({
      code: 'duplicate-name',
      message: `"${full}" has counts already; Accelergy takes the last list`,
      span: name.span,
    });
  }
  const counts = mapCollecting(listUnder(map, 'action_counts', `"${full}"`), (entry) => readCount(entry, full, rules));
  found.set(full, { name: full, counts, span: name.span });
}

function readCount(node: TaggedNode, component: string, rules: Rules): ActionCount {
  const map = mapOf(node, `a count of "${component}"`);
  const name = nameUnder(map, 'name', `a count of "${component}"`);
  const what = `"${name.value}" of "${component}"`;
  checkKeys(map, ['name', 'arguments', 'counts'], what, rules);
  const counts = childOf(map, 'counts');
  if (counts === undefined) fail('missing-key', `${what} needs the key "counts"`, { span: name.span });
  const args = childOf(map, 'arguments');
  if (args?.kind === 'map' && args.entries.size === 0 && rules.peer !== undefined) {
    fail('wrong-type', `"arguments" of ${what} is an empty mapping, which crashes Accelergy`, { span: args.span });
  }
  const given =
    args === undefined || isEmpty(args) || (args.kind === 'map' && args.entries.size === 0)
      ? null
      : attributesOf(mapUnder(map, 'arguments', what));
  return { action: name.value, arguments: given, count: countFrom(counts, what, rules), span: name.span };
}

/** Above this a double no longer counts by ones: a file's 2^53 + 1 is read as 2^53. */
const MOST_COUNTED = Number.MAX_SAFE_INTEGER;

function countFrom(node: TaggedNode, what: string, rules: Rules): number {
  const value = node.kind === 'scalar' ? node.value : null;
  const isNumber = typeof value === 'number' || (typeof value === 'boolean' && rules.peer !== undefined);
  // YAML writes infinity and not-a-number as .inf and .nan; nan alone is text.
  if (!isNumber)
    fail('wrong-type', `"counts" of ${what} is ${kindOf(node)}`, { span: node.span, expected: 'a number' });
  const count = Number(value);
  const slip = (message: string, expected: string) =>
    rules.slip({ code: 'out-of-range', message: `${what} is counted ${message}`, span: node.span, expected });
  if (!Number.isFinite(count)) slip(`${count} times`, 'a finite number');
  else if (count < 0) slip(`${count} times`, 'zero or above');
  else if (count >= 2 ** 64 - 2 ** 16 && count <= 2 ** 64)
    slip(`${count} times, which is a negative number that wrapped around`, 'zero or above');
  else if (count > MOST_COUNTED) slip(`${count} times`, `at most ${MOST_COUNTED}, above which a number skips integers`);
  else if (!Number.isInteger(count)) slip(`${count} times`, 'a whole number');
  return count;
}

/** A row as counts see it: an action, its arguments and its energy. */
export interface CountedRow {
  readonly action: string;
  readonly arguments: ReadonlyMap<string, { readonly value: Plain }> | null;
  readonly energyPj: number;
}

/** The energies that counts refer to: rows by component name. */
export type EnergyTable = ReadonlyMap<string, readonly CountedRow[]>;

/** Energy of a component, pJ, and of each of its counts. */
export interface ComponentEnergy {
  readonly name: string;
  /** The name in the energy table. */
  readonly tableName: string;
  readonly energyPj: number;
  readonly actions: readonly { readonly count: ActionCount; readonly row: CountedRow }[];
}

/**
 * The energy of each counted component: the sum of counts x energy in the order of the file. A count belongs to the first
 * row of its action whose arguments equal the given ones. Errors, of all components together: `unknown-name` (component or
 * argument), `action-unknown`, `out-of-range` (an index), `argument-out-of-range`.
 */
export function energiesOf(counts: Iterable<ComponentCounts>, table: EnergyTable): ComponentEnergy[] {
  const byBase = new Map([...table.keys()].map((name) => [baseName(name), name]));
  return mapCollecting([...counts], (component) => {
    const tableName = tableNameOf(component, byBase);
    const actions = mapCollecting(component.counts, (count) => ({
      count,
      row: rowFor(count, component.name, table.get(tableName)!),
    }));
    const energyPj = actions.reduce((sum, { count, row }) => sum + row.energyPj * count.count, 0);
    return { name: component.name, tableName, energyPj, actions };
  });
}

function tableNameOf({ name, span }: ComponentCounts, byBase: ReadonlyMap<string, string>): string {
  const found = byBase.get(baseName(name));
  if (found === undefined) {
    const suggestion = nearestName(baseName(name), byBase.keys());
    return fail('unknown-name', `the energy table has no component "${name}"`, {
      span,
      expected: `one of ${[...byBase.keys()].join(', ')}`,
      suggestion,
    });
  }
  if (!isWithin(name, found))
    fail('out-of-range', `"${name}" is outside of "${found}"`, { span, expected: `indices within ${found}` });
  return found;
}

function rowFor(count: ActionCount, component: string, rows: readonly CountedRow[]): CountedRow {
  const alike = rows.filter((row) => row.action === count.action);
  if (alike.length === 0) {
    const known = [...new Set(rows.map((row) => row.action))];
    fail('action-unknown', `component "${component}" has no action "${count.action}"`, {
      span: count.span,
      expected:
        known.length > 0
          ? `one of ${known.join(', ')}`
          : 'a list of its actions under required_actions in the architecture',
      suggestion: nearestName(count.action, known),
    });
  }
  const given = [...(count.arguments ?? [])];
  for (const [name, { span }] of given) {
    if (alike[0].arguments?.has(name)) continue;
    const known = [...(alike[0].arguments?.keys() ?? [])];
    fail('unknown-name', `action "${count.action}" of "${component}" has no argument "${name}"`, {
      span,
      expected: known.length > 0 ? `one of ${known.join(', ')}` : 'no arguments',
      suggestion: nearestName(name, known),
    });
  }
  const row = alike.find((one) => given.every(([name, { value }]) => one.arguments?.get(name)?.value === value));
  if (row) return row;
  const values = given.map(([name, { value }]) => `${name}=${plainText(value)}`).join(', ');
  return fail('argument-out-of-range', `action "${count.action}" of "${component}" has no entry for ${values}`, {
    span: count.span,
  });
}
