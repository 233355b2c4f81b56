import type { Rules } from '../../energy/input/index.ts';
import { type Attribute, attributeOf, readErtTables } from '../../formats/accelergy/index.ts';
import type { TaggedNode } from '../../formats/tagged-yaml.ts';
import type { CountedRow } from './counts.ts';

/** A row of an energy reference table that someone else made; the energy as written, pJ. */
export interface GivenRow extends CountedRow {
  readonly arguments: ReadonlyMap<string, Attribute> | null;
}

/** Energy reference tables given as input, by component. If there are several, the last one counts. Errors: those of `readErtTables`. */
export function readErts(roots: readonly TaggedNode[], rules: Rules): Map<string, readonly GivenRow[]> {
  const found = new Map<string, readonly GivenRow[]>();
  const tableRules = { slip: rules.slip, remark: rules.remark, needsArguments: rules.peer !== undefined };
  for (const root of roots) {
    for (const [name, { rows, span }] of readErtTables(root, tableRules)) {
      if (found.has(name)) {
        const message = `"${name}" has a table already; Accelergy takes the last one`;
        rules.slip({ code: 'duplicate-name', message, span });
      }
      found.set(
        name,
        rows.map(({ action, arguments: given, energyPj }) => ({
          action,
          arguments: given && new Map([...given].map(([key, node]) => [key, attributeOf(node)])),
          energyPj,
        })),
      );
    }
  }
  return found;
}
