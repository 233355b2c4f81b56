import { type Diagnostic, fail, mapCollecting, type Span } from '../../base/errors.ts';
import { childOf, type TaggedNode } from '../tagged-yaml.ts';
import { checkKeys, isEmpty, kindOf, listUnder, mapOf, mapUnder, nameUnder, type Slips } from './shape.ts';

/** A row of an energy reference table: the energy of an action as written, pJ. */
export interface WrittenRow {
  readonly action: string;
  /** Null if the table has none. */
  readonly arguments: ReadonlyMap<string, TaggedNode> | null;
  readonly energyPj: number;
  readonly span: Span;
}

/** Energy reference tables by component, with the place of each name. */
export interface WrittenTable {
  readonly name: string;
  readonly rows: readonly WrittenRow[];
  readonly span: Span;
}

/** How an ERT is read: what is passed over, and whether rows must have the key `arguments`, as Accelergy asks. */
export type TableRules = Slips & { readonly needsArguments: boolean };

/**
 * Reads the mapping under the key `ERT`. A component that is listed twice is a slip, and the last list counts. Errors, of all components
 * together: `missing-key`, `wrong-type`, `out-of-range` (an energy that is no finite number).
 */
export function readErtTables(root: TaggedNode, rules: TableRules): Map<string, WrittenTable> {
  const found = new Map<string, WrittenTable>();
  for (const { name, map, span } of tablesUnder(root, 'ERT', ['name', 'actions'], rules)) {
    if (!map.entries.has('actions')) fail('missing-key', `table "${name}" of ERT needs the key "actions"`, { span });
    if (found.has(name)) rules.slip(listedTwice(name, span));
    const rows = mapCollecting(listUnder(map, 'actions', `table "${name}"`), (row) => readRow(row, name, rules));
    found.set(name, { name, rows, span });
  }
  return found;
}

/** Reads the mapping under the key `ART`: the area of each component, um2. Errors: as `readErtTables`. */
export function readArtTables(root: TaggedNode, rules: Slips): Map<string, number> {
  const found = new Map<string, number>();
  for (const { name, map, span } of tablesUnder(root, 'ART', ['name', 'area'], rules)) {
    if (found.has(name)) rules.slip(listedTwice(name, span));
    found.set(name, figureUnder(map, 'area', `table "${name}" of ART`, 'an area in um^2', rules));
  }
  return found;
}

function listedTwice(name: string, span: Span): Diagnostic {
  return { code: 'duplicate-name', message: `"${name}" has a table already; Accelergy takes the last one`, span };
}

function tablesUnder(root: TaggedNode, what: string, keys: readonly string[], rules: Slips) {
  const map = mapOf(root, what);
  checkKeys(map, ['version', 'tables'], what, rules);
  if (!map.entries.has('tables')) fail('missing-key', `${what} needs the key "tables"`, { span: map.span });
  return mapCollecting(listUnder(map, 'tables', what), (node) => {
    const table = mapOf(node, `a table of ${what}`);
    const { value: name, span } = nameUnder(table, 'name', `a table of ${what}`);
    checkKeys(table, keys, `table "${name}" of ${what}`, rules);
    return { name, map: table, span };
  });
}

function readRow(node: TaggedNode, component: string, rules: TableRules): WrittenRow {
  const map = mapOf(node, `an action of "${component}"`);
  const { value: action, span } = nameUnder(map, 'name', `an action of "${component}"`);
  const what = `action "${action}" of "${component}"`;
  checkKeys(map, ['name', 'arguments', 'energy'], what, rules);
  const args = childOf(map, 'arguments');
  if (args === undefined && rules.needsArguments) fail('missing-key', `${what} needs the key "arguments"`, { span });
  const energyPj = figureUnder(map, 'energy', what, 'an energy in pJ', rules);
  const none = args === undefined || isEmpty(args);
  const entries = none ? [] : [...(mapUnder(map, 'arguments', what)?.entries ?? [])];
  return {
    action,
    arguments: none ? null : new Map(entries.map(([name, entry]) => [name, entry.node])),
    energyPj,
    span,
  };
}

function figureUnder(map: TaggedNode, key: string, what: string, expected: string, rules: Slips): number {
  const node = childOf(map, key);
  if (node === undefined) fail('missing-key', `${what} needs the key "${key}"`, { span: map.span });
  const value = node.kind === 'scalar' ? node.value : null;
  if (typeof value !== 'number')
    fail('wrong-type', `"${key}" of ${what} is ${kindOf(node)}`, { span: node.span, expected });
  if (!Number.isFinite(value) || value < 0) {
    rules.slip({
      code: 'out-of-range',
      message: `"${key}" of ${what} is ${value}`,
      span: node.span,
      expected: expected.replace(/^an? /, 'a finite ').concat(', zero or above'),
    });
  }
  return value;
}
