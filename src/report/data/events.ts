import type { RunEvent, RunResult } from '../../cosim/index.ts';
import { codeColumn, codeTimes } from './numbers-coded.ts';
import type { EventCount, EventData, EventText } from './report-data.ts';
import type { Segment } from './segments.ts';

/** Most events of a page, and most letters of their different texts. A run with more keeps those of its windows. */
const MOST_EVENTS = 40_000;
const MOST_LETTERS = 400_000;
const MOST_OUTSIDE = 400;

export function eventData(run: RunResult, segments: readonly Segment[], ticksPerS: number): EventData {
  const { events } = run;
  const kept = keptEvents(run, segments);
  const places = new Map<string, number>();
  const texts: EventText[] = [];
  const text = Float64Array.from(kept, (event) => {
    const words = wordsOf(event);
    // A name holds no such character, and JSON would take five times as long.
    const key = words.join('\0');
    const known = places.get(key);
    if (known !== undefined) return known;
    places.set(key, texts.length);
    texts.push(words);
    return texts.length - 1;
  });
  const time = codeTimes(
    kept.map(({ timeS }) => timeS),
    ticksPerS,
  );
  return { total: events.length, complete: kept.length === events.length, time, text: codeColumn(text), texts };
}

function wordsOf({ kind, policy, domain, from, to, reason }: RunEvent): EventText {
  return [kind, policy, domain, from, to, reason];
}

function keptEvents({ events, trace }: RunResult, segments: readonly Segment[]): readonly RunEvent[] {
  if (events.length <= MOST_EVENTS && lettersOf(events) <= MOST_LETTERS) return events;
  const stretches = segments
    .filter(({ each }) => each === 1)
    .map(({ firstEpoch, epochs }) => [
      firstEpoch === 0 ? 0 : trace.timeS[firstEpoch - 1],
      trace.timeS[firstEpoch + epochs - 1],
    ]);
  const inside = events.filter(({ timeS }) => stretches.some(([from, to]) => timeS >= from && timeS <= to));
  const kept = new Set(
    lettersOf(inside) <= MOST_LETTERS && inside.length <= MOST_EVENTS ? inside : inside.slice(0, MOST_OUTSIDE),
  );
  for (const event of events.slice(0, MOST_OUTSIDE)) kept.add(event);
  for (const event of events.slice(-MOST_OUTSIDE)) kept.add(event);
  return events.filter((event) => kept.has(event));
}

/** Letters of the different reasons, which is most of what events take. */
function lettersOf(events: readonly RunEvent[]): number {
  const reasons = new Set<string>();
  let letters = 0;
  for (const { reason } of events) {
    if (reasons.has(reason)) continue;
    reasons.add(reason);
    letters += reason.length + 60;
  }
  return letters;
}

export function eventCounts(events: readonly RunEvent[]): EventCount[] {
  const counts = new Map<string, EventCount>();
  for (const { kind, policy } of events) {
    const key = `${kind}\0${policy}`;
    counts.set(key, { kind, policy, count: (counts.get(key)?.count ?? 0) + 1 });
  }
  return [...counts.values()];
}

/**
 * The share of the run that a domain's members spend at each named point, from their transitions. Points in order of first use. A
 * change counts from its beginning.
 */
export function residencyOf(
  { events, simulatedS }: RunResult,
  members: readonly string[],
): readonly { readonly point: string; readonly share: number }[] {
  const timeAt = new Map<string, number>();
  const since = new Map<string, { readonly point: string; readonly fromS: number }>();
  const add = (point: string, seconds: number): unknown => timeAt.set(point, (timeAt.get(point) ?? 0) + seconds);
  for (const { kind, domain, to, timeS } of events) {
    const last = since.get(domain);
    const begins = kind === 'decision' && last === undefined && timeS === 0;
    if (!members.includes(domain) || !(begins || kind === 'transition')) continue;
    if (last) add(last.point, timeS - last.fromS);
    since.set(domain, { point: to, fromS: timeS });
  }
  for (const { point, fromS } of since.values()) add(point, simulatedS - fromS);
  const all = simulatedS * since.size;
  return all > 0 ? [...timeAt].map(([point, seconds]) => ({ point, share: seconds / all })) : [];
}
