import type { Ink } from '../data/palette.ts';
import { type Surface, TEXT } from './surface.ts';

/** A colour and what it stands for. */
export interface Entry {
  readonly ink: Ink;
  readonly text: string;
}

const ROW = 18;

/** Texts longer than this are sentences, which need a row each. */
const SENTENCE = 40;

function perRow(entries: readonly Entry[], width: number): number {
  if (entries.some(({ text }) => text.length > SENTENCE)) return 1;
  return Math.max(1, Math.floor(width / 190));
}

export function legendHeight(entries: readonly Entry[], width: number): number {
  return ROW * Math.ceil(entries.length / perRow(entries, width));
}

/** Draws a legend whose first row begins at `top`. */
export function drawLegend(surface: Surface, entries: readonly Entry[], top: number, width: number): void {
  const columns = perRow(entries, width);
  entries.forEach(({ ink, text }, i) => {
    const x = 10 + (i % columns) * (width / columns);
    const y = top + ROW * (Math.floor(i / columns) + 0.5);
    surface.box(x, y - 4, 8, 8, ink);
    const room = width / columns - 25;
    surface.text(fitted(surface, text, TEXT - 1, room), x + 13, y, { ink: 'text', size: TEXT - 1, align: 'left' });
  });
}

/** The text, or as much of its beginning as the width has room for, with an ellipsis. */
export function fitted(surface: Surface, text: string, size: number, width: number): string {
  if (surface.widthOf(text, size) <= width) return text;
  let [low, high] = [0, text.length];
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (surface.widthOf(`${text.slice(0, middle)}…`, size) <= width) low = middle;
    else high = middle - 1;
  }
  return `${text.slice(0, low)}…`;
}
