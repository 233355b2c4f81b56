import type { RunResult } from '../../cosim/result.ts';
import { html, type Markup } from '../markup.ts';
import { engineering } from '../numbers.ts';
import { type Axis, roundAxis } from '../scale.ts';
import type { ChosenBlocks } from './blocks.ts';
import { bucketMaxima, bucketMeans, greatest, traceMean } from './downsample.ts';
import type { LegendItem } from './elements.ts';
import { OTHER_COLOUR } from './palette.ts';
import { readouts, stackedAreas, stepPath, type TimeBase, timeChart, xOf, yOf } from './plot.ts';

interface Layer {
  readonly name: string;
  readonly colour: string;
  /** By epoch, W. */
  readonly powerW: Float64Array;
}

/** Power of the strongest blocks, of the other ones and off the die, on top of each other, and the total. */
export function powerChart(base: TimeBase, { trace }: RunResult, blocks: ChosenBlocks): Markup {
  const layers = layersOf(trace, blocks);
  const means = layers.map(({ powerW, ...layer }) => ({ ...layer, values: bucketMeans(powerW, base.drawn) }));
  const told = layers.map(({ powerW }) => bucketMeans(powerW, base.told));
  const toldTotal = bucketMeans(trace.totalW, base.told);
  const peakW = greatest(trace.totalW);
  const y = roundAxis(0, peakW);
  const total = { values: bucketMeans(trace.totalW, base.drawn), kind: 'total' };
  const highest = { values: bucketMaxima(trace.totalW, base.drawn), kind: 'highest' };
  // Where every epoch is drawn, its total is its highest.
  const grouped = base.drawn.count < trace.epochs;
  const lines = grouped ? [total, highest] : [total];
  const peak: LegendItem = {
    name: 'total of the highest epoch',
    colour: grouped ? 'var(--muted)' : 'var(--text)',
    value: engineering(peakW, 'W'),
    line: 'solid',
  };
  return timeChart(base, {
    title: 'Power',
    label: `Power of blocks over time, at most ${engineering(peakW, 'W')} in all`,
    unit: 'W',
    y,
    size: 'large',
    series: [...stackedAreas(base, y, means), ...lines.map((line) => totalLine(base, y, line))],
    readouts: readouts(base, (bucket) => [
      `total: ${engineering(toldTotal[bucket], 'W')}`,
      ...layers.map(({ name }, i) => `${name}: ${engineering(told[i][bucket], 'W')}`),
    ]),
    legend: [
      ...layers.map(({ name, colour, powerW }) => meanItem(name, colour, traceMean(powerW, trace.durationS))),
      { ...meanItem('total', 'var(--text)', traceMean(trace.totalW, trace.durationS)), line: 'solid' },
      peak,
    ],
  });
}

function layersOf(trace: RunResult['trace'], { names, strongest, colours }: ChosenBlocks): Layer[] {
  const layers = strongest.map((i) => ({
    name: names[i],
    colour: colours.get(i) ?? OTHER_COLOUR,
    powerW: trace.powerW[i],
  }));
  const rest = trace.powerW.filter((_, i) => !strongest.includes(i));
  const others = { name: `${rest.length} other`, colour: OTHER_COLOUR, powerW: sumOf(rest, trace.epochs) };
  const offDie = { name: 'off the die', colour: 'var(--quiet)', powerW: trace.offDieW };
  return [...layers, ...(rest.length > 0 ? [others] : []), ...(greatest(trace.offDieW) > 0 ? [offDie] : [])];
}

function sumOf(columns: readonly Float64Array[], length: number): Float64Array {
  const sum = new Float64Array(length);
  for (const column of columns) for (let i = 0; i < length; i++) sum[i] += column[i];
  return sum;
}

function meanItem(name: string, colour: string, powerW: number): LegendItem {
  return { name, colour, value: `mean ${engineering(powerW, 'W')}` };
}

function totalLine(
  { axis, drawn }: TimeBase,
  y: Axis,
  { values, kind }: { readonly values: Float64Array; readonly kind: string },
): Markup {
  const points = Array.from(values, (value, i) => [xOf(axis, drawn.edgesS[i]), yOf(y, value)] as const);
  return html`<path class="line ${kind}" d="${stepPath(points, xOf(axis, axis.high))}"/>`;
}
