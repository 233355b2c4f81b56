import type { RunResult } from '../../cosim/index.ts';
import { type Attributes, energyAtVoltage } from '../../energy/index.ts';
import { writeCsv } from './csv.ts';

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
      voltages.map((voltageV) => [
        component.name,
        nameOf(action.action, action.arguments),
        voltageV,
        energyAtVoltage(action, voltageV === '' ? 0 : voltageV) * 1e12,
        distinct(action.parts.map(({ source }) => source)),
        distinct(action.parts.map(({ assumption }) => assumption)),
      ]),
    );
  });
  return components.length === 0
    ? ''
    : writeCsv(['component', 'action', 'voltage_v', 'energy_pj', 'source', 'assumption'], rows);
}

function nameOf(action: string, given: Attributes): string {
  if (given.size === 0) return action;
  return `${action}(${[...given].map(([name, { value }]) => `${name}=${value}`).join(', ')})`;
}

function distinct(texts: readonly (string | undefined)[]): string {
  return [...new Set(texts.filter((text) => text !== undefined))].join('; ');
}
