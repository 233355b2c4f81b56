import { type Domain, type RunModel, segmentFor, valueAt } from '../data/model.ts';
import { KIND_COLOURS } from '../data/palette.ts';
import { drawAxes } from '../drawing/frame.ts';
import { Steps, scratch, stepBand } from '../drawing/steps.ts';
import { percent } from '../numbers.ts';
import { roundAxis } from '../scale.ts';
import { rooms, type TimeChart, tableOf, wholeMean } from './time-chart.ts';

/** How a domain spends its time. Only an array's stalls are lost time: another domain waits because it can. */
export function shareChart(model: RunModel, domain: Domain, index: number): TimeChart {
  const states = [
    { name: 'busy', of: domain.busy, ink: KIND_COLOURS[0] },
    domain.hasArray
      ? { name: 'stalled', of: domain.stall, ink: 'bad' }
      : { name: 'waiting', of: domain.stall, ink: KIND_COLOURS[1] },
    { name: 'idle', of: domain.idle, ink: 'quiet' },
    { name: 'changing point', of: domain.dead, ink: KIND_COLOURS[3] },
  ];
  const axis = roundAxis(0, 1, 2);
  const steps = new Steps();
  const sums = rooms(states.length + 1);
  const room = scratch();
  const means = states.map(({ of }) => percent(wholeMean(model, of)));
  return {
    id: `time-${index}`,
    title: `Time of ${domain.name}`,
    note: 'shares',
    unit: '',
    height: 110,
    label: `Shares of the time of ${domain.name}: ${states.map(({ name }, i) => `${name} ${means[i]}`).join(', ')}`,
    legend: states.map(({ name, ink }) => ({ name, ink, shape: 'area' })),
    draw(surface, frame) {
      steps.set(frame, segmentFor(model, frame.fromS, frame.toS));
      drawAxes(surface, frame, axis, '');
      surface.clip(frame.x, frame.y, frame.width, frame.height);
      sums[0].fill(0, 0, steps.count);
      states.forEach(({ of, ink }, s) => {
        const own = steps.means(of, room);
        for (let i = 0; i < steps.count; i++) sums[s + 1][i] = sums[s][i] + own[i];
        stepBand(surface, frame, axis, steps, sums[s], sums[s + 1]);
        surface.fill(ink);
      });
      surface.unclip();
    },
    readout(timeS) {
      if (timeS === null) return means;
      const segment = segmentFor(model, timeS, timeS);
      const at = segment.first + valueAt(segment, timeS);
      return states.map(({ of }) => percent(of[at]));
    },
    table: (fromS, toS) =>
      tableOf(
        model,
        fromS,
        toS,
        states.map(({ name, of }) => [name, of] as const),
      ),
  };
}
