import type { RunEvent, RunResult } from '../../cosim/index.ts';
import { table } from '../elements.ts';
import { html, type Markup, NOTHING, type Part } from '../markup.ts';
import { counted, engineering, groupDigits } from '../numbers.ts';

/** Kinds of events with a table of their own, whatever else happened, and the most rows of each. */
const TABLES: readonly {
  readonly title: string;
  readonly kinds: readonly RunEvent['kind'][];
  readonly most: number;
}[] = [
  { title: 'Conflicts', kinds: ['conflict'], most: 20 },
  { title: 'Saturated caps', kinds: ['cap saturated'], most: 20 },
  { title: 'Limited choices', kinds: ['limited'], most: 10 },
  { title: 'Decisions', kinds: ['decision', 'deferred'], most: 40 },
];

/** Tables of conflicts, saturated caps, limited choices and decisions. Of transitions, the page gives only the number. */
export function eventTables({ events, energyJ }: RunResult): Markup {
  const count = (kind: RunEvent['kind']): number => events.filter((event) => event.kind === kind).length;
  const transitions = count('transition');
  const took = transitions === 0 ? '' : ` (${engineering(energyJ.transition, 'J')} in all)`;
  const deferred = count('deferred');
  const waited = deferred === 0 ? '' : `, ${counted(deferred, 'deferral', 'deferrals')}`;
  const limited = count('limited');
  const limits = limited === 0 ? '' : `, ${counted(limited, 'limited choice', 'limited choices')}`;
  return html`<p>${counted(count('decision'), 'decision', 'decisions')}${waited}, ${counted(transitions, 'transition', 'transitions')}${took}${limits}, ${counted(count('conflict'), 'conflict', 'conflicts')}.
A decision is listed when it changes an operating point, with its reason then; it holds until the next.</p>
${tableOf(TABLES[0], events)}
${TABLES.slice(1).map((one) => tableOf(one, events))}`;
}

function tableOf({ title, kinds, most }: (typeof TABLES)[number], events: readonly RunEvent[]): Markup {
  return part(
    title,
    events.filter(({ kind }) => kinds.includes(kind)),
    most,
  );
}

/** How many events the tables omit. */
export function eventsLeftOut({ events }: RunResult): number {
  return TABLES.reduce((sum, { kinds, most }) => {
    return sum + Math.max(0, events.filter(({ kind }) => kinds.includes(kind)).length - most);
  }, 0);
}

function part(title: string, events: readonly RunEvent[], most: number): Markup {
  if (events.length === 0) return NOTHING;
  const columns = ['time', 'domain', 'operating point', 'policy', 'reason'];
  const shown = firstAndLast(events, most);
  const gap =
    events.length > most ? html`<p>The first and the last ${most / 2} of ${groupDigits(events.length)}.</p>` : null;
  return html`<h3>${title}</h3>${gap}
${table(
  title,
  columns.map((name) => ({ title: name, numeric: name === 'time' })),
  shown.map(cells),
  { className: 'events', rowClass: (row) => (isBad(shown[row]) ? 'conflict' : '') },
)}`;
}

function isBad(event: RunEvent | null | undefined): boolean {
  return event?.kind === 'conflict' || event?.kind === 'cap saturated';
}

/** The first and last events, with null between them for the omitted ones. */
function firstAndLast(events: readonly RunEvent[], most: number): readonly (RunEvent | null)[] {
  if (events.length <= most) return events;
  return [...events.slice(0, most / 2), null, ...events.slice(-most / 2)];
}

function cells(event: RunEvent | null): readonly Part[] {
  if (event === null) return ['...', '', '', '', ''];
  const { timeS, policy, domain, from, to, reason } = event;
  const change = from === '' ? spaced(to) : `${spaced(from)} to ${spaced(to)}`;
  return [engineering(timeS, 's'), domain, change, policy, reason];
}

/** Turns the `700MHz` of events.csv into `700 MHz`. */
function spaced(point: string): string {
  return point.replace(/^([\d.]+)([a-zA-Z]+)$/, '$1 $2');
}
