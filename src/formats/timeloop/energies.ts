import { missing, numberOf, problemAt, recordOf, type Section, sectionsOf, textOf } from './reading.ts';
import type { ErtRow, StorageEnergies, TimeloopArchitecture, TimeloopEnergies, TimeloopStorage } from './types.ts';

/** An energy in pJ, and the row that has it. */
interface Priced {
  readonly pj: number;
  readonly row: ErtRow;
}

/** Energies of the actions of a component; of several entries of one action the largest. */
type Actions = ReadonlyMap<string, Priced>;

const FREE: Priced = { pj: 0, row: { component: '', action: '', arguments: {} } };

/**
 * Reads an `ERT` for the components of an architecture. Timeloop v3.0.3 takes `update` from `random_fill` or `write`
 * and ignores `update` itself; so do we. Problems go to the reader.
 */
export function readEnergies(
  section: Section,
  { storages, compute }: TimeloopArchitecture,
): TimeloopEnergies | undefined {
  const keys = recordOf(section);
  if (!keys.has('tables')) missing(section, 'tables');
  const tables = new Map<string, { readonly section: Section; readonly actions: Actions }>();
  for (const entry of sectionsOf(keys.get('tables'))) {
    const table = recordOf(entry);
    const name = textOf(table.get('name'));
    if (!table.has('name')) missing(entry, 'name');
    if (name === undefined) continue;
    tables.set(componentName(name), { section: entry, actions: readActions(table.get('actions'), name) });
  }
  const energyOf = (component: string, ...actions: readonly string[]): Priced => {
    const table = tables.get(component);
    if (!table) {
      problemAt(section, 'action-unknown', `the table has no component "${component}"`, `a table of ${component}`);
      return FREE;
    }
    const action = actions.find((name) => table.actions.has(name));
    if (action !== undefined) return table.actions.get(action)!;
    problemAt(
      table.section,
      'action-unknown',
      `${component} has no energy of "${actions.at(-1)}"`,
      `one of the actions ${actions.join(', ')}`,
    );
    return FREE;
  };
  const storageEnergies = (storage: TimeloopStorage): StorageEnergies => {
    const { name, accessEnergyPj } = storage;
    if (accessEnergyPj !== undefined)
      return { readPj: accessEnergyPj, fillPj: accessEnergyPj, updatePj: accessEnergyPj };
    const read = energyOf(name, 'random_read', 'read');
    const fill = energyOf(name, 'random_fill', 'write');
    const update = energyOf(name, 'random_update', 'random_fill', 'write');
    const rows = { read: read.row, fill: fill.row, update: update.row };
    return { readPj: read.pj, fillPj: fill.pj, updatePj: update.pj, rows };
  };
  const product = energyOf(compute.name, 'random_compute', 'mac_random', 'compute');
  return { storages: storages.map(storageEnergies), computePj: product.pj, computeRow: product.row };
}

/** `sys.chip.PE[0..3].Reg[1..4]` is the component Reg. */
function componentName(path: string): string {
  return path.replace(/\[[^\]]*\]/g, '').replace(/^.*\./, '');
}

function readActions(section: Section | undefined, component: string): Actions {
  const found = new Map<string, Priced>();
  for (const entry of sectionsOf(section)) {
    const keys = recordOf(entry);
    const action = textOf(keys.get('name'));
    const pj = numberOf(keys.get('energy'), 0);
    if (!keys.has('name')) missing(entry, 'name');
    if (!keys.has('energy')) missing(entry, 'energy');
    if (action === undefined || pj === undefined || pj < (found.get(action)?.pj ?? 0)) continue;
    found.set(action, { pj, row: { component, action, arguments: argumentsOf(keys.get('arguments')) } });
  }
  return found;
}

function argumentsOf(section: Section | undefined): ErtRow['arguments'] {
  if (section === undefined || section.item.value === null) return {};
  const plain = [...recordOf(section)].flatMap(([name, { item }]) =>
    item.value === null || typeof item.value === 'object' ? [] : [[name, item.value as string] as const],
  );
  return Object.fromEntries(plain);
}
