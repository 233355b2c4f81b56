import type { Trace } from '../../cosim/index.ts';
import { type LegendItem, legend } from '../elements.ts';
import { html, type Markup, NOTHING } from '../markup.ts';
import { coordinate, engineering } from '../numbers.ts';
import { type Axis, along, axisLabels, exactAxis } from '../scale.ts';
import { type Buckets, bucketsOf } from './downsample.ts';
import { descending } from './palette.ts';

/** Size of a plot in its own units. The page stretches the plot; its text stands beside it, so that the text keeps its shape. */
export const WIDTH = 1000;
export const HEIGHT = 200;

/** More than the pixels of a phone, and about as many as a desktop can resolve. */
const MOST_BUCKETS = 600;

/** Most places to point at. Each has its own text, and together they make up most of the file. */
const MOST_READOUTS = 120;

/** The common basis of the charts over time. */
export interface TimeBase {
  readonly axis: Axis;
  /** The groups of epochs that are drawn. */
  readonly drawn: Buckets;
  /** The groups of epochs whose figures appear when one points at them. */
  readonly told: Buckets;
}

/** The basis for a run of this many inferences. */
export function timeBase(trace: Trace, inferences: number): TimeBase {
  const drawn = bucketsOf(trace, groupsOf(inferences, MOST_BUCKETS));
  const axis = exactAxis(drawn.edgesS[0], drawn.edgesS[drawn.count], 6);
  return { axis, drawn, told: bucketsOf(trace, groupsOf(inferences, MOST_READOUTS)) };
}

/** With fewer groups per inference, the chart would show beats instead of inferences. */
const GROUPS_TO_SEE_ONE = 4;

/**
 * A number of groups that makes inferences visible; if there are too many of them, one that puts the same number of
 * inferences into each group.
 */
function groupsOf(inferences: number, most: number): number {
  if (GROUPS_TO_SEE_ONE * inferences <= most) return most;
  return Math.floor(inferences / Math.ceil(inferences / most));
}

/** A horizontal line with its name. */
export interface Mark {
  readonly value: number;
  readonly name: string;
  readonly kind: 'limit' | 'policy';
}

export interface TimeChart {
  readonly title: string;
  /** How to read the chart. */
  readonly note?: string;
  /** A description for readers who cannot see the chart. */
  readonly label: string;
  readonly unit: string;
  readonly y: Axis;
  readonly size: 'small' | 'medium' | 'large';
  /** The content of the SVG. */
  readonly series: readonly Markup[];
  /** Names placed beside the parts they name. */
  readonly labels?: readonly Markup[];
  readonly readouts: readonly Markup[];
  readonly marks?: readonly Mark[];
  readonly legend: readonly LegendItem[];
}

/** A chart over time. All such charts have the same horizontal axis at the same position. */
export function timeChart({ axis }: TimeBase, chart: TimeChart): Markup {
  const vertical = axisLabels(chart.y, chart.unit);
  const horizontal = axisLabels(axis, 's');
  const marks = chart.marks ?? [];
  const within = marks.filter(({ value }) => value >= chart.y.low && value <= chart.y.high);
  const note = chart.note ? html` <span class="note">${chart.note}</span>` : NOTHING;
  const unit = vertical.unit === '' ? NOTHING : html` <span class="unit">${vertical.unit}</span>`;
  return html`<figure class="chart ${chart.size}">
<figcaption>${chart.title}${unit}${note}</figcaption>
<div class="plot">
<div class="y" aria-hidden="true">${vertical.labels.map((text, i) => yLabel(text, along(chart.y, chart.y.ticks[i])))}</div>
<div class="area"><svg viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" role="img" aria-label="${chart.label}">
<path class="grid" d="${gridPath(axis, chart.y)}"/>
${chart.series}
${within.map((mark) => markLine(chart.y, mark))}
<g class="readouts">${chart.readouts}</g>
</svg>${chart.labels ?? []}${markLabels(chart.y, within)}${beyondLabels(chart.y, marks)}</div>
<div class="x" aria-hidden="true">${horizontal.labels.map((text, i) => xLabel(text, i, axis, horizontal.unit))}</div>
</div>
${legend(chart.legend)}
</figure>
`;
}

function yLabel(text: string, share: number): Markup {
  return html`<span style="bottom:${coordinate(100 * share)}%">${text}</span>`;
}

/** The label of a tick; the last one includes the unit. */
function xLabel(text: string, i: number, axis: Axis, unit: string): Markup {
  const last = i === axis.ticks.length - 1;
  const at = coordinate(100 * along(axis, axis.ticks[i]));
  return html`<span style="left:${at}%">${last ? `${text} ${unit}` : text}</span>`;
}

function gridPath(x: Axis, y: Axis): string {
  const upright = x.ticks.map((tick) => `M${coordinate(WIDTH * along(x, tick))} 0V${HEIGHT}`);
  const level = y.ticks.map((tick) => `M0 ${yOf(y, tick)}H${WIDTH}`);
  return [...upright, ...level].join('');
}

function markLine(y: Axis, { value, kind }: Mark): Markup {
  return html`<path class="mark ${kind}" d="M0 ${yOf(y, value)}H${WIDTH}"/>`;
}

/** Labels of marks closer than this share of the height alternate between both ends, so that they do not overlap. */
const LABEL_HEIGHT = 0.1;

function markLabels(y: Axis, marks: readonly Mark[]): readonly Markup[] {
  const ascending = [...marks].sort((a, b) => a.value - b.value);
  let right = true;
  return ascending.map(({ value, name, kind }, i) => {
    const near = i > 0 && along(y, value) - along(y, ascending[i - 1].value) < LABEL_HEIGHT;
    right = near ? !right : true;
    const side = right ? 'right' : 'left';
    return html`<span class="mark-label ${kind} ${side}" style="bottom:${coordinate(100 * along(y, value))}%">${name}</span>`;
  });
}

/** The marks above and below the plot, named at its edges. */
function beyondLabels(y: Axis, marks: readonly Mark[]): Markup[] {
  const above = marks.filter(({ value }) => value > y.high).map(({ name }) => name);
  const below = marks.filter(({ value }) => value < y.low).map(({ name }) => name);
  const label = (arrow: string, names: readonly string[], edge: string): Markup[] =>
    names.length === 0
      ? []
      : [html`<span class="mark-label right" style="${edge}">${arrow} ${names.join(', ')}</span>`];
  return [...label('▲', above, 'bottom:100%'), ...label('▼', below, 'bottom:0')];
}

/**
 * Names of stacked layers, each at the place where its band is highest. A band that is nowhere as high as `room`, a
 * share of the plot, has no name.
 */
export function bandLabels(
  { axis, drawn: { edgesS } }: TimeBase,
  y: Axis,
  layers: readonly { readonly name: string; readonly values: Float64Array }[],
  room: number,
): Markup[] {
  const middle = (bucket: number): number => along(axis, (edgesS[bucket] + edgesS[bucket + 1]) / 2);
  return layers.flatMap(({ name, values }, i) => {
    // A name near the ends would reach beyond them.
    const at = descending(values).find((bucket) => Math.abs(middle(bucket) - 0.5) < 0.3) ?? -1;
    if (at < 0 || along(y, y.low + values[at]) < room) return [];
    const below = layers.slice(0, i).reduce((sum, layer) => sum + layer.values[at], 0);
    const place = `left:${coordinate(100 * middle(at))}%;bottom:${coordinate(100 * along(y, below + values[at] / 2))}%`;
    return [html`<span class="band-label" style="${place}" aria-hidden="true">${name}</span>`];
  });
}

/** A note for charts of grouped epochs; empty if each epoch is drawn. */
export function epochsEach({ drawn: { count, first } }: TimeBase, note: string): string {
  const epochs = first[count];
  return count < epochs ? `${note} of about ${Math.round(epochs / count)} epochs` : '';
}

export function xOf(axis: Axis, timeS: number): string {
  return coordinate(WIDTH * along(axis, timeS));
}

export function yOf(axis: Axis, value: number): string {
  return coordinate(HEIGHT * (1 - along(axis, value)));
}

/** A line through points. It omits points inside a level part. */
export function linePath(points: readonly (readonly [string, string])[]): string {
  const kept = points.filter(([, y], i) => !(y === points[i - 1]?.[1] && y === points[i + 1]?.[1]));
  return kept.map(([x, y], i) => `${i === 0 ? 'M' : 'L'}${x} ${y}`).join('');
}

/** A step line: each value holds from its point on, the last one up to `end`. */
export function stepPath(points: Iterable<readonly [string, string]>, end: string): string {
  let path = '';
  let last = '';
  for (const [x, y] of points) {
    if (y === last) continue;
    path += path === '' ? `M${x} ${y}` : `H${x}V${y}`;
    last = y;
  }
  return path === '' ? '' : `${path}H${end}`;
}

/** The area below one value per bucket. */
export function areaPath(xs: readonly string[], ys: readonly string[]): string {
  const points = ys.map((y, i) => [xs[i], y] as const);
  const top = stepPath(points, xs[xs.length - 1]);
  return top === '' ? '' : `M${xs[0]} ${HEIGHT}L${top.slice(1)}V${HEIGHT}Z`;
}

/** The area between two values per bucket. */
export function stepBand(
  xs: readonly string[],
  lows: readonly string[],
  highs: readonly string[],
  colour: string,
): Markup {
  const there = stepPath(
    highs.map((y, i) => [xs[i], y]),
    xs[xs.length - 1],
  );
  const back = stepPath(lows.map((y, i) => [xs[i + 1], y] as const).reverse(), xs[0]);
  return html`<path class="shade" fill="${colour}" d="${there}${back.replace('M', 'L')}Z"/>`;
}

/**
 * Stacked areas, the first one lowest. They are drawn from last to first and all reach down to the axis, so that no
 * gaps can show between them.
 */
export function stackedAreas(
  { axis, drawn }: TimeBase,
  y: Axis,
  layers: readonly { readonly colour: string; readonly name: string; readonly values: Float64Array }[],
): Markup[] {
  const xs = Array.from(drawn.edgesS, (s) => xOf(axis, s));
  const sums = new Float64Array(drawn.count);
  const areas = layers.map(({ colour, values }) => {
    const ys = Array.from(values, (value, i) => {
      sums[i] += value;
      return yOf(y, sums[i]);
    });
    return html`<path fill="${colour}" d="${areaPath(xs, ys)}"/>`;
  });
  return areas.reverse();
}

/** Invisible columns to point at, each with the time and the lines of its bucket. */
export function readouts({ axis, told }: TimeBase, lines: (bucket: number) => readonly string[]): Markup[] {
  return Array.from({ length: told.count }, (_, i) => {
    const [from, to] = [told.edgesS[i], told.edgesS[i + 1]];
    const time = `${engineering(from, 's')} to ${engineering(to, 's')}`;
    return readout(xOf(axis, from), WIDTH * (along(axis, to) - along(axis, from)), [time, ...lines(i)]);
  });
}

export function readout(x: string, width: number, lines: readonly string[]): Markup {
  return html`<rect x="${x}" y="0" width="${coordinate(width)}" height="${HEIGHT}"><title>${lines.join('\n')}</title></rect>
`;
}
