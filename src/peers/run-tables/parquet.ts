import { ByteWriter, ParquetWriter, schemaFromColumnData } from 'hyparquet-writer';
import type { TypedColumn } from './table.ts';

/** Rows of the first group, which a reader shows at once, and of the others. */
const [FIRST_ROWS, ROWS] = [1000, 100_000];

/** The columns as a Parquet file, in pieces: doubles, which are null where a cell is empty, and strings. */
export function* parquetFile(columns: readonly TypedColumn[]): Generator<Uint8Array> {
  const writer = new ByteWriter();
  const file = new ParquetWriter({ writer, schema: schemaFromColumnData({ columnData: rowsOf(columns, 0, 0) }) });
  const rows = columns.reduce((most, column) => Math.max(most, lengthOf(column)), 0);
  for (let from = 0; from < rows; ) {
    const to = Math.min(rows, from === 0 ? FIRST_ROWS : from + ROWS);
    file.write({ columnData: rowsOf(columns, from, to), rowGroupSize: to - from });
    yield taken(writer);
    from = to;
  }
  file.finish();
  yield taken(writer);
}

function lengthOf(column: TypedColumn): number {
  return 'texts' in column ? column.texts.length : column.numbers.length;
}

function rowsOf(columns: readonly TypedColumn[], from: number, to: number) {
  return columns.map((column) => {
    const { name } = column;
    if ('texts' in column) return { name, data: column.texts.slice(from, to), type: 'STRING' as const };
    const data = Array.from(column.numbers.subarray(from, to), (value) => (Number.isNaN(value) ? null : value));
    return { name, data, type: 'DOUBLE' as const, nullable: true };
  });
}

/** The bytes written since the last time. `offset` goes on counting. */
function taken(writer: ByteWriter): Uint8Array {
  const bytes = writer.getBytes().slice();
  writer.index = 0;
  return bytes;
}
