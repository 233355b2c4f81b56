import { drawTitle, type Figure, TITLE } from '../charts/figure.ts';
import type { Ink } from '../data/palette.ts';
import { drawLegend, fitted, legendHeight } from '../drawing/legend.ts';
import { type Surface, TEXT } from '../drawing/surface.ts';
import { counted, engineering, percent } from '../numbers.ts';
import { greatest } from '../reductions.ts';

/** Bars of stacked parts, all on one scale, as plain data. */
export interface BarChart {
  readonly kind: 'bars';
  readonly id: string;
  readonly title: string;
  /** A few words beside the title: the thing that has these values. */
  readonly note: string;
  /** The quantity as the title of a column in CSV, such as `energy_j`, and its unit; empty for plain numbers. */
  readonly quantity: string;
  readonly unit: string;
  readonly parts: readonly { readonly name: string; readonly ink: Ink }[];
  readonly rows: readonly BarRow[];
  /** A line across all bars. */
  readonly mark: { readonly name: string; readonly value: number; readonly ink: Ink } | null;
}

export interface BarRow {
  readonly name: string;
  /** A value for each part. */
  readonly values: readonly number[];
  /** The colour of the whole bar, where it is not that of its parts. */
  readonly ink?: Ink | undefined;
}

export function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

/** The value that the whole width stands for. */
export function widest({ rows, mark }: BarChart): number {
  return Math.max(0, greatest(rows.map(({ values }) => sumOf(values))), mark?.value ?? 0);
}

export function barLabel({ title, note, unit, rows }: BarChart): string {
  const totals = rows.map(({ values }) => sumOf(values));
  const most = greatest(totals);
  const top = rows[totals.indexOf(most)];
  const what = note === '' ? title : `${title}, ${note}`;
  return `${what}: ${counted(rows.length, 'bar', 'bars')}${top ? `; most in ${top.name}, ${engineering(most, unit)}` : ''}`;
}

/** The share of each part in the sum of all rows. */
export function partShares({ parts, rows }: BarChart): string[] {
  const sums = parts.map((_, p) => sumOf(rows.map(({ values }) => values[p])));
  const all = sumOf(sums);
  return sums.map((sum) => percent(all > 0 ? sum / all : 0));
}

const ROW = 17;
const VALUE_ROOM = 62;

export function barFigure(chart: BarChart): Figure {
  const { id, title, note, quantity, parts, rows, mark } = chart;
  const shares = partShares(chart);
  const entries = [
    ...(parts.length > 1 ? parts.map(({ name, ink }, p) => ({ ink, text: `${name} ${shares[p]}` })) : []),
    ...(mark ? [{ ink: mark.ink, text: mark.name }] : []),
  ];
  return {
    id,
    title,
    label: barLabel(chart),
    height: (width) => TITLE + ROW * rows.length + legendHeight(entries, width) + 10,
    draw(surface, width) {
      drawTitle(surface, fitted(surface, note === '' ? title : `${title}, ${note}`, TEXT + 1, width - 12));
      drawBars(surface, width, chart);
      drawLegend(surface, entries, TITLE + ROW * rows.length + 4, width);
    },
    table: () => ({
      columns: ['name', ...parts.map(({ name }) => `${quantity}:${name}`)],
      rows: rows.map(({ name, values }) => [name, ...values]),
    }),
  };
}

function drawBars(surface: Surface, width: number, chart: BarChart): void {
  const { rows, parts, unit, mark } = chart;
  const full = widest(chart);
  const size = TEXT - 1;
  const names = greatest([0, ...rows.map(({ name }) => surface.widthOf(name, size))]);
  const left = Math.min(names + 16, 0.38 * width);
  const scale = full > 0 ? (width - left - VALUE_ROOM) / full : 0;
  rows.forEach(({ name, values, ink }, r) => {
    const y = TITLE + ROW * (r + 0.5);
    surface.text(fitted(surface, name, size, left - 12), left - 6, y, { ink: 'text', size, align: 'right' });
    let x = left;
    values.forEach((value, p) => {
      surface.box(x, y - 6, value * scale, 12, ink ?? parts[p].ink);
      x += value * scale;
    });
    surface.text(engineering(sumOf(values), unit), width - 6, y, { ink: 'muted', size, align: 'right' });
  });
  if (mark) surface.box(left + mark.value * scale - 1, TITLE, 2, ROW * rows.length, mark.ink);
}
