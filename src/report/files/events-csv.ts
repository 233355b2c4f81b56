import type { Pieces } from '../../base/source.ts';
import type { RunEvent, RunResult } from '../../cosim/index.ts';
import { csvPieces } from './csv.ts';

/** events.csv: decisions, transitions and conflicts in order of time. */
export function eventsCsv({ events }: RunResult): Pieces {
  return csvPieces(
    ['time_s', 'kind', 'policy', 'domain', 'from', 'to', 'reason', 'duration_s', 'stopped_s'],
    eventRows(events),
  );
}

function* eventRows(events: readonly RunEvent[]): Generator<(string | number)[]> {
  for (const e of events) {
    yield [e.timeS, e.kind, e.policy, e.domain, e.from, e.to, e.reason, e.durationS ?? '', e.stoppedS ?? ''];
  }
}
