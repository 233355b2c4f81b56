import type { SourceText } from '../../base/source.ts';
import { numberCell, readColumns, textCell } from '../../formats/columns.ts';
import { refuse } from './attributes.ts';
import type { Query } from './estimator.ts';

/** The figures of a unit that is made for one cycle time. */
interface UnitRow {
  readonly cycleNs: number;
  readonly dynamicPj: number;
  /** Energy of an idle cycle of that length. */
  readonly idlePj: number;
  readonly areaUm2: number;
}

/** The figures of each unit, fastest first. */
export type AladdinUnits = ReadonlyMap<string, readonly UnitRow[]>;

/** Reads `aladdin-units.csv`. Errors: `csv-syntax`, `table-invalid`. */
export function readAladdinUnits(source: SourceText): AladdinUnits {
  const units = new Map<string, UnitRow[]>();
  for (const row of readColumns(source, ['unit', 'cycle_ns', 'dynamic_pj', 'idle_pj', 'area_um2']).rows) {
    const unit = textCell(row, 'unit');
    const [cycleNs, dynamicPj, idlePj, areaUm2] = ['cycle_ns', 'dynamic_pj', 'idle_pj', 'area_um2'].map((column) =>
      numberCell(row, column),
    );
    units.set(unit, [...(units.get(unit) ?? []), { cycleNs, dynamicPj, idlePj, areaUm2 }]);
  }
  return units;
}

/** How the plug-in is imitated: exactly as of one version, or with its slips corrected. */
export type AladdinManner = 'corrected' | 'accelergy-0.4' | 'accelergy-0.3';

/** A question with the row of each unit already chosen. */
export interface Asked {
  readonly query: Query;
  /** The energy of one use of a unit of its table's width, pJ. */
  energy(unit: string, leaks: boolean): number;
  /** Without a cycle the plug-in takes 5 ns, as it does for the comparators of a register file. */
  area(unit: string, seconds?: number): number;
}

/** The cycle of a question, s; the plug-in takes 5 ns without one. */
export function cycleOf({ attributes }: Query): number {
  const cycle = attributes.get('global_cycle_seconds');
  return typeof cycle === 'number' && cycle > 0 ? cycle : 5e-9;
}

/** The question with the rows for a latency of so many cycles. */
export function askedOf(units: AladdinUnits, manner: AladdinManner, query: Query, latencyCycles: number): Asked {
  const seconds = cycleOf(query);
  const rowsOf = (unit: string) => units.get(unit) ?? refuse(`its tables lack the unit "${unit}"`);
  const latencyS = seconds * latencyCycles;
  if (manner === 'accelergy-0.4') {
    return {
      query,
      energy: (unit, leaks) => {
        const { row, latencyS: own } = roundedRow(rowsOf(unit), latencyS);
        return leaks ? row.idlePj * (seconds / own) : row.dynamicPj;
      },
      area: (unit, own = seconds) => roundedRow(rowsOf(unit), own).row.areaUm2,
    };
  }
  return {
    query,
    energy: (unit, leaks) => {
      const row = slowestRow(rowsOf(unit), latencyS);
      return leaks ? (row.idlePj * seconds) / (row.cycleNs * 1e-9) : row.dynamicPj;
    },
    area: (unit) => slowestRow(rowsOf(unit), latencyS).areaUm2,
  };
}

/** The plug-in's row and its cycle: whole ns, rounded up in floating point (3 ns become 4); 7 ns and more count as 6. */
function roundedRow(rows: readonly UnitRow[], latencyS: number): { row: UnitRow; latencyS: number } {
  let rounded = latencyS > 0.75e-9 ? Math.ceil(latencyS * 1e9) / 1e9 : 0.5e-9;
  if (rounded > 10e-9) rounded = 10e-9;
  else if (rounded > 6e-9) rounded = 6e-9;
  const cycleNs = Number((rounded * 1e9).toPrecision(6));
  const row = rows.find((one) => one.cycleNs === cycleNs);
  return row ? { row, latencyS: rounded } : { row: rows[0], latencyS: rows[0].cycleNs * 1e-9 };
}

/** The slowest unit that meets the cycle time, or the fastest of all. */
function slowestRow(rows: readonly UnitRow[], latencyS: number): UnitRow {
  return rows.findLast((row) => row.cycleNs * 1e-9 <= latencyS * (1 + 1e-9)) ?? rows[0];
}
