import { textOf } from '../../energy/index.ts';
import type { FlatComponent } from '../accelergy-input/architecture.ts';
import type { Attributes, Plain } from '../accelergy-input/attributes.ts';
import type { ComponentEnergy } from '../accelergy-input/counts.ts';
import type { Rules } from '../accelergy-input/rules.ts';
import { type Output, type OutputMap, Quoted } from './emit.ts';
import { type ComponentTables, type EnergyRow, rounded, type TableOptions } from './tables.ts';

/** Accelergy's output files, by the names of its option -f. */
export const OUTPUTS = ['ERT', 'ERT_summary', 'ART', 'ART_summary', 'energy_estimation', 'flattened_arch'] as const;

export type OutputName = (typeof OUTPUTS)[number];

export type Rounding = Pick<TableOptions, 'digits' | 'rules'>;

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
  readonly rows: readonly EnergyRow[];
  readonly estimators: readonly (readonly [part: string, estimator: string])[];
}

/** The energy table of each component, whether estimated or given. A given one names no estimator. */
export function tableRows(tables: readonly ComponentTables[]): TableRow[] {
  // A component without actions has no table in Accelergy.
  return tables
    .filter(({ rows }) => rows.length > 0)
    .map(({ component, rows }) => ({ name: component.name, rows, estimators: estimatorsOf(component.name, rows) }));
}

function estimatorsOf(name: string, rows: readonly EnergyRow[]): [string, string][] {
  const found = new Map<string, string>();
  for (const { parts, figure } of rows) {
    for (const part of parts ?? []) if (!found.has(part.path)) found.set(part.path, part.figure.estimator);
    if (figure && found.size === 0) found.set(name, figure.estimator);
  }
  return [...found];
}

/** Null stands for arguments that the input left empty. */
function argumentOutput(given: EnergyRow['arguments'], rules: Rules): Output {
  return given === null ? null : attributeOutput(given, rules);
}

export function ertOutput(rows: readonly TableRow[], rules: Rules): OutputMap {
  const tables = rows.map(({ name, rows: own }) => ({
    name,
    actions: own.map((row) => ({
      name: row.action,
      arguments: argumentOutput(row.arguments, rules),
      energy: row.energyPj,
    })),
  }));
  return { ERT: { version: versionOf(rules), tables } };
}

export function ertSummary(rows: readonly TableRow[], rounding: Rounding): OutputMap {
  const summary = rows.map(({ name, rows: own, estimators }) => ({
    name,
    actions: [...byAction(own)].map(([action, list]) => actionSummary(action, list, rounding)),
    'primitive_estimation(s)': estimators.map(([part, estimator]) => ({ name: part, estimator })),
  }));
  return { ERT_summary: { version: versionOf(rounding.rules), table_summary: summary } };
}

function byAction(rows: readonly EnergyRow[]): Map<string, EnergyRow[]> {
  const groups = new Map<string, EnergyRow[]>();
  for (const row of rows) groups.set(row.action, [...(groups.get(row.action) ?? []), row]);
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
    'primitive_estimation(s)': own.some(({ parts }) => parts)
      ? own.map((row) => rowDetail(row, rounding))
      : [Object.fromEntries(estimators.map(([part, estimator]) => [part, { estimator }]))],
  }));
  return { ERT_summary: { version: versionOf(rounding.rules), table_summary: summary } };
}

function rowDetail(row: EnergyRow, rounding: Rounding): OutputMap {
  const parts = (row.parts ?? []).map(({ path, action, arguments: given, figure, scale, count }) => {
    const interpreted = figure.value * scale * count;
    const percentage = row.energyPj === 0 ? 0 : rounded((100 * interpreted) / row.energyPj, { ...rounding, digits: 2 });
    return {
      subcomponent_name: path,
      subaction_name: action,
      arguments: attributeOutput(given, rounding.rules),
      energy: figure.value,
      scale_energy_by: scale,
      interpreted_energy: interpreted,
      percentage: `${row.energyPj === 0 ? '0' : floatText(percentage)}%`,
      estimator: figure.estimator,
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
      tables: tables.map(({ component, areaUm2 }) => ({ name: component.name, area: areaUm2 })),
    },
  };
}

export function artSummary(tables: readonly ComponentTables[], isVerbose: boolean, rounding: Rounding): OutputMap {
  const summary = tables.map(({ component, areaUm2, areaParts, areaFigure }) => ({
    name: component.name,
    area: areaUm2,
    primitive_estimations: areaFigure
      ? areaFigure.estimator
      : areaParts.map(({ path, figure, scale, count }) => ({
          name: path,
          estimator: figure.estimator,
          area: isVerbose ? rounded(figure.value, rounding) : undefined,
          area_scale: isVerbose ? scale : undefined,
          total_component_area: isVerbose ? rounded(figure.value * scale * count, rounding) : undefined,
        })),
  }));
  return { ART_summary: { version: versionOf(rounding.rules), table_summary: summary } };
}

export function energyOutput(energies: readonly ComponentEnergy[], rules: Rules): OutputMap {
  const components = energies.map(({ name, energyPj }) => ({ name, energy: energyPj }));
  const total = energies.reduce((sum, { energyPj }) => sum + energyPj, 0);
  return { energy_estimation: { version: versionOf(rules), components, Total: total } };
}

export function flattenedOutput(components: readonly FlatComponent[], rules: Rules): OutputMap {
  const old = rules.peer === 'accelergy-0.3';
  const local = components.map((component) => ({
    name: component.name,
    class: component.writtenClass,
    subclass: component.hasSubclass ? component.class : undefined,
    attributes: attributeOutput(component.attributes, rules),
    required_actions: component.requiredActions?.map(({ name }) => name),
    ...Object.fromEntries([...component.others].map(([key, value]) => [key, plainOutput(value, false)])),
    area_scale: old ? undefined : scaleOutput(component.areaScale),
    energy_scale: old ? undefined : scaleOutput(component.energyScale),
  }));
  return { architecture: { version: versionOf(rules), local } };
}

function scaleOutput(scale: FlatComponent['areaScale']): Output {
  return scale ? plainOutput(scale.value, false) : 1;
}

/** Compound components with their parts and actions, then primitive ones with their actions. */
export function flattenedVerbose(tables: readonly ComponentTables[], rules: Rules): OutputMap {
  const compounds = tables.filter(({ tree }) => tree !== undefined).map((table) => compoundDetail(table, rules));
  const primitives = tables
    .filter(({ tree }) => tree === undefined)
    .map(({ component, rows }) => ({
      name: component.name,
      class: component.class,
      actions: rows.map((row) => ({ name: row.action, arguments: argumentOutput(row.arguments, rules) })),
    }));
  return { architecture: { version: versionOf(rules), local: [...compounds, ...primitives] } };
}

function compoundDetail({ component, tree, actions }: ComponentTables, rules: Rules): OutputMap {
  return {
    name: component.name,
    class: component.class,
    attributes: attributeOutput(component.attributes, rules),
    primitive_components: tree!.primitives.map(({ path, class: cls, attributes, areaScale, energyScale }) => ({
      name: path,
      class: cls,
      attributes: attributeOutput(attributes, rules),
      area_scale: areaScale,
      energy_scale: energyScale,
    })),
    actions: (actions ?? []).map((row) => ({
      name: row.action,
      arguments: attributeOutput(row.arguments, rules),
      primitive_actions: row.parts.map(({ path, action, arguments: given, scale }) => ({
        name: path,
        action,
        arguments: attributeOutput(given, rules),
        energy_scale: scale,
      })),
    })),
  };
}
