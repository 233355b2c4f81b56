export { reportData } from './from-run.ts';
export { type RunModel, runModel } from './model.ts';
export type { ReportData } from './report-data.ts';
