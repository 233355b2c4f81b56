/// <reference lib="dom" />
import type { Ink } from '../data/palette.ts';
import type { CellPicture, Surface, TextStyle } from '../drawing/surface.ts';
import type { Theme } from '../drawing/theme.ts';
import { HEAT_COLOURS } from '../pictures/heat-colours.ts';

const FAMILY = 'system-ui, sans-serif';

/** Widths of texts, which canvases measure slowly. */
const WIDTHS = new Map<string, number>();
const MOST_WIDTHS = 4096;

/** Draws on a canvas. The canvas has `scale` pixels for each unit of length. */
export class CanvasSurface implements Surface {
  private readonly to: CanvasRenderingContext2D;
  private readonly theme: Theme;

  /** Clears the canvas and makes it this large. */
  constructor(canvas: HTMLCanvasElement, width: number, height: number, scale: number, theme: Theme) {
    const [w, h] = [Math.round(width * scale), Math.round(height * scale)];
    if (canvas.width !== w) canvas.width = w;
    if (canvas.height !== h) canvas.height = h;
    this.to = canvas.getContext('2d')!;
    this.theme = theme;
    this.to.setTransform(scale, 0, 0, scale, 0, 0);
    this.to.fillStyle = theme.paper;
    this.to.fillRect(0, 0, width, height);
    this.to.lineJoin = 'round';
    this.to.textBaseline = 'middle';
  }

  begin(): void {
    this.to.beginPath();
  }

  move(x: number, y: number): void {
    this.to.moveTo(x, y);
  }

  line(x: number, y: number): void {
    this.to.lineTo(x, y);
  }

  fill(ink: Ink, opacity = 1): void {
    this.to.globalAlpha = opacity;
    this.to.fillStyle = this.theme[ink];
    this.to.fill();
    this.to.globalAlpha = 1;
  }

  stroke(ink: Ink, width: number, dash: readonly number[] = []): void {
    this.to.strokeStyle = this.theme[ink];
    this.to.lineWidth = width;
    this.to.setLineDash([...dash]);
    this.to.stroke();
  }

  box(x: number, y: number, width: number, height: number, ink: Ink, opacity = 1): void {
    this.to.globalAlpha = opacity;
    this.to.fillStyle = this.theme[ink];
    this.to.fillRect(x, y, width, height);
    this.to.globalAlpha = 1;
  }

  cells(x: number, y: number, width: number, height: number, { rows, columns, levels }: CellPicture): void {
    const image = new ImageData(columns, rows);
    for (let i = 0; i < levels.length; i++) {
      const [red, green, blue] = HEAT_COLOURS[levels[i]];
      image.data[4 * i] = red;
      image.data[4 * i + 1] = green;
      image.data[4 * i + 2] = blue;
      image.data[4 * i + 3] = 255;
    }
    const small = document.createElement('canvas');
    small.width = columns;
    small.height = rows;
    small.getContext('2d')!.putImageData(image, 0, 0);
    this.to.imageSmoothingEnabled = false;
    this.to.drawImage(small, x, y, width, height);
  }

  text(text: string, x: number, y: number, { ink, size, align, bold, plate }: TextStyle): void {
    this.to.font = `${bold ? '600 ' : ''}${size}px ${FAMILY}`;
    if (plate) {
      const width = this.to.measureText(text).width + 6;
      const left = align === 'left' ? x - 3 : align === 'right' ? x + 3 - width : x - width / 2;
      this.box(left, y - size / 2 - 2, width, size + 3, plate, 0.7);
    }
    this.to.textAlign = align === 'centre' ? 'center' : align;
    this.to.fillStyle = this.theme[ink];
    this.to.fillText(text, x, y);
  }

  clip(x: number, y: number, width: number, height: number): void {
    this.to.save();
    this.to.beginPath();
    this.to.rect(x, y, width, height);
    this.to.clip();
  }

  unclip(): void {
    this.to.restore();
  }

  widthOf(text: string, size: number): number {
    const key = `${size} ${text}`;
    const known = WIDTHS.get(key);
    if (known !== undefined) return known;
    this.to.font = `${size}px ${FAMILY}`;
    const { width } = this.to.measureText(text);
    if (WIDTHS.size >= MOST_WIDTHS) WIDTHS.clear();
    WIDTHS.set(key, width);
    return width;
  }
}
