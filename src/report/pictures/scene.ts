/**
 * A picture as marks in units of about a pixel and a half, with x to the right and y down. svg.ts draws it.
 */
export interface Scene {
  readonly width: number;
  readonly height: number;
  readonly marks: readonly Mark[];
}

/** `over` is black or white, whichever shows on a heat map. */
export type Ink = 'paper' | 'ink' | 'muted' | 'block' | 'over';

export type Mark = CellsMark | BoxMark | TextMark;

/** Cells row by row from the top. Each is a level of heat from 0 to HEAT_LEVELS - 1. */
export interface CellsMark extends Rectangle {
  readonly kind: 'cells';
  readonly rows: number;
  readonly columns: number;
  readonly levels: Uint8Array;
}

/** A box. A line is a box without width or height. */
export interface BoxMark extends Rectangle {
  readonly kind: 'box';
  readonly fill: Ink | null;
  readonly stroke: Ink | null;
  /** A name that appears when one points at the box, or where it has no room. */
  readonly title?: string;
}

export interface TextMark {
  readonly kind: 'text';
  readonly text: string;
  /** The anchor, half-way up the letters. */
  readonly x: number;
  readonly y: number;
  readonly anchor: 'start' | 'middle' | 'end';
  /** Whether the text runs upwards, anchored in its middle. */
  readonly upright: boolean;
  readonly size: number;
  readonly ink: Ink;
}

export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Number of heat levels. */
export const HEAT_LEVELS = 250;

/** Height of a line of text, and the width of a letter relative to it: that of a wide text in Inter. */
export const TEXT_SIZE = 10;
export const LETTER_WIDTH = 0.6;

/** Names that would be smaller are omitted. */
const SMALLEST_TEXT = 4.5;

export function line(x: number, y: number, width: number, height: number, stroke: Ink): BoxMark {
  return { kind: 'box', x, y, width, height, fill: null, stroke };
}

export function label(x: number, y: number, text: string, anchor: TextMark['anchor'], ink: Ink = 'ink'): TextMark {
  return { kind: 'text', x, y, text, anchor, upright: false, size: TEXT_SIZE, ink };
}

export function textWidth(text: string, size = TEXT_SIZE): number {
  return [...text].length * LETTER_WIDTH * size;
}

/** The name centred in a box, as large as it fits and upright where that makes it larger; null if it has no room. */
export function fittedName(name: string, { x, y, width, height }: Rectangle, ink: Ink): TextMark | null {
  const perSize = textWidth(name, 1);
  const sizeIn = (along: number, across: number): number =>
    Math.min(TEXT_SIZE, (along - 3) / perSize, (across - 1) / 1.1);
  const [level, upright] = [sizeIn(width, height), sizeIn(height, width)];
  const size = Math.max(level, upright);
  if (size < SMALLEST_TEXT) return null;
  const at = { x: x + width / 2, y: y + height / 2 };
  return { kind: 'text', text: name, ...at, anchor: 'middle', upright: upright > level, size, ink };
}
