import { type Ert, type ErtComponent, type ErtPart, roundDecimals } from '../../energy/index.ts';
import type { Component, Rules } from '../../energy/input/index.ts';
import { type Attributes, type Plain, plainText } from '../../formats/accelergy/index.ts';

/** pJ a joule, and um2 a square metre. */
const PICO = 1e12;

/** An energy of the table as Accelergy rounds it, in pJ. */
export interface EnergyRow {
  readonly action: string;
  /** Null if the table has none: ERTs may leave them out. */
  readonly arguments: Attributes | null;
  readonly energyPj: number;
}

/** A row of an estimated table. */
export interface EstimatedRow extends EnergyRow {
  readonly parts: readonly ErtPart[];
}

/** The energies and the area of one instance of a component, rounded. */
export interface ComponentTables {
  readonly component: Component;
  readonly rows: readonly EstimatedRow[];
  readonly areaUm2: number;
  readonly areaParts: ErtComponent['areaParts'];
  /** The parts of a compound component. */
  readonly tree: ErtComponent['tree'];
}

/** How figures are rounded. */
export interface Rounding {
  readonly digits: number;
  readonly rules: Rules;
}

/** Rounds to significant digits as 0.4 does, or to decimals as 0.3 does. */
export function rounded(value: number, { digits, rules }: Rounding): number {
  if (rules.peer === 'accelergy-0.3') return roundDecimals(value, digits);
  return value === 0 ? value : roundDecimals(value, digits - Math.floor(Math.log10(Math.abs(value))) - 1);
}

/** The tables of Accelergy, in pJ and um2. It rounds sums; 0.3 rounds the figures of primitives before it adds them up, too. */
export function tablesOf({ components }: Ert, rounding: Rounding): ComponentTables[] {
  // Equal components share their figures, and so the rounded ones.
  const known = new Map<ErtComponent['actions'], ComponentTables>();
  return components.map((entry) => {
    const { component, actions } = entry;
    const tables = known.get(actions) ?? roundedTables(entry, rounding);
    known.set(actions, tables);
    return { ...tables, component };
  });
}

function roundedTables({ component, actions, areaParts, tree }: ErtComponent, rounding: Rounding): ComponentTables {
  const isOld = rounding.rules.peer === 'accelergy-0.3';
  const figure = (value: number): number => (isOld && tree ? rounded(value, rounding) : value);
  const rows = actions.map(({ action, arguments: given, parts }): EstimatedRow => {
    const energyPj = parts.reduce(
      (sum, { unitEnergyJ, actionScale, multiplicity, partScale }) =>
        sum + figure(unitEnergyJ * PICO) * actionScale * multiplicity * partScale,
      0,
    );
    const own = isOld && given.size === 0 ? null : given;
    return { action, arguments: own, energyPj: rounded(energyPj, rounding), parts };
  });
  const areaUm2 = areaParts.reduce(
    (sum, { unitAreaM2, scale, multiplicity }) => sum + figure(unitAreaM2 * PICO) * scale * multiplicity,
    0,
  );
  return { component, rows, areaUm2: rounded(areaUm2, rounding), areaParts, tree };
}

/** How many instances a component stands for: those of its name, or those that Timeloop gives as the attribute `n_instances`. */
export function instancesOf({ count, attributes }: Component): number {
  return Math.max(count, givenInstances(attributes));
}

/** The area of all instances, um2. That of the table is of `n_instances` already, as in Accelergy. */
export function wholeAreaUm2({ component, areaUm2 }: ComponentTables): number {
  return (areaUm2 * instancesOf(component)) / givenInstances(component.attributes);
}

/** By how many instances Accelergy multiplies area and leakage: the attribute `n_instances`. */
export function givenInstances(attributes: Attributes): number {
  const given = attributes.get('n_instances')?.value;
  return typeof given === 'number' && given > 0 ? given : 1;
}

/** The energy of one action of a part, pJ. */
export function unitPj({ unitEnergyJ }: ErtPart): number {
  return unitEnergyJ * PICO;
}

/** The area of one instance of a part, um2. */
export function unitUm2({ unitAreaM2 }: ErtComponent['areaParts'][number]): number {
  return unitAreaM2 * PICO;
}

type GivenArguments = ReadonlyMap<string, { readonly value: Plain }> | null;

/** The arguments of a row that the user chose, as `a=0, b=1`; Accelergy's own say nothing here. */
export function argumentText(given: GivenArguments): string {
  const own = [...(given ?? [])].filter(
    ([name]) => name !== 'global_cycle_seconds' && name !== 'action_latency_cycles',
  );
  return own.map(([name, { value }]) => `${name}=${plainText(value)}`).join(', ');
}

/** The action of a row with its arguments: `read(a=0, b=1)`. */
export function calledText({ action, arguments: given }: EnergyRow): string {
  const text = argumentText(given);
  return text === '' ? action : `${action}(${text})`;
}
