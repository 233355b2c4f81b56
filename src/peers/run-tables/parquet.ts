import { parquetWriteBuffer } from 'hyparquet-writer';
import type { TypedColumn } from './columns.ts';

/** The columns as a Parquet file: doubles, which are null where a cell is empty, and strings. */
export function parquetFile(columns: readonly TypedColumn[]): Uint8Array {
  const columnData = columns.map((column) => {
    if ('texts' in column) return { name: column.name, data: [...column.texts], type: 'STRING' as const };
    const data = Array.from(column.numbers, (value) => (Number.isNaN(value) ? null : value));
    return { name: column.name, data, type: 'DOUBLE' as const, nullable: true };
  });
  return new Uint8Array(parquetWriteBuffer({ columnData }));
}
