import type { Figure } from '../charts/figure.ts';
import type { Ink } from '../data/palette.ts';
import { type Box, boxesAlong, drawNames, placedText } from '../drawing/names.ts';
import { type Surface, TEXT } from '../drawing/surface.ts';
import { engineering } from '../numbers.ts';
import { greatest, least } from '../reductions.ts';
import { along, axisLabels, roundAxis } from '../scale.ts';

const ROOM = { left: 52, right: 14, top: 28, bottom: 40 };
const HEIGHT = 320;
/** From a line to the middle of its name. */
const BESIDE = TEXT / 2 + 3;
/** A deadline or a late row this much longer than the slowest row in time is off the axis: it would squeeze all others to the left. */
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
  const { reachS, limitS } = reachOf(points, deadlineS);
  const near = points.filter(({ latencyS }) => latencyS <= reachS);
  const times = [...near.map(({ latencyS }) => latencyS), ...(limitS === null ? [] : [limitS])];
  const energies = [...points.map(({ energyJ }) => energyJ), ...lines.map(({ energyJ }) => energyJ)];
  const x = roundAxis(least(times), Math.max(...times), Math.max(2, Math.floor(width / 110)));
  const y = roundAxis(lowEnd(energies, lines), Math.max(...energies), 5);
  const [right, bottom] = [width - ROOM.right, HEIGHT - ROOM.bottom];
  const xAt = (value: number): number => ROOM.left + (right - ROOM.left) * Math.min(1, along(x, value));
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
  // The names of the lines stand over the front, which may pass below them.
  const taken: Box[] = [...drawFront(surface, paretoFront(points), xAt, yAt)];
  if (limitS !== null) {
    const ends = [
      [xAt(limitS), ROOM.top],
      [xAt(limitS), bottom],
    ] as const;
    line(surface, ...ends, 'text');
    taken.push(...boxesAlong(ends));
    const isRight = xAt(limitS) - ROOM.left < 70;
    const style = { ink: 'text', size: TEXT - 1, align: isRight ? 'left' : 'right', plate: 'paper' } as const;
    taken.push(placedText(surface, 'deadline', xAt(limitS) + (isRight ? 5 : -5), ROOM.top + 8, style));
  }
  taken.push(...drawReferences(surface, lines, right, bottom, yAt));
  drawPoints(surface, points, reachS, { left: ROOM.left, right, top: ROOM.top - 6, bottom }, taken, xAt, yAt);
}

function line(surface: Surface, from: readonly [number, number], to: readonly [number, number], ink: Ink): void {
  surface.begin();
  surface.move(...from);
  surface.line(...to);
  surface.stroke(ink, 1.5, [5, 4]);
}

/** The low end of the energies, with room below the lowest line for the names of lines. */
function lowEnd(energies: readonly number[], lines: ParetoChart['lines']): number {
  const [low, high] = [least(energies), Math.max(...energies)];
  const onLine = lines.some(({ energyJ }) => energyJ < low + 0.2 * (high - low));
  return onLine ? Math.max(0, low - 0.2 * (high - low)) : low;
}

/** The longest time on the axis, and the deadline if it is there. */
function reachOf(points: readonly Point[], deadlineS: number | null): { reachS: number; limitS: number | null } {
  const fair = points.filter(({ isFair }) => isFair);
  const slowestS = greatest((fair.length > 0 ? fair : points).map(({ latencyS }) => latencyS));
  const limitS = deadlineS !== null && deadlineS < FAR * slowestS ? deadlineS : null;
  return { reachS: FAR * Math.max(slowestS, limitS ?? 0), limitS };
}

type At = (value: number) => number;

/**
 * Lines at oracle and bounds, each with its name clear of all of them: above the highest line, below the others, in the order of the
 * lines. A name that finds no room below stands behind the last one, or is left out. Returns their places.
 */
function drawReferences(surface: Surface, lines: ParetoChart['lines'], right: number, bottom: number, yAt: At): Box[] {
  const places: Box[] = [];
  const levels = lines.map(({ energyJ }) => yAt(energyJ));
  const isClear = (y: number): boolean =>
    y > ROOM.top && y < bottom - TEXT / 2 && levels.every((other) => Math.abs(other - y) >= TEXT / 2 + 2);
  let last: { readonly at: number; readonly end: number } | undefined;
  for (const { name, energyJ, ink } of lines.toSorted((a, b) => b.energyJ - a.energyJ)) {
    const ends = [ROOM.left, right].map((x) => [x, yAt(energyJ)] as const);
    line(surface, ends[0], ends[1], ink);
    places.push(...boxesAlong(ends));
    const [, y] = ends[0];
    const from = last === undefined ? y + BESIDE : Math.max(y + BESIDE, last.at + TEXT);
    const below = Array.from({ length: 2 * TEXT }, (_, i) => from + i);
    const at: number | undefined = [...(last ? [] : [y - BESIDE]), ...below].find(isClear) ?? last?.at;
    if (at === undefined) continue;
    const x = last?.at === at ? last.end + TEXT : ROOM.left + 4;
    const text = `${name} ${engineering(energyJ, 'J')}`;
    if (x + surface.widthOf(text, TEXT - 1) > right) continue;
    const style = { ink: 'text', size: TEXT - 1, align: 'left', plate: 'paper' } as const;
    const place = placedText(surface, text, x, at, style);
    places.push(place);
    last = { at, end: place.right };
  }
  return places;
}

/** The stairs of the front. Returns their places. */
function drawFront(surface: Surface, front: readonly Point[], xAt: At, yAt: At): Box[] {
  if (front.length < 2) return [];
  const corners = front.flatMap(({ latencyS, energyJ }, i): (readonly [number, number])[] => [
    ...(i === 0 ? [] : [[xAt(latencyS), yAt(front[i - 1].energyJ)] as const]),
    [xAt(latencyS), yAt(energyJ)],
  ]);
  surface.begin();
  corners.forEach(([x, y], i) => {
    if (i === 0) surface.move(x, y);
    else surface.line(x, y);
  });
  surface.stroke('c0', 1.75);
  return boxesAlong(corners);
}

/** A row beyond the axis stands at its end, with its time beside its name. */
function drawPoints(
  surface: Surface,
  points: readonly Point[],
  reachS: number,
  room: Box,
  taken: readonly Box[],
  xAt: At,
  yAt: At,
): void {
  const dots = points.map(({ name, latencyS, energyJ }) => ({
    name: latencyS > reachS ? `${name}, ${engineering(latencyS, 's')} →` : name,
    x: xAt(latencyS),
    y: yAt(energyJ),
    half: 4,
  }));
  dots.forEach(({ x, y }, i) => {
    surface.box(x - 4, y - 4, 8, 8, points[i].ink);
  });
  drawNames(surface, dots, room, { taken });
}
