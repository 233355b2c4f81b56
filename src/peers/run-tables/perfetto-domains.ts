import { DOMAINS, event, microseconds, nanoseconds, slice } from './perfetto-events.ts';
import { DECISION_WORDS, numbersOf, type Table, textsOf } from './table.ts';

/** The domains of a run in the order of their first events. */
export function domainsOf(events: Table): string[] {
  return [...new Set(textsOf(events, 'domain'))].filter((name) => name !== '');
}

/**
 * The changes of each domain: a slice from the decision until clock and voltage are those of the new point, and in it the time in which
 * the clock stands. States of a domain are instants. The clock itself is a counter.
 */
export function* domainTracks(events: Table, epochs: Table, domains: readonly string[]): Generator<string> {
  const [timeS, durationS, stoppedS] = ['time_s', 'duration_s', 'stopped_s'].map((name) => numbersOf(events, name));
  const columns = DECISION_WORDS.map((name) => textsOf(events, name));
  const runEnd = nanoseconds(numbersOf(epochs, 'time_s').at(-1) ?? 0);
  const lastEnd = domains.map(() => 0);
  const track = new Map(domains.map((name, d) => [name, d]));
  for (let i = 0; i < timeS.length; i++) {
    const [kind, policy, domain, from, to, reason] = columns.map((texts) => texts[i]);
    const d = track.get(domain) ?? -1;
    if (d < 0) continue;
    const at = nanoseconds(timeS[i]);
    // A run starts at the points of its first decisions.
    if (kind === 'decision' && from === '') yield clock(domain, to, at);
    if (kind === 'state') {
      const args = { policy, reason };
      yield event({
        name: `${from} to ${to}`,
        ph: 'i',
        s: 't',
        pid: 1,
        tid: DOMAINS + d,
        ts: microseconds(at),
        args,
      });
    }
    if (kind !== 'transition') continue;
    const begin = Math.max(at, lastEnd[d]);
    const end = Math.max(begin, Math.min(runEnd, begin + nanoseconds(durationS[i])));
    lastEnd[d] = end;
    const stopped = nanoseconds(stoppedS[i]);
    // On the way up the voltage comes first, then the clock stands; on the way down it is the other way round.
    const isUp = Number.parseFloat(to) > Number.parseFloat(from);
    const stands = isUp ? begin + nanoseconds(durationS[i]) - stopped : begin;
    yield slice(DOMAINS + d, `${from} to ${to}`, [begin, end], { policy, energy: reason });
    if (stopped > 0 && stands < end)
      yield slice(DOMAINS + d, 'clock stands', [stands, Math.min(end, stands + stopped)]);
    if (stands + stopped <= end) yield clock(domain, to, stands + stopped);
  }
}

/** The frequency of a domain from a time on; `point` is its frequency as text, such as `800MHz`. */
function clock(domain: string, point: string, at: number): string {
  const args = { [domain]: Number.parseFloat(point) };
  return event({ name: `frequency of ${domain}, MHz`, ph: 'C', pid: 1, ts: microseconds(at), args });
}
