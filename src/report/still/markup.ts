import { SvgSurface } from '../drawing/svg-surface.ts';
import { cssColour, LIGHT, type Theme } from '../drawing/theme.ts';
import { html, type Markup } from '../markup.ts';
import { barLegend, barRows } from './bar-rows.ts';
import { SCRIPT, SCRIPT_HASH } from './script.ts';
import type { Still } from './stills.ts';
import { stillFigure } from './stills.ts';

/** Lets a page run the script of its figures and no other, and load nothing, so that a mistake would show as a hole. */
export const STILLS_POLICY = `default-src 'none'; img-src data: blob:; style-src 'unsafe-inline'; script-src '${SCRIPT_HASH}'`;

/** The colours of the page, which follows the reader's choice of light or dark. */
const PAGE_THEME: Theme = Object.fromEntries(Object.keys(LIGHT).map((ink) => [ink, cssColour(ink)])) as Theme;

/** Widths of pictures on wide and on narrow screens, px; the page's style shows the one that fits. */
const WIDTHS = [
  ['wide', 860],
  ['narrow', 350],
] as const;

/** A figure as it stands without scripts. `stillsScript` adds the buttons that save it. */
export function stillMarkup(still: Still): Markup {
  const body = still.kind === 'bars' ? [barLegend(still), barRows(still)] : pictures(still);
  return html`<figure class="chart" id="chart-${still.id}"><figcaption><span>${still.title}</span> <span class="note">${still.note}</span></figcaption>
${body}
</figure>
`;
}

function pictures(still: Still): Markup[] {
  const figure = stillFigure(still);
  return WIDTHS.map(([name, width]) => {
    const surface = new SvgSurface(PAGE_THEME);
    figure.draw(surface, width);
    const svg = { markup: surface.svg(width, figure.height(width), figure.label) };
    return html`<div class="still ${name}">${svg}</div>`;
  });
}

/** The data of a page's figures, and the script that lets a reader save each as SVG, PNG and CSV. */
export function stillsScript(stills: readonly Still[]): Markup {
  const json = JSON.stringify(stills).replaceAll('<', '\\u003c');
  return html`<script type="application/json" id="stills">${{ markup: json }}</script>
<script>${{ markup: SCRIPT }}</script>
`;
}
