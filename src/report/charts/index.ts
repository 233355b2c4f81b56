import type { RunModel } from '../data/model.ts';
import { clockChart } from './clocks.ts';
import { decisionChart } from './decisions.ts';
import { laneChart, latencyChart } from './inferences.ts';
import { powerChart } from './power.ts';
import { shareChart } from './shares.ts';
import { temperatureChart } from './temperature.ts';
import type { TimeChart } from './time-chart.ts';

/** The charts over time of a run, from top to bottom. A run without epochs has none. */
export function timeCharts(model: RunModel): readonly TimeChart[] {
  if (model.epochs === 0) return [];
  return [
    laneChart(model),
    ...(model.inferences.started > 0 ? [latencyChart(model)] : []),
    clockChart(model, 'frequencyHz'),
    clockChart(model, 'voltageV'),
    powerChart(model),
    ...(model.temperature.length > 0 ? [temperatureChart(model)] : []),
    ...model.domains.map((domain, i) => shareChart(model, domain, i)),
    ...(model.events.texts.length > 0 ? [decisionChart(model)] : []),
  ];
}
