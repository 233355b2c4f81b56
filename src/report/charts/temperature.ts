import { ZERO_CELSIUS_K } from '../../base/units.ts';
import { type RunModel, type Stretch, segmentFor, type Temperature, valueAt } from '../data/model.ts';
import { drawAxes, type Frame, xAt, yAt } from '../drawing/frame.ts';
import { fitted } from '../drawing/legend.ts';
import { Steps, scratch } from '../drawing/steps.ts';
import { type Surface, TEXT } from '../drawing/surface.ts';
import { celsius } from '../numbers.ts';
import { greatest, least } from '../reductions.ts';
import { type Axis, roundAxis } from '../scale.ts';
import { rangeIn, type TimeChart, tableOf } from './time-chart.ts';

/** A horizontal line with its name. */
interface Mark {
  readonly kelvin: number;
  readonly name: string;
  readonly kind: 'limit' | 'policy';
}

/** Temperatures of the components, the hottest first, with the limit and the policies' marks. The axis fits what is drawn. */
export function temperatureChart(model: RunModel): TimeChart {
  const series = [...model.temperature].sort((a, b) => hottest(b) - hottest(a));
  const marks = marksOf(model);
  const steps = new Steps();
  const [highs, lows] = [scratch(), scratch()];
  return {
    id: 'temperature',
    title: 'Temperature',
    note: 'line: hottest block of a component at the end of each epoch; shade: down to its coolest',
    unit: '°C',
    height: 260,
    label: `Temperature of components over time, at most ${celsius(greatest(series.map(hottest)))} in ${series[0].name}`,
    legend: series.map(({ name, colour, blocks }) => {
      return { name: blocks > 1 ? `${name} (${blocks} blocks)` : name, ink: colour, shape: 'line' };
    }),
    draw(surface, frame) {
      const segment = segmentFor(model, frame.fromS, frame.toS);
      const axis = axisFor(series, marks, segment, frame);
      steps.set(frame, segment);
      drawAxes(surface, frame, axis, '°C');
      surface.clip(frame.x, frame.y - 1, frame.width, frame.height + 2);
      for (const one of [...series].reverse()) {
        steps.maxima(one.highK, highs);
        steps.minima(one.lowK, lows);
        const starts = segment.edgesS[0] === model.startS && steps.at[0] === 0;
        envelope(surface, frame, axis, steps, starts ? one : null, highs, lows);
        surface.fill(one.colour, 0.18);
        ends(surface, frame, axis, steps, starts ? one.startHighK : null, highs);
        surface.stroke(one.colour, 1.75);
      }
      drawMarks(surface, frame, axis, marks);
      surface.unclip();
    },
    readout(timeS) {
      if (timeS === null) return series.map((one) => `at most ${celsius(hottest(one))}`);
      const segment = segmentFor(model, timeS, timeS);
      const at = segment.first + valueAt(segment, timeS);
      return series.map(({ highK, lowK }) => {
        const range = highK[at] - lowK[at];
        return range < 0.05 ? celsius(highK[at]) : `${(lowK[at] - ZERO_CELSIUS_K).toFixed(1)} to ${celsius(highK[at])}`;
      });
    },
    table: (fromS, toS) =>
      tableOf(
        model,
        fromS,
        toS,
        series.flatMap(({ name, highK, lowK }) => [
          [`hottest_k:${name}`, highK] as const,
          [`coolest_k:${name}`, lowK] as const,
        ]),
      ),
  };
}

function hottest({ highK, startHighK }: Temperature): number {
  return Math.max(startHighK, greatest(highK));
}

/** Marks of the same temperature share a line. */
function marksOf({ limitK, marksK }: RunModel): Mark[] {
  const byTemperature = new Map<number, string[]>();
  for (const { policy, temperatureK } of marksK) {
    const policies = byTemperature.get(temperatureK) ?? [];
    if (!policies.includes(policy)) byTemperature.set(temperatureK, [...policies, policy]);
  }
  const limit: Mark[] = limitK === null ? [] : [{ kind: 'limit', kelvin: limitK, name: `limit ${celsius(limitK)}` }];
  const policies = [...byTemperature].map(([kelvin, names]): Mark => {
    return { kind: 'policy', kelvin, name: `${names.join(', ')} ${celsius(kelvin)}` };
  });
  return [...limit, ...policies];
}

/** Marks within this many times the drawn range are drawn; those farther away are named at the edge. */
const ROOM_FOR_MARKS = 1;

/** Smallest range of the plot, K. A smaller range is noise and must not fill it. */
const LEAST_RANGE = 1;

function axisFor(
  series: readonly Temperature[],
  marks: readonly Mark[],
  segment: Stretch,
  { fromS, toS }: Frame,
): Axis {
  const ranges = series.flatMap(({ lowK, highK }) => rangeIn(segment, lowK, highK, fromS, toS) ?? []);
  const starts =
    fromS <= segment.edgesS[0] ? series.flatMap(({ startHighK, startLowK }) => [startHighK, startLowK]) : [];
  const low = least([...ranges, ...starts]) - ZERO_CELSIUS_K;
  const high = greatest([...ranges, ...starts]) - ZERO_CELSIUS_K;
  if (!(high >= low)) return roundAxis(0, 100);
  const room = ROOM_FOR_MARKS * Math.max(high - low, LEAST_RANGE);
  const near = marks
    .map(({ kelvin }) => kelvin - ZERO_CELSIUS_K)
    .filter((value) => value <= high + room && value >= low - room);
  return roundAxis(least([low, ...near]), greatest([high, low + LEAST_RANGE, ...near]), 5);
}

/** A temperature holds at an epoch's end; the line begins with the start temperature. */
function ends(
  surface: Surface,
  frame: Frame,
  axis: Axis,
  steps: Steps,
  startK: number | null,
  kelvin: Float64Array,
): void {
  surface.begin();
  const from = startK ?? kelvin[0];
  surface.move(steps.x[0], yAt(frame, axis, from - ZERO_CELSIUS_K));
  for (let i = 0; i < steps.count; i++) surface.line(steps.x[i + 1], yAt(frame, axis, kelvin[i] - ZERO_CELSIUS_K));
}

function envelope(
  surface: Surface,
  frame: Frame,
  axis: Axis,
  steps: Steps,
  start: Temperature | null,
  highs: Float64Array,
  lows: Float64Array,
): void {
  ends(surface, frame, axis, steps, start?.startHighK ?? null, highs);
  for (let i = steps.count - 1; i >= 0; i--) {
    surface.line(steps.x[i + 1], yAt(frame, axis, lows[i] - ZERO_CELSIUS_K));
  }
  surface.line(steps.x[0], yAt(frame, axis, (start?.startLowK ?? lows[0]) - ZERO_CELSIUS_K));
}

/** The lines of the marks with their names; names that would overlap stand at the other end. */
function drawMarks(surface: Surface, frame: Frame, axis: Axis, marks: readonly Mark[]): void {
  const { x, width, fromS, toS } = frame;
  let last = Number.POSITIVE_INFINITY;
  let right = true;
  for (const { kelvin, name, kind } of [...marks].sort((a, b) => a.kelvin - b.kelvin)) {
    const value = kelvin - ZERO_CELSIUS_K;
    const [above, below] = [value > axis.high, value < axis.low];
    const y = above ? frame.y + TEXT / 2 + 1 : below ? frame.y + frame.height - TEXT / 2 - 1 : yAt(frame, axis, value);
    right = last - y < TEXT + 4 ? !right : true;
    last = y;
    if (!above && !below) {
      surface.begin();
      surface.move(xAt(frame, fromS), y);
      surface.line(xAt(frame, toS), y);
      if (kind === 'limit') surface.stroke('bad', 1.5);
      else surface.stroke('text', 1.25, [6, 4]);
    }
    const text = fitted(surface, above ? `▲ ${name}` : below ? `▼ ${name}` : name, TEXT, 0.9 * width);
    const at = right ? x + width - 4 : x + 4;
    const up = above || below ? y : y - TEXT / 2 - 3 < frame.y ? y + TEXT / 2 + 3 : y - TEXT / 2 - 3;
    const ink = kind === 'limit' ? 'bad' : 'text';
    surface.text(text, at, up, { ink, size: TEXT, align: right ? 'right' : 'left', plate: 'paper' });
  }
}
