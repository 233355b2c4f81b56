export { activityCsv } from './activity.ts';
export { writeCsv } from './csv.ts';
export { layersCsv } from './layers.ts';
export { runAssumptions, runSummary } from './summary.ts';
export { runText } from './terminal.ts';
