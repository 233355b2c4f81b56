import type { CellPicture, Surface, TextStyle } from '../../../src/report/drawing/surface.ts';

type Point = readonly [number, number];

/** Notes what a chart draws. Points have one decimal. */
export class Recorder implements Surface {
  readonly fills: { readonly ink: string; readonly points: readonly Point[] }[] = [];
  readonly strokes: { readonly ink: string; readonly points: readonly Point[] }[] = [];
  readonly boxes: { readonly ink: string; readonly at: readonly number[] }[] = [];
  readonly texts: string[] = [];
  readonly pictures: number[][] = [];
  private points: Point[] = [];

  begin(): void {
    this.points = [];
  }
  move(x: number, y: number): void {
    this.line(x, y);
  }
  line(x: number, y: number): void {
    this.points.push([Number(x.toFixed(1)), Number(y.toFixed(1))]);
  }
  fill(ink: string): void {
    this.fills.push({ ink, points: this.points });
  }
  stroke(ink: string): void {
    this.strokes.push({ ink, points: this.points });
  }
  box(x: number, y: number, width: number, height: number, ink: string): void {
    this.boxes.push({ ink, at: [x, y, width, height].map((value) => Number(value.toFixed(1))) });
  }
  text(text: string, _x: number, _y: number, _style: TextStyle): void {
    this.texts.push(text);
  }
  cells(_x: number, _y: number, _width: number, _height: number, { levels }: CellPicture): void {
    this.pictures.push([...levels]);
  }
  clip(): void {}
  unclip(): void {}
  widthOf(text: string): number {
    return 7 * text.length;
  }

  /** The points of the line in this ink; grids and axes have other inks than series. */
  lineIn(ink: string): readonly Point[] | undefined {
    return this.strokes.find((stroke) => stroke.ink === ink)?.points;
  }
}
