import type { LegendItem } from '../elements.ts';
import { html, type Markup } from '../markup.ts';
import { engineering } from '../numbers.ts';
import { type Axis, roundAxis } from '../scale.ts';
import type { ReportView } from '../view.ts';
import type { BlockGroup } from './block-groups.ts';
import { bucketMaxima, bucketMeans, greatest, traceMean } from './downsample.ts';
import { OTHER_COLOUR } from './palette.ts';
import {
  bandLabels,
  epochsEach,
  readouts,
  stackedAreas,
  stepPath,
  type TimeBase,
  timeChart,
  xOf,
  yOf,
} from './plot.ts';

interface Layer {
  readonly name: string;
  readonly colour: string;
  /** Power of each epoch, W. */
  readonly powerW: Float64Array;
}

/**
 * If the highest epoch of a bucket exceeds the bucket's mean by this share of the plot, the chart has a line of highest
 * epochs.
 */
const APART = 0.02;

/** Stacked power of the components and off the die, and the total. */
export function powerChart(
  base: TimeBase,
  view: ReportView,
  groups: readonly BlockGroup[],
  colours: readonly string[],
): Markup {
  const { trace } = view.run;
  const layers = layersOf(view, groups, colours);
  const means = layers.map(({ powerW, ...layer }) => ({ ...layer, values: bucketMeans(powerW, base.drawn) }));
  const told = layers.map(({ powerW }) => bucketMeans(powerW, base.told));
  const toldTotal = bucketMeans(trace.totalW, base.told);
  const peakW = greatest(trace.totalW);
  const y = roundAxis(0, peakW);
  const total = bucketMeans(trace.totalW, base.drawn);
  const highest = bucketMaxima(trace.totalW, base.drawn);
  const apart = highest.some((watts, i) => watts - total[i] > APART * y.high);
  const peak: LegendItem = {
    name: 'total of the highest epoch',
    colour: 'var(--muted)',
    value: `at most ${engineering(peakW, 'W')}`,
    line: true,
  };
  return timeChart(base, {
    title: 'Power',
    note: epochsEach(base, 'means'),
    label: `Power of components over time, at most ${engineering(peakW, 'W')} in all`,
    unit: 'W',
    y,
    size: 'large',
    series: [
      ...stackedAreas(base, y, means),
      totalLine(base, y, total, 'total'),
      ...(apart ? [totalLine(base, y, highest, 'highest')] : []),
    ],
    labels: bandLabels(base, y, means, 0.08),
    readouts: readouts(base, (bucket) => [
      `total: ${engineering(toldTotal[bucket], 'W')}`,
      ...layers.map(({ name }, i) => `${name}: ${engineering(told[i][bucket], 'W')}`),
    ]),
    legend: [
      ...layers.map(({ name, colour, powerW }) => meanItem(name, colour, traceMean(powerW, trace.durationS))),
      { ...meanItem('total', 'var(--text)', traceMean(trace.totalW, trace.durationS)), line: true },
      ...(apart ? [peak] : []),
    ],
  });
}

/** The layers with power. Those that share a colour form one. */
function layersOf(view: ReportView, groups: readonly BlockGroup[], colours: readonly string[]): Layer[] {
  const { trace, energyJ } = view.run;
  const shared = groups.filter(({ colour }) => colour === OTHER_COLOUR);
  const own = groups.filter(({ colour }) => colour !== OTHER_COLOUR);
  const other = {
    name: shared.map(({ name }) => name).join(', '),
    colour: OTHER_COLOUR,
    blocks: shared.flatMap((g) => g.blocks),
  };
  const outside = [...view.components.keys()].filter((c) => view.blocks[c].length === 0);
  const names = outside.map((c) => view.components[c]);
  const offDie = {
    name: [...names, ...(energyJ.transition > 0 ? ['transitions'] : [])].join(' + '),
    colour: colours[outside[0]] ?? OTHER_COLOUR,
    powerW: trace.offDieW,
  };
  const onDie = [...own, other].map(({ blocks, ...group }) => {
    return {
      ...group,
      powerW: sumOf(
        blocks.map((b) => trace.powerW[b]),
        trace.epochs,
      ),
    };
  });
  return [...onDie, offDie].filter(({ powerW }) => greatest(powerW) > 0);
}

function sumOf(columns: readonly Float64Array[], length: number): Float64Array {
  const sum = new Float64Array(length);
  for (const column of columns) for (let i = 0; i < length; i++) sum[i] += column[i];
  return sum;
}

function meanItem(name: string, colour: string, powerW: number): LegendItem {
  return { name, colour, value: `mean ${engineering(powerW, 'W')}` };
}

function totalLine({ axis, drawn }: TimeBase, y: Axis, values: Float64Array, kind: string): Markup {
  const points = Array.from(values, (value, i) => [xOf(axis, drawn.edgesS[i]), yOf(y, value)] as const);
  return html`<path class="line ${kind}" d="${stepPath(points, xOf(axis, axis.high))}"/>`;
}
