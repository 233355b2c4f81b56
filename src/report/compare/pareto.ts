import type { Ink } from '../data/palette.ts';
import type { ParetoChart } from '../still/pareto.ts';
import type { ComparisonCell } from './comparison.ts';
import { inkNotes, inkOf, isFair } from './rows.ts';

/** Energy over latency of a cell; null if fewer than two rows ran. */
export function paretoChart(cell: ComparisonCell, id: string): ParetoChart | null {
  const { oracle, oracleWithTransitions, bound, thermalBound, deadlineS } = cell;
  const points = cell.rows.flatMap((row): ParetoChart['points'] => {
    if (!row.figures) return [];
    const { latencyS, energyJ } = row.figures;
    return [{ name: row.policy, latencyS, energyJ, ink: inkOf(row), isFair: isFair(row) }];
  });
  if (points.length < 2) return null;
  const line = (name: string, energyJ: number | undefined, ink: Ink): ParetoChart['lines'] =>
    energyJ === undefined ? [] : [{ name, energyJ, ink }];
  return {
    kind: 'pareto',
    id,
    title: 'Energy and speed',
    note: ['the line joins rows that no other one beats', ...inkNotes(cell)].join('; '),
    points,
    lines: [
      ...line('oracle', (oracleWithTransitions ?? oracle)?.energyJ, 'c1'),
      ...line('bound under the limit', thermalBound?.energyJ, 'c2'),
      ...line('bound', bound?.energyJ, 'muted'),
    ],
    deadlineS,
  };
}
