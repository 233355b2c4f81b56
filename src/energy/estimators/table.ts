import { fail, InputError, mapCollecting, nearestName } from '../../base/errors.ts';
import type { SourceText } from '../../base/source.ts';
import { numberCell, readColumns, type TableCells, textCell } from '../../formats/columns.ts';
import { evaluateNumber, type Scope } from '../expression/evaluate.ts';
import { type Expression, namesIn, parseExpression, type Value } from '../expression/expression.ts';
import {
  type ActionQuery,
  type AreaEstimate,
  type Estimate,
  type Estimator,
  FIGURE_KINDS,
  type FigureKind,
  type LeakageEstimate,
  MILLIWATT,
  PICOJOULE,
  type Provenance,
  type Query,
  type Refusal,
  SQUARE_MICROMETRE,
} from './estimator.ts';

/** Columns with figures. Every other column is compared with the action's argument or the component's attribute of its name. */
const FIGURES = ['energy_pj', 'area_um2', 'leakage_mw'] as const;
const RESERVED: readonly string[] = ['action', ...FIGURES, 'cell', 'v0_v', 't0_k', 'kind', 'source', 'assumption'];
const REQUIRED = ['action', 'v0_v', 't0_k', 'source'];

interface TableRow {
  /** The actions of this row; empty if the row gives area and leakage. */
  readonly actions: readonly string[];
  readonly match: ReadonlyMap<string, string>;
  readonly figures: ReadonlyMap<string, Expression>;
  readonly voltageV: number | null;
  readonly temperatureK: number;
  readonly cell: string | undefined;
  readonly provenance: Provenance;
}

/** The figures of one primitive class in one technology. */
export interface Table {
  readonly class: string;
  readonly matchColumns: readonly string[];
  readonly rows: readonly TableRow[];
}

/**
 * Reads the table of one class (docs/formats). A row with actions (`read|write`) gives `energy_pj`; a row without gives
 * `area_um2` and `leakage_mw`. Each figure is a number or an expression of attributes and arguments. `v0_v` (or `none`)
 * and `t0_k` give the voltage and temperature at which the row holds. Errors of all rows together: `csv-syntax`,
 * `table-invalid` with the line.
 */
export function readTable(cls: string, source: SourceText): Table {
  const { columns, rows } = readColumns(source, REQUIRED);
  const matchColumns = columns.filter((column) => !RESERVED.includes(column));
  return { class: cls, matchColumns, rows: mapCollecting(rows, (row) => readRow(row, matchColumns)) };
}

function readRow(row: TableCells, matchColumns: readonly string[]): TableRow {
  const actions = row
    .cell('action')
    .split('|')
    .filter((action) => action !== '');
  const filled = FIGURES.filter((column) => row.cell(column) !== '');
  const allowed = actions.length > 0 ? ['energy_pj'] : ['area_um2', 'leakage_mw'];
  if (filled.length === 0 || !filled.every((column) => allowed.includes(column))) {
    const kind = actions.length > 0 ? 'a row with an action' : 'a row without an action';
    fail('table-invalid', `${kind} has ${filled.join(', ') || 'no figure'}`, {
      span: row.span(),
      expected: allowed.join(' or '),
    });
  }
  return {
    actions,
    match: new Map(matchColumns.map((column) => [column, row.cell(column)] as const).filter(([, cell]) => cell !== '')),
    figures: new Map(filled.map((column) => [column, figureCell(row, column)])),
    voltageV: row.cell('v0_v') === 'none' ? null : positiveCell(row, 'v0_v'),
    temperatureK: positiveCell(row, 't0_k'),
    cell: row.cell('cell') || undefined,
    provenance: {
      source: textCell(row, 'source'),
      assumption: row.cell('assumption') || undefined,
      kind: kindCell(row),
    },
  };
}

/** How the figure came about; tables of a user's own may leave it out. */
function kindCell(row: TableCells): FigureKind | undefined {
  const kind = row.cell('kind');
  if (kind === '') return undefined;
  const known = FIGURE_KINDS.find((one) => one === kind);
  if (known) return known;
  return fail('table-invalid', `"kind" is "${kind}"`, {
    span: row.span('kind'),
    expected: `one of ${FIGURE_KINDS.join(', ')}`,
    suggestion: nearestName(kind, FIGURE_KINDS),
  });
}

function figureCell(row: TableCells, column: string): Expression {
  try {
    return parseExpression(row.cell(column));
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return fail('table-invalid', `"${column}": ${error.diagnostics[0].message}`, { span: row.span(column) });
  }
}

function positiveCell(row: TableCells, column: string): number {
  const value = numberCell(row, column);
  return value > 0
    ? value
    : fail('table-invalid', `"${column}" is ${value}`, { span: row.span(column), expected: 'above zero' });
}

/** An estimator over the tables of one technology. It answers queries whose `technology` matches. */
export function tableEstimator(technology: string, tables: readonly Table[], priority = 85): Estimator {
  const byClass = new Map(tables.map((table) => [table.class, table]));
  const find = (query: Query): Table | Refusal => {
    const own = query.attributes.get('technology');
    if (own !== technology)
      return { reason: `it has figures for ${technology}, not for ${own ?? 'an unnamed technology'}` };
    return byClass.get(query.class) ?? { reason: `it has no class "${query.class}"` };
  };
  return {
    name: `${technology} tables`,
    priority,
    classes: [...byClass.keys()],
    estimateAction: (query) => answer(find(query), query, energyOf),
    estimateArea: (query) => answer(find(query), query, areaOf),
    estimateLeakage: (query) => answer(find(query), query, leakageOf),
  };
}

function answer<Q extends Query, T>(
  table: Table | Refusal,
  query: Q,
  ask: (table: Table, query: Q) => T | Refusal,
): T | Refusal {
  return 'reason' in table ? table : ask(table, query);
}

function energyOf(table: Table, query: ActionQuery): Estimate | Refusal {
  const candidates = table.rows.filter((row) => row.actions.includes(query.action));
  if (candidates.length === 0) return { reason: unknownAction(table, query.action) };
  const scope = new Map([...query.attributes, ...query.arguments]);
  const row = candidates.find((candidate) => matches(candidate, scope));
  if (!row) return { reason: noRow(table, scope) };
  const unheard = [...query.arguments.keys()].find(
    (name) => !table.matchColumns.includes(name) && !usesName(row, name),
  );
  if (unheard !== undefined) return { reason: `its figures do not depend on the argument "${unheard}"` };
  return figure(row, 'energy_pj', scope, (energyPj) => ({
    energyJ: energyPj * PICOJOULE,
    voltageV: row.voltageV,
    temperatureK: row.temperatureK,
    ...row.provenance,
  }));
}

function areaOf(table: Table, { attributes }: Query): AreaEstimate | Refusal {
  const row = rowWith(table, 'area_um2', attributes);
  if ('reason' in row) return row;
  return figure(row, 'area_um2', attributes, (areaUm2) => ({ areaM2: areaUm2 * SQUARE_MICROMETRE, ...row.provenance }));
}

function leakageOf(table: Table, { attributes }: Query): LeakageEstimate | Refusal {
  const row = rowWith(table, 'leakage_mw', attributes);
  if ('reason' in row) return row;
  return figure(row, 'leakage_mw', attributes, (leakageMw) => ({
    powerW: leakageMw * MILLIWATT,
    voltageV: row.voltageV,
    temperatureK: row.temperatureK,
    cell: row.cell,
    ...row.provenance,
  }));
}

function rowWith(table: Table, column: string, scope: Scope): TableRow | Refusal {
  const candidates = table.rows.filter((row) => row.figures.has(column));
  if (candidates.length === 0) return { reason: `its table of ${table.class} has no ${column}` };
  return candidates.find((row) => matches(row, scope)) ?? { reason: noRow(table, scope) };
}

/** A figure of a row, or the reason why it has no value for these attributes. */
function figure<T>(row: TableRow, column: string, scope: Scope, make: (value: number) => T): T | Refusal {
  try {
    return make(evaluateNumber(row.figures.get(column)!, scope));
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { reason: `${column} = ${row.figures.get(column)!.text}: ${error.diagnostics[0].message}` };
  }
}

/**
 * Whether a row applies. A blank cell matches anything; a filled one requires an attribute that exists and is equal, as
 * a number or as text.
 */
function matches({ match }: TableRow, scope: Scope): boolean {
  return [...match].every(([column, cell]) => {
    const value = scope.get(column);
    return value !== undefined && sameValue(value, cell);
  });
}

function sameValue(value: Value, cell: string): boolean {
  return typeof value === 'string' ? value === cell : Number(cell) === Number(value);
}

function usesName(row: TableRow, name: string): boolean {
  return [...row.figures.values()].some(({ root }) => namesIn(root).includes(name));
}

function unknownAction(table: Table, action: string): string {
  const known = [...new Set(table.rows.flatMap((row) => row.actions))];
  const nearest = nearestName(action, known);
  return `${table.class} has the actions ${known.join(', ')}${nearest === undefined ? '' : ` (did you mean "${nearest}"?)`}`;
}

function noRow({ class: cls, matchColumns }: Table, scope: Scope): string {
  const wanted = matchColumns.map((column) => `${column}=${scope.get(column) ?? '(none)'}`);
  return `its table of ${cls} has no row for ${wanted.join(', ')}`;
}
