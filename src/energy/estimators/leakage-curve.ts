import { fail, mapCollecting } from '../../base/errors.ts';
import type { SourceText } from '../../base/source.ts';
import { numberCell, readColumns, type TableCells, textCell } from '../../formats/columns.ts';

/** Leakage of one cell type over ascending temperatures. Only the shape of the curve matters. */
export interface LeakageCurve {
  readonly temperatureK: readonly number[];
  readonly powerW: readonly number[];
}

const COLUMNS = ['cell', 'temperature_k', 'leakage_mw_per_bank'];

/**
 * Reads leakage over temperature by cell type (`cacti-leakage-temperature.csv`). Errors: `csv-syntax`; `table-invalid`
 * for a cell type with a single temperature, temperatures that do not rise, or leakage that is not above zero. In a table of several nodes
 * (`node_nm`) it takes the one nearest to `nodeNm`.
 */
export function readLeakageCurves(source: SourceText, nodeNm?: number): Map<string, LeakageCurve> {
  const curves = new Map<string, { temperatureK: number[]; powerW: number[] }>();
  const { columns, rows: all } = readColumns(source, COLUMNS);
  const rows = nodeNm === undefined || !columns.includes('node_nm') ? all : rowsOfNode(all, nodeNm);
  mapCollecting(rows, (row) => {
    const cell = textCell(row, 'cell');
    const temperatureK = numberCell(row, 'temperature_k');
    const powerW = numberCell(row, 'leakage_mw_per_bank') * 1e-3;
    const curve = curves.get(cell) ?? { temperatureK: [], powerW: [] };
    const last = curve.temperatureK[curve.temperatureK.length - 1] ?? 0;
    if (!(powerW > 0 && temperatureK > last)) {
      fail('table-invalid', `leakage of ${cell} at ${temperatureK} K is ${powerW} W, after ${last} K`, {
        span: row.span(),
        expected: 'temperatures that rise for each cell, and leakage above zero',
      });
    }
    curve.temperatureK.push(temperatureK);
    curve.powerW.push(powerW);
    curves.set(cell, curve);
  });
  for (const [cell, { temperatureK }] of curves) {
    if (temperatureK.length < 2) fail('table-invalid', `${source.file} has one temperature of ${cell}, not a curve`);
  }
  return curves;
}

function rowsOfNode(rows: readonly TableCells[], nodeNm: number): readonly TableCells[] {
  const nodes = rows.map((row) => numberCell(row, 'node_nm'));
  const nearest = nodes.reduce((best, node) => (Math.abs(node - nodeNm) < Math.abs(best - nodeNm) ? node : best));
  return rows.filter((_, i) => nodes[i] === nearest);
}
