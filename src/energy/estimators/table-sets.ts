import type { SourceText } from '../../base/source.ts';
import { readColumns, type TableCells } from '../../formats/columns.ts';
import { textOf, type Value } from '../expression/functions.ts';
import {
  type ActionQuery,
  type Estimator,
  isRefusal,
  PICOJOULE,
  type Query,
  type Refusal,
  SQUARE_MICROMETRE,
} from './estimator.ts';

/** A set of tables of the Accelergy table plug-in: one CSV a class. */
export interface TableSet {
  readonly name: string;
  readonly technology: Value;
  readonly accuracy: number;
  /** The tables by class name. */
  readonly tables: ReadonlyMap<string, SourceText>;
}

/**
 * How cells are compared. `exact` repeats the plug-in: the text of a value, and every argument must be a column, also those
 * that Accelergy adds to all queries. `corrected` compares numbers as numbers, asks for a column only of arguments that
 * the user gave, and refuses if the rows that fit have different figures.
 */
export type TableManner = 'corrected' | 'exact';

/** Arguments that Accelergy adds to every query. */
const ADDED = ['global_cycle_seconds', 'action_latency_cycles', 'cycle_seconds', 'technology', 'n_instances'];

/** An estimator over one set. The first row whose cells equal the query answers. Errors at the first question: `csv-syntax`, `table-invalid`. */
export function tableSetEstimator(set: TableSet, name: string, manner: TableManner): Estimator {
  const rows = new Map<string, readonly TableCells[]>();
  const columns = new Map<string, readonly string[]>();
  const rowsOf = (query: Query): readonly TableCells[] | Refusal => {
    const technology = query.attributes.get('technology');
    if (technology === undefined || !sameCell(textOf(set.technology), technology, 'exact')) {
      return {
        reason: `the set ${set.name} is for ${set.technology}, not for ${technology ?? 'an unnamed technology'}`,
      };
    }
    const source = set.tables.get(query.class);
    if (!source) return { reason: `the set ${set.name} has no table of ${query.class}` };
    if (!rows.has(query.class)) {
      const table = readColumns(source, ['action']);
      rows.set(query.class, table.rows);
      columns.set(query.class, table.columns);
    }
    return rows.get(query.class)!;
  };
  const find = (query: Query, column: 'energy' | 'area', fits: (row: TableCells) => boolean): TableCells | Refusal => {
    const all = rowsOf(query);
    if ('reason' in all) return all;
    const known = columns.get(query.class)!;
    const rows = all.filter((one) => attributesFit(one, known, query, manner) && fits(one));
    const [row] = rows;
    if (manner === 'corrected' && new Set(rows.map((one) => one.cell(column))).size > 1) {
      return {
        reason: `the set ${set.name} has several rows of ${query.class} for this; they differ in ${undecided(rows, known, query)}`,
      };
    }
    if (!row) return { reason: `the set ${set.name} has no row of ${query.class} for ${described(query, known)}` };
    if (Number.isFinite(Number(row.cell(column))) && row.cell(column) !== '') return row;
    return { reason: `the set ${set.name} has no ${column} of ${query.class} in its row` };
  };
  const provenance = { source: `table set ${set.name}`, voltageV: null, temperatureK: 300 };
  return {
    name,
    priority: set.accuracy,
    classes: [...set.tables.keys()],
    estimateAction: (query) => {
      const row = find(query, 'energy', (one) => actionFits(one, columns.get(query.class)!, query, manner));
      return isRefusal(row) ? row : { energyJ: Number(row.cell('energy')) * PICOJOULE, ...provenance };
    },
    estimateArea: (query) => {
      const row = find(query, 'area', () => true);
      return isRefusal(row) ? row : { areaM2: Number(row.cell('area')) * SQUARE_MICROMETRE, source: provenance.source };
    },
    estimateLeakage: (query) => {
      const leak: ActionQuery = { ...query, action: 'leak', arguments: new Map() };
      const row = find(leak, 'energy', (one) => actionFits(one, columns.get(query.class)!, leak, manner));
      const cycle = query.attributes.get('global_cycle_seconds');
      if (isRefusal(row)) return row;
      if (typeof cycle !== 'number' || !(cycle > 0))
        return { reason: 'it needs the attribute global_cycle_seconds for leakage' };
      return { powerW: (Number(row.cell('energy')) * PICOJOULE) / cycle, ...provenance };
    },
  };
}

/** The columns that the query leaves open and in which its rows differ. */
function undecided(rows: readonly TableCells[], columns: readonly string[], query: Query): string {
  const given = new Set([
    ...query.attributes.keys(),
    ...('arguments' in query ? (query as ActionQuery).arguments.keys() : []),
  ]);
  const open = columns.filter((column) => !given.has(column) && !['energy', 'area', 'action'].includes(column));
  return (
    open.filter((column) => new Set(rows.map((row) => row.cell(column))).size > 1).join(', ') ||
    'nothing but their figures'
  );
}

function attributesFit(
  row: TableCells,
  columns: readonly string[],
  { attributes }: Query,
  manner: TableManner,
): boolean {
  for (const [name, value] of attributes) {
    if (columns.includes(name) && !sameCell(row.cell(name), value, manner)) return false;
  }
  return true;
}

function actionFits(row: TableCells, columns: readonly string[], query: ActionQuery, manner: TableManner): boolean {
  if (row.cell('action') !== query.action) return false;
  for (const [name, value] of query.arguments) {
    if (manner === 'corrected' && ADDED.includes(name) && !columns.includes(name)) continue;
    if (!columns.includes(name) || !sameCell(row.cell(name), value, manner)) return false;
  }
  return true;
}

function sameCell(cell: string, value: Value, manner: TableManner): boolean {
  if (cell === textOf(value)) return true;
  return manner === 'corrected' && typeof value === 'number' && cell.trim() !== '' && Number(cell) === value;
}

function described(query: Query, columns: readonly string[]): string {
  const args = 'arguments' in query ? [...(query as ActionQuery).arguments] : [];
  const given = new Map([...query.attributes, ...args]);
  const action = 'action' in query ? `action=${(query as ActionQuery).action}, ` : '';
  return (
    action +
    [...given]
      .filter(([name]) => columns.includes(name))
      .map(([name, value]) => `${name}=${value}`)
      .join(', ')
  );
}
