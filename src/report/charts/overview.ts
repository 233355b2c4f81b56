import { ZERO_CELSIUS_K } from '../../base/units.ts';
import type { RunModel } from '../data/model.ts';
import { drawAxes, type Frame, xAt, yAt } from '../drawing/frame.ts';
import { Steps, scratch, stepBand, stepLine } from '../drawing/steps.ts';
import { type Surface, TEXT } from '../drawing/surface.ts';
import { greatest, least } from '../reductions.ts';
import { type Axis, roundAxis } from '../scale.ts';
import { isLate } from './inferences.ts';

export const OVERVIEW_HEIGHT = 110;

/** The whole run in small: total power from lowest to highest epoch, the hottest block, and late inferences. */
export function drawOverview(surface: Surface, frame: Frame, model: RunModel): void {
  const [whole] = model.segments;
  const { totalW, temperature, inferences, deadlineS } = model;
  const steps = new Steps();
  const [lows, highs] = [scratch(), scratch()];
  const watts = roundAxis(0, greatest(totalW.high), 2);
  steps.set(frame, whole);
  drawAxes(surface, frame, watts, 'W');
  surface.clip(frame.x, frame.y, frame.width, frame.height);
  stepBand(surface, frame, watts, steps, steps.minima(totalW.low, lows), steps.maxima(totalW.high, highs));
  surface.fill('k1', 0.55);
  stepLine(surface, frame, watts, steps, steps.means(totalW.mean, lows));
  surface.stroke('k0', 1.25);
  if (temperature.length > 0) {
    const axis = hottestAxis(model);
    highs.fill(0, 0, steps.count);
    for (const { highK } of temperature) {
      steps.maxima(highK, lows);
      for (let i = 0; i < steps.count; i++) highs[i] = Math.max(highs[i], lows[i] - ZERO_CELSIUS_K);
    }
    stepLine(surface, frame, axis, steps, highs);
    surface.stroke('c1', 2);
    const style = { ink: 'c1', size: TEXT, align: 'right', plate: 'paper' } as const;
    const right = frame.x + frame.width - 4;
    surface.text(`${axis.high} °C`, right, yAt(frame, axis, axis.high) + TEXT / 2 + 2, style);
    surface.text(`${axis.low} °C`, right, yAt(frame, axis, axis.low) - TEXT / 2 - 2, style);
  }
  for (let i = 0; i < inferences.endS.length; i++) {
    if (!isLate(inferences.endS[i] - inferences.releaseS[i], deadlineS)) continue;
    surface.box(xAt(frame, inferences.endS[i]) - 1, frame.y, 2, 8, 'bad');
  }
  surface.unclip();
}

function hottestAxis({ temperature }: RunModel): Axis {
  const high = greatest(temperature.map(({ highK, startHighK }) => Math.max(startHighK, greatest(highK))));
  const low = least(temperature.map(({ highK }) => least(highK)));
  return roundAxis(low - ZERO_CELSIUS_K, high - ZERO_CELSIUS_K, 3);
}
