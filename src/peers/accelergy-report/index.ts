export { type EnergyReport, energyReport, REPORT_FORMATS, type ReportContext, type ReportRow } from './report.ts';
