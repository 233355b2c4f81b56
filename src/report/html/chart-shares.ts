import type { DomainTrace, RunResult } from '../../cosim/result.ts';
import type { Markup } from '../markup.ts';
import { percent } from '../numbers.ts';
import { roundAxis } from '../scale.ts';
import { bucketMeans, traceMean } from './downsample.ts';
import { readouts, stackedAreas, type TimeBase, timeChart } from './plot.ts';

const STATES = [
  { name: 'busy', colour: 'var(--c0)' },
  { name: 'stall', colour: 'var(--c4)' },
  { name: 'idle', colour: 'var(--quiet)' },
  { name: 'dead', colour: 'var(--c3)' },
] as const;

/** What the domains do with their time. */
export function shareCharts(base: TimeBase, { domains, trace }: RunResult): Markup[] {
  return trace.domains.map((domain, i) => shareChart(base, domains[i], domain));
}

function shareChart(base: TimeBase, name: string, domain: DomainTrace): Markup {
  const y = roundAxis(0, 1, 2);
  const layers = STATES.map((state) => ({ ...state, values: bucketMeans(domain[state.name], base.drawn) }));
  const told = STATES.map((state) => bucketMeans(domain[state.name], base.told));
  const means = STATES.map((state) => percent(traceMean(domain[state.name], base.drawn.durationS)));
  return timeChart(base, {
    title: `Time of ${name}`,
    label: `Shares of the time of ${name}: ${STATES.map((state, i) => `${state.name} ${means[i]}`).join(', ')}`,
    unit: '',
    y,
    size: 'small',
    series: stackedAreas(base, y, layers),
    readouts: readouts(base, (bucket) => STATES.map((state, i) => `${state.name}: ${percent(told[i][bucket])}`)),
    legend: STATES.map(({ colour, name }, i) => ({ colour, name, value: means[i] })),
  });
}
