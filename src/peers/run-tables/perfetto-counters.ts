import { ZERO_CELSIUS_K } from '../../base/units.ts';
import { microseconds, nanoseconds } from './perfetto-events.ts';
import { numbersOf, type Table } from './table.ts';

/** Columns of the trace that become one counter with a series each. */
const COUNTERS = [
  { prefix: 'voltage_v:', name: 'voltage, V', of: (value: number) => value },
  { prefix: 'power_w:', name: 'power, W', of: (value: number) => value },
  { prefix: 'temperature_k:', name: 'temperature, C', of: (value: number) => value - ZERO_CELSIUS_K },
] as const;

/** Means of an epoch stand at its start, temperatures at its end. Equal values in a row are written once. */
export function* counters(epochs: Table): Generator<string> {
  const [endS, durationS] = ['time_s', 'duration_s'].map((name) => numbersOf(epochs, name));
  for (const { prefix, name, of } of COUNTERS) {
    const series = epochs.filter((column) => column.name.startsWith(prefix));
    if (series.length === 0) continue;
    const keys = series.map((column) => JSON.stringify(column.name.slice(prefix.length)));
    const values = series.map((column) => numbersOf(epochs, column.name));
    let before = '';
    for (let i = 0; i < endS.length; i++) {
      const args = `{${keys.map((key, s) => `${key}:${Number(of(values[s][i]).toPrecision(7))}`).join(',')}}`;
      if (args === before) continue;
      before = args;
      const at = nanoseconds(prefix === 'temperature_k:' ? endS[i] : endS[i] - durationS[i]);
      yield `,\n{"name":${JSON.stringify(name)},"ph":"C","pid":1,"ts":${microseconds(at)},"args":${args}}`;
    }
  }
}
