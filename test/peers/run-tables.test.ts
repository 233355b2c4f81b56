import { parquetWriteBuffer } from 'hyparquet-writer';
import { expect, test } from 'vitest';
import { npyRecords, parquetFile, typedColumns } from '../../src/peers/run-tables/index.ts';
import { problemsOf } from '../cosim/support.ts';

/** A table of so many rows in pieces of 1000 characters, as an epoch's row: a number, an empty cell in every third row, a text. */
function pieces(rows: number, ending = ''): Iterable<string> {
  const lines = Array.from({ length: rows }, (_, n) => `${n / 8},${n % 3 === 0 ? '' : n},"layer, ${n % 5}"`);
  const text = `time_s,inference,layer\n${lines.join('\n')}\n${ending}`;
  return Array.from({ length: Math.ceil(text.length / 1000) }, (_, i) => text.slice(1000 * i, 1000 * (i + 1)));
}
const ROWS = 101_500;
const table = (rows = ROWS) => typedColumns({ file: 'trace.csv', pieces: pieces(rows) });

test('a table of any length is read piece by piece', () => {
  expect(table()).toEqual([
    { name: 'time_s', numbers: Float64Array.from({ length: ROWS }, (_, n) => n / 8) },
    { name: 'inference', numbers: Float64Array.from({ length: ROWS }, (_, n) => (n % 3 === 0 ? Number.NaN : n)) },
    { name: 'layer', texts: Array.from({ length: ROWS }, (_, n) => `layer, ${n % 5}`) },
  ]);
  expect(typedColumns({ file: 'ert.csv', pieces: [] })).toEqual([]);
});

test('a fault is shown at its line of the file, after many pieces too', () => {
  const read = (ending: string) => () => typedColumns({ file: 't.csv', pieces: pieces(ROWS, ending) });
  expect(problemsOf(read('1,x,a\n'))).toEqual([`wrong-type t.csv:${ROWS + 2}:3 x`]);
  expect(problemsOf(read('1,2\n'))).toEqual([`column-count t.csv:${ROWS + 2}:1 1`]);
  expect(problemsOf(read('1,2,"a\n'))).toEqual([expect.stringMatching(`^csv-syntax t.csv:${ROWS + 2}:`)]);
});

// A comment before the header sends the whole text to the reader of any CSV; without it, plain rows have a reader of their own.
test('plain rows hold what the reader of any CSV finds in them', () => {
  const numbers = [
    '0',
    '-0',
    '1.05',
    '-3.25e-7',
    '123456789012345678',
    '0.1000000000000000055',
    '1e400',
    '.5',
    '5.',
    ' 8',
  ];
  const texts = ['a', '"b, c"', '"say ""no"""', '', '"" ', ' d', 'é', '#e'];
  for (const number of numbers) {
    for (const text of texts) {
      const rows = `time_s,layer\n1,x\n${number},${text}\n\n2,y\n`;
      const read = (head: string): unknown => {
        try {
          return typedColumns({ file: 't.csv', pieces: [`${head}${rows}`] });
        } catch {
          return 'refused';
        }
      };
      expect(read(''), rows).toEqual(read('# a comment\n'));
    }
  }
});

test('Parquet in pieces has the bytes of the library that writes it whole', () => {
  const columns = table();
  const columnData = columns.map((column) =>
    'texts' in column
      ? { name: column.name, data: [...column.texts], type: 'STRING' as const }
      : {
          name: column.name,
          data: Array.from(column.numbers, (value) => (Number.isNaN(value) ? null : value)),
          type: 'DOUBLE' as const,
          nullable: true,
        },
  );
  const whole = Buffer.from(parquetWriteBuffer({ columnData }));
  expect(Buffer.concat([...parquetFile(columns)]).equals(whole)).toBe(true);
});

test('records of NumPy in pieces have a header for all rows, and row after row', () => {
  const [header, ...data] = npyRecords(table(9000));
  expect(Buffer.from(header).toString('latin1')).toContain("'shape': (9000,)");
  expect(header.length % 64).toBe(0);
  // A record: 8 bytes, 8 bytes, and 8 characters of four bytes.
  const bytes = Buffer.concat(data);
  expect(bytes.length).toBe(9000 * 48);
  expect(bytes.readDoubleLE(48 * 8999)).toBe(8999 / 8);
  expect(bytes.readDoubleLE(48 * 8999 + 8)).toBe(8999);
  expect(bytes.readDoubleLE(48 * 8997 + 8)).toBeNaN();
  expect(bytes.readUInt32LE(48 * 8999 + 16 + 4 * 7)).toBe('4'.charCodeAt(0));
});
