export { type MapReport, mapReportHtml, type NestLevel, reuseText } from './page.ts';
