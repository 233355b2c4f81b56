import type { RunResult, ThermalResult } from '../../cosim/result.ts';
import { celsius, ZERO_CELSIUS_K } from '../format.ts';
import { html, type Markup } from '../markup.ts';
import { engineering } from '../numbers.ts';
import { type Axis, roundAxis } from '../scale.ts';
import type { ChosenBlocks } from './blocks.ts';
import { bucketMaxima, extremeEpochs, greatest, least } from './downsample.ts';
import type { ReportInput } from './input.ts';
import { OTHER_COLOUR } from './palette.ts';
import { linePath, type Mark, readouts, type TimeBase, timeChart, xOf, yOf } from './plot.ts';

/** Grey lines beyond these cannot be told apart, and would make the file large. */
export const MOST_GREY_LINES = 24;

/** Temperature of the blocks, the hottest in colour, with the limit and what policies aim at. */
export function temperatureChart(
  base: TimeBase,
  { trace }: RunResult,
  thermal: ThermalResult,
  blocks: ChosenBlocks,
  marksK: ReportInput['marksK'],
): Markup {
  const { names, peakK, hottest, byPeak, colours } = blocks;
  const marks = marksOf(thermal.limitK, marksK);
  const y = temperatureAxis(trace.temperatureK, thermal, marks);
  const grey = byPeak.slice(hottest.length, hottest.length + MOST_GREY_LINES);
  const line = (i: number, kind: string, colour: string): Markup => {
    const path = blockPath(base, y, trace.timeS, trace.temperatureK[i], thermal.startK[i]);
    return html`<path class="line ${kind}" stroke="${colour}" d="${path}"/>`;
  };
  const told = hottest.map((i) => bucketMaxima(trace.temperatureK[i], base.told));
  return timeChart(base, {
    title: 'Temperature',
    label: `Temperature of blocks over time, at most ${celsius(thermal.peakK)} in ${thermal.peakBlock}`,
    unit: '°C',
    y,
    size: 'large',
    series: [
      ...grey.map((i) => line(i, 'thin', OTHER_COLOUR)),
      // The hottest is drawn last, above the others.
      ...[...hottest].reverse().map((i) => line(i, '', colours.get(i) ?? OTHER_COLOUR)),
      peakDot(base, y, thermal),
    ],
    readouts: readouts(base, (bucket) => [
      'at most',
      ...hottest.map((i, rank) => `${names[i]}: ${celsius(told[rank][bucket])}`),
    ]),
    marks,
    legend: [
      ...hottest.map((i) => ({
        name: names[i],
        colour: colours.get(i) ?? OTHER_COLOUR,
        value: `peak ${celsius(peakK[i])}`,
        line: 'solid' as const,
      })),
      ...otherItem(grey.length, byPeak.length - hottest.length),
      { name: 'peak', colour: 'var(--bad)', value: `${thermal.peakBlock} at ${engineering(thermal.peakTimeS, 's')}` },
    ],
  });
}

function otherItem(drawn: number, all: number) {
  if (all === 0) return [];
  const value = drawn < all ? `${drawn} of them drawn` : '';
  return [{ name: `${all} cooler`, colour: OTHER_COLOUR, value, line: 'solid' as const }];
}

/** Marks of the same temperature share a line. */
function marksOf(limitK: number | null, marksK: ReportInput['marksK']): Mark[] {
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

function temperatureAxis(columns: readonly Float64Array[], thermal: ThermalResult, marks: readonly Mark[]): Axis {
  const all = [...columns, thermal.startK];
  const values = marks.map(({ value }) => value);
  const low = least([...all.map(least).map((k) => k - ZERO_CELSIUS_K), ...values]);
  const high = greatest([...all.map(greatest), thermal.peakK].map((k) => k - ZERO_CELSIUS_K).concat(values));
  return roundAxis(low, high);
}

/** A temperature is that at the epoch's end; the line begins with that of the start. */
function blockPath(
  { axis, drawn }: TimeBase,
  y: Axis,
  timeS: Float64Array,
  temperatureK: Float64Array,
  startK: number,
): string {
  const point = (s: number, k: number): [string, string] => [xOf(axis, s), yOf(y, k - ZERO_CELSIUS_K)];
  const kept = extremeEpochs(temperatureK, drawn).map((epoch) => point(timeS[epoch], temperatureK[epoch]));
  return linePath([point(axis.low, startK), ...kept]);
}

function peakDot({ axis }: TimeBase, y: Axis, { peakK, peakTimeS, peakBlock }: ThermalResult): Markup {
  const at = `${xOf(axis, peakTimeS)} ${yOf(y, peakK - ZERO_CELSIUS_K)}`;
  const title = `peak: ${celsius(peakK)} in ${peakBlock}`;
  return html`<path class="dot bad" d="M${at}h0"><title>${title}</title></path>`;
}
