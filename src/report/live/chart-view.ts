/// <reference lib="dom" />
import type { Aside, TimeChart } from '../charts/time-chart.ts';
import { type Frame, frameOf, ROOM, timeAt, xAt } from '../drawing/frame.ts';
import type { Theme } from '../drawing/theme.ts';
import { cssColour } from '../drawing/theme.ts';
import { percent } from '../numbers.ts';
import { CanvasSurface } from './canvas-surface.ts';
import { captionOf, element } from './elements.ts';
import { dragged } from './pointer.ts';
import type { TimeState } from './time-state.ts';

/** A chart on the page: its canvas, its legend with the values at the cursor, and a line for the cursor. */
export class ChartView {
  readonly figure: HTMLElement;
  readonly chart: TimeChart;
  private readonly canvas: HTMLCanvasElement;
  private readonly cursor: HTMLElement;
  private readonly brush: HTMLElement;
  private readonly values: readonly HTMLElement[];
  /** The read-outs of the whole run, which take a pass over all values. */
  private readonly whole: readonly string[];
  private readonly state: TimeState;
  private width = 0;

  constructor(chart: TimeChart, state: TimeState, tools: HTMLElement) {
    this.chart = chart;
    this.state = state;
    this.canvas = element('canvas', { role: 'img', 'aria-label': chart.label });
    this.cursor = element('div', { class: 'cursor', hidden: true });
    this.brush = element('div', { class: 'brush', hidden: true });
    this.whole = chart.readout(null);
    this.values = chart.legend.map(() => element('b'));
    const items = chart.legend.map(({ name, ink, shape }, i) => {
      const key = element('span', { class: `key ${shape}` });
      key.style.setProperty('--key', cssColour(ink));
      return element('li', {}, key, `${name} `, this.values[i]);
    });
    const plot = element('div', { class: 'canvas' }, this.canvas, this.brush, this.cursor);
    plot.style.height = `${chart.height}px`;
    this.figure = element(
      'figure',
      { class: 'chart', id: `chart-${chart.id}` },
      captionOf(chart.title, chart.unit, chart.note, tools),
      plot,
      element('ul', { class: 'legend' }, ...items),
      ...(chart.aside ?? []).map(asideElement),
    );
    this.listen(plot);
  }

  /** Draws the chart as wide as it stands on the page. */
  draw(width: number, scale: number, theme: Theme): void {
    this.width = width;
    const { height } = this.chart;
    this.canvas.style.width = `${width}px`;
    this.canvas.style.height = `${height}px`;
    this.chart.draw(new CanvasSurface(this.canvas, width, height, scale, theme), this.frame());
    this.point();
  }

  /** Moves the cursor and shows the values there. */
  point(): void {
    const { cursorS, fromS, toS } = this.state;
    const inside = cursorS !== null && cursorS >= fromS && cursorS <= toS;
    this.cursor.hidden = !inside;
    if (inside) this.cursor.style.transform = `translateX(${xAt(this.frame(), cursorS).toFixed(1)}px)`;
    const texts = inside ? this.chart.readout(cursorS) : this.whole;
    texts.forEach((text, i) => {
      if (this.values[i].textContent !== text) this.values[i].textContent = text;
    });
  }

  /** The values as they stand in the legend. */
  spoken(): string {
    const values = this.chart.legend.map(({ name }, i) => `${name} ${this.values[i].textContent}`);
    return `${this.chart.title}: ${values.join(', ')}`;
  }

  private frame(): Frame {
    return frameOf(this.width, this.chart.height, this.state.fromS, this.state.toS);
  }

  private listen(plot: HTMLElement): void {
    const { state } = this;
    const at = (event: { readonly clientX: number }): number =>
      timeAt(this.frame(), event.clientX - plot.getBoundingClientRect().left);
    plot.addEventListener('pointermove', (event) => state.point(at(event)));
    plot.addEventListener('pointerdown', (event) => state.point(at(event)));
    plot.addEventListener('dblclick', (event) => state.zoom(4, at(event)));
    plot.addEventListener(
      'wheel',
      (event) => {
        if (!event.ctrlKey && !event.shiftKey) return;
        event.preventDefault();
        state.zoom(event.deltaY + event.deltaX > 0 ? 1.25 : 0.8, at(event));
      },
      { passive: false },
    );
    dragged(plot, {
      move: (from, to) => {
        const [left, right] = [Math.max(ROOM.left, Math.min(from, to)), Math.max(from, to)];
        this.brush.hidden = false;
        this.brush.style.left = `${left}px`;
        this.brush.style.width = `${Math.max(0, Math.min(right, this.width - ROOM.right) - left)}px`;
      },
      end: (from, to) => {
        this.brush.hidden = true;
        const frame = this.frame();
        const times = [timeAt(frame, Math.min(from, to)), timeAt(frame, Math.max(from, to))];
        state.show(Math.max(state.fromS, times[0]), Math.min(state.toS, times[1]));
      },
      cancel: () => {
        this.brush.hidden = true;
      },
    });
  }
}

/** Shares as a list of bars. */
function asideElement({ title, rows }: Aside): HTMLElement {
  const items = rows.map(({ label, share }) => {
    const bar = element('span', { class: 'share' });
    bar.style.width = `${(8 * share).toFixed(2)}em`;
    return element('li', {}, bar, ` ${label} `, element('b', {}, percent(share)));
  });
  return element('div', { class: 'aside' }, element('span', {}, title), element('ul', {}, ...items));
}
