export { activityCsv } from './activity.ts';
export { writeCsv } from './csv.ts';
export { eventsCsv } from './events.ts';
export { hotspotFiles } from './hotspot.ts';
export { type ReportInput, reportHtml } from './html/index.ts';
export { layersCsv } from './layers.ts';
export { runAssumptions, runSummary } from './summary.ts';
export { runText } from './terminal.ts';
export { traceCsv } from './trace.ts';
