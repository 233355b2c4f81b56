import type { RunResult } from '../../cosim/index.ts';
import { writeCsv } from './csv.ts';

/** events.csv: decisions, transitions and conflicts in order of time. */
export function eventsCsv({ events }: RunResult): string {
  const columns = ['time_s', 'kind', 'policy', 'domain', 'from', 'to', 'reason'];
  return writeCsv(
    columns,
    events.map((e) => [e.timeS, e.kind, e.policy, e.domain, e.from, e.to, e.reason]),
  );
}
