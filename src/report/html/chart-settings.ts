import type { DomainTrace, RunResult, Trace } from '../../cosim/result.ts';
import { html, type Markup } from '../markup.ts';
import { engineering } from '../numbers.ts';
import { type Axis, roundAxis } from '../scale.ts';
import { bucketMaxima, bucketMinima, extremeEpochs, greatest, least, traceMean } from './downsample.ts';
import { OTHER_COLOUR, SERIES_COLOURS } from './palette.ts';
import { readouts, stepPath, type TimeBase, timeChart, xOf, yOf } from './plot.ts';

/** Voltage and frequency of the domains, a step line each. */
export function settingsCharts(base: TimeBase, { domains, trace }: RunResult): Markup[] {
  const chart = (title: string, unit: string, column: (domain: DomainTrace) => Float64Array): Markup =>
    settingChart(base, { title, unit, domains, trace, columns: trace.domains.map(column) });
  return [chart('Voltage', 'V', (d) => d.voltageV), chart('Frequency', 'Hz', (d) => d.frequencyHz)];
}

interface Setting {
  readonly title: string;
  readonly unit: string;
  readonly domains: readonly string[];
  readonly trace: Trace;
  /** By domain. */
  readonly columns: readonly Float64Array[];
}

function settingChart(base: TimeBase, { title, unit, domains, trace, columns }: Setting): Markup {
  const y = roundAxis(least(columns.map(least)), greatest(columns.map(greatest)), 3);
  const told = columns.map((values) => [bucketMinima(values, base.told), bucketMaxima(values, base.told)]);
  return timeChart(base, {
    title,
    unit,
    label: `${title} of ${domains.join(', ')} over time`,
    y,
    size: 'small',
    series: columns.map((values, i) => stepLine(base, trace, y, values, colour(i))),
    readouts: readouts(base, (bucket) =>
      domains.map((name, i) => `${name}: ${range(told[i][0][bucket], told[i][1][bucket], unit)}`),
    ),
    legend: columns.map((values, i) => ({
      colour: colour(i),
      name: domains[i],
      value: `${range(least(values), greatest(values), unit)}, mean ${engineering(traceMean(values, base.drawn.durationS), unit)}`,
      line: 'solid',
    })),
  });
}

function colour(i: number): string {
  return SERIES_COLOURS[i] ?? OTHER_COLOUR;
}

function range(low: number, high: number, unit: string): string {
  const [from, to] = [engineering(low, unit), engineering(high, unit)];
  return from === to ? from : `${from} to ${to}`;
}

/** A value is that of the whole epoch, so it begins where the last epoch ends. */
function stepLine(
  { axis, drawn }: TimeBase,
  { timeS, durationS }: Trace,
  y: Axis,
  values: Float64Array,
  colour: string,
): Markup {
  const points = extremeEpochs(values, drawn).map(
    (epoch) => [xOf(axis, timeS[epoch] - durationS[epoch]), yOf(y, values[epoch])] as const,
  );
  return html`<path class="line" stroke="${colour}" d="${stepPath(points, xOf(axis, axis.high))}"/>`;
}
