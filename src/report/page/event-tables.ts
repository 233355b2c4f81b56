import type { RunEvent, RunResult } from '../../cosim/index.ts';
import { table } from '../elements.ts';
import { html, type Markup, NOTHING, type Part } from '../markup.ts';
import { counted, engineering, groupDigits } from '../numbers.ts';

/** Most rows in total, and most conflicts. Conflicts have their own rows, whatever else happened. */
const MOST_CONFLICTS = 20;
const MOST_DECISIONS = 40;

/** Tables of conflicts and decisions. Of the transitions they cause, the page gives only the number. */
export function eventTables({ events, energyJ }: RunResult): Markup {
  const of = (kind: RunEvent['kind']): RunEvent[] => events.filter((event) => event.kind === kind);
  const [conflicts, decisions, transitions] = [of('conflict'), of('decision'), of('transition')];
  const took = transitions.length === 0 ? '' : ` (${engineering(energyJ.transition, 'J')} in all)`;
  return html`<p>${counted(decisions.length, 'decision', 'decisions')}, ${counted(transitions.length, 'transition', 'transitions')}${took}, ${counted(conflicts.length, 'conflict', 'conflicts')}.
A decision is listed when it changes an operating point, with its reason then; it holds until the next.</p>
${part('Conflicts', conflicts, MOST_CONFLICTS)}
${part('Decisions', decisions, MOST_DECISIONS)}`;
}

/** How many conflicts and decisions the tables omit. */
export function eventsLeftOut({ events }: RunResult): number {
  const count = (kind: RunEvent['kind']): number => events.filter((event) => event.kind === kind).length;
  return Math.max(0, count('conflict') - MOST_CONFLICTS) + Math.max(0, count('decision') - MOST_DECISIONS);
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
  { className: 'events', rowClass: (row) => (shown[row]?.kind === 'conflict' ? 'conflict' : '') },
)}`;
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
