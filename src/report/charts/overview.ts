import { ZERO_CELSIUS_K } from '../../base/units.ts';
import type { RunModel } from '../data/model.ts';
import { drawAxes, type Frame, frameOf, xAt, yAt } from '../drawing/frame.ts';
import { Steps, scratch, stepBand, stepLine } from '../drawing/steps.ts';
import { type Surface, TEXT } from '../drawing/surface.ts';
import { greatest, least } from '../reductions.ts';
import { type Axis, axisLabels, roundAxis } from '../scale.ts';
import { isLate } from './inferences.ts';

export const OVERVIEW_HEIGHT = 110;

/** Room for the labels of temperature, which stand on the right. */
const TEMPERATURE_ROOM = 36;

/** Pixels of a step: many inferences share it, so that their ups and downs become a band. */
const STEP_PX = 4;

/** Pixels of a mark of late inferences with the gap beside it, and its height. */
const LATE_PX = 3;
const LATE_HEIGHT = 4;

/** The rectangle of the overview's plot. */
export function overviewFrame(width: number, { startS, endS, temperature }: RunModel): Frame {
  const room = temperature.length > 0 ? TEMPERATURE_ROOM : 0;
  return frameOf(width - room, OVERVIEW_HEIGHT, startS, endS);
}

function wattsAxis({ totalW }: RunModel): Axis {
  return roundAxis(0, greatest(totalW.high), 2);
}

/** The unit of power on the overview's axis. */
export function overviewUnit(model: RunModel): string {
  return axisLabels(wattsAxis(model), 'W').unit;
}

/** The whole run in small: total power and the hottest block, each from lowest to highest with its mean, and late inferences. */
export function drawOverview(surface: Surface, frame: Frame, model: RunModel): void {
  const [whole] = model.segments;
  const { totalW, temperature } = model;
  const steps = new Steps();
  const [lows, highs] = [scratch(), scratch()];
  const watts = wattsAxis(model);
  steps.set(frame, whole, STEP_PX);
  drawAxes(surface, frame, watts, 'W');
  surface.clip(frame.x, frame.y, frame.width, frame.height);
  stepBand(surface, frame, watts, steps, steps.minima(totalW.low, lows), steps.maxima(totalW.high, highs));
  surface.fill('k1', 0.55);
  stepLine(surface, frame, watts, steps, steps.means(totalW.mean, lows));
  surface.stroke('k0', 1.25);
  if (temperature.length > 0) {
    const axis = hottestAxis(model);
    const hottest = hottestC(model);
    stepBand(surface, frame, axis, steps, steps.minima(hottest, lows), steps.maxima(hottest, highs));
    surface.fill('c1', 0.35);
    stepLine(surface, frame, axis, steps, steps.means(hottest, lows));
    surface.stroke('c1', 1.75);
  }
  surface.unclip();
  drawLate(surface, frame, model);
  if (temperature.length > 0) drawTemperatureLabels(surface, frame, hottestAxis(model));
}

/** Late inferences by their ends, in a strip above the plot: apart from it, so that many of them do not look like a limit. */
function drawLate(surface: Surface, frame: Frame, { inferences, deadlineS }: RunModel): void {
  let past = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < inferences.endS.length; i++) {
    if (!isLate(inferences.endS[i] - inferences.releaseS[i], deadlineS)) continue;
    const left = Math.floor(xAt(frame, inferences.endS[i]) / LATE_PX) * LATE_PX;
    if (left > past) surface.box(left, 0, LATE_PX - 1, LATE_HEIGHT, 'bad');
    past = Math.max(past, left);
  }
}

/** Whether some inference ends after the deadline. */
export function hasLate({ inferences: { endS, releaseS }, deadlineS }: RunModel): boolean {
  return endS.some((end, i) => isLate(end - releaseS[i], deadlineS));
}

function drawTemperatureLabels(surface: Surface, frame: Frame, axis: Axis): void {
  const style = { ink: 'bad', size: TEXT, align: 'left' } as const;
  const at = frame.x + frame.width + 5;
  surface.text(`${axis.high} °C`, at, yAt(frame, axis, axis.high) + 2, style);
  surface.text(`${axis.low} °C`, at, yAt(frame, axis, axis.low) - 2, style);
}

/** The hottest block at the end of each epoch, in degrees Celsius. */
function hottestC({ temperature }: RunModel): Float64Array {
  const all = temperature[0].highK.map((kelvin) => kelvin - ZERO_CELSIUS_K);
  for (const { highK } of temperature) {
    for (let i = 0; i < all.length; i++) all[i] = Math.max(all[i], highK[i] - ZERO_CELSIUS_K);
  }
  return all;
}

function hottestAxis({ temperature }: RunModel): Axis {
  const high = greatest(temperature.map(({ highK, startHighK }) => Math.max(startHighK, greatest(highK))));
  const low = least(temperature.map(({ highK }) => least(highK)));
  return roundAxis(low - ZERO_CELSIUS_K, high - ZERO_CELSIUS_K, 3);
}
