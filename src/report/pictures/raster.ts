import { GLYPH, glyphRows } from './font.ts';
import { heatColours, type Rgb } from './heat-colours.ts';
import type { IndexedImage } from './png.ts';
import { type BoxMark, type CellsMark, HEAT_LEVELS, type Ink, type Scene, TEXT_SIZE, type TextMark } from './scene.ts';

export const SCENE_HEAT = heatColours(HEAT_LEVELS);

/** Indices into the palette. */
const INDEX = { paper: HEAT_LEVELS, ink: HEAT_LEVELS + 1, muted: HEAT_LEVELS + 2, block: HEAT_LEVELS + 3 } as const;
const [WHITE, BLACK] = [HEAT_LEVELS + 4, HEAT_LEVELS + 5];

const COLOURS: readonly Rgb[] = [
  ...SCENE_HEAT,
  [255, 255, 255],
  [27, 27, 27],
  [107, 114, 128],
  [227, 235, 244],
  [255, 255, 255],
  [0, 0, 0],
];

/** From this level on heat is light, and black shows on it. */
const LIGHT = 0.62 * HEAT_LEVELS;

interface Canvas {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array;
  readonly zoom: number;
}

/** A picture as pixels, `zoom` (a whole number) per unit. Text sizes are rounded down to sizes of the font. */
export function sceneRaster(scene: Scene, zoom: number): IndexedImage {
  const [width, height] = [Math.round(scene.width * zoom), Math.round(scene.height * zoom)];
  const pixels = new Uint8Array(width * height).fill(INDEX.paper);
  const canvas = { width, height, pixels, zoom };
  for (const mark of scene.marks) {
    if (mark.kind === 'cells') drawCells(canvas, mark);
    else if (mark.kind === 'box') drawBox(canvas, mark);
    else drawText(canvas, mark);
  }
  return { width, height, pixels, colours: COLOURS };
}

/** Each pixel has the colour of the cell at its centre. */
function drawCells({ width, pixels, zoom }: Canvas, { rows, columns, levels, ...at }: CellsMark): void {
  const [x0, x1] = edges(at.x, at.width, zoom);
  const [y0, y1] = edges(at.y, at.height, zoom);
  const column = Int32Array.from({ length: x1 - x0 }, (_, i) => Math.floor(((i + 0.5) * columns) / (x1 - x0)));
  let above = -1;
  for (let y = y0; y < y1; y++) {
    const row = Math.floor(((y - y0 + 0.5) * rows) / (y1 - y0));
    const to = y * width + x0;
    if (row === above) pixels.copyWithin(to, to - width, to - width + column.length);
    else for (let i = 0; i < column.length; i++) pixels[to + i] = levels[row * columns + column[i]];
    above = row;
  }
}

/** Outlines lie on the edge's own pixels, so that those of neighbouring boxes coincide. */
function drawBox(canvas: Canvas, { fill, stroke, ...at }: BoxMark): void {
  const [x0, x1] = edges(at.x, at.width, canvas.zoom);
  const [y0, y1] = edges(at.y, at.height, canvas.zoom);
  if (fill !== null) fillPixels(canvas, x0, y0, x1, y1, fill);
  if (stroke === null) return;
  fillPixels(canvas, x0, y0, x1 + 1, y0 + 1, stroke);
  if (y1 > y0) fillPixels(canvas, x0, y1, x1 + 1, y1 + 1, stroke);
  fillPixels(canvas, x0, y0 + 1, x0 + 1, y1, stroke);
  if (x1 > x0) fillPixels(canvas, x1, y0 + 1, x1 + 1, y1, stroke);
}

function fillPixels({ pixels, ...canvas }: Canvas, x0: number, y0: number, x1: number, y1: number, ink: Ink): void {
  const [from, to] = [Math.max(0, x0), Math.min(canvas.width, x1)];
  for (let y = Math.max(0, y0); y < Math.min(canvas.height, y1); y++) {
    const row = y * canvas.width;
    if (ink !== 'over') pixels.fill(INDEX[ink], row + from, row + to);
    else for (let at = row + from; at < row + to; at++) pixels[at] = over(pixels[at]);
  }
}

function drawText(canvas: Canvas, { text, x, y, anchor, upright, size, ink }: TextMark): void {
  const scale = Math.floor((size * canvas.zoom) / TEXT_SIZE + 1e-9);
  if (scale < 1) return;
  const letters = [...text];
  const length = (letters.length * GLYPH.advance - 1) * scale;
  const share = { start: 0, middle: 0.5, end: 1 }[anchor];
  const along = -Math.round(length * share);
  const across = -Math.round((GLYPH.height * scale) / 2);
  const [originX, originY] = [Math.round(x * canvas.zoom), Math.round(y * canvas.zoom)];
  letters.forEach((letter, i) => {
    glyphRows(letter).forEach((bits, row) => {
      for (let column = 0; column < GLYPH.width; column++) {
        if (((bits >> (GLYPH.width - 1 - column)) & 1) === 0) continue;
        const u = along + (i * GLYPH.advance + column) * scale;
        const v = across + row * scale;
        const [px, py] = upright ? [originX + v, originY - u - scale] : [originX + u, originY + v];
        fillPixels(canvas, px, py, px + scale, py + scale, ink);
      }
    });
  });
}

/** The colour over heat. Pixels already drawn over heat, such as another outline, keep their colour. */
function over(below: number): number {
  if (below === WHITE || below === BLACK) return below;
  return below < LIGHT ? WHITE : BLACK;
}

/** The first pixel, and the one after the last. */
function edges(from: number, extent: number, zoom: number): [number, number] {
  return [Math.round(from * zoom), Math.round((from + extent) * zoom)];
}
