import { lastNotAfter, type RunModel } from '../data/model.ts';
import { KIND_COLOURS } from '../data/palette.ts';
import type { EventText } from '../data/report-data.ts';
import { drawAxes, xAt } from '../drawing/frame.ts';
import { TEXT } from '../drawing/surface.ts';
import { counted, engineering, groupDigits } from '../numbers.ts';
import type { TimeChart } from './time-chart.ts';

/** The colour of an event's kind. Only a quarrel of policies is bad: a cap that overrules does its duty. */
export function inkOfKind(kind: string): string {
  if (kind === 'conflict' || kind === 'cap saturated') return 'bad';
  if (kind === 'decision') return KIND_COLOURS[0];
  if (kind === 'transition') return 'muted';
  if (kind === 'deferred') return KIND_COLOURS[1];
  return KIND_COLOURS[3];
}

/** Height of a policy's row, and of its name above the ticks, in CSS pixels. */
const ROW = 36;
const NAME = 16;

/** A row of ticks for each policy: when it decided, and when it was overruled. Pointing at one tells why. */
export function decisionChart(model: RunModel): TimeChart {
  const { timeS, text, texts, total } = model.events;
  const decisions = texts.map(([kind]) => kind !== 'transition');
  const policies = [...new Set(texts.filter((_, t) => decisions[t]).map(([, policy]) => policy))];
  const rowOf = texts.map(([, policy]) => policies.indexOf(policy));
  const inks = texts.map(([kind]) => inkOfKind(kind));
  const lanes = [...new Set(texts.map((_, t) => `${rowOf[t]} ${inks[t]}`))];
  const laneOf = texts.map((_, t) => lanes.indexOf(`${rowOf[t]} ${inks[t]}`));
  const lastX = new Float64Array(lanes.length);
  const kinds = [...new Set(texts.filter((_, t) => decisions[t]).map(([kind]) => kind))];
  const counts = new Map<string, number>();
  for (const t of text) counts.set(texts[t][0], (counts.get(texts[t][0]) ?? 0) + 1);
  return {
    id: 'decisions',
    title: 'Decisions',
    note: 'a tick where a policy decides or is overruled; point at one to read why',
    unit: '',
    height: 30 + ROW * Math.max(1, policies.length),
    label: `${counted(total, 'event', 'events')} of ${policies.join(', ')}`,
    legend: kinds.map((kind) => ({ name: kind, ink: inkOfKind(kind), shape: 'area' })),
    draw(surface, frame) {
      drawAxes(surface, frame, null, '');
      // Decisions at the start stand on the axis.
      surface.clip(frame.x - 1, frame.y, frame.width + 2, frame.height);
      const height = frame.height / Math.max(1, policies.length);
      lastX.fill(Number.NEGATIVE_INFINITY);
      for (let i = firstNotBefore(timeS, frame.fromS); i < timeS.length && timeS[i] <= frame.toS; i++) {
        const t = text[i];
        if (!decisions[t]) continue;
        const x = xAt(frame, timeS[i]);
        if (x - lastX[laneOf[t]] < 1) continue;
        lastX[laneOf[t]] = x;
        const duty = inks[t] === KIND_COLOURS[0] ? 0 : 0.5;
        const room = height - NAME - 2;
        surface.box(x - 0.75, frame.y + height * rowOf[t] + NAME + room * duty, 1.5, room * (1 - duty), inks[t]);
      }
      policies.forEach((policy, row) => {
        const style = { ink: 'text', size: TEXT, align: 'left' } as const;
        surface.text(policy, frame.x + 4, frame.y + height * row + NAME / 2, style);
      });
      surface.unclip();
    },
    readout(at) {
      return kinds.map((kind) => {
        if (at === null) return groupDigits(counts.get(kind) ?? 0);
        const i = lastOfKind(model, kind, at);
        return i < 0 ? '' : eventText(texts[text[i]], timeS[i]);
      });
    },
    table(fromS, toS) {
      const rows: (number | string)[][] = [];
      for (let i = firstNotBefore(timeS, fromS); i < timeS.length && timeS[i] <= toS; i++) {
        rows.push([timeS[i], ...texts[text[i]]]);
      }
      return { columns: ['time_s', 'kind', 'policy', 'domain', 'from', 'to', 'reason'], rows };
    },
  };
}

/** Index of the first of some ascending times that is not before `fromS`: a decision at the start of a stretch belongs to it. */
function firstNotBefore(timeS: Float64Array, fromS: number): number {
  let first = lastNotAfter(timeS, fromS) + 1;
  while (first > 0 && timeS[first - 1] >= fromS) first--;
  return first;
}

/** How far back the last event of a kind is looked for. */
const MOST_BACK = 2000;

function lastOfKind({ events }: RunModel, kind: string, timeS: number): number {
  const last = lastNotAfter(events.timeS, timeS);
  for (let i = last; i >= 0 && i > last - MOST_BACK; i--) if (events.texts[events.text[i]][0] === kind) return i;
  return -1;
}

/** `core 800 MHz to 700 MHz at 10.2 s by pid-frequency: 77.00 C, target 77.00 C`. */
export function eventText([, policy, domain, from, to, reason]: EventText, timeS: number): string {
  const change = from === '' ? spaced(to) : `${spaced(from)} to ${spaced(to)}`;
  return `${[domain, change].filter((text) => text !== '').join(' ')} at ${engineering(timeS, 's')} by ${policy}: ${reason}`;
}

/** Turns the `700MHz` of events.csv into `700 MHz`. */
export function spaced(point: string): string {
  return point.replace(/^([\d.]+)([a-zA-Z]+)$/, '$1 $2');
}
