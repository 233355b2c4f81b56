import { type RunModel, segmentFor, valueAt } from '../data/model.ts';
import { drawAxes } from '../drawing/frame.ts';
import { Steps, scratch, stepBand, stepLine } from '../drawing/steps.ts';
import { engineering } from '../numbers.ts';
import { greatest } from '../reductions.ts';
import { axisLabels, roundAxis } from '../scale.ts';
import { rooms, type TimeChart, tableOf, wholeMean } from './time-chart.ts';

/** Stacked power of the components and off the die, with the total and, where values are grouped, its highest epochs. */
export function powerChart(model: RunModel): TimeChart {
  const { power, totalW } = model;
  const peakW = greatest(totalW.high);
  const axis = roundAxis(0, peakW);
  const steps = new Steps();
  const sums = rooms(power.length + 1);
  const room = scratch();
  return {
    id: 'power',
    title: 'Power',
    note: '',
    unit: axisLabels(axis, 'W').unit,
    height: 220,
    label: `Power of components over time, at most ${engineering(peakW, 'W')} in all`,
    legend: [
      ...power.map(({ name, colour }) => ({ name, ink: colour, shape: 'area' as const })),
      { name: 'total', ink: 'text', shape: 'line' },
      { name: 'highest epoch', ink: 'muted', shape: 'line' },
    ],
    draw(surface, frame) {
      const segment = segmentFor(model, frame.fromS, frame.toS);
      steps.set(frame, segment);
      drawAxes(surface, frame, axis, 'W');
      surface.clip(frame.x, frame.y, frame.width, frame.height);
      sums[0].fill(0, 0, steps.count);
      power.forEach(({ meanW, colour }, s) => {
        const own = steps.means(meanW, room);
        for (let i = 0; i < steps.count; i++) sums[s + 1][i] = sums[s][i] + own[i];
        stepBand(surface, frame, axis, steps, sums[s], sums[s + 1]);
        surface.fill(colour);
      });
      const highest = steps.maxima(totalW.high, room);
      const apart = highest.some((watts, i) => i < steps.count && watts > 1.02 * sums[power.length][i]);
      if (apart) {
        stepLine(surface, frame, axis, steps, highest);
        surface.stroke('muted', 1);
      }
      stepLine(surface, frame, axis, steps, sums[power.length]);
      surface.stroke('text', 1.25);
      surface.unclip();
    },
    readout(timeS) {
      if (timeS === null) {
        return [
          ...power.map(({ meanW }) => `mean ${engineering(wholeMean(model, meanW), 'W')}`),
          `mean ${engineering(wholeMean(model, totalW.mean), 'W')}`,
          engineering(peakW, 'W'),
        ];
      }
      const segment = segmentFor(model, timeS, timeS);
      const at = segment.first + valueAt(segment, timeS);
      return [
        ...power.map(({ meanW }) => engineering(meanW[at], 'W')),
        engineering(totalW.mean[at], 'W'),
        engineering(totalW.high[at], 'W'),
      ];
    },
    table: (fromS, toS) =>
      tableOf(model, fromS, toS, [
        ...power.map(({ name, meanW }) => [`power_w:${name}`, meanW] as const),
        ['power_w', totalW.mean],
        ['highest_epoch_w', totalW.high],
      ]),
  };
}
