import type { DeadlineResult, RunResult } from '../../cosim/index.ts';
import { html, type Markup, NOTHING } from '../markup.ts';
import { counted, engineering, groupDigits } from '../numbers.ts';
import { type Axis, along, roundAxis } from '../scale.ts';
import { greatest } from './downsample.ts';
import { KIND_COLOURS } from './palette.ts';
import { HEIGHT, readout, type TimeBase, timeChart, WIDTH, xOf, yOf } from './plot.ts';

const MOST_DRAWN = 600;

/** With more sticks the chart would be a solid area, so only the dots at their ends are drawn. */
const MOST_STICKS = 150;

interface Stick {
  readonly inference: number;
  readonly endS: number;
  readonly latencyS: number;
  readonly outcome: 'met' | 'missed';
}

/** The latency of each inference at its end, and the deadline. */
export function inferenceChart(base: TimeBase, result: RunResult): Markup {
  const { deadline } = result;
  const limitS = deadline?.limitS ?? null;
  const all = sticksOf(result);
  const running = result.inferences.releaseS.length - all.length;
  const left =
    running === 0 ? '' : `${counted(running, 'has', 'have')} not ended and ${running === 1 ? 'is' : 'are'} not drawn`;
  if (all.length === 0) return html`<p>No inference has ended.</p>`;
  const drawn = extremesOfGroups(all, MOST_DRAWN);
  const y = roundAxis(0, Math.max(greatest(all.map((s) => s.latencyS)), limitS ?? 0), 3);
  const of = (outcome: Stick['outcome']): Stick[] => drawn.filter((stick) => stick.outcome === outcome);
  const count = (outcome: Stick['outcome']): number => all.filter((stick) => stick.outcome === outcome).length;
  const grouped =
    drawn.length < all.length ? `the quickest and the slowest of every ${groupSize(all.length, MOST_DRAWN)}` : '';
  const item = (name: string, outcome: Stick['outcome'], colour: string) =>
    count(outcome) === 0 ? [] : [{ name, colour, value: groupDigits(count(outcome)) }];
  return timeChart(base, {
    title: 'Latency of inferences, release to end',
    note: [grouped, left].filter((text) => text !== '').join('; '),
    label: `Latency of ${counted(all.length, 'inference', 'inferences')}${limitS === null ? '' : `; ${count('missed')} ended after the deadline of ${engineering(limitS, 's')}`}`,
    unit: 's',
    y,
    size: 'medium',
    series: (['met', 'missed'] as const).flatMap((outcome) => [
      drawn.length > MOST_STICKS ? NOTHING : sticks(base, y, of(outcome), outcome),
      dots(base, y, of(outcome), outcome),
    ]),
    readouts: stickReadouts(base, drawn, limitS),
    marks: limitS === null ? [] : [{ kind: 'limit', value: limitS, name: `deadline ${engineering(limitS, 's')}` }],
    legend: [
      ...item(limitS === null ? 'ended' : 'in time', 'met', KIND_COLOURS[0]),
      ...item('late', 'missed', 'var(--bad)'),
    ],
  });
}

/** The finished inferences. An unfinished one also counts once its deadline has passed; it stands at the end of the run. */
function sticksOf({ inferences: { releaseS, endS }, deadline, simulatedS }: RunResult): Stick[] {
  return Array.from(releaseS, (release, inference): Stick => {
    const end = Number.isNaN(endS[inference]) ? simulatedS : endS[inference];
    const outcome = isLate(end - release, deadline) ? 'missed' : 'met';
    return { inference, endS: end, latencyS: end - release, outcome };
  }).filter(({ inference, outcome }) => outcome === 'missed' || !Number.isNaN(endS[inference]));
}

/** Whether an inference took longer than allowed, beyond rounding. */
export function isLate(latencyS: number, deadline: DeadlineResult | null): boolean {
  return deadline !== null && latencyS > deadline.limitS * (1 + 1e-9);
}

/**
 * The quickest and slowest inference of each group. A late one is slower than any in time, so each group with a miss
 * shows one.
 */
function extremesOfGroups(all: readonly Stick[], most: number): readonly Stick[] {
  if (all.length <= most) return all;
  const size = groupSize(all.length, most);
  return Array.from({ length: Math.ceil(all.length / size) }, (_, i) => {
    const group = all.slice(i * size, (i + 1) * size);
    const quickest = group.reduce((best, stick) => (stick.latencyS < best.latencyS ? stick : best));
    const slowest = group.reduce((worst, stick) => (stick.latencyS > worst.latencyS ? stick : worst));
    return group.filter((stick) => stick === quickest || stick === slowest);
  }).flat();
}

/** Size of the groups if two inferences of each are drawn. */
function groupSize(count: number, most: number): number {
  return Math.ceil(count / (most / 2));
}

function sticks({ axis }: TimeBase, y: Axis, all: readonly Stick[], outcome: Stick['outcome']): Markup {
  if (all.length === 0) return NOTHING;
  const path = all.map(({ endS, latencyS }) => `M${xOf(axis, endS)} ${HEIGHT}V${yOf(y, latencyS)}`);
  return html`<path class="stick ${outcome}" d="${path.join('')}"/>`;
}

function dots({ axis }: TimeBase, y: Axis, all: readonly Stick[], outcome: Stick['outcome']): Markup {
  if (all.length === 0) return NOTHING;
  const path = all.map(({ endS, latencyS }) => `M${xOf(axis, endS)} ${yOf(y, latencyS)}h0`);
  return html`<path class="dot ${outcome}" d="${path.join('')}"/>`;
}

/** A column around each stick that extends half way to its neighbours. */
function stickReadouts({ axis }: TimeBase, drawn: readonly Stick[], limitS: number | null): Markup[] {
  const places = drawn.map(({ endS }) => WIDTH * along(axis, endS));
  const middle = (i: number): number => (places[i - 1] + places[i]) / 2;
  return drawn.map((stick, i) => {
    const from = i === 0 ? 0 : middle(i);
    const to = i === drawn.length - 1 ? WIDTH : middle(i + 1);
    return readout(from.toFixed(1), Math.max(0, to - from), [stickText(stick, limitS)]);
  });
}

function stickText({ inference, latencyS }: Stick, limitS: number | null): string {
  const slack = limitS === null ? 0 : limitS - latencyS;
  const against =
    limitS === null ? '' : slack < 0 ? `, ${engineering(-slack, 's')} late` : `, ${engineering(slack, 's')} left`;
  return `inference ${inference + 1}: ${engineering(latencyS, 's')}${against}`;
}
