import { type RunModel, runModel } from '../data/model.ts';
import type { ReportData } from '../data/report-data.ts';
import { SvgSurface } from '../drawing/svg-surface.ts';
import { LIGHT } from '../drawing/theme.ts';
import { celsius } from '../numbers.ts';
import { greatest, least } from '../reductions.ts';
import { barFigure } from '../still/bars.ts';
import { causeBars, LAYER_SPLITS, layerBars } from '../still/energy-bars.ts';
import { chartFigure, type Figure, tableCsv } from './figure.ts';
import { timeCharts } from './index.ts';
import { hottestCell, mapFigure } from './map.ts';
import { rooflineFigure } from './roofline.ts';

/** A column of a paper is 89 mm wide; texts of 12 units are 7 points high then. */
const COLUMN_MM = 89;
const WIDTH = 430;

/**
 * The figures of a report as files by name, each made on request: a picture in SVG, as wide as a column of a paper, and its numbers in
 * CSV. Charts over time are there for the whole run and for the inferences on which the page opens.
 */
export function figureFiles(data: ReportData): Readonly<Record<string, () => string>> {
  const files: Record<string, () => string> = {};
  for (const [name, figure] of figuresOf(data)) {
    files[`${name}.svg`] = () => {
      const surface = new SvgSurface(LIGHT);
      figure.draw(surface, WIDTH);
      return surface.svg(WIDTH, figure.height(WIDTH), figure.label, COLUMN_MM);
    };
    files[`${name}.csv`] = () => tableCsv(figure.table());
  }
  return files;
}

function figuresOf(data: ReportData): (readonly [string, Figure])[] {
  const model = runModel(data);
  const [place] = model.places;
  const charts = timeCharts(model).flatMap((chart) => {
    const whole = [chart.id, chartFigure(chart, model.startS, model.endS)] as const;
    if (!place || !(place.toS > place.fromS)) return [whole];
    return [whole, [`${chart.id}-near`, chartFigure(chart, place.fromS, place.toS)] as const];
  });
  const roofline = rooflineFigure(data);
  const bars = [causeBars(data), ...LAYER_SPLITS.map((by) => layerBars(data, by))];
  const energy = bars.map((chart) => [chart.id, barFigure(chart)] as const);
  return [...charts, ...energy, ...(roofline ? [['roofline', roofline] as const] : []), ...mapOf(model)];
}

/** The map at the hottest time, in its own colours. */
function mapOf({ die }: RunModel): (readonly [string, Figure])[] {
  if (!die) return [];
  const { map } = die;
  const field = new Float64Array(map.rows * map.columns);
  let [hottest, mostK] = [0, 0];
  for (let i = 0; i < map.timeS.length; i++) {
    map.frame(i, field);
    const kelvin = field[hottestCell(field)];
    if (kelvin > mostK) [hottest, mostK] = [i, kelvin];
  }
  map.frame(hottest, field);
  const range = [least(field), greatest(field)] as const;
  return [
    ['map', mapFigure(die, field, range, `The die at its hottest, ${celsius(range[0])} to ${celsius(range[1])}`)],
  ];
}
