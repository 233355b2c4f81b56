export { reportHtml } from './page.ts';
export type { ReportInput } from './report-input.ts';
