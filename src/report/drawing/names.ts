import { type Surface, TEXT, type TextStyle } from './surface.ts';

/** A square at a point, with a name. */
export interface Dot {
  readonly name: string;
  readonly x: number;
  readonly y: number;
  /** Half the side of the square. */
  readonly half: number;
}

/** A place that is taken, or the room for all. */
export interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

const SIZE = TEXT - 1;

/** How far above or below its dot a name may stand, the best place first. */
const HEIGHTS = [-11, 11, 0, -24, 24, -37, 37, -50, 50];

/** A name that stands farther above or below its dot is joined to it by a line. */
const BESIDE = 11;

/** Places that names keep clear, and how many names are written at most. */
interface NameOptions {
  readonly taken?: readonly Box[];
  readonly most?: number;
}

/**
 * Writes the names of dots where nothing else stands: beside the dot, above or below it, within `room`, off other dots, names and taken
 * places. The first dots choose first; a name without a place is left out, and so are names after the first `most`.
 */
export function drawNames(surface: Surface, dots: readonly Dot[], room: Box, options: NameOptions = {}): void {
  const taken: Box[] = [
    ...(options.taken ?? []),
    ...dots.map(({ x, y, half }) => ({ left: x - half, right: x + half, top: y - half, bottom: y + half })),
  ];
  let left = options.most ?? Number.POSITIVE_INFINITY;
  for (const dot of dots) {
    if (left <= 0) return;
    const place = placesOf(surface, dot).find(
      ({ box }) => isWithin(box, room) && !taken.some((other) => meet(box, other)),
    );
    if (!place) continue;
    left--;
    taken.push(place.box);
    const { at, align, box } = place;
    if (Math.abs(place.by) > BESIDE) drawLeader(surface, dot, at, place.by);
    surface.text(dot.name, at, (box.top + box.bottom) / 2, { ink: 'text', size: SIZE, align, plate: 'paper' });
  }
}

function placesOf(surface: Surface, { name, x, y, half }: Dot) {
  const wide = surface.widthOf(name, SIZE);
  const [right, left] = [x + half + 4, x - half - 4];
  return HEIGHTS.flatMap((by) => {
    const [top, bottom] = [y + by - SIZE / 2 - 1, y + by + SIZE / 2 + 1];
    return [
      { by, at: right, align: 'left', box: { left: right, right: right + wide, top, bottom } },
      { by, at: left, align: 'right', box: { left: left - wide, right: left, top, bottom } },
      // At the height of the dot this place is the dot's own, which is taken.
      { by, at: x, align: 'centre', box: { left: x - wide / 2, right: x + wide / 2, top, bottom } },
    ] as const;
  });
}

/** From the dot to the near end of its name. */
function drawLeader(surface: Surface, { x, y, half }: Dot, at: number, by: number): void {
  surface.begin();
  surface.move(x, y + Math.sign(by) * half);
  surface.line(at - Math.sign(at - x) * 2, y + by - Math.sign(by) * (SIZE / 2));
  surface.stroke('muted', 0.75);
}

/** Writes a text and returns its place, for names to keep clear. */
export function placedText(surface: Surface, text: string, x: number, y: number, style: TextStyle): Box {
  surface.text(text, x, y, style);
  const wide = surface.widthOf(text, style.size);
  const left = style.align === 'left' ? x : style.align === 'right' ? x - wide : x - wide / 2;
  return { left, right: left + wide, top: y - style.size / 2 - 1, bottom: y + style.size / 2 + 1 };
}

/** The places of straight lines through these points, which are level or upright. */
export function boxesAlong(points: readonly (readonly [x: number, y: number])[]): Box[] {
  return points.slice(1).map(([x, y], i) => {
    const [fromX, fromY] = points[i];
    return { left: Math.min(x, fromX), right: Math.max(x, fromX), top: Math.min(y, fromY), bottom: Math.max(y, fromY) };
  });
}

function isWithin(box: Box, room: Box): boolean {
  return box.left >= room.left && box.right <= room.right && box.top >= room.top && box.bottom <= room.bottom;
}

function meet(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}
