/// <reference lib="dom" />
import { drawOverview, hasLate, OVERVIEW_HEIGHT, overviewFrame, overviewUnit } from '../charts/overview.ts';
import type { RunModel } from '../data/model.ts';
import { type Frame, timeAt, xAt } from '../drawing/frame.ts';
import type { Theme } from '../drawing/theme.ts';
import { CanvasSurface } from './canvas-surface.ts';
import { captionOf, element } from './elements.ts';
import type { TimeState } from './time-state.ts';

/** Pixels around an end of the window in which a drag moves that end. */
const GRIP = 6;

/** The whole run in small, with a window on the stretch that the charts show. Dragging moves or resizes the window. */
export class OverviewView {
  readonly figure: HTMLElement;
  private readonly canvas: HTMLCanvasElement;
  private readonly window: HTMLElement;
  private readonly plot: HTMLElement;
  private readonly state: TimeState;
  private readonly model: RunModel;
  private width = 0;

  constructor(model: RunModel, state: TimeState) {
    this.model = model;
    this.state = state;
    const label = 'The whole run: total power, and the temperature of the hottest block';
    this.canvas = element('canvas', { role: 'img', 'aria-label': label });
    this.window = element('div', { class: 'window' });
    this.plot = element('div', { class: 'canvas' }, this.canvas, this.window);
    this.plot.style.height = `${OVERVIEW_HEIGHT}px`;
    const hot = model.temperature.length > 0 ? '; orange: the hottest block' : '';
    const late = hasLate(model) ? '; marks above: late inferences' : '';
    const note = `blue: total power in ${overviewUnit(model)}${hot}${late}; drag the frame to move the charts below`;
    this.figure = element(
      'figure',
      { class: 'chart overview', id: 'chart-overview' },
      captionOf('The whole run', '', note),
      this.plot,
    );
    this.listen();
  }

  draw(width: number, scale: number, theme: Theme): void {
    this.width = width;
    this.canvas.style.width = `${width}px`;
    this.canvas.style.height = `${OVERVIEW_HEIGHT}px`;
    drawOverview(new CanvasSurface(this.canvas, width, OVERVIEW_HEIGHT, scale, theme), this.frame(), this.model);
    this.place();
  }

  /** Puts the window where the state says. */
  place(): void {
    const [left, right] = this.ends();
    this.window.style.left = `${left}px`;
    this.window.style.width = `${Math.max(3, right - left)}px`;
  }

  private ends(): readonly [number, number] {
    const { fromS, toS } = this.state;
    return [xAt(this.frame(), fromS), xAt(this.frame(), toS)];
  }

  private frame(): Frame {
    return overviewFrame(this.width, this.model);
  }

  private listen(): void {
    const { plot, state } = this;
    let move: ((at: number) => void) | null = null;
    const at = (event: PointerEvent): number => event.clientX - plot.getBoundingClientRect().left;
    plot.addEventListener('pointerdown', (event) => {
      move = this.dragFrom(at(event));
      plot.setPointerCapture(event.pointerId);
      move(at(event));
    });
    plot.addEventListener('pointermove', (event) => move?.(at(event)));
    const stop = (): void => {
      move = null;
    };
    plot.addEventListener('pointerup', stop);
    plot.addEventListener('pointercancel', stop);
    plot.addEventListener('dblclick', () => state.showAll());
  }

  /** The effect of a drag that begins here, for each later place. */
  private dragFrom(start: number): (at: number) => void {
    const { state } = this;
    const frame = this.frame();
    const { fromS, toS } = state;
    const [left, right] = this.ends();
    const wide = right - left > 3 * GRIP;
    if (wide && Math.abs(start - left) < GRIP) return (at) => state.show(Math.min(timeAt(frame, at), toS), toS);
    if (wide && Math.abs(start - right) < GRIP) return (at) => state.show(fromS, Math.max(timeAt(frame, at), fromS));
    if (start > left - GRIP && start < right + GRIP) {
      return (at) => {
        const by = timeAt(frame, at) - timeAt(frame, start);
        state.show(fromS + by, toS + by);
      };
    }
    return (at) => {
      const [a, b] = [timeAt(frame, Math.min(start, at)), timeAt(frame, Math.max(start, at))];
      // A click beside the window moves it there.
      if (Math.abs(at - start) < GRIP) state.show(a - (toS - fromS) / 2, a + (toS - fromS) / 2);
      else state.show(a, b);
    };
  }
}
