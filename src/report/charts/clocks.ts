import { type Domain, lastNotAfter, type RunModel, segmentFor, valueAt } from '../data/model.ts';
import { KIND_COLOURS, OTHER_COLOUR } from '../data/palette.ts';
import { drawAxes, type Frame, xAt, yAt } from '../drawing/frame.ts';
import { Steps, scratch, stepBand, stepLine } from '../drawing/steps.ts';
import type { Surface } from '../drawing/surface.ts';
import { engineering } from '../numbers.ts';
import { greatest } from '../reductions.ts';
import { type Axis, axisLabels, inUnitOf, roundAxis } from '../scale.ts';
import { type Aside, type TimeChart, tableOf, wholeMean } from './time-chart.ts';

type Quantity = 'frequencyHz' | 'voltageV';

const TITLES = {
  frequencyHz: { id: 'clock', title: 'Clock', unit: 'Hz', file: 'frequency_hz' },
  voltageV: { id: 'voltage', title: 'Supply voltage', unit: 'V', file: 'voltage_v' },
};

/** The true steps of clock and voltage of each domain where its transitions are known, else the means and extremes of epochs. */
export function clockChart(model: RunModel, quantity: Quantity): TimeChart {
  const { domains } = model;
  const { id, title, unit, file } = TITLES[quantity];
  const top = greatest(domains.map((domain) => greatest(domain[quantity].high)));
  const axis = roundAxis(0, top, 4);
  const text = inUnitOf(axis, unit, top);
  const exact = domains.map((domain) => changesOf(model, domain, quantity));
  const steps = new Steps();
  const [means, lows, highs] = [scratch(), scratch(), scratch()];
  return {
    id,
    title,
    note: 'steps, or their mean where they are too close; shade: lowest to highest',
    unit: axisLabels(axis, unit).unit,
    height: quantity === 'frequencyHz' ? 170 : 130,
    label: `${title} of ${domains.map(({ name }) => name).join(', ')} over time; ${domains.map((domain) => residencyText(domain)).join('; ')}`,
    aside: quantity === 'frequencyHz' ? domains.map(residencyOf).filter(({ rows }) => rows.length > 0) : [],
    legend: domains.map(({ name }, d) => ({ name, ink: inkOf(d), shape: 'line' })),
    draw(surface, frame) {
      const segment = segmentFor(model, frame.fromS, frame.toS);
      steps.set(frame, segment);
      drawAxes(surface, frame, axis, unit);
      surface.clip(frame.x, frame.y - 1, frame.width, frame.height + 2);
      domains.forEach((domain, d) => {
        const changes = exact[d];
        if (changes && covers(model, frame) && changesIn(changes, frame) < frame.width / 4) {
          trueSteps(surface, frame, axis, changes);
        } else {
          const { mean, low, high } = domain[quantity];
          stepBand(surface, frame, axis, steps, steps.minima(low, lows), steps.maxima(high, highs));
          surface.fill(inkOf(d), 0.2);
          stepLine(surface, frame, axis, steps, steps.means(mean, means));
        }
        surface.stroke(inkOf(d), 2);
      });
      surface.unclip();
    },
    readout(timeS) {
      if (timeS === null) return domains.map((domain) => `mean ${text(wholeMean(model, domain[quantity].mean))}`);
      const segment = segmentFor(model, timeS, timeS);
      const at = segment.first + valueAt(segment, timeS);
      return domains.map((domain, d) => {
        const changes = exact[d];
        if (changes && model.events.complete)
          return text(changes.value[Math.max(0, lastNotAfter(changes.timeS, timeS))]);
        const { low, high } = domain[quantity];
        return low[at] === high[at] ? text(low[at]) : `${text(low[at])} to ${text(high[at])}`;
      });
    },
    table: (fromS, toS) =>
      tableOf(
        model,
        fromS,
        toS,
        domains.map((domain) => [`${file}:${domain.name}`, domain[quantity].mean] as const),
      ),
  };
}

function inkOf(d: number): string {
  return KIND_COLOURS[2 * d] ?? KIND_COLOURS[2 * d - 3] ?? OTHER_COLOUR;
}

export function residencyText({ name, residency }: Domain): string {
  const shares = residency.map(({ point, share }) => `${point} ${(100 * share).toFixed(1)} %`);
  return `${name}: ${shares.join(', ')}`;
}

interface Changes {
  readonly timeS: Float64Array;
  readonly value: Float64Array;
}

/** The changes of a domain; null if they are not those of one clock, or of a supply that others share. */
function changesOf({ events }: RunModel, domain: Domain, quantity: Quantity): Changes | null {
  if (domain.members.length > 1 || (quantity === 'voltageV' && !domain.ownRail)) return null;
  const valueAtPoint = new Map(domain.points.map((point) => [point.name, point[quantity]]));
  const times: number[] = [];
  const values: number[] = [];
  for (let i = 0; i < events.timeS.length; i++) {
    const [kind, , name, , to] = events.texts[events.text[i]];
    const begins = kind === 'decision' && times.length === 0 && events.timeS[i] === 0;
    if (name !== domain.members[0] || !(begins || kind === 'transition')) continue;
    const value = valueAtPoint.get(to);
    if (value === undefined) return null;
    times.push(events.timeS[i]);
    values.push(value);
  }
  return times.length > 0 ? { timeS: Float64Array.from(times), value: Float64Array.from(values) } : null;
}

/** Whether all events of a stretch of time are known: all of the run, or those of a window. */
function covers(model: RunModel, { fromS, toS }: Frame): boolean {
  return model.events.complete || segmentFor(model, fromS, toS).each === 1;
}

function changesIn({ timeS }: Changes, { fromS, toS }: Frame): number {
  return lastNotAfter(timeS, toS) - lastNotAfter(timeS, fromS);
}

function trueSteps(surface: Surface, frame: Frame, axis: Axis, { timeS, value }: Changes): void {
  const from = Math.max(0, lastNotAfter(timeS, frame.fromS));
  const to = Math.max(0, lastNotAfter(timeS, frame.toS));
  surface.begin();
  surface.move(xAt(frame, Math.max(frame.fromS, timeS[from])), yAt(frame, axis, value[from]));
  for (let i = from + 1; i <= to; i++) {
    const x = xAt(frame, timeS[i]);
    surface.line(x, yAt(frame, axis, value[i - 1]));
    surface.line(x, yAt(frame, axis, value[i]));
  }
  surface.line(xAt(frame, frame.toS), yAt(frame, axis, value[to]));
}

/** A domain's points with the share of the time at each. */
function residencyOf({ name, points, residency }: Domain): Aside {
  const labelOf = (point: string): string => {
    const known = points.find((other) => other.name === point);
    return known ? `${engineering(known.frequencyHz, 'Hz')}, ${known.voltageV.toFixed(2)} V` : point;
  };
  return {
    title: `Share of the run at each point of ${name}`,
    rows: [...residency]
      .sort((a, b) => b.share - a.share)
      .map(({ point, share }) => ({ label: labelOf(point), share })),
  };
}
