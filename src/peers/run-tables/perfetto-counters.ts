import { ZERO_CELSIUS_K } from '../../base/units.ts';
import { microseconds, nanoseconds } from './perfetto-events.ts';
import { numbersOf, type Table } from './table.ts';

/** Columns of the trace that become one counter with a series each. */
const COUNTERS = [
  { prefix: 'voltage_v:', name: 'voltage, V', isMean: true },
  { prefix: 'power_w:', name: 'power, W', isMean: true },
  { prefix: 'temperature_k:', name: 'temperature, C', isMean: false },
] as const;

/** Whether a column of trace.csv becomes a series. */
export function isCounter(column: string): boolean {
  return COUNTERS.some(({ prefix }) => column.startsWith(prefix));
}

/** Most values of a series. Viewers hold a whole trace in memory, and a value of 20 blocks takes some 300 bytes. */
const MOST_VALUES = 50_000;

/** The epochs that share a value of a counter. */
export function epochsPerValue(epochs: Table): number {
  return Math.max(1, Math.ceil(numbersOf(epochs, 'time_s').length / MOST_VALUES));
}

/**
 * Means of an epoch stand at its start, temperatures at its end. In a long run, several epochs share the mean of their time, and
 * their highest temperature. Equal values in a row are written once.
 */
export function* counters(epochs: Table): Generator<string> {
  const [endS, durationS] = ['time_s', 'duration_s'].map((name) => numbersOf(epochs, name));
  const each = epochsPerValue(epochs);
  for (const { prefix, name, isMean } of COUNTERS) {
    const series = epochs.filter((column) => column.name.startsWith(prefix));
    if (series.length === 0) continue;
    const keys = series.map((column) => JSON.stringify(column.name.slice(prefix.length)));
    const values = series.map((column) => numbersOf(epochs, column.name));
    let before = '';
    for (let i = 0; i < endS.length; i += each) {
      const to = Math.min(endS.length, i + each);
      const ofEpochs = (column: Float64Array): number =>
        isMean ? meanOver(column, durationS, i, to) : highestOver(column, i, to) - ZERO_CELSIUS_K;
      const args = `{${keys.map((key, s) => `${key}:${Number(ofEpochs(values[s]).toPrecision(7))}`).join(',')}}`;
      if (args === before) continue;
      before = args;
      const at = nanoseconds(isMean ? endS[i] - durationS[i] : endS[to - 1]);
      yield `,\n{"name":${JSON.stringify(name)},"ph":"C","pid":1,"ts":${microseconds(at)},"args":${args}}`;
    }
  }
}

function meanOver(column: Float64Array, durationS: Float64Array, from: number, to: number): number {
  if (to === from + 1) return column[from];
  let [sum, time] = [0, 0];
  for (let i = from; i < to; i++) {
    sum += column[i] * durationS[i];
    time += durationS[i];
  }
  return sum / time;
}

function highestOver(column: Float64Array, from: number, to: number): number {
  let most = column[from];
  for (let i = from + 1; i < to; i++) most = Math.max(most, column[i]);
  return most;
}
