import { type Axis, along, axisLabels, exactAxis } from '../scale.ts';
import { type Surface, TEXT } from './surface.ts';

/** The rectangle of a plot and the time it shows. */
export interface Frame {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly fromS: number;
  readonly toS: number;
}

/** Room for labels beside the plots. All charts over time have it, so that their plots stand above each other. */
export const ROOM = { left: 46, right: 10, top: 8, bottom: 22 };

export function frameOf(width: number, height: number, fromS: number, toS: number): Frame {
  return {
    x: ROOM.left,
    y: ROOM.top,
    width: Math.max(1, width - ROOM.left - ROOM.right),
    height: Math.max(1, height - ROOM.top - ROOM.bottom),
    fromS,
    toS,
  };
}

export function xAt({ x, width, fromS, toS }: Frame, timeS: number): number {
  return x + (width * (timeS - fromS)) / (toS - fromS);
}

export function timeAt({ x, width, fromS, toS }: Frame, at: number): number {
  return fromS + ((at - x) / width) * (toS - fromS);
}

export function yAt({ y, height }: Frame, axis: Axis, value: number): number {
  return y + height * (1 - along(axis, value));
}

/** Pixels that a label of the time axis needs. */
const LABEL_ROOM = 90;

/** A narrow axis has about this many ticks, closer together. */
const LEAST_TICKS = 4;

/** Grid and labels of both axes; the unit stands in the chart's caption. */
export function drawAxes(surface: Surface, frame: Frame, axis: Axis | null, unit: string): void {
  const { x, y, width, height } = frame;
  drawTimeAxis(surface, frame);
  if (axis) {
    const { labels } = axisLabels(axis, unit);
    const every = Math.ceil(((axis.ticks.length - 1) * (TEXT + 3)) / height) || 1;
    surface.begin();
    for (const tick of axis.ticks) {
      surface.move(x, yAt(frame, axis, tick));
      surface.line(x + width, yAt(frame, axis, tick));
    }
    surface.stroke('faint', 1);
    axis.ticks.forEach((tick, i) => {
      if (i % every > 0) return;
      surface.text(labels[i], x - 6, yAt(frame, axis, tick), { ink: 'muted', size: TEXT, align: 'right' });
    });
  }
  surface.begin();
  surface.move(x, y);
  surface.line(x, y + height);
  surface.line(x + width, y + height);
  surface.stroke('muted', 1);
}

function drawTimeAxis(surface: Surface, frame: Frame): void {
  const { x, y, width, height, fromS, toS } = frame;
  const { ticks, labels, unit } = timeLabels(fromS, toS, width);
  surface.begin();
  for (const tick of ticks) {
    surface.move(xAt(frame, tick), y);
    surface.line(xAt(frame, tick), y + height);
  }
  surface.stroke('faint', 1);
  ticks.forEach((tick, i) => {
    const last = i === ticks.length - 1;
    const text = last ? `${labels[i]} ${unit}` : labels[i];
    const half = surface.widthOf(text, TEXT) / 2;
    const at = Math.min(xAt(frame, tick), x + width + ROOM.right - half);
    surface.text(text, at, y + height + 13, { ink: 'muted', size: TEXT, align: 'centre' });
  });
}

/** Round times within a stretch, in a unit that suits their distance: 13,041.5 ms beside 13,042 ms. */
export function timeLabels(fromS: number, toS: number, width: number) {
  const axis = exactAxis(fromS, toS, Math.max(LEAST_TICKS, width / LABEL_ROOM));
  return { ticks: axis.ticks, ...axisLabels(axis, 's') };
}
