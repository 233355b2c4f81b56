/// <reference lib="dom" />
import { type Figure, tableCsv } from '../charts/figure.ts';
import { SvgSurface } from '../drawing/svg-surface.ts';
import { LIGHT } from '../drawing/theme.ts';
import { CanvasSurface } from './canvas-surface.ts';
import { button, element } from './elements.ts';

/** Width of a downloaded figure in CSS pixels, and pixels of its PNG for each of them. */
const WIDTH = 720;
const PNG_SCALE = 3;

/** Buttons that save a figure as it stands: SVG, PNG, and its numbers as CSV. Saved figures are light. */
export function toolsFor(name: string, figure: () => Figure): HTMLElement {
  return element(
    'span',
    { class: 'tools' },
    button('SVG', `Save ${name} as SVG`, () => saveSvg(figure())),
    button('PNG', `Save ${name} as PNG`, () => savePng(figure())),
    button('CSV', `Save the numbers of ${name} as CSV`, () => saveCsv(figure())),
  );
}

/** Adds these buttons to a figure that the page has. */
export function offerDownloads(id: string, name: string, figure: () => Figure): void {
  document.querySelector(`#${CSS.escape(`chart-${id}`)} figcaption`)?.append(toolsFor(name, figure));
}

function saveSvg(figure: Figure): void {
  const surface = new SvgSurface(LIGHT);
  figure.draw(surface, WIDTH);
  save(
    `${figure.id}.svg`,
    new Blob([surface.svg(WIDTH, figure.height(WIDTH), figure.label)], { type: 'image/svg+xml' }),
  );
}

function savePng(figure: Figure): void {
  const canvas = document.createElement('canvas');
  figure.draw(new CanvasSurface(canvas, WIDTH, figure.height(WIDTH), PNG_SCALE, LIGHT), WIDTH);
  canvas.toBlob((blob) => {
    if (blob) save(`${figure.id}.png`, blob);
  });
}

function saveCsv(figure: Figure): void {
  save(`${figure.id}.csv`, new Blob([tableCsv(figure.table())], { type: 'text/csv' }));
}

function save(name: string, blob: Blob): void {
  const href = URL.createObjectURL(blob);
  element('a', { href, download: name }).click();
  URL.revokeObjectURL(href);
}
