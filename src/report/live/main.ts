/// <reference lib="dom" />
import { runModel } from '../data/model.ts';
import type { ReportData } from '../data/report-data.ts';
import { timeView } from './time-view.ts';

/** The script of report.html. */
function main(): void {
  const data = JSON.parse(document.getElementById('report-data')?.textContent ?? 'null') as ReportData | null;
  const host = document.getElementById('over-time');
  if (!data || !host) return;
  const model = runModel(data);
  if (model.epochs > 0) timeView(host, model);
}

main();
