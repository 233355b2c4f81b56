import { lastNotAfter, type RunModel, type Stretch, segmentFor } from '../data/model.ts';
import type { Ink } from '../data/palette.ts';
import type { Frame } from '../drawing/frame.ts';
import { scratch } from '../drawing/steps.ts';
import type { Surface } from '../drawing/surface.ts';

/** A chart over time. It draws a stretch of a run, and says what stands at one time. */
export interface TimeChart {
  /** Short, of letters and hyphens. */
  readonly id: string;
  readonly title: string;
  /** How to read the chart. */
  readonly note: string;
  /** The unit of the vertical axis, with its prefix; empty if it has none. */
  readonly unit: string;
  /** Height with its axis, in CSS pixels. */
  readonly height: number;
  readonly legend: readonly LegendEntry[];
  /** Shares of the whole run that stand beside the chart. */
  readonly aside?: readonly Aside[];
  /** A description for readers who cannot see the chart. */
  readonly label: string;
  draw(surface: Surface, frame: Frame): void;
  /** A text for each entry of the legend: what holds at this time, or over the whole run if it is null. */
  readout(timeS: number | null): readonly string[];
  /** The values of a stretch of time as rows, for a file. */
  table(fromS: number, toS: number): ChartTable;
}

export interface LegendEntry {
  readonly name: string;
  readonly ink: Ink;
  readonly shape: 'area' | 'line' | 'dot';
}

export interface Aside {
  readonly title: string;
  readonly rows: readonly { readonly label: string; readonly share: number }[];
}

export interface ChartTable {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (number | string)[])[];
}

/** Rooms for the values of one step of the most series that a chart stacks. */
export function rooms(count: number): Float64Array[] {
  return Array.from({ length: count }, scratch);
}

/** Rows of a table: start and end of each value that touches the stretch, and the columns there. */
export function tableOf(
  model: RunModel,
  fromS: number,
  toS: number,
  columns: readonly (readonly [string, Float64Array])[],
): ChartTable {
  const segment = segmentFor(model, fromS, toS);
  const { first, count, edgesS } = segment;
  const rows: number[][] = [];
  for (let i = 0; i < count; i++) {
    if (edgesS[i + 1] <= fromS || edgesS[i] >= toS) continue;
    rows.push([edgesS[i], edgesS[i + 1], ...columns.map(([, values]) => values[first + i])]);
  }
  return { columns: ['from_s', 'to_s', ...columns.map(([name]) => name)], rows };
}

/** The time mean of a column over the whole run. */
export function wholeMean({ segments: [whole] }: RunModel, values: Float64Array): number {
  let [sum, time] = [0, 0];
  for (let i = 0; i < (whole?.count ?? 0); i++) {
    const duration = whole.edgesS[i + 1] - whole.edgesS[i];
    sum += duration * values[i];
    time += duration;
  }
  return time > 0 ? sum / time : 0;
}

/** Lowest and highest value over a stretch of time; null if nothing lies in it. */
export function rangeIn(
  { first, count, edgesS }: Stretch,
  low: Float64Array,
  high: Float64Array,
  fromS: number,
  toS: number,
): readonly [number, number] | null {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = Math.max(0, lastNotAfter(edgesS, fromS, count)); i < count && edgesS[i] <= toS; i++) {
    if (low[first + i] < least) least = low[first + i];
    if (high[first + i] > most) most = high[first + i];
  }
  return most >= least ? [least, most] : null;
}
