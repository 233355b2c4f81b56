import { rowsOf } from '../../energy/compound/index.ts';
import { textOf } from '../../energy/index.ts';
import { type Component, fullName, type Rules } from '../../energy/input/index.ts';
import type { Attributes, Plain } from '../../formats/accelergy/index.ts';
import type { ComponentEnergy } from '../accelergy-input/counts.ts';
import { type Output, type OutputMap, Quoted } from './emit.ts';
import {
  type ComponentTables,
  type EnergyRow,
  type EstimatedRow,
  type Rounding,
  rounded,
  unitPj,
  unitUm2,
} from './tables.ts';

/** Accelergy's output files, by the names of its option -f. */
export const OUTPUTS = ['ERT', 'ERT_summary', 'ART', 'ART_summary', 'energy_estimation', 'flattened_arch'] as const;

export type OutputName = (typeof OUTPUTS)[number];

/** The version as the peer writes it: text since 0.4. */
function versionOf({ peer }: Rules): Output {
  return peer === 'accelergy-0.3' ? 0.3 : new Quoted('0.4');
}

function plainOutput(value: Plain, quotes: boolean): Output {
  if (typeof value === 'string') return quotes ? new Quoted(value) : value;
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map((item) => plainOutput(item, quotes));
  return Object.fromEntries(
    Object.entries(value as Record<string, Plain>).map(([key, child]) => [key, plainOutput(child, quotes)]),
  );
}

/** Values of attributes; 0.3 sorted them by name. Text that stayed text without quotes is written so. */
function attributeOutput(attributes: Attributes, rules: Rules): OutputMap {
  const old = rules.peer === 'accelergy-0.3';
  const entries = [...attributes].map(([name, { value, bare }]) => [name, plainOutput(value, !bare && !old)] as const);
  if (old) entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries);
}

export interface TableRow {
  readonly name: string;
  readonly rows: readonly (EnergyRow | EstimatedRow)[];
  readonly estimators: readonly (readonly [part: string, estimator: string])[];
}

/** `make`, once for each value of that identity: equal components share theirs. */
function oncePer<K extends object, T>(make: (value: K) => T): (value: K) => T {
  const known = new Map<K, T>();
  return (value) => {
    const made = known.get(value) ?? make(value);
    known.set(value, made);
    return made;
  };
}

/** The energy table of each component, whether estimated or given. A given one names no estimator. */
export function tableRows(tables: readonly ComponentTables[]): TableRow[] {
  const estimatorsOf = oncePer(partEstimators);
  // A component without actions has no table in Accelergy.
  return tables
    .filter(({ rows }) => rows.length > 0)
    .map(({ component, rows }) => {
      const name = fullName(component);
      const shared = estimatorsOf(rows);
      // One figure for the whole component stands under its own name.
      const isWhole = shared.some(([path]) => path === '');
      const estimators = isWhole ? shared.map(([path, estimator]) => [path || name, estimator] as const) : shared;
      return { name, rows, estimators };
    });
}

/** The estimator of each part, by path. */
function partEstimators(rows: readonly EstimatedRow[]): TableRow['estimators'] {
  const found = new Map<string, string>();
  for (const { parts } of rows)
    for (const { path, estimator } of parts) if (!found.has(path)) found.set(path, estimator);
  return [...found];
}

/** Whether the parts of a component have figures of their own. */
function hasParts(row: EnergyRow | EstimatedRow): row is EstimatedRow {
  return 'parts' in row && row.parts.every(({ path }) => path !== '');
}

/** Null stands for arguments that the input left empty. */
function argumentOutput(given: EnergyRow['arguments'], rules: Rules): Output {
  return given === null ? null : attributeOutput(given, rules);
}

export function ertOutput(rows: readonly TableRow[], rules: Rules): OutputMap {
  const actionsOf = oncePer((own: TableRow['rows']) =>
    own.map((row) => ({
      name: row.action,
      arguments: argumentOutput(row.arguments, rules),
      energy: row.energyPj,
    })),
  );
  const tables = rows.map(({ name, rows: own }) => ({ name, actions: actionsOf(own) }));
  return { ERT: { version: versionOf(rules), tables } };
}

export function ertSummary(rows: readonly TableRow[], rounding: Rounding): OutputMap {
  const actionsOf = oncePer((own: TableRow['rows']) =>
    [...byAction(own)].map(([action, list]) => actionSummary(action, list, rounding)),
  );
  const namesOf = oncePer((own: TableRow['estimators']) => own.map(([part, estimator]) => ({ name: part, estimator })));
  const summary = rows.map(({ name, rows: own, estimators }) => ({
    name,
    actions: actionsOf(own),
    'primitive_estimation(s)': namesOf(estimators),
  }));
  return { ERT_summary: { version: versionOf(rounding.rules), table_summary: summary } };
}

function byAction(rows: readonly EnergyRow[]): Map<string, EnergyRow[]> {
  const groups = new Map<string, EnergyRow[]>();
  for (const row of rows) {
    const group = groups.get(row.action);
    if (group) group.push(row);
    else groups.set(row.action, [row]);
  }
  return groups;
}

function actionSummary(name: string, rows: readonly EnergyRow[], rounding: Rounding): OutputMap {
  const energies = rows.map((row) => row.energyPj);
  if (energies.length === 1) return { name, energy: energies[0] };
  const average = energies.reduce((sum, energy) => sum + energy, 0) / energies.length;
  return {
    name,
    average_energy: rounded(average, rounding),
    max_energy: Math.max(...energies),
    min_energy: Math.min(...energies),
  };
}

export function ertSummaryVerbose(rows: readonly TableRow[], rounding: Rounding): OutputMap {
  const summary = rows.map(({ name, rows: own, estimators }) => ({
    name,
    actions: [...byAction(own)].map(([action, list]) => actionSummary(action, list, rounding)),
    'primitive_estimation(s)': own.some(hasParts)
      ? own.map((row) => rowDetail(row, rounding))
      : [Object.fromEntries(estimators.map(([part, estimator]) => [part, { estimator }]))],
  }));
  return { ERT_summary: { version: versionOf(rounding.rules), table_summary: summary } };
}

function rowDetail(row: EnergyRow | EstimatedRow, rounding: Rounding): OutputMap {
  const parts = (hasParts(row) ? row.parts : []).map((part) => {
    const { path, action, arguments: given, actionScale, multiplicity } = part;
    const interpreted = unitPj(part) * actionScale * multiplicity;
    const percentage = row.energyPj === 0 ? 0 : rounded((100 * interpreted) / row.energyPj, { ...rounding, digits: 2 });
    return {
      subcomponent_name: path,
      subaction_name: action,
      arguments: attributeOutput(given, rounding.rules),
      energy: unitPj(part),
      scale_energy_by: actionScale,
      interpreted_energy: interpreted,
      percentage: `${row.energyPj === 0 ? '0' : floatText(percentage)}%`,
      estimator: part.estimator,
    };
  });
  return {
    action_name: row.action,
    arguments: argumentOutput(row.arguments, rounding.rules),
    energy: row.energyPj,
    subaction_estimations: parts,
  };
}

/** As Python prints a float: with a point even if it is whole. */
function floatText(value: number): string {
  return Number.isInteger(value) ? `${value}.0` : textOf(value);
}

export function artOutput(tables: readonly ComponentTables[], rules: Rules): OutputMap {
  return {
    ART: {
      version: versionOf(rules),
      tables: tables.map(({ component, areaUm2 }) => ({ name: fullName(component), area: areaUm2 })),
    },
  };
}

export function artSummary(tables: readonly ComponentTables[], isVerbose: boolean, rounding: Rounding): OutputMap {
  const partsOf = oncePer((parts: ComponentTables['areaParts']) =>
    parts.map((part) => ({
      name: part.path,
      estimator: part.estimator,
      area: isVerbose ? rounded(unitUm2(part), rounding) : undefined,
      area_scale: isVerbose ? part.scale : undefined,
      total_component_area: isVerbose ? rounded(unitUm2(part) * part.scale * part.multiplicity, rounding) : undefined,
    })),
  );
  const summary = tables.map(({ component, areaUm2, areaParts, tree }) => ({
    name: fullName(component),
    area: areaUm2,
    primitive_estimations: tree ? partsOf(areaParts) : areaParts[0]?.estimator,
  }));
  return { ART_summary: { version: versionOf(rounding.rules), table_summary: summary } };
}

export function energyOutput(energies: readonly ComponentEnergy[], rules: Rules): OutputMap {
  const components = energies.map(({ name, energyPj }) => ({ name, energy: energyPj }));
  const total = energies.reduce((sum, { energyPj }) => sum + energyPj, 0);
  return { energy_estimation: { version: versionOf(rules), components, Total: total } };
}

export function flattenedOutput(components: readonly Component[], rules: Rules): OutputMap {
  const old = rules.peer === 'accelergy-0.3';
  const attributesOf = oncePer((attributes: Attributes) => attributeOutput(attributes, rules));
  const local = components.map((component) => ({
    name: fullName(component),
    class: component.writtenClass,
    subclass: component.hasSubclass ? component.class : undefined,
    attributes: attributesOf(component.attributes),
    required_actions: component.requiredActions?.map(({ name }) => name),
    ...Object.fromEntries([...component.others].map(([key, value]) => [key, plainOutput(value, false)])),
    area_scale: old ? undefined : scaleOutput(component.areaScale),
    energy_scale: old ? undefined : scaleOutput(component.energyScale),
  }));
  return { architecture: { version: versionOf(rules), local } };
}

function scaleOutput(scale: Component['areaScale']): Output {
  return scale ? plainOutput(scale.value, false) : 1;
}

/** Compound components with their parts and actions, then primitive ones with their actions. */
export function flattenedVerbose(tables: readonly ComponentTables[], rules: Rules): OutputMap {
  const compounds = tables.filter(({ tree }) => tree !== undefined).map((table) => compoundDetail(table, rules));
  const primitives = tables
    .filter(({ tree }) => tree === undefined)
    .map(({ component, rows }) => ({
      name: fullName(component),
      class: component.class,
      actions: rows.map((row) => ({ name: row.action, arguments: argumentOutput(row.arguments, rules) })),
    }));
  return { architecture: { version: versionOf(rules), local: [...compounds, ...primitives] } };
}

function compoundDetail({ component, tree }: ComponentTables, rules: Rules): OutputMap {
  return {
    name: fullName(component),
    class: component.class,
    attributes: attributeOutput(component.attributes, rules),
    primitive_components: tree!.primitives.map(({ path, class: cls, attributes, areaScale, energyScale }) => ({
      name: path,
      class: cls,
      attributes: attributeOutput(attributes, rules),
      area_scale: areaScale,
      energy_scale: energyScale,
    })),
    actions: rowsOf(tree!.byBase.get('')!, tree!, rules).map((row) => ({
      name: row.action,
      arguments: attributeOutput(row.arguments, rules),
      primitive_actions: row.parts.map(({ call, scale }) => ({
        name: call.path,
        action: call.action,
        arguments: attributeOutput(call.arguments, rules),
        energy_scale: scale,
      })),
    })),
  };
}
