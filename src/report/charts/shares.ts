import type { DomainTrace, RunResult } from '../../cosim/index.ts';
import type { Markup } from '../markup.ts';
import { percent } from '../numbers.ts';
import { roundAxis } from '../scale.ts';
import { bucketMeans, traceMean } from './downsample.ts';
import { KIND_COLOURS } from './palette.ts';
import { bandLabels, readouts, stackedAreas, type TimeBase, timeChart } from './plot.ts';

/** How the domains spend their time. */
export function shareCharts(base: TimeBase, { domains, trace, experiment }: RunResult): Markup[] {
  const ofArrays = new Set(experiment.design.spec.arrays.map(({ array }) => array));
  return trace.domains.map((own, i) => shareChart(base, domains[i], own, ofArrays.has(domains[i])));
}

/** The time of one domain. Only an array's stalls are lost time: another domain waits because it can. */
function shareChart(base: TimeBase, domain: string, trace: DomainTrace, hasArray: boolean): Markup {
  const y = roundAxis(0, 1, 2);
  const states = [
    { name: 'busy', of: trace.busy, colour: KIND_COLOURS[0] },
    hasArray
      ? { name: 'stalled', of: trace.stall, colour: 'var(--bad)' }
      : { name: 'waiting', of: trace.stall, colour: KIND_COLOURS[1] },
    { name: 'idle', of: trace.idle, colour: 'var(--quiet)' },
    { name: 'changing point', of: trace.dead, colour: KIND_COLOURS[3] },
  ];
  const layers = states.map((state) => ({ ...state, values: bucketMeans(state.of, base.drawn) }));
  const told = states.map((state) => bucketMeans(state.of, base.told));
  const means = states.map((state) => percent(traceMean(state.of, base.drawn.durationS)));
  return timeChart(base, {
    title: `Time of ${domain}`,
    label: `Shares of the time of ${domain}: ${states.map(({ name }, i) => `${name} ${means[i]}`).join(', ')}`,
    unit: '',
    y,
    size: 'small',
    series: stackedAreas(base, y, layers),
    labels: bandLabels(base, y, layers, 0.14),
    readouts: readouts(base, (bucket) => states.map(({ name }, i) => `${name}: ${percent(told[i][bucket])}`)),
    legend: states.map(({ colour, name }, i) => ({ colour, name, value: means[i] })),
  });
}
