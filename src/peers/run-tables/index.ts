export { npyRecords } from '../../formats/npy.ts';
export { RUN_TABLES, typedColumns } from './columns.ts';
export { parquetFile } from './parquet.ts';
export { perfettoTrace } from './perfetto.ts';
