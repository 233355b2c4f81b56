/// <reference lib="dom" />
import { rooflineFigure } from '../charts/roofline.ts';
import { runModel } from '../data/model.ts';
import type { ReportData } from '../data/report-data.ts';
import { figureView } from './figure-view.ts';
import { sortable } from './sort-tables.ts';
import { timeView } from './time-view.ts';

/** The script of report.html. */
function main(): void {
  const data = JSON.parse(document.getElementById('report-data')?.textContent ?? 'null') as ReportData | null;
  const host = document.getElementById('over-time');
  if (!data || !host) return;
  const model = runModel(data);
  if (model.epochs > 0) timeView(host, model);
  const roofline = rooflineFigure(data);
  const place = document.getElementById('roofline');
  if (roofline && place) figureView(place, roofline);
  for (const table of document.querySelectorAll<HTMLTableElement>('table.sortable')) sortable(table);
}

main();
