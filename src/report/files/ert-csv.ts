import type { RunResult } from '../../cosim/index.ts';
import { type Attributes, type ErtAction, energyAtVoltage } from '../../energy/index.ts';
import { writeCsv } from './csv.ts';

/** The columns of an energy table as CSV. */
export const ERT_COLUMNS = ['component', 'action', 'voltage_v', 'energy_pj', 'source', 'assumption'];

/**
 * ert.csv: the energy of each action of each component, pJ, with a row for each voltage at which its domain did something. A
 * component without a domain has one row, without a voltage. Sources and assumptions of the parts stand once each.
 */
export function ertCsv({ components, domains, suppliesV, experiment }: RunResult): string {
  const { ert, spec } = experiment.design;
  const rows = ert.components.flatMap(({ component, actions }) => {
    const domain = domains.indexOf(spec.bindings[component.name].domain ?? '');
    const voltages: readonly (number | '')[] = domain < 0 ? [''] : suppliesV[domain];
    return actions.flatMap((action) =>
      voltages.map((voltageV) =>
        ertRow(component.name, action, voltageV, energyAtVoltage(action, voltageV === '' ? 0 : voltageV)),
      ),
    );
  });
  return components.length === 0 ? '' : writeCsv(ERT_COLUMNS, rows);
}

/** A row of an energy table: an action of a component at a voltage in V, with its energy in J. */
export function ertRow(
  component: string,
  { action, arguments: given, parts }: Pick<ErtAction, 'action' | 'arguments' | 'parts'>,
  voltageV: number | '',
  energyJ: number,
): (string | number)[] {
  return [
    component,
    nameOf(action, given),
    voltageV,
    energyJ * 1e12,
    distinctTexts(parts.map(({ source }) => source)),
    distinctTexts(parts.map(({ assumption }) => assumption)),
  ];
}

function nameOf(action: string, given: Attributes): string {
  if (given.size === 0) return action;
  return `${action}(${[...given].map(([name, { value }]) => `${name}=${value}`).join(', ')})`;
}

/** Each text once. */
export function distinctTexts(texts: readonly (string | undefined)[]): string {
  return [...new Set(texts.filter((text) => text !== undefined))].join('; ');
}
