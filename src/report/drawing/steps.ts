import { lastNotAfter, type Stretch } from '../data/model.ts';
import type { Axis } from '../scale.ts';
import { type Frame, xAt, yAt } from './frame.ts';
import type { Surface } from './surface.ts';

/** The most steps of a chart: two a pixel of the widest screen. */
const MOST_STEPS = 8192;

/**
 * The values of a stretch within a frame, as steps from left to right. Several values that share a pixel form one step. The arrays are
 * made once and hold the steps of the last call of `set`.
 */
export class Steps {
  count = 0;
  /** Where each step begins, and where the last ends. */
  readonly x = new Float64Array(MOST_STEPS + 1);
  /** Index of the first value of each step, and the end of the last. */
  readonly at = new Int32Array(MOST_STEPS + 1);
  private edgesS: Float64Array = new Float64Array(0);

  /** A step is at least `leastPx` pixels wide where several values share it. */
  set(frame: Frame, { first, count, edgesS }: Stretch, leastPx = 1): void {
    this.edgesS = edgesS;
    this.first = first;
    const from = Math.max(0, lastNotAfter(edgesS, frame.fromS, count));
    const to = count === 0 ? 0 : Math.min(count, lastNotAfter(edgesS, frame.toS, count) + 1);
    const values = Math.max(0, to - from);
    const most = Math.min(MOST_STEPS, Math.max(1, Math.floor(frame.width / leastPx)));
    this.count = values <= 2 * most ? Math.min(values, MOST_STEPS) : most;
    for (let i = 0; i <= this.count; i++) {
      const value = values <= 2 * most ? from + i : from + Math.floor((i * values) / this.count);
      this.at[i] = value;
      this.x[i] = count === 0 ? frame.x : xAt(frame, edgesS[value]);
    }
  }

  private first = 0;

  means(column: Float64Array, out: Float64Array): Float64Array {
    const { at, edgesS, first } = this;
    for (let i = 0; i < this.count; i++) {
      if (at[i + 1] - at[i] === 1) {
        out[i] = column[first + at[i]];
        continue;
      }
      let [sum, time] = [0, 0];
      for (let v = at[i]; v < at[i + 1]; v++) {
        const duration = edgesS[v + 1] - edgesS[v];
        sum += duration * column[first + v];
        time += duration;
      }
      out[i] = time > 0 ? sum / time : column[first + at[i]];
    }
    return out;
  }

  minima(column: Float64Array, out: Float64Array): Float64Array {
    const { at, first } = this;
    for (let i = 0; i < this.count; i++) {
      let least = column[first + at[i]];
      for (let v = at[i] + 1; v < at[i + 1]; v++) if (column[first + v] < least) least = column[first + v];
      out[i] = least;
    }
    return out;
  }

  maxima(column: Float64Array, out: Float64Array): Float64Array {
    const { at, first } = this;
    for (let i = 0; i < this.count; i++) {
      let most = column[first + at[i]];
      for (let v = at[i] + 1; v < at[i + 1]; v++) if (column[first + v] > most) most = column[first + v];
      out[i] = most;
    }
    return out;
  }
}

/** Room for the values of one series of a chart; kernels below read it before the next series is written. */
export const scratch = (): Float64Array => new Float64Array(MOST_STEPS);

/** A line that holds each value over its step. */
export function stepLine(surface: Surface, frame: Frame, axis: Axis, steps: Steps, values: Float64Array): void {
  surface.begin();
  for (let i = 0; i < steps.count; i++) {
    const y = yAt(frame, axis, values[i]);
    if (i === 0) surface.move(steps.x[0], y);
    else surface.line(steps.x[i], y);
    surface.line(steps.x[i + 1], y);
  }
}

/** The area between two values of each step. */
export function stepBand(
  surface: Surface,
  frame: Frame,
  axis: Axis,
  steps: Steps,
  lows: Float64Array,
  highs: Float64Array,
): void {
  surface.begin();
  for (let i = 0; i < steps.count; i++) {
    const y = yAt(frame, axis, highs[i]);
    if (i === 0) surface.move(steps.x[0], y);
    else surface.line(steps.x[i], y);
    surface.line(steps.x[i + 1], y);
  }
  for (let i = steps.count - 1; i >= 0; i--) {
    const y = yAt(frame, axis, lows[i]);
    surface.line(steps.x[i + 1], y);
    surface.line(steps.x[i], y);
  }
}
