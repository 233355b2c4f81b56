export { type BarChart, type MapReport, mapReportHtml, type NestLevel, reuseText } from './page.ts';
export type { Plot, PlotSeries } from './plot.ts';
