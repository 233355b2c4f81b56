import type { RunResult } from '../../cosim/index.ts';
import { writeCsv } from './csv.ts';

const SHARES = ['busy', 'stall', 'idle', 'dead'] as const;

/** trace.csv: one row per epoch. */
export function traceCsv({ trace, domains, thermal, schedules }: RunResult): string {
  const blocks = thermal?.blocks ?? [];
  const columns: [string, ArrayLike<number>][] = [
    ['time_s', trace.timeS],
    ['duration_s', trace.durationS],
    ['inference', trace.inference],
  ];
  const after: [string, ArrayLike<number>][] = [
    ...domains.flatMap((name, d): [string, ArrayLike<number>][] => [
      [`frequency_hz:${name}`, trace.domains[d].frequencyHz],
      [`voltage_v:${name}`, trace.domains[d].voltageV],
      ...SHARES.map((share): [string, ArrayLike<number>] => [`${share}:${name}`, trace.domains[d][share]]),
    ]),
    ...blocks.map((name, b): [string, ArrayLike<number>] => [`power_w:${name}`, trace.powerW[b]]),
    ...blocks.map((name, b): [string, ArrayLike<number>] => [`temperature_k:${name}`, trace.temperatureK[b]]),
    ['power_w', trace.totalW],
    ['off_die_power_w', trace.offDieW],
  ];
  const names = [...columns.map(([name]) => name), 'layer', ...after.map(([name]) => name)];
  function* rows(): Generator<(string | number)[]> {
    for (let n = 0; n < trace.epochs; n++) {
      const layer = trace.layer[n] < 0 ? '' : schedules[trace.layer[n]].layer.name;
      // Without a running inference the cells of inference and layer are empty.
      const before = columns.map(([, column]) => column[n]);
      const cells: (string | number)[] = trace.inference[n] < 0 ? [before[0], before[1], ''] : before;
      yield [...cells, layer, ...after.map(([, column]) => column[n])];
    }
  }
  return writeCsv(names, rows());
}
