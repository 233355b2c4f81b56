import { html, type Markup } from '../markup.ts';
import { heatColours } from './heat-colours.ts';
import { pngDataUri } from './png.ts';
import {
  type BoxMark,
  type CellsMark,
  HEAT_LEVELS,
  type Ink,
  type Rectangle,
  type Scene,
  type TextMark,
} from './scene.ts';

/** Pixels per unit where nothing else determines the size of the picture. */
const PIXELS = 1.5;

const COLOURS: Readonly<Record<Ink, string>> = {
  paper: '#fff',
  ink: '#1b1b1b',
  muted: '#6b7280',
  block: '#e3ebf4',
  over: '#fff',
};

/** The colour of each level of heat. */
export const SCENE_HEAT = heatColours(HEAT_LEVELS);

/** The font that comes with the package, and what a browser has if it lacks it. */
const FONT = 'Inter, system-ui, sans-serif';

/** A picture as SVG 1.1 text without external parts; cells are an embedded image. */
export function sceneSvg({ width, height, marks }: Scene, description: string): string {
  const size = html`width="${round(width * PIXELS)}" height="${round(height * PIXELS)}"`;
  return html`<svg xmlns="http://www.w3.org/2000/svg" ${size} viewBox="0 0 ${round(width)} ${round(height)}" role="img" aria-label="${description}" font-family="${FONT}">
<rect width="100%" height="100%" fill="${COLOURS.paper}"/>
${marks.map((mark) => (mark.kind === 'cells' ? cells(mark) : mark.kind === 'box' ? box(mark) : text(mark)))}</svg>
`.markup;
}

function cells({ rows, columns, levels, ...at }: CellsMark): Markup {
  const uri = pngDataUri({ width: columns, height: rows, pixels: levels, colours: SCENE_HEAT });
  return html`<image href="${uri}" ${place(at)} preserveAspectRatio="none" image-rendering="optimizeSpeed"/>
`;
}

/** Outlines over heat are white inside black, so that they show on every colour. */
function box({ fill, stroke, title, ...at }: BoxMark): Markup {
  // SVG does not draw a rectangle without width, but it draws a line.
  if (stroke !== null && at.width * at.height === 0) return stroked(at, COLOURS[stroke]);
  const inside = fill === null ? 'none' : COLOURS[fill];
  const outline = (colour: string, width: number, opacity: number): Markup =>
    html`<rect ${place(at)} fill="${inside}" stroke="${colour}" stroke-width="${width}" stroke-opacity="${opacity}"`;
  const end = title === undefined ? html`/>` : html`><title>${title}</title></rect>`;
  if (stroke === null)
    return html`<rect ${place(at)} fill="${inside}"${end}
`;
  if (stroke !== 'over')
    return html`${outline(COLOURS[stroke], 0.8, 1)}${end}
`;
  return html`${outline('#000', 1.4, 0.5)}/>${outline('#fff', 0.6, 0.9)} pointer-events="all"${end}
`;
}

function stroked({ x, y, width, height }: Rectangle, colour: string): Markup {
  return html`<path d="M${round(x)} ${round(y)}L${round(x + width)} ${round(y + height)}" stroke="${colour}" stroke-width="0.8"/>
`;
}

/** Letters are about 0.7 of the size high. Half of that lies between their middle and the baseline. */
function text({ text: content, x, y, anchor, upright, size, ink }: TextMark): Markup {
  const down = round(0.35 * size);
  const at = upright
    ? html`transform="translate(${round(x)} ${round(y)}) rotate(-90)" y="${down}"`
    : html`x="${round(x)}" y="${round(y + 0.35 * size)}"`;
  const halo =
    ink === 'over' ? html` stroke="#000" stroke-opacity="0.6" stroke-width="1.6" paint-order="stroke"` : null;
  return html`<text ${at} font-size="${round(size)}" text-anchor="${anchor}" fill="${COLOURS[ink]}"${halo} pointer-events="none">${content}</text>
`;
}

function place({ x, y, width, height }: Rectangle): Markup {
  return html`x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}"`;
}

/** Two decimals, which is finer than any screen shows. */
function round(value: number): number {
  return Number(value.toFixed(2));
}
