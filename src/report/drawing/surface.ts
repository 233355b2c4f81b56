import type { Ink } from '../data/palette.ts';

/** A surface that charts draw on: a canvas, or a text of SVG. Lengths in CSS pixels from the top left corner. */
export interface Surface {
  /** Begins a new path. */
  begin(): void;
  move(x: number, y: number): void;
  line(x: number, y: number): void;
  /** Fills the path; the path stays. */
  fill(ink: Ink, opacity?: number): void;
  stroke(ink: Ink, width: number, dash?: readonly number[]): void;
  box(x: number, y: number, width: number, height: number, ink: Ink, opacity?: number): void;
  /** A picture of `rows` x `columns` cells, row by row from the top, in the colours of the heat map. */
  cells(x: number, y: number, width: number, height: number, picture: CellPicture): void;
  text(text: string, x: number, y: number, style: TextStyle): void;
  /** Draws only within this rectangle until `unclip`. */
  clip(x: number, y: number, width: number, height: number): void;
  unclip(): void;
  /** The width of a text. */
  widthOf(text: string, size: number): number;
}

export interface CellPicture {
  readonly rows: number;
  readonly columns: number;
  /** Indices into `HEAT_COLOURS`. */
  readonly levels: Uint8Array;
}

export interface TextStyle {
  readonly ink: Ink;
  readonly size: number;
  readonly align: 'left' | 'centre' | 'right';
  readonly bold?: boolean;
  /** A plate of this ink behind the text, so that it reads on lines. */
  readonly plate?: Ink;
}

/** The size of most texts. */
export const TEXT = 12;
