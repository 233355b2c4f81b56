import type { Figure } from '../charts/figure.ts';
import { type BarChart, barFigure } from './bars.ts';
import { type ParetoChart, paretoFigure } from './pareto.ts';
import { type Plot, plotFigure } from './plot.ts';

/** A figure that stands still, as plain JSON. */
export type Still = BarChart | Plot | ParetoChart;

export function stillFigure(still: Still): Figure {
  if (still.kind === 'bars') return barFigure(still);
  return still.kind === 'plot' ? plotFigure(still) : paretoFigure(still);
}
