import { fail, nearestName } from '../../base/errors.ts';
import type { SourceText } from '../../base/source.ts';
import { ZERO_CELSIUS_K } from '../../base/units.ts';
import { cellSpan, type Row, readCsv } from '../../formats/csv.ts';

/** The tables of a run that a trace shows (docs/formats/outputs.md). */
export interface RunTables {
  /** trace.csv. */
  readonly trace: SourceText;
  /** events.csv. */
  readonly events: SourceText;
}

/** Rows of the trace, as threads of one process. */
const THREADS = { inferences: 1, layers: 2, transitions: 3 } as const;

/**
 * A run as a Chrome trace (JSON object with `traceEvents`), which Perfetto and chrome://tracing open: inferences and layers
 * as slices with the resolution of an epoch, transitions with their reasons, and frequency, voltage, power and temperature
 * as counters. Gives the text piece by piece. Errors: `csv-syntax`, `column-count`, `missing-key`, `wrong-type`.
 */
export function* perfettoTrace({ trace, events }: RunTables): Generator<string> {
  const epochs = tableOf(trace, ['time_s', 'duration_s', 'inference', 'layer']);
  const decisions = tableOf(events, ['time_s', 'kind', 'policy', 'domain', 'from', 'to', 'reason']);
  yield '{"displayTimeUnit":"ms","traceEvents":[\n';
  yield Object.entries(THREADS)
    .map(([name, tid]) => JSON.stringify({ name: 'thread_name', ph: 'M', pid: 1, tid, args: { name } }))
    .join(',\n');
  for (const event of slices(epochs, 'inference', THREADS.inferences, (name) => `inference ${name}`)) yield event;
  for (const event of slices(epochs, 'layer', THREADS.layers, (name) => name)) yield event;
  for (const event of transitions(decisions)) yield event;
  for (const event of counters(epochs)) yield event;
  yield '\n]}\n';
}

/** A table by named columns. */
interface Table {
  readonly source: SourceText;
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
}

function tableOf(source: SourceText, needed: readonly string[]): Table {
  const [header, ...rows] = readCsv(source);
  const columns = header?.map(({ text }) => text) ?? [];
  const missing = needed.find((name) => !columns.includes(name));
  if (missing !== undefined) {
    fail('missing-key', `${source.file} has no column "${missing}"`, {
      span: cellSpan(source, header?.[0] ?? { text: '', from: 0, to: 0 }),
      expected: 'a table that isotherm run wrote',
      suggestion: nearestName(missing, columns),
    });
  }
  const uneven = rows.find((row) => row.length !== columns.length);
  if (uneven) {
    fail('column-count', `a row has ${uneven.length} values, and the header ${columns.length}`, {
      span: cellSpan(source, uneven[0]),
      expected: 'a table that is complete',
    });
  }
  return { source, columns, rows };
}

/** The number in a cell. */
function numberIn({ source, columns }: Table, row: Row, name: string): number {
  const cell = row[columns.indexOf(name)];
  const value = cell.text === '' ? Number.NaN : Number(cell.text);
  if (Number.isFinite(value)) return value;
  return fail('wrong-type', `"${name}" is ${JSON.stringify(cell.text)}`, {
    span: cellSpan(source, cell),
    expected: 'a number',
  });
}

const US = 1e6;

/** Microseconds with a thousandth, so that rounding of seconds does not show. */
function microseconds(seconds: number): number {
  return Math.round(seconds * US * 1000) / 1000;
}

/** Epochs in a row with the same value in a column, as slices; an empty value is a pause. */
function* slices(table: Table, column: string, tid: number, nameOf: (value: string) => string): Generator<string> {
  const at = table.columns.indexOf(column);
  let begin = 0;
  let name = '';
  let end = 0;
  const slice = (): string =>
    `,\n${JSON.stringify({ name: nameOf(name), ph: 'X', pid: 1, tid, ts: microseconds(begin), dur: microseconds(end - begin) })}`;
  for (const row of table.rows) {
    const to = numberIn(table, row, 'time_s');
    const from = to - numberIn(table, row, 'duration_s');
    const value = row[at].text;
    if (value !== name) {
      if (name !== '') yield slice();
      begin = from;
      name = value;
    }
    end = to;
  }
  if (name !== '') yield slice();
}

/** Transitions as instants. */
function* transitions(table: Table): Generator<string> {
  const textOf = (row: Row, name: string): string => row[table.columns.indexOf(name)].text;
  for (const row of table.rows) {
    if (textOf(row, 'kind') !== 'transition') continue;
    const [domain, from, to, policy, reason] = ['domain', 'from', 'to', 'policy', 'reason'].map((n) => textOf(row, n));
    yield `,\n${JSON.stringify({
      name: `${domain}: ${from} to ${to}`,
      ph: 'i',
      s: 't',
      pid: 1,
      tid: THREADS.transitions,
      ts: microseconds(numberIn(table, row, 'time_s')),
      args: { policy, reason },
    })}`;
  }
}

/** Columns of the trace that become one counter with a series each. */
const COUNTERS = [
  { prefix: 'frequency_hz:', name: 'frequency, MHz', of: (value: number) => value / 1e6 },
  { prefix: 'voltage_v:', name: 'voltage, V', of: (value: number) => value },
  { prefix: 'power_w:', name: 'power, W', of: (value: number) => value },
  { prefix: 'temperature_k:', name: 'temperature, C', of: (value: number) => value - ZERO_CELSIUS_K },
] as const;

/** Means of an epoch stand at its start, temperatures at its end. Equal values in a row are written once. */
function* counters(table: Table): Generator<string> {
  for (const { prefix, name, of } of COUNTERS) {
    const series = table.columns.filter((column) => column.startsWith(prefix));
    if (series.length === 0) continue;
    let before = '';
    for (const row of table.rows) {
      const values = series.map((column) => [
        column.slice(prefix.length),
        Number(of(numberIn(table, row, column)).toPrecision(7)),
      ]);
      const args = JSON.stringify(Object.fromEntries(values));
      if (args === before) continue;
      before = args;
      const end = numberIn(table, row, 'time_s');
      const at = prefix === 'temperature_k:' ? end : end - numberIn(table, row, 'duration_s');
      yield `,\n{"name":${JSON.stringify(name)},"ph":"C","pid":1,"ts":${microseconds(at)},"args":${args}}`;
    }
  }
}
