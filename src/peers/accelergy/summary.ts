import { counted, engineering, percent, textTable } from '../../report/index.ts';
import type { EnergyResult } from './run.ts';

/** Most components that the table of a terminal shows. */
const MOST_ROWS = 40;

/** The energy of the counts and its largest part, then a table; how much was estimated if no counts were given. */
export function energyText({ tables, energies }: EnergyResult): string {
  if (!energies) {
    if (tables.length === 0) return '';
    const rows = tables.reduce((sum, table) => sum + table.rows.length, 0);
    return `${counted(tables.length, 'component', 'components')}, ${counted(rows, 'energy', 'energies')} of actions; no action counts\n`;
  }
  const total = energies.reduce((sum, { energyPj }) => sum + energyPj, 0);
  const row = (name: string, energyPj: number) => [
    name,
    sixDigits(energyPj),
    percent(total === 0 ? 0 : energyPj / total),
  ];
  const lines = textTable(
    [
      { title: 'component', align: 'left' },
      { title: 'energy pJ', align: 'right' },
      { title: 'share', align: 'right' },
    ],
    energies.slice(0, MOST_ROWS).map(({ name, energyPj }) => row(name, energyPj)),
    [row('total', total)],
  );
  const more =
    energies.length > MOST_ROWS ? [`and ${counted(energies.length - MOST_ROWS, 'component', 'components')} more`] : [];
  return `${[...verdictOf(energies, total), ...lines, ...more].join('\n')}\n`;
}

/** None if nothing takes energy. */
function verdictOf(energies: NonNullable<EnergyResult['energies']>, total: number): string[] {
  const [first] = energies.toSorted((a, b) => b.energyPj - a.energyPj);
  if (!first || !(total > 0)) return [];
  return [`${engineering(1e-12 * total, 'J')}, most of it in ${first.name}: ${percent(first.energyPj / total)}`, ''];
}

function sixDigits(value: number): string {
  return String(Number(value.toPrecision(6)));
}
