export type { ReportInput } from './input.ts';
export { reportHtml } from './page.ts';
