export { perfettoTrace, type RunTables } from './trace.ts';
