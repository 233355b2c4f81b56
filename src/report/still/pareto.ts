import type { Figure } from '../charts/figure.ts';
import type { Ink } from '../data/palette.ts';
import { type Surface, TEXT } from '../drawing/surface.ts';
import { engineering } from '../numbers.ts';
import { least } from '../reductions.ts';
import { along, axisLabels, roundAxis } from '../scale.ts';

const ROOM = { left: 52, right: 14, top: 28, bottom: 40 };
const HEIGHT = 320;
/** A deadline this much longer than the slowest row is left out: it would squeeze all rows to the left. */
const FAR = 1.5;

/** Energy over the mean time of an inference, as plain data: a dot a row, lines at oracle and bounds. */
export interface ParetoChart {
  readonly kind: 'pareto';
  readonly id: string;
  readonly title: string;
  readonly note: string;
  readonly points: readonly Point[];
  readonly lines: readonly { readonly name: string; readonly energyJ: number; readonly ink: Ink }[];
  readonly deadlineS: number | null;
}

interface Point {
  readonly name: string;
  readonly latencyS: number;
  readonly energyJ: number;
  readonly ink: Ink;
  /** In time and under the limit. */
  readonly isFair: boolean;
}

/** The points that no other one beats in both; by latency. Late rows and rows over the limit beat nobody. */
export function paretoFront<P extends Pick<Point, 'latencyS' | 'energyJ' | 'isFair'>>(points: readonly P[]): P[] {
  const fair = points.filter(({ isFair }) => isFair);
  const ascending = fair.toSorted((a, b) => a.latencyS - b.latencyS || a.energyJ - b.energyJ);
  let lowest = Number.POSITIVE_INFINITY;
  return ascending.filter(({ energyJ }) => {
    if (energyJ >= lowest) return false;
    lowest = energyJ;
    return true;
  });
}

/** The picture has the front of the points that are in time and under the limit. */
export function paretoFigure(chart: ParetoChart): Figure {
  const { id, title, points } = chart;
  const front = paretoFront(points).map(({ name }) => name);
  return {
    id,
    title,
    label: `Energy over latency of ${points.length} policies; the front: ${front.join(', ') || 'none'}`,
    height: () => HEIGHT,
    draw(surface, width) {
      draw(surface, width, chart);
    },
    table: () => ({
      columns: ['policy', 'latency_s', 'energy_j', 'on_front'],
      rows: points.map(({ name, latencyS, energyJ }) => [name, latencyS, energyJ, String(front.includes(name))]),
    }),
  };
}

function draw(surface: Surface, width: number, { points, lines, deadlineS }: ParetoChart): void {
  const slowestS = Math.max(...points.map(({ latencyS }) => latencyS));
  const limitS = deadlineS !== null && deadlineS < FAR * slowestS ? deadlineS : null;
  const times = [...points.map(({ latencyS }) => latencyS), ...(limitS === null ? [] : [limitS])];
  const energies = [...points.map(({ energyJ }) => energyJ), ...lines.map(({ energyJ }) => energyJ)];
  const x = roundAxis(least(times), Math.max(...times), Math.max(2, Math.floor(width / 110)));
  const y = roundAxis(least(energies), Math.max(...energies), 5);
  const [right, bottom] = [width - ROOM.right, HEIGHT - ROOM.bottom];
  const xAt = (value: number): number => ROOM.left + (right - ROOM.left) * along(x, value);
  const yAt = (value: number): number => bottom - (bottom - ROOM.top) * along(y, value);
  const [ofX, ofY] = [axisLabels(x, 's'), axisLabels(y, 'J')];
  const muted = { ink: 'muted', size: TEXT } as const;
  surface.text(`energy of the window, ${ofY.unit}`, 6, 12, { ...muted, align: 'left' });
  surface.text(`mean time of an inference, ${ofX.unit}`, right, HEIGHT - 8, { ...muted, align: 'right' });
  x.ticks.forEach((tick, i) => {
    surface.box(xAt(tick), ROOM.top, 1, bottom - ROOM.top, 'faint');
    surface.text(ofX.labels[i], xAt(tick), bottom + 13, { ...muted, align: 'centre' });
  });
  y.ticks.forEach((tick, i) => {
    surface.box(ROOM.left, yAt(tick), right - ROOM.left, 1, 'faint');
    surface.text(ofY.labels[i], ROOM.left - 6, yAt(tick), { ...muted, align: 'right' });
  });
  if (limitS !== null) {
    line(surface, [xAt(limitS), ROOM.top], [xAt(limitS), bottom], 'text');
    surface.text('deadline', xAt(limitS) - 4, ROOM.top + 8, {
      ink: 'text',
      size: TEXT - 1,
      align: 'right',
      plate: 'paper',
    });
  }
  drawReferences(surface, lines, right, bottom, yAt);
  drawFront(surface, paretoFront(points), xAt, yAt);
  drawPoints(surface, points, right, xAt, yAt);
}

function line(surface: Surface, from: readonly [number, number], to: readonly [number, number], ink: Ink): void {
  surface.begin();
  surface.move(...from);
  surface.line(...to);
  surface.stroke(ink, 1.5, [5, 4]);
}

type At = (value: number) => number;

/** Lines at oracle and bounds, each with its name clear of all of them: above the highest line, below the others. */
function drawReferences(surface: Surface, lines: ParetoChart['lines'], right: number, bottom: number, yAt: At): void {
  const heights = lines.map(({ energyJ }) => yAt(energyJ));
  const isClear = (y: number): boolean => heights.every((other) => Math.abs(other - y) >= TEXT / 2 + 2);
  const taken: number[] = [];
  for (const { name, energyJ, ink } of lines.toSorted((a, b) => b.energyJ - a.energyJ)) {
    const y = yAt(energyJ);
    line(surface, [ROOM.left, y], [right, y], ink);
    const isFree = (at: number): boolean => isClear(at) && taken.every((other) => Math.abs(other - at) >= TEXT);
    const step = TEXT / 2 + 3;
    const places = [-1, 1, -3, 3, -5, 5].map((by) => y + by * step).filter((at) => at > ROOM.top && at < bottom - 4);
    const at = (taken.length === 0 ? places : places.toSorted((a, b) => (b > y ? 1 : 0) - (a > y ? 1 : 0))).find(
      isFree,
    );
    if (at === undefined) continue;
    taken.push(at);
    const text = `${name} ${engineering(energyJ, 'J')}`;
    surface.text(text, ROOM.left + 4, at, { ink: 'text', size: TEXT - 1, align: 'left', plate: 'paper' });
  }
}

function drawFront(surface: Surface, front: readonly Point[], xAt: At, yAt: At): void {
  if (front.length < 2) return;
  surface.begin();
  front.forEach(({ latencyS, energyJ }, i) => {
    if (i === 0) surface.move(xAt(latencyS), yAt(energyJ));
    else {
      surface.line(xAt(latencyS), yAt(front[i - 1].energyJ));
      surface.line(xAt(latencyS), yAt(energyJ));
    }
  });
  surface.stroke('c0', 1.75);
}

function drawPoints(surface: Surface, points: readonly Point[], right: number, xAt: At, yAt: At): void {
  const taken = points.map(({ latencyS, energyJ }) => {
    return { left: xAt(latencyS) - 5, right: xAt(latencyS) + 5, y: yAt(energyJ) };
  });
  for (const { name, latencyS, energyJ, ink } of points) {
    const [x, y] = [xAt(latencyS), yAt(energyJ)];
    surface.box(x - 4, y - 4, 8, 8, ink);
    const wide = surface.widthOf(name, TEXT - 1);
    const isRight = x + 8 + wide < right;
    const left = isRight ? x + 8 : x - 8 - wide;
    // The first free height beside the dot, off the line of the front.
    const free = [-11, 11, 0, -24, 24, -37, 37].find(
      (by) =>
        !taken.some((other) => Math.abs(other.y - y - by) < TEXT && other.left < left + wide && left < other.right),
    );
    if (free === undefined) continue;
    taken.push({ left, right: left + wide, y: y + free });
    surface.text(name, isRight ? x + 8 : x - 8, y + free, {
      ink: 'text',
      size: TEXT - 1,
      align: isRight ? 'left' : 'right',
      plate: 'paper',
    });
  }
}
