import type { DomainTrace, RunResult } from '../../cosim/index.ts';
import { html, type Markup } from '../markup.ts';
import { type Axis, inUnitOf, roundAxis } from '../scale.ts';
import { bucketMaxima, bucketMeans, bucketMinima, greatest, least, traceMean } from './downsample.ts';
import { KIND_COLOURS, OTHER_COLOUR } from './palette.ts';
import { epochsEach, readouts, stepBand, stepPath, type TimeBase, timeChart, xOf, yOf } from './plot.ts';

/** Voltage and frequency of the domains. */
export function settingsCharts(base: TimeBase, { domains, trace }: RunResult): Markup[] {
  const chart = (title: string, unit: string, column: (domain: DomainTrace) => Float64Array): Markup =>
    settingChart(base, { title, unit, domains, columns: trace.domains.map(column) });
  return [chart('Voltage', 'V', (d) => d.voltageV), chart('Frequency', 'Hz', (d) => d.frequencyHz)];
}

interface Setting {
  readonly title: string;
  readonly unit: string;
  readonly domains: readonly string[];
  /** One column per domain. */
  readonly columns: readonly Float64Array[];
}

/** The axis starts at 0, so that 0.95 V does not look far below 1 V. If no value ever changes, a sentence replaces the chart. */
function settingChart(base: TimeBase, { title, unit, domains, columns }: Setting): Markup {
  const largest = greatest(columns.map(greatest));
  const y = roundAxis(0, largest);
  const text = inUnitOf(y, unit, largest);
  const range = (low: number, high: number): string => {
    const [from, to] = [text(low), text(high)];
    return from === to ? from : `${from} to ${to}`;
  };
  if (columns.every((values) => text(least(values)) === text(greatest(values)))) {
    const each = columns.map((values, i) => `${domains[i]} ${text(values[0])}`);
    return html`<p><b>${title}</b> never changes: ${each.join(', ')}.</p>
`;
  }
  const lows = columns.map((values) => bucketMinima(values, base.told));
  const highs = columns.map((values) => bucketMaxima(values, base.told));
  return timeChart(base, {
    title,
    note: epochsEach(base, 'line: mean, shade: lowest to highest'),
    unit,
    label: `${title} of ${domains.join(', ')} over time`,
    y,
    size: 'small',
    series: columns.flatMap((values, i) => stepLine(base, y, values, colour(i))),
    readouts: readouts(base, (bucket) =>
      domains.map((name, i) => `${name}: ${range(lows[i][bucket], highs[i][bucket])}`),
    ),
    legend: columns.map((values, i) => {
      const [low, high] = [least(values), greatest(values)];
      const mean = text(low) === text(high) ? '' : `, mean ${text(traceMean(values, base.drawn.durationS))}`;
      return { colour: colour(i), name: domains[i], value: `${range(low, high)}${mean}`, line: true };
    }),
  });
}

function colour(i: number): string {
  return KIND_COLOURS[2 * i] ?? KIND_COLOURS[2 * i - 3] ?? OTHER_COLOUR;
}

/** A value holds for the whole epoch, so each step begins where the previous epoch ends. */
function stepLine({ axis, drawn }: TimeBase, y: Axis, values: Float64Array, colour: string): Markup[] {
  const xs = Array.from(drawn.edgesS, (s) => xOf(axis, s));
  const ys = (of: Float64Array): string[] => Array.from(of, (value) => yOf(y, value));
  const points = ys(bucketMeans(values, drawn)).map((height, i) => [xs[i], height] as const);
  return [
    stepBand(xs, ys(bucketMinima(values, drawn)), ys(bucketMaxima(values, drawn)), colour),
    html`<path class="line" stroke="${colour}" d="${stepPath(points, xs[xs.length - 1])}"/>`,
  ];
}
