import { missing, numberOf, problemAt, recordOf, type Section, sectionsOf, textOf } from './reading.ts';
import type { TimeloopArchitecture, TimeloopEnergies, TimeloopStorage } from './types.ts';

/** Energies of the actions of a component in pJ; of several entries of one action the largest. */
type Actions = ReadonlyMap<string, number>;

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
    tables.set(componentName(name), { section: entry, actions: readActions(table.get('actions')) });
  }
  const energyOf = (component: string, ...actions: readonly string[]): number => {
    const table = tables.get(component);
    if (!table) {
      problemAt(section, 'action-unknown', `the table has no component "${component}"`, `a table of ${component}`);
      return 0;
    }
    const action = actions.find((name) => table.actions.has(name));
    if (action !== undefined) return table.actions.get(action)!;
    problemAt(
      table.section,
      'action-unknown',
      `${component} has no energy of "${actions.at(-1)}"`,
      `one of the actions ${actions.join(', ')}`,
    );
    return 0;
  };
  const storageEnergies = (storage: TimeloopStorage) => {
    const { name, accessEnergyPj } = storage;
    if (accessEnergyPj !== undefined)
      return { readPj: accessEnergyPj, fillPj: accessEnergyPj, updatePj: accessEnergyPj };
    return {
      readPj: energyOf(name, 'random_read', 'read'),
      fillPj: energyOf(name, 'random_fill', 'write'),
      updatePj: energyOf(name, 'random_update', 'random_fill', 'write'),
    };
  };
  return {
    storages: storages.map(storageEnergies),
    computePj: energyOf(compute.name, 'random_compute', 'mac_random', 'compute'),
  };
}

/** `sys.chip.PE[0..3].Reg[1..4]` is the component Reg. */
function componentName(path: string): string {
  return path.replace(/\[[^\]]*\]/g, '').replace(/^.*\./, '');
}

function readActions(section: Section | undefined): Actions {
  const found = new Map<string, number>();
  for (const entry of sectionsOf(section)) {
    const keys = recordOf(entry);
    const name = textOf(keys.get('name'));
    const energy = numberOf(keys.get('energy'), 0);
    if (!keys.has('name')) missing(entry, 'name');
    if (!keys.has('energy')) missing(entry, 'energy');
    if (name !== undefined && energy !== undefined) found.set(name, Math.max(energy, found.get(name) ?? 0));
  }
  return found;
}
