import { type Frame, frameOf } from '../drawing/frame.ts';
import type { Surface } from '../drawing/surface.ts';
import { TEXT } from '../drawing/surface.ts';
import { writeCsv } from '../files/csv.ts';
import type { ChartTable, TimeChart } from './time-chart.ts';

/** A chart as a picture of its own: with its title and its legend, without the page around it. */
export interface Figure {
  readonly id: string;
  readonly title: string;
  readonly label: string;
  readonly height: (width: number) => number;
  readonly draw: (surface: Surface, width: number) => void;
  readonly table: () => ChartTable;
}

const TITLE = 20;
const LEGEND_ROW = 18;

/** A chart over a stretch of time. */
export function chartFigure(chart: TimeChart, fromS: number, toS: number): Figure {
  const values = chart.readout(null);
  const entries = chart.legend.map(({ name, ink }, i) => ({ ink, text: [name, values[i]].filter(Boolean).join(' ') }));
  // A chart whose read-outs are sentences needs a row for each.
  const perRow = (width: number): number =>
    entries.some(({ text }) => text.length > 40) ? 1 : Math.max(1, Math.floor(width / 190));
  const rows = (width: number): number => Math.ceil(entries.length / perRow(width));
  const frame = (width: number): Frame => frameOf(width, chart.height, fromS, toS);
  return {
    id: chart.id,
    title: chart.title,
    label: chart.label,
    height: (width) => TITLE + chart.height + LEGEND_ROW * rows(width) + 6,
    draw(surface, width) {
      const unit = chart.unit === '' ? '' : ` (${chart.unit})`;
      surface.text(`${chart.title}${unit}`, 6, 11, { ink: 'text', size: TEXT + 1, align: 'left', bold: true });
      const inner = frame(width);
      chart.draw(surface, { ...inner, y: inner.y + TITLE });
      entries.forEach(({ ink, text }, i) => {
        const x = 10 + (i % perRow(width)) * (width / perRow(width));
        const y = TITLE + chart.height + LEGEND_ROW * (Math.floor(i / perRow(width)) + 0.5);
        surface.box(x, y - 4, 8, 8, ink);
        surface.text(text, x + 13, y, { ink: 'text', size: TEXT - 1, align: 'left' });
      });
    },
    table: () => chart.table(fromS, toS),
  };
}

export function tableCsv({ columns, rows }: ChartTable): string {
  return writeCsv(columns, rows);
}
