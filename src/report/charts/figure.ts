import { type Frame, frameOf } from '../drawing/frame.ts';
import { drawLegend, legendHeight } from '../drawing/legend.ts';
import type { Surface } from '../drawing/surface.ts';
import { TEXT } from '../drawing/surface.ts';
import { writeCsv } from '../files/csv.ts';
import type { ChartTable, TimeChart } from './time-chart.ts';

/** A chart as a picture of its own: with its title and its legend, without the page around it. */
export interface Figure {
  readonly id: string;
  readonly title: string;
  readonly label: string;
  /** How to read it, beside the title on the page. */
  readonly note?: string;
  readonly height: (width: number) => number;
  readonly draw: (surface: Surface, width: number) => void;
  readonly table: () => ChartTable;
}

/** Room for the title of a figure. */
export const TITLE = 20;

export function drawTitle(surface: Surface, title: string): void {
  surface.text(title, 6, 11, { ink: 'text', size: TEXT + 1, align: 'left', bold: true });
}

/** A chart over a stretch of time. */
export function chartFigure(chart: TimeChart, fromS: number, toS: number): Figure {
  const values = chart.readout(null);
  const entries = chart.legend.map(({ name, ink }, i) => ({ ink, text: [name, values[i]].filter(Boolean).join(' ') }));
  const frame = (width: number): Frame => frameOf(width, chart.height, fromS, toS);
  return {
    id: chart.id,
    title: chart.title,
    label: chart.label,
    height: (width) => TITLE + chart.height + legendHeight(entries, width) + 6,
    draw(surface, width) {
      drawTitle(surface, chart.unit === '' ? chart.title : `${chart.title} (${chart.unit})`);
      const inner = frame(width);
      chart.draw(surface, { ...inner, y: inner.y + TITLE });
      drawLegend(surface, entries, TITLE + chart.height, width);
    },
    table: () => chart.table(fromS, toS),
  };
}

export function tableCsv({ columns, rows }: ChartTable): string {
  return writeCsv(columns, rows);
}
