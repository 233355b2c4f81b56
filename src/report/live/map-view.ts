/// <reference lib="dom" />
import { ZERO_CELSIUS_K } from '../../base/units.ts';
import type { Figure } from '../charts/figure.ts';
import { drawMap, hottestCell, mapFigure, mapHeight, placeAt } from '../charts/map.ts';
import { type Die, lastNotAfter } from '../data/model.ts';
import { celsius } from '../numbers.ts';
import { CanvasSurface } from './canvas-surface.ts';
import { button, captionOf, element } from './elements.ts';
import { currentTheme } from './themes.ts';
import type { TimeState } from './time-state.ts';
import { toolsFor } from './tools.ts';

/** Milliseconds between two frames while the map plays. */
const PACE_MS = 60;

/** The thermal map at the cursor: scrubbed by a slider or by the cursor of the charts, and played. */
export class MapView {
  readonly figure: HTMLElement;
  private readonly die: Die;
  private readonly state: TimeState;
  private readonly canvas: HTMLCanvasElement;
  private readonly slider: HTMLInputElement;
  private readonly scale: HTMLSelectElement;
  private readonly text: HTMLElement;
  private readonly pointed: HTMLElement;
  private readonly play: HTMLButtonElement;
  private readonly temperatureK: Float64Array;
  private readonly allK: readonly [number, number];
  private hottest = 0;
  private frame = 0;
  private width = 0;
  private playing = false;

  constructor(die: Die, state: TimeState) {
    const { timeS, rows, columns } = die.map;
    this.die = die;
    this.state = state;
    this.temperatureK = new Float64Array(rows * columns);
    this.allK = this.rangeOfAll();
    this.frame = this.hottest;
    this.canvas = element('canvas', { role: 'img' });
    this.slider = element('input', { type: 'range', min: 0, max: timeS.length - 1, 'aria-label': 'Time of the map' });
    this.scale = element(
      'select',
      { 'aria-label': 'Colours of the map' },
      element('option', { value: 'all' }, 'one scale for all times'),
      element('option', { value: 'own' }, 'a scale for each time'),
    );
    this.text = element('p', { class: 'map-text', 'aria-live': 'off' });
    this.pointed = element('p', { class: 'map-text' });
    this.play = button('▶ play', 'Play the map over the run', () => this.toggle());
    const hottest = button('hottest', 'Show the hottest time', () => this.show(this.hottest));
    this.figure = element(
      'figure',
      { class: 'map', id: 'chart-map' },
      captionOf(
        'The die over time',
        '',
        '',
        toolsFor('the map', () => this.asFigure()),
      ),
      this.canvas,
      element('div', { class: 'map-controls' }, this.play, this.slider, hottest, this.scale),
      this.text,
      this.pointed,
    );
    this.listen();
  }

  draw(width: number): void {
    this.width = width;
    const height = Math.ceil(mapHeight(this.die, width));
    const scale = Math.min(3, Math.max(1, devicePixelRatio));
    const field = this.die.map.frame(this.frame, this.temperatureK);
    const own = extremes(field);
    const range = this.scale.value === 'own' ? own : this.allK;
    this.canvas.style.width = `${width}px`;
    this.canvas.style.height = `${height}px`;
    drawMap(new CanvasSurface(this.canvas, width, height, scale, currentTheme()), this.die, width, field, range);
    this.slider.value = String(this.frame);
    this.describe(own, range);
  }

  /** Shows the frame nearest to the cursor of the charts. */
  follow(): void {
    const { cursorS } = this.state;
    if (cursorS === null) return;
    const { timeS } = this.die.map;
    const before = Math.max(0, lastNotAfter(timeS, cursorS));
    const after = Math.min(timeS.length - 1, before + 1);
    const nearest = timeS[after] - cursorS < cursorS - timeS[before] ? after : before;
    if (nearest === this.frame) return;
    this.frame = nearest;
    this.draw(this.width);
  }

  private asFigure(): Figure {
    const field = this.temperatureK.slice();
    const range = this.scale.value === 'own' ? extremes(field) : this.allK;
    return mapFigure(this.die, field, range, this.text.textContent ?? '');
  }

  private describe(own: readonly [number, number], range: readonly [number, number]): void {
    const { map } = this.die;
    const kelvin = (range[1] - range[0]).toFixed(1);
    const which = this.scale.value === 'own' ? 'of this time' : 'of all times';
    const block = this.blockOf(hottestCell(this.temperatureK));
    this.text.textContent =
      `At ${this.state.texts.text(map.timeS[this.frame])}: ${celsius(own[0])} to ${celsius(own[1])}, hottest${block}. ` +
      `Colours: ${celsius(range[0])} to ${celsius(range[1])}, ${kelvin} K ${which}.`;
    this.canvas.setAttribute('aria-label', `Temperature of the die. ${this.text.textContent}`);
  }

  private blockOf(cell: number): string {
    const { floorplan, map } = this.die;
    if (!floorplan) return ' cell';
    const xM = (((cell % map.columns) + 0.5) / map.columns) * floorplan.widthM;
    const yM = (1 - (Math.floor(cell / map.columns) + 0.5) / map.rows) * floorplan.heightM;
    const block = floorplan.blocks.find(
      (b) => xM >= b.leftM && xM < b.leftM + b.widthM && yM >= b.bottomM && yM < b.bottomM + b.heightM,
    );
    return block ? ` in ${block.name}` : ' between blocks';
  }

  private rangeOfAll(): readonly [number, number] {
    let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (let i = 0; i < this.die.map.timeS.length; i++) {
      const [least, most] = extremes(this.die.map.frame(i, this.temperatureK));
      if (most > high) this.hottest = i;
      low = Math.min(low, least);
      high = Math.max(high, most);
    }
    return [low, high];
  }

  private show(frame: number): void {
    this.frame = frame;
    this.draw(this.width);
    this.state.point(this.die.map.timeS[frame]);
  }

  private toggle(): void {
    this.playing = !this.playing;
    this.play.textContent = this.playing ? '■ stop' : '▶ play';
    if (!this.playing) return;
    if (this.frame === this.die.map.timeS.length - 1) this.frame = 0;
    let last = Number.NEGATIVE_INFINITY;
    const step = (nowMs: number): void => {
      if (!this.playing) return;
      if (nowMs - last >= PACE_MS) {
        last = nowMs;
        if (this.frame + 1 >= this.die.map.timeS.length) {
          this.toggle();
          return;
        }
        this.show(this.frame + 1);
      }
      requestAnimationFrame(step);
    };
    requestAnimationFrame(step);
  }

  private listen(): void {
    this.slider.addEventListener('input', () => this.show(Number(this.slider.value)));
    this.scale.addEventListener('change', () => this.draw(this.width));
    this.canvas.addEventListener('pointermove', (event) => {
      const box = this.canvas.getBoundingClientRect();
      const place = placeAt(this.die, this.width, event.clientX - box.left, event.clientY - box.top);
      this.pointed.textContent = place ? this.placeText(place) : '';
    });
    this.canvas.addEventListener('pointerleave', () => {
      this.pointed.textContent = '';
    });
  }

  private placeText({ cell, block, xMm, yMm }: NonNullable<ReturnType<typeof placeAt>>): string {
    const where = xMm === null ? '' : ` at ${xMm.toFixed(2)} mm, ${yMm?.toFixed(2)} mm`;
    const of = this.die.blocks.find(({ name }) => name === block);
    const peak = of ? `; its mean is at most ${(of.peakK - ZERO_CELSIUS_K).toFixed(1)} °C over the run` : '';
    return `${block ?? 'no block'}: ${celsius(this.temperatureK[cell])}${where}${peak}`;
  }
}

function extremes(values: Float64Array): readonly [number, number] {
  let [low, high] = [values[0], values[0]];
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return [low, high];
}
