/// <reference lib="dom" />
import type { TimeChart } from '../charts/time-chart.ts';
import { element } from './elements.ts';
import type { TimeState } from './time-state.ts';

/** Buttons beside a chart's title. */
export function toolsFor(_chart: TimeChart, _state: TimeState): HTMLElement {
  return element('span', { class: 'tools' });
}
