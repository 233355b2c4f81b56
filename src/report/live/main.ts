/// <reference lib="dom" />

import { rooflineFigure } from '../charts/roofline.ts';
import { runModel } from '../data/model.ts';
import type { ReportData } from '../data/report-data.ts';
import { barFigure } from '../still/bars.ts';
import { causeBars, LAYER_SPLITS, layerBars } from '../still/energy-bars.ts';
import { figureView } from './figure-view.ts';
import { unfoldInPrint } from './print.ts';
import { sortable } from './sort-tables.ts';
import { timeView } from './time-view.ts';
import { offerDownloads } from './tools.ts';

/** The script of report.html. */
function main(): void {
  unfoldInPrint();
  const data = JSON.parse(document.getElementById('report-data')?.textContent ?? 'null') as ReportData | null;
  const host = document.getElementById('over-time');
  if (!data || !host) return;
  const model = runModel(data);
  if (model.epochs > 0) timeView(host, model);
  const roofline = rooflineFigure(data);
  const place = document.getElementById('roofline');
  if (roofline && place) figureView(place, roofline);
  offerDownloads('energy', 'the energy of the run', () => barFigure(causeBars(data)));
  offerDownloads('layers', 'the energy of the layers', () => barFigure(layerBars(data, chosenSplit())));
  for (const table of document.querySelectorAll<HTMLTableElement>('table.sortable')) sortable(table);
}

function chosenSplit(): (typeof LAYER_SPLITS)[number] {
  return LAYER_SPLITS.find((by) => document.querySelector(`#by-${by}:checked`)) ?? LAYER_SPLITS[0];
}

main();
