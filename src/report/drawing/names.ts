import { type Surface, TEXT } from './surface.ts';

/** A square at a point, with a name. */
export interface Dot {
  readonly name: string;
  readonly x: number;
  readonly y: number;
  /** Half the side of the square. */
  readonly half: number;
}

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

const SIZE = TEXT - 1;

/** How far above or below its dot a name may stand, the best place first. */
const HEIGHTS = [-11, 11, 0, -24, 24, -37, 37];

/**
 * Writes the names of dots where nothing else stands: beside the dot, within `room`, off other dots and names. The first dots choose
 * first; a name without a place is left out, and so are names after the first `most`.
 */
export function drawNames(surface: Surface, dots: readonly Dot[], room: Box, most = Number.POSITIVE_INFINITY): void {
  const taken: Box[] = dots.map(({ x, y, half }) => ({
    left: x - half,
    right: x + half,
    top: y - half,
    bottom: y + half,
  }));
  let left = most;
  for (const dot of dots) {
    if (left <= 0) return;
    const place = placesOf(surface, dot).find(
      ({ box }) => isWithin(box, room) && !taken.some((other) => meet(box, other)),
    );
    if (!place) continue;
    left--;
    taken.push(place.box);
    const { at, align, box } = place;
    surface.text(dot.name, at, (box.top + box.bottom) / 2, { ink: 'text', size: SIZE, align, plate: 'paper' });
  }
}

function placesOf(surface: Surface, { name, x, y, half }: Dot) {
  const wide = surface.widthOf(name, SIZE);
  const [right, left] = [x + half + 4, x - half - 4];
  return HEIGHTS.flatMap((by) => {
    const [top, bottom] = [y + by - SIZE / 2 - 1, y + by + SIZE / 2 + 1];
    return [
      { at: right, align: 'left', box: { left: right, right: right + wide, top, bottom } },
      { at: left, align: 'right', box: { left: left - wide, right: left, top, bottom } },
    ] as const;
  });
}

function isWithin(box: Box, room: Box): boolean {
  return box.left >= room.left && box.right <= room.right && box.top >= room.top && box.bottom <= room.bottom;
}

function meet(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}
