import { type Inferences, lastNotAfter, type RunModel, segmentFor, valueAt } from '../data/model.ts';
import { KIND_COLOURS } from '../data/palette.ts';
import { drawAxes, type Frame, xAt, yAt } from '../drawing/frame.ts';
import { type Surface, TEXT } from '../drawing/surface.ts';
import { counted, engineering, groupDigits } from '../numbers.ts';
import { greatest } from '../reductions.ts';
import { axisLabels, roundAxis } from '../scale.ts';
import type { TimeChart } from './time-chart.ts';

/** Whether an inference took longer than allowed, beyond rounding. */
export function isLate(latencyS: number, limitS: number | null): boolean {
  return limitS !== null && latencyS > limitS * (1 + 1e-9);
}

/** Bars of the inferences from start to end, and below them the layer at the end of each epoch. */
export function laneChart(model: RunModel): TimeChart {
  const { inferences, deadlineS } = model;
  const { releaseS, startS, endS, ended } = inferences;
  const late = (i: number): boolean => isLate(endS[i] - releaseS[i], deadlineS);
  return {
    id: 'inferences',
    title: 'Inferences and layers',
    note: 'bar: from start to end; below: the layer at the end of each epoch',
    unit: '',
    height: 92,
    label: `${counted(inferences.started, 'inference', 'inferences')} over time`,
    legend: [
      { name: 'inference', ink: KIND_COLOURS[0], shape: 'area' },
      { name: 'layer', ink: KIND_COLOURS[1], shape: 'area' },
    ],
    draw(surface, frame) {
      drawAxes(surface, frame, null, '');
      surface.clip(frame.x, frame.y, frame.width, frame.height);
      const bar = frame.height * 0.5 - 2;
      let covered = Number.NEGATIVE_INFINITY;
      for (let i = Math.max(0, lastNotAfter(endS, frame.fromS)); i < endS.length && startS[i] <= frame.toS; i++) {
        const from = xAt(frame, startS[i]);
        const to = Math.max(from + 1, xAt(frame, endS[i]) - 1);
        if (to <= covered && !late(i)) continue;
        covered = to;
        surface.box(from, frame.y, to - from, bar, late(i) ? 'bad' : KIND_COLOURS[0]);
        const [left, right] = [Math.max(from, frame.x), Math.min(to, frame.x + frame.width)];
        // Measuring texts takes longer than drawing the bars.
        if (right - left < TEXT) continue;
        const text = groupDigits(inferences.index[i] + 1);
        if (surface.widthOf(text, TEXT) + 6 > right - left) continue;
        surface.text(text, (left + right) / 2, frame.y + bar / 2, { ink: 'paper', size: TEXT, align: 'centre' });
      }
      drawLayers(surface, frame, model);
      surface.unclip();
    },
    readout(timeS) {
      if (timeS === null) return [countText(inferences), groupDigits(model.layerNames.length)];
      const i = lastNotAfter(startS, timeS);
      const runs = i >= 0 && endS[i] >= timeS;
      const name = `${groupDigits(inferences.index[i] + 1)}${ended[i] === 0 ? ', unfinished' : ''}`;
      return [runs ? name : 'none runs', layerAt(model, timeS)];
    },
    table: (fromS, toS) => inferenceTable(model, fromS, toS),
  };
}

/** `3,655 and 1 unfinished`. */
function countText({ started, completed }: Inferences): string {
  const unfinished = started - completed;
  return `${groupDigits(completed)}${unfinished > 0 ? ` and ${groupDigits(unfinished)} unfinished` : ''}`;
}

function layerAt(model: RunModel, timeS: number): string {
  const segment = segmentFor(model, timeS, timeS);
  const layer = model.layer[segment.first + valueAt(segment, timeS)];
  return layer >= 0 ? model.layerNames[layer] : segment.each > 1 ? 'not kept here' : 'none';
}

/** Runs of epochs of an inference that end in the same layer; two shades alternate. */
function drawLayers(surface: Surface, frame: Frame, model: RunModel): void {
  const { startS, endS } = model.inferences;
  const segment = segmentFor(model, frame.fromS, frame.toS);
  if (segment.each > 1) return;
  const { first, count, edgesS } = segment;
  const from = Math.max(0, lastNotAfter(edgesS, frame.fromS, count));
  const to = Math.min(count, lastNotAfter(edgesS, frame.toS, count) + 1);
  // Bands narrower than a pixel would only be a grey area.
  if (to - from > frame.width / 2) return;
  const y = frame.y + frame.height * 0.5 + 2;
  const height = frame.height * 0.5 - 2;
  for (let start = from; start < to; ) {
    const layer = model.layer[first + start];
    let end = start + 1;
    while (end < to && model.layer[first + end] === layer) end++;
    const i = lastNotAfter(startS, edgesS[end] - 1e-9 * (edgesS[end] - edgesS[start]));
    const [fromS, toS] = [Math.max(edgesS[start], startS[i]), Math.min(edgesS[end], endS[i])];
    if (layer >= 0 && toS > fromS) {
      const [x0, x1] = [xAt(frame, fromS), xAt(frame, toS)];
      surface.box(x0, y, Math.max(1, x1 - x0 - 1), height, layer % 2 === 0 ? KIND_COLOURS[1] : 'quiet');
      const name = model.layerNames[layer];
      const [left, right] = [Math.max(x0, frame.x), Math.min(x1, frame.x + frame.width)];
      if (right - left >= TEXT && surface.widthOf(name, TEXT) + 6 <= right - left) {
        surface.text(name, (left + right) / 2, y + height / 2, { ink: 'text', size: TEXT, align: 'centre' });
      }
    }
    start = end;
  }
}

/** Half the side of a dot, in CSS pixels. */
const DOT = 3;

/** The latency of each inference at its end, with the deadline: the room between them is the slack. */
export function latencyChart(model: RunModel): TimeChart {
  const { inferences, deadlineS } = model;
  const { releaseS, endS } = inferences;
  const latencyS = endS.map((end, i) => end - releaseS[i]);
  const shown = (i: number): boolean => inferences.ended[i] === 1 || isLate(latencyS[i], deadlineS);
  const most = greatest(latencyS.filter((_, i) => shown(i)));
  // Above the deadline there is room for its name, off the dots that end just in time.
  const axis = roundAxis(0, Math.max(1.2 * (deadlineS ?? 0), Number.isFinite(most) ? most : 0) || 1, 4);
  const lates = latencyS.filter((s, i) => shown(i) && isLate(s, deadlineS)).length;
  return {
    id: 'latency',
    title: deadlineS === null ? 'Latency' : 'Latency and slack',
    note: `release to end, at the end${inferences.index.length < inferences.started ? '; of most groups the quickest and the slowest' : ''}`,
    unit: axisLabels(axis, 's').unit,
    height: 130,
    label: `Latency of ${counted(inferences.started, 'inference', 'inferences')}${deadlineS === null ? '' : `; ${counted(lates, 'ends', 'end')} after the deadline of ${engineering(deadlineS, 's')}`}`,
    legend: [
      { name: 'latency', ink: KIND_COLOURS[0], shape: 'dot' },
      ...(deadlineS === null ? [] : [{ name: 'slack', ink: 'bad', shape: 'line' } as const]),
    ],
    draw(surface, frame) {
      drawAxes(surface, frame, axis, 's');
      // The dot of an inference that ends with the run is drawn whole.
      surface.clip(frame.x, frame.y, frame.width + DOT, frame.height);
      if (deadlineS !== null) {
        surface.begin();
        surface.move(frame.x, yAt(frame, axis, deadlineS));
        surface.line(frame.x + frame.width, yAt(frame, axis, deadlineS));
        surface.stroke('bad', 1.5);
      }
      const dots: (readonly [x: number, y: number])[] = [];
      const few = lastNotAfter(endS, frame.toS) - lastNotAfter(endS, frame.fromS) < frame.width / 6;
      let [lastX, low, high] = [Number.NEGATIVE_INFINITY, 0, 0];
      for (let i = Math.max(0, lastNotAfter(endS, frame.fromS)); i < endS.length && endS[i] <= frame.toS; i++) {
        if (!shown(i)) continue;
        const [x, y] = [xAt(frame, endS[i]), yAt(frame, axis, latencyS[i])];
        // Dots that would lie upon each other are left out.
        if (x - lastX < 1 && y > low - 1 && y < high + 1) continue;
        [low, high] = x - lastX < 1 ? [Math.min(low, y), Math.max(high, y)] : [y, y];
        lastX = x;
        const ink = isLate(latencyS[i], deadlineS) ? 'bad' : KIND_COLOURS[0];
        if (few) surface.box(x - 0.5, y, 1, frame.y + frame.height - y, ink, 0.6);
        const half = few ? DOT : DOT / 2;
        surface.box(x - half, y - half, 2 * half, 2 * half, ink);
        dots.push([x, y]);
      }
      if (deadlineS !== null) drawDeadlineName(surface, frame, yAt(frame, axis, deadlineS), deadlineS, dots);
      surface.unclip();
    },
    readout(timeS) {
      if (timeS === null) {
        const text = Number.isFinite(most) ? `at most ${engineering(most, 's')}` : 'none ended';
        return [text, ...(deadlineS === null ? [] : [`least ${slackText(deadlineS - most)}`])];
      }
      const i = nearest(inferences, timeS);
      if (i < 0 || !shown(i)) return ['', ...(deadlineS === null ? [] : [''])];
      const name = `inference ${groupDigits(inferences.index[i] + 1)}: ${engineering(latencyS[i], 's')}`;
      return [name, ...(deadlineS === null ? [] : [slackText(deadlineS - latencyS[i])])];
    },
    table: (fromS, toS) => inferenceTable(model, fromS, toS),
  };
}

/** The deadline's name on its line, as far right as no dot lies; if dots lie everywhere, over them at the right end. */
function drawDeadlineName(
  surface: Surface,
  frame: Frame,
  lineY: number,
  deadlineS: number,
  dots: readonly (readonly [x: number, y: number])[],
): void {
  const text = `deadline ${engineering(deadlineS, 's')}`;
  const y = lineY - TEXT / 2 - 3;
  const wide = surface.widthOf(text, TEXT) + 8;
  const near = dots.filter(([, dotY]) => Math.abs(dotY - y) < TEXT / 2 + 5).map(([x]) => x);
  let right = frame.x + frame.width - 4;
  for (let i = near.length - 1; i >= 0; i--) {
    if (near[i] < right - wide) break;
    right = Math.min(right, near[i] - 8);
  }
  if (right - wide < frame.x) right = frame.x + frame.width - 4;
  surface.text(text, right, y, { ink: 'bad', size: TEXT, align: 'right', plate: 'paper' });
}

function slackText(slackS: number): string {
  if (!Number.isFinite(slackS)) return '-';
  return slackS < 0 ? `${engineering(-slackS, 's')} late` : `${engineering(slackS, 's')} left`;
}

/** The inference that runs at this time, else the one that ended last before it. */
function nearest({ startS }: Inferences, timeS: number): number {
  return lastNotAfter(startS, timeS);
}

function inferenceTable({ inferences, deadlineS }: RunModel, fromS: number, toS: number) {
  const { index, releaseS, startS, endS, ended } = inferences;
  const rows: (number | string)[][] = [];
  for (let i = 0; i < index.length; i++) {
    if (endS[i] < fromS || releaseS[i] > toS) continue;
    const end = ended[i] === 1 ? endS[i] : '';
    const slack = deadlineS === null || ended[i] === 0 ? '' : releaseS[i] + deadlineS - endS[i];
    rows.push([index[i], releaseS[i], startS[i], end, ...(deadlineS === null ? [] : [slack])]);
  }
  return {
    columns: ['inference', 'release_s', 'start_s', 'end_s', ...(deadlineS === null ? [] : ['slack_s'])],
    rows,
  };
}
