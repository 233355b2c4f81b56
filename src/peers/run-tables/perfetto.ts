import type { SourcePieces } from '../../base/source.ts';
import { counters, epochsPerValue, isCounter } from './perfetto-counters.ts';
import { domainsOf, domainTracks } from './perfetto-domains.ts';
import { inferenceTracks } from './perfetto-inferences.ts';
import { DECISION_WORDS, readTable, TRACE_TIMES } from './table.ts';

/** The tables of a run that a trace shows (docs/formats/outputs.md). */
export interface RunTables {
  /** trace.csv. */
  readonly trace: SourcePieces;
  /** events.csv. */
  readonly events: SourcePieces;
  /** inferences.csv. */
  readonly inferences: SourcePieces;
}

/** Whether the trace shows something of this column of trace.csv. */
function isShown(name: string): boolean {
  return (TRACE_TIMES as readonly string[]).includes(name) || isCounter(name);
}

/**
 * A run as a Chrome trace (JSON object with `traceEvents`), which Perfetto and chrome://tracing open. Inferences, layers and transitions
 * are slices with their own begins and ends, whatever the epoch; no two slices of a track overlap unless one holds the other. Frequencies
 * are counters that step where the clock does; voltage, power and temperature are counters with a value an epoch, of long runs with one for
 * several. Gives the text piece by piece. Errors: `csv-syntax`, `column-count`, `missing-key`, `wrong-type`.
 */
export function* perfettoTrace({ trace, events, inferences }: RunTables): Generator<string> {
  const epochs = readTable(trace, (name) => (isShown(name) ? 'number' : 'unread'), TRACE_TIMES);
  const log = readTable(
    events,
    (name) => (['time_s', 'duration_s', 'stopped_s'].includes(name) ? 'number or empty' : 'text'),
    ['time_s', ...DECISION_WORDS, 'duration_s', 'stopped_s'],
  );
  const work = readTable(inferences, () => 'number or empty', ['inference', 'release_s', 'start_s', 'duration_s']);
  const domains = domainsOf(log);
  const each = epochsPerValue(epochs);
  yield '{"displayTimeUnit":"ms","traceEvents":[\n';
  yield [
    { name: 'process_name', ph: 'M', pid: 1, args: { name: each === 1 ? 'run' : `run, counters over ${each} epochs` } },
    ...['inferences', 'layers', ...domains.map((name) => `changes of ${name}`)].map((name, i) => {
      return { name: 'thread_name', ph: 'M', pid: 1, tid: i + 1, args: { name } };
    }),
  ]
    .map((event) => JSON.stringify(event))
    .join(',\n');
  yield* inferenceTracks(work, epochs);
  yield* domainTracks(log, epochs, domains);
  yield* counters(epochs);
  yield '\n]}\n';
}
