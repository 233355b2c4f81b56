/// <reference lib="dom" />
import type { Figure } from '../charts/figure.ts';
import { CanvasSurface } from './canvas-surface.ts';
import { captionOf, element } from './elements.ts';
import { currentTheme, onThemeChange } from './themes.ts';
import { toolsFor } from './tools.ts';

/** A figure that stands still, as wide as its place allows. */
export function figureView(host: HTMLElement, figure: Figure): void {
  const canvas = element('canvas', { role: 'img', 'aria-label': figure.label });
  const caption = captionOf(
    figure.title,
    '',
    figure.note ?? '',
    toolsFor(figure.title, () => figure),
  );
  host.replaceChildren(element('figure', { class: 'chart', id: `chart-${figure.id}` }, caption, canvas));
  const draw = (): void => {
    const width = Math.max(200, Math.min(720, host.clientWidth));
    const height = figure.height(width);
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
    const scale = Math.min(3, Math.max(1, devicePixelRatio));
    figure.draw(new CanvasSurface(canvas, width, height, scale, currentTheme()), width);
  };
  new ResizeObserver(draw).observe(host);
  onThemeChange(draw);
  draw();
}
