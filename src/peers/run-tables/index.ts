export { RUN_TABLES, typedColumns } from './columns.ts';
export { parquetFile } from './parquet.ts';
export { perfettoTrace } from './perfetto.ts';
