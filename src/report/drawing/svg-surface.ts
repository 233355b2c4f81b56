import type { Ink } from '../data/palette.ts';
import { html, type Markup } from '../markup.ts';
import { HEAT_COLOURS } from '../pictures/heat-colours.ts';
import { pngDataUri } from '../pictures/png.ts';
import type { CellPicture, Surface, TextStyle } from './surface.ts';
import type { Theme } from './theme.ts';

/** Letters are about this share of the size wide. Only whether a text fits depends on it. */
const LETTER = 0.56;

/** Draws into a text of SVG 1.1 without external parts. */
export class SvgSurface implements Surface {
  private readonly parts: Markup[] = [];
  private readonly theme: Theme;
  private path = '';
  private clips = 0;
  private inClip = false;

  constructor(theme: Theme) {
    this.theme = theme;
  }

  /** The picture; its description stands for it where it cannot be seen. `widthMm` is its width on paper. */
  svg(width: number, height: number, description: string, widthMm: number | null = null): string {
    const [wide, high] =
      widthMm === null ? [String(width), String(height)] : [`${widthMm}mm`, `${tenths((widthMm * height) / width)}mm`];
    const size = html`width="${wide}" height="${high}" viewBox="0 0 ${width} ${height}"`;
    return html`<svg xmlns="http://www.w3.org/2000/svg" ${size} role="img" aria-label="${description}" font-family="Inter, system-ui, sans-serif">
<rect width="100%" height="100%" fill="${this.theme.paper}"/>
${this.parts}</svg>
`.markup;
  }

  begin(): void {
    this.path = '';
  }

  move(x: number, y: number): void {
    this.path += `M${tenths(x)} ${tenths(y)}`;
  }

  line(x: number, y: number): void {
    this.path += `L${tenths(x)} ${tenths(y)}`;
  }

  fill(ink: Ink, opacity = 1): void {
    if (this.path === '') return;
    this.add(html`<path d="${this.path}Z" fill="${this.theme[ink]}"${opacityOf(opacity)}/>`);
  }

  stroke(ink: Ink, width: number, dash: readonly number[] = []): void {
    if (this.path === '') return;
    const dashes = dash.length === 0 ? null : html` stroke-dasharray="${dash.join(' ')}"`;
    this.add(
      html`<path d="${this.path}" fill="none" stroke="${this.theme[ink]}" stroke-width="${width}" stroke-linejoin="round"${dashes}/>`,
    );
  }

  box(x: number, y: number, width: number, height: number, ink: Ink, opacity = 1): void {
    const place = html`x="${tenths(x)}" y="${tenths(y)}" width="${tenths(width)}" height="${tenths(height)}"`;
    this.add(html`<rect ${place} fill="${this.theme[ink]}"${opacityOf(opacity)}/>`);
  }

  cells(x: number, y: number, width: number, height: number, { rows, columns, levels }: CellPicture): void {
    const uri = pngDataUri({ width: columns, height: rows, pixels: levels, colours: HEAT_COLOURS });
    const place = html`x="${tenths(x)}" y="${tenths(y)}" width="${tenths(width)}" height="${tenths(height)}"`;
    this.add(html`<image href="${uri}" ${place} preserveAspectRatio="none" style="image-rendering:pixelated"/>`);
  }

  text(text: string, x: number, y: number, { ink, size, align, bold, plate }: TextStyle): void {
    const width = this.widthOf(text, size);
    if (plate) {
      const left = align === 'left' ? x - 3 : align === 'right' ? x - width - 3 : x - width / 2 - 3;
      this.box(left, y - size / 2 - 2, width + 6, size + 3, plate, 0.7);
    }
    const anchor = align === 'left' ? 'start' : align === 'right' ? 'end' : 'middle';
    const weight = bold ? html` font-weight="600"` : null;
    // The middle of the letters lies about 0.36 of the size above the baseline.
    this.add(
      html`<text x="${tenths(x)}" y="${tenths(y + 0.36 * size)}" font-size="${size}" text-anchor="${anchor}" fill="${this.theme[ink]}"${weight}>${text}</text>`,
    );
  }

  clip(x: number, y: number, width: number, height: number): void {
    const id = `clip${++this.clips}`;
    const place = html`x="${tenths(x)}" y="${tenths(y)}" width="${tenths(width)}" height="${tenths(height)}"`;
    this.add(html`<clipPath id="${id}"><rect ${place}/></clipPath>`);
    this.add(html`<g clip-path="url(#${id})">`);
    this.inClip = true;
  }

  unclip(): void {
    if (this.inClip) this.add(html`</g>`);
    this.inClip = false;
  }

  widthOf(text: string, size: number): number {
    return LETTER * size * text.length;
  }

  private add(part: Markup): void {
    this.parts.push({ markup: `${part.markup}\n` });
  }
}

function opacityOf(opacity: number): Markup | null {
  return opacity < 1 ? html` opacity="${opacity}"` : null;
}

function tenths(value: number): string {
  const text = value.toFixed(1);
  return text.endsWith('.0') ? text.slice(0, -2) : text;
}
