import type { Pieces } from '../../base/source.ts';
import type { RunResult } from '../../cosim/index.ts';
import { type CsvColumn, columnPieces } from './csv.ts';

const SHARES = ['busy', 'stall', 'idle', 'dead'] as const;

/** trace.csv: one row per epoch. */
export function traceCsv({ trace, domains, thermal, schedules }: RunResult): Pieces {
  const blocks = thermal?.blocks ?? [];
  const columns: [string, CsvColumn][] = [
    ['time_s', trace.timeS],
    ['duration_s', trace.durationS],
    // Without a running inference the cells of inference and layer are empty.
    ['inference', (n) => (trace.inference[n] < 0 ? '' : String(trace.inference[n]))],
    ['layer', (n) => (trace.layer[n] < 0 ? '' : schedules[trace.layer[n]].layer.name)],
    ...domains.flatMap((name, d): [string, CsvColumn][] => [
      [`frequency_hz:${name}`, trace.domains[d].frequencyHz],
      [`voltage_v:${name}`, trace.domains[d].voltageV],
      ...SHARES.map((share): [string, CsvColumn] => [`${share}:${name}`, trace.domains[d][share]]),
    ]),
    ...blocks.map((name, b): [string, CsvColumn] => [`power_w:${name}`, trace.powerW[b]]),
    ...blocks.map((name, b): [string, CsvColumn] => [`temperature_k:${name}`, trace.temperatureK[b]]),
    ['power_w', trace.totalW],
    ['off_die_power_w', trace.offDieW],
  ];
  return columnPieces(
    columns.map(([name]) => name),
    columns.map(([, column]) => column),
    trace.epochs,
  );
}
