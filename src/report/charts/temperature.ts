import { ZERO_CELSIUS_K } from '../../base/units.ts';
import type { RunResult, ThermalResult } from '../../cosim/index.ts';
import type { LegendItem } from '../elements.ts';
import { html, type Markup } from '../markup.ts';
import { celsius, counted, engineering } from '../numbers.ts';
import { type Axis, roundAxis } from '../scale.ts';
import type { BlockGroup } from './block-groups.ts';
import { bucketMaxima, extremeEpochs, greatest, least } from './downsample.ts';
import { linePath, type Mark, readouts, type TimeBase, timeChart, xOf, yOf } from './plot.ts';

/** The hottest and coolest block of a group at the start and at the end of each epoch, K. */
interface Envelope extends BlockGroup {
  readonly timeS: Float64Array;
  readonly hottestK: Float64Array;
  readonly coolestK: Float64Array;
}

/** Temperatures of the components, the hottest first, with the limit and the policies' marks. */
export function temperatureChart(
  base: TimeBase,
  result: RunResult,
  thermal: ThermalResult,
  groups: readonly BlockGroup[],
  marksK: RunResult['marksK'],
): Markup {
  const envelopes = groups
    .map((group) => envelopeOf(group, base, result, thermal))
    .sort((a, b) => greatest(b.hottestK) - greatest(a.hottestK));
  const marks = marksOf(thermal.limitK, marksK);
  const y = temperatureAxis(envelopes, marks);
  const told = envelopes.map(({ hottestK }) => bucketMaxima(hottestK.subarray(1), base.told));
  const peak = isPeak(base, y, envelopes[0]) ? [peakOf(thermal)] : [];
  return timeChart(base, {
    title: 'Temperature',
    note: 'line: hottest block of a component, shade: down to its coolest',
    label: `Temperature of components over time, at most ${celsius(thermal.peakK)} in ${thermal.peakBlock}`,
    unit: '°C',
    y,
    size: 'large',
    series: [
      // The hottest group is drawn last, above the others.
      ...[...envelopes].reverse().flatMap((envelope) => envelopePaths(base, y, envelope)),
      ...peak.map(({ colour }) => peakDot(base, y, thermal, colour)),
    ],
    readouts: readouts(base, (bucket) => [
      'at most',
      ...envelopes.map(({ name }, i) => `${name}: ${celsius(told[i][bucket])}`),
    ]),
    marks,
    legend: [...envelopes.map(legendItem), ...peak],
  });
}

function envelopeOf(group: BlockGroup, { axis }: TimeBase, { trace }: RunResult, { startK }: ThermalResult): Envelope {
  const extreme = (pick: (values: Iterable<number>) => number): Float64Array =>
    Float64Array.from({ length: trace.epochs + 1 }, (_, i) =>
      pick(group.blocks.map((b) => (i === 0 ? startK[b] : trace.temperatureK[b][i - 1]))),
    );
  const timeS = Float64Array.of(axis.low, ...trace.timeS);
  return { ...group, timeS, hottestK: extreme(greatest), coolestK: extreme(least) };
}

function legendItem({ name, colour, blocks, hottestK }: Envelope): LegendItem {
  const of = blocks.length > 1 ? `, ${counted(blocks.length, 'block', 'blocks')}` : '';
  return { name, colour, value: `at most ${celsius(greatest(hottestK))}${of}`, line: true };
}

/** Marks of the same temperature share a line. */
function marksOf(limitK: number | null, marksK: RunResult['marksK']): Mark[] {
  const byTemperature = new Map<number, string[]>();
  for (const { policy, temperatureK } of marksK) {
    const policies = byTemperature.get(temperatureK) ?? [];
    if (!policies.includes(policy)) byTemperature.set(temperatureK, [...policies, policy]);
  }
  const mark = (kind: Mark['kind'], name: string, temperatureK: number): Mark => {
    return { kind, value: temperatureK - ZERO_CELSIUS_K, name: `${name} ${celsius(temperatureK)}` };
  };
  const limit = limitK === null ? [] : [mark('limit', 'limit', limitK)];
  return [...limit, ...[...byTemperature].map(([k, policies]) => mark('policy', policies.join(', '), k))];
}

/** Marks within this many times the temperature range are drawn; those farther away are named at the edge. */
const ROOM_FOR_MARKS = 2;

/** Smallest range of the plot, K. A smaller range is noise and must not fill it. */
const LEAST_RANGE = 1;

function temperatureAxis(envelopes: readonly Envelope[], marks: readonly Mark[]): Axis {
  const low = least(envelopes.map(({ coolestK }) => least(coolestK))) - ZERO_CELSIUS_K;
  const high = greatest(envelopes.map(({ hottestK }) => greatest(hottestK))) - ZERO_CELSIUS_K;
  const room = ROOM_FOR_MARKS * Math.max(high - low, LEAST_RANGE);
  const near = marks.map(({ value }) => value).filter((value) => value <= high + room && value >= low - room);
  return roundAxis(least([low, ...near]), greatest([high, low + LEAST_RANGE, ...near]));
}

/** A temperature holds at an epoch's end; the line begins with the start temperature. */
function envelopePaths({ axis, drawn }: TimeBase, y: Axis, { colour, timeS, hottestK, coolestK }: Envelope): Markup[] {
  const place = (values: Float64Array) => (i: number) =>
    [xOf(axis, timeS[i]), yOf(y, values[i] - ZERO_CELSIUS_K)] as const;
  // Index 0 is the start, so each epoch's index is one higher.
  const ends = (values: Float64Array, which: 'greatest' | 'least'): number[] => {
    return [0, ...extremeEpochs(values.subarray(1), drawn, which).map((epoch) => epoch + 1)];
  };
  const top = ends(hottestK, 'greatest').map(place(hottestK));
  const bottom = ends(coolestK, 'least').map(place(coolestK)).reverse();
  const line = linePath(top);
  return [
    html`<path class="shade" fill="${colour}" d="${line}${linePath(bottom).replace('M', 'L')}Z"/>`,
    html`<path class="line" stroke="${colour}" d="${line}"/>`,
  ];
}

/** A peak must stand above the lowest maximum by this share of the plot. */
const FLAT = 0.05;

function isPeak({ drawn }: TimeBase, y: Axis, { hottestK }: Envelope): boolean {
  const maxima = bucketMaxima(hottestK.subarray(1), drawn);
  return greatest(maxima) - least(maxima) > FLAT * (y.high - y.low);
}

function peakOf({ peakK, limitK, peakBlock, peakTimeS }: ThermalResult): LegendItem {
  const colour = limitK !== null && peakK > limitK ? 'var(--bad)' : 'var(--text)';
  return { name: 'peak', colour, value: `${peakBlock} at ${engineering(peakTimeS, 's')}` };
}

function peakDot({ axis }: TimeBase, y: Axis, { peakK, peakTimeS, peakBlock }: ThermalResult, colour: string): Markup {
  const at = `${xOf(axis, peakTimeS)} ${yOf(y, peakK - ZERO_CELSIUS_K)}`;
  const title = `peak: ${celsius(peakK)} in ${peakBlock}`;
  return html`<path class="dot" stroke="${colour}" d="M${at}h0"><title>${title}</title></path>`;
}
