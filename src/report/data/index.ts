export { reportData } from './from-run.ts';
export { type RunModel, runModel } from './model.ts';
export { REPORT_VERSION, type ReportData } from './report-data.ts';
