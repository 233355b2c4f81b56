import type { Figure } from '../charts/figure.ts';
import { drawLegend, legendHeight } from '../drawing/legend.ts';
import { type Surface, TEXT } from '../drawing/surface.ts';
import { groupDigits, shortNumber } from '../numbers.ts';
import { greatest, least } from '../reductions.ts';
import { type Axis, alongLog, axisLabels, logAxis, roundAxis } from '../scale.ts';

/** Points of one colour, by ascending x. */
export interface PlotSeries {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

/** A plot of values over numbers as plain data, with the units of both axes. */
export interface Plot {
  readonly kind: 'plot';
  readonly id: string;
  readonly title: string;
  /** How to read it. */
  readonly note: string;
  readonly label: string;
  /** Titles of the axes, with the unit after a comma: `energy, J`. */
  readonly x: string;
  readonly y: string;
  /** `steps`: a value holds until the next. `dots`: points that no other one beats in both, with the stairs between them. */
  readonly shape: 'steps' | 'dots';
  /** Whether the axes are logarithmic. */
  readonly logX: boolean;
  readonly logY: boolean;
  readonly series: readonly PlotSeries[];
  /** A dashed line at this value. */
  readonly reference?: { readonly name: string; readonly value: number } | undefined;
}

const ROOM = { left: 62, right: 16, top: 26, bottom: 40 };
const HEIGHT = 260;

export function plotFigure(plot: Plot): Figure {
  const { id, title, label, series, x, y } = plot;
  const entries =
    series.length < 2 ? [] : series.map(({ name, points }, i) => ({ ink: inkOf(i), text: entryText(name, points) }));
  return {
    id,
    title,
    label,
    height: (width) => HEIGHT + legendHeight(entries, width),
    draw(surface, width) {
      drawPlot(surface, width, plot);
      drawLegend(surface, entries, HEIGHT - 2, width);
    },
    table: () => ({
      columns: ['series', x, y],
      rows: series.flatMap(({ name, points }) => points.map(([a, b]) => [name, a, b])),
    }),
  };
}

/** A series with its last value, which is the best one found. */
function entryText(name: string, points: PlotSeries['points']): string {
  const last = points.at(-1);
  return last ? `${name} ${shortNumber(last[1])}` : name;
}

function inkOf(series: number): string {
  return `c${series % 8}`;
}

interface Scale {
  at(value: number): number;
  readonly ticks: readonly number[];
  readonly labels: readonly string[];
  /** The title with the unit of the labels. */
  readonly title: string;
}

/** A scale over `from` to `to` pixels. */
function scaleOf(
  title: string,
  values: readonly number[],
  wantsLog: boolean,
  [from, to]: readonly [number, number],
  about: number,
): Scale {
  // A value of 0 has no place on a logarithmic axis.
  if (!wantsLog || least(values) <= 0) {
    const axis = roundAxis(least(values), greatest(values), about);
    const { low, high, ticks } = axis;
    return { at: (value) => from + ((to - from) * (value - low)) / (high - low), ticks, ...linearLabels(axis, title) };
  }
  const axis = logAxis(least(values), greatest(values), about);
  const labels = axis.ticks.map(shortNumber);
  return { at: (value) => from + (to - from) * alongLog(axis, value), ticks: axis.ticks, labels, title };
}

/** Numbers without a unit are written out up to this one; larger ones share a power of ten. */
const LARGEST_PLAIN = 1e6;

function linearLabels(axis: Axis, title: string): { readonly labels: readonly string[]; readonly title: string } {
  const [, name, unit] = /^(.*), (\S+)$/.exec(title) ?? [null, title, ''];
  if (unit !== '') {
    const { labels, unit: prefixed } = axisLabels(axis, unit);
    return { labels, title: `${name}, ${prefixed}` };
  }
  const exponent = axis.high > LARGEST_PLAIN ? 3 * Math.floor(Math.log10(axis.high) / 3) : 0;
  const scaled = axis.ticks.map((tick) => Number((tick / 10 ** exponent).toPrecision(12)));
  return { labels: scaled.map(groupDigits), title: exponent === 0 ? title : `${title}, 10^${exponent}` };
}

/** Most points of a line; of more, evenly spread ones are drawn. */
const MOST_POINTS = 1000;

function thinned(points: PlotSeries['points']): PlotSeries['points'] {
  const every = Math.ceil(points.length / MOST_POINTS);
  return every <= 1 ? points : points.filter((_, i) => i % every === 0 || i === points.length - 1);
}

function drawPlot(surface: Surface, width: number, plot: Plot): void {
  const { reference, shape } = plot;
  const series = plot.series.map((one) => ({ ...one, points: thinned(one.points) }));
  const points = series.flatMap((one) => one.points);
  const [right, bottom] = [width - ROOM.right, HEIGHT - ROOM.bottom];
  const x = scaleOf(
    plot.x,
    points.map(([value]) => value),
    plot.logX,
    [ROOM.left, right],
    width / 90,
  );
  const values = [...points.map(([, value]) => value), ...(reference ? [reference.value] : [])];
  const y = scaleOf(plot.y, values, plot.logY, [bottom, ROOM.top], 6);
  surface.text(y.title, 6, 10, { ink: 'muted', size: TEXT, align: 'left' });
  surface.text(x.title, right, HEIGHT - 8, { ink: 'muted', size: TEXT, align: 'right' });
  x.ticks.forEach((tick, i) => {
    surface.box(x.at(tick), ROOM.top, 1, bottom - ROOM.top, 'faint');
    // The last label stays within the figure.
    const centre = Math.min(x.at(tick), width - surface.widthOf(x.labels[i], TEXT) / 2 - 1);
    surface.text(x.labels[i], centre, bottom + 12, { ink: 'muted', size: TEXT, align: 'centre' });
  });
  y.ticks.forEach((tick, i) => {
    surface.box(ROOM.left, y.at(tick), right - ROOM.left, 1, 'faint');
    surface.text(y.labels[i], ROOM.left - 6, y.at(tick), { ink: 'muted', size: TEXT, align: 'right' });
  });
  if (reference) {
    surface.begin();
    surface.move(ROOM.left, y.at(reference.value));
    surface.line(right, y.at(reference.value));
    surface.stroke('text', 1.5, [5, 4]);
    const style = { ink: 'text', size: TEXT, align: 'left', plate: 'paper' } as const;
    surface.text(reference.name, ROOM.left + 6, y.at(reference.value) - 9, style);
  }
  for (const [i, { points: own }] of series.entries()) {
    const ink = inkOf(i);
    drawSteps(surface, own, x, y, right, ink);
    if (shape === 'dots') for (const [a, b] of own) surface.box(x.at(a) - 3.5, y.at(b) - 3.5, 7, 7, ink);
  }
}

function drawSteps(
  surface: Surface,
  points: PlotSeries['points'],
  x: Scale,
  y: Scale,
  right: number,
  ink: string,
): void {
  surface.begin();
  for (const [i, [at, value]] of points.entries()) {
    if (i === 0) surface.move(x.at(at), y.at(value));
    else {
      surface.line(x.at(at), y.at(points[i - 1][1]));
      surface.line(x.at(at), y.at(value));
    }
  }
  const last = points.at(-1);
  if (last) surface.line(Math.min(right, x.at(last[0])), y.at(last[1]));
  surface.stroke(ink, 2);
}
