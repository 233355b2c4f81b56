import type { SourcePieces } from '../../base/source.ts';
import { ZERO_CELSIUS_K } from '../../base/units.ts';
import { numbersOf, readTable, type TypedColumn, textsOf } from './table.ts';

/** The tables of a run that a trace shows (docs/formats/outputs.md). */
export interface RunTables {
  /** trace.csv. */
  readonly trace: SourcePieces;
  /** events.csv. */
  readonly events: SourcePieces;
}

/** Rows of the trace, as threads of one process. */
const THREADS = { inferences: 1, layers: 2, transitions: 3 } as const;

/**
 * A run as a Chrome trace (JSON object with `traceEvents`), which Perfetto and chrome://tracing open: inferences and layers
 * as slices with the resolution of an epoch, transitions with their reasons, and frequency, voltage, power and temperature
 * as counters. Gives the text piece by piece. Errors: `csv-syntax`, `column-count`, `missing-key`, `wrong-type`.
 */
export function* perfettoTrace({ trace, events }: RunTables): Generator<string> {
  const places = ['inference', 'layer'];
  const epochs = readTable(trace, (name) => (places.includes(name) ? 'text' : 'number'), [...TIMES, ...places]);
  const decisions = readTable(events, (name) => (name === 'time_s' ? 'number' : 'text'), ['time_s', ...WORDS]);
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

const TIMES = ['time_s', 'duration_s'] as const;
const WORDS = ['kind', 'policy', 'domain', 'from', 'to', 'reason'] as const;

type Table = readonly TypedColumn[];

const US = 1e6;

/** Microseconds with a thousandth, so that rounding of seconds does not show. */
function microseconds(seconds: number): number {
  return Math.round(seconds * US * 1000) / 1000;
}

/** Epochs in a row with the same value in a column, as slices; an empty value is a pause. */
function* slices(table: Table, column: string, tid: number, nameOf: (value: string) => string): Generator<string> {
  const values = textsOf(table, column);
  let begin = 0;
  let name = '';
  let end = 0;
  const slice = (): string =>
    `,\n${JSON.stringify({ name: nameOf(name), ph: 'X', pid: 1, tid, ts: microseconds(begin), dur: microseconds(end - begin) })}`;
  const [endS, durationS] = TIMES.map((name) => numbersOf(table, name));
  for (let i = 0; i < endS.length; i++) {
    const value = values[i];
    if (value !== name) {
      if (name !== '') yield slice();
      begin = endS[i] - durationS[i];
      name = value;
    }
    end = endS[i];
  }
  if (name !== '') yield slice();
}

/** Transitions as instants. */
function* transitions(table: Table): Generator<string> {
  const timeS = numbersOf(table, 'time_s');
  const columns = WORDS.map((name) => textsOf(table, name));
  for (let i = 0; i < timeS.length; i++) {
    const [kind, policy, domain, from, to, reason] = columns.map((texts) => texts[i]);
    if (kind !== 'transition') continue;
    yield `,\n${JSON.stringify({
      name: `${domain}: ${from} to ${to}`,
      ph: 'i',
      s: 't',
      pid: 1,
      tid: THREADS.transitions,
      ts: microseconds(timeS[i]),
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
  const [endS, durationS] = TIMES.map((name) => numbersOf(table, name));
  for (const { prefix, name, of } of COUNTERS) {
    const series = table.filter((column) => column.name.startsWith(prefix));
    if (series.length === 0) continue;
    const keys = series.map((column) => JSON.stringify(column.name.slice(prefix.length)));
    const values = series.map((column) => numbersOf(table, column.name));
    let before = '';
    for (let i = 0; i < endS.length; i++) {
      const args = `{${keys.map((key, s) => `${key}:${Number(of(values[s][i]).toPrecision(7))}`).join(',')}}`;
      if (args === before) continue;
      before = args;
      const at = prefix === 'temperature_k:' ? endS[i] : endS[i] - durationS[i];
      yield `,\n{"name":${JSON.stringify(name)},"ph":"C","pid":1,"ts":${microseconds(at)},"args":${args}}`;
    }
  }
}
