import { fail, mapCollecting } from '../../base/errors.ts';
import { childOf, type TaggedNode } from '../../formats/tagged-yaml.ts';
import { type Attribute, attributesOf } from './attributes.ts';
import type { CountedRow } from './counts.ts';
import type { Rules } from './rules.ts';
import { checkKeys, isEmpty, kindOf, listUnder, mapOf, mapUnder, nameUnder } from './shape.ts';

/** A row of an energy reference table that someone else made; the energy as written, pJ. */
export interface GivenRow extends CountedRow {
  readonly arguments: ReadonlyMap<string, Attribute> | null;
}

/**
 * Energy reference tables given as input, by component: a component that is listed twice is a slip, and the last list counts.
 * Errors, of all components together: `missing-key`, `wrong-type`, `out-of-range` (an energy that is no finite number).
 */
export function readErts(roots: readonly TaggedNode[], rules: Rules): Map<string, readonly GivenRow[]> {
  const found = new Map<string, readonly GivenRow[]>();
  for (const root of roots) {
    const map = mapOf(root, 'ERT');
    checkKeys(map, ['version', 'tables'], 'ERT', rules);
    if (!map.entries.has('tables')) fail('missing-key', 'ERT needs the key "tables"', { span: map.span });
    mapCollecting(listUnder(map, 'tables', 'ERT'), (node) => {
      const table = mapOf(node, 'a table of ERT');
      const name = nameUnder(table, 'name', 'a table of ERT');
      checkKeys(table, ['name', 'actions'], `table "${name.value}" of ERT`, rules);
      if (!table.entries.has('actions'))
        fail('missing-key', `table "${name.value}" of ERT needs the key "actions"`, { span: name.span });
      if (found.has(name.value)) {
        rules.slip({
          code: 'duplicate-name',
          message: `"${name.value}" has a table already; Accelergy takes the last one`,
          span: name.span,
        });
      }
      found.set(
        name.value,
        mapCollecting(listUnder(table, 'actions', `table "${name.value}"`), (row) => readRow(row, name.value, rules)),
      );
    });
  }
  return found;
}

function readRow(node: TaggedNode, component: string, rules: Rules): GivenRow {
  const map = mapOf(node, `an action of "${component}"`);
  const { value: action, span } = nameUnder(map, 'name', `an action of "${component}"`);
  const what = `action "${action}" of "${component}"`;
  checkKeys(map, ['name', 'arguments', 'energy'], what, rules);
  const args = childOf(map, 'arguments');
  if (args === undefined && rules.peer !== undefined)
    fail('missing-key', `${what} needs the key "arguments"`, { span });
  const energy = childOf(map, 'energy');
  if (energy === undefined) fail('missing-key', `${what} needs the key "energy"`, { span });
  const value = energy.kind === 'scalar' ? energy.value : null;
  if (typeof value !== 'number')
    fail('wrong-type', `"energy" of ${what} is ${kindOf(energy)}`, { span: energy.span, expected: 'an energy in pJ' });
  if (!Number.isFinite(value) || value < 0) {
    rules.slip({
      code: 'out-of-range',
      message: `"energy" of ${what} is ${value}`,
      span: energy.span,
      expected: 'a finite energy in pJ, zero or above',
    });
  }
  const none = args === undefined || isEmpty(args);
  return { action, arguments: none ? null : attributesOf(mapUnder(map, 'arguments', what)), energyPj: value };
}
