import type { RunEvent, RunResult } from '../../cosim/result.ts';
import { counted } from '../format.ts';
import { html, type Markup, NOTHING, type Part } from '../markup.ts';
import { engineering } from '../numbers.ts';
import { table } from './elements.ts';

/** Rows in all; conflicts have theirs whatever else happened. */
const MOST_CONFLICTS = 50;
const MOST_OTHERS = 150;

/** Decisions and changes of operating points, conflicts first. */
export function eventTables({ events }: RunResult): Markup {
  const conflicts = events.filter(({ kind }) => kind === 'conflict');
  const others = events.filter(({ kind }) => kind !== 'conflict');
  const decisions = others.filter(({ kind }) => kind === 'decision').length;
  const counts = [
    counted(decisions, 'decision', 'decisions'),
    counted(others.length - decisions, 'transition', 'transitions'),
    counted(conflicts.length, 'conflict', 'conflicts'),
  ];
  return html`<p>${counted(events.length, 'event', 'events')} in all: ${counts.join(', ')}.</p>
${part('Conflicts', conflicts, MOST_CONFLICTS)}
${part('Decisions and transitions', others, MOST_OTHERS)}`;
}

/** How many events are not in the tables. */
export function eventsLeftOut({ events }: RunResult): number {
  const conflicts = events.filter(({ kind }) => kind === 'conflict').length;
  return Math.max(0, conflicts - MOST_CONFLICTS) + Math.max(0, events.length - conflicts - MOST_OTHERS);
}

function part(title: string, events: readonly RunEvent[], most: number): Markup {
  if (events.length === 0) return NOTHING;
  const columns = ['time', 'kind', 'policy', 'domain', 'from', 'to', 'reason'];
  const shown = firstAndLast(events, most);
  const gap = events.length > most ? html`<p>The first and the last ${most / 2} of ${events.length}.</p>` : null;
  return html`<h3>${title}</h3>${gap}
${table(
  title,
  columns.map((name) => ({ title: name, numeric: name === 'time' })),
  shown.map(cells),
  (row) => (shown[row]?.kind === 'conflict' ? 'conflict' : ''),
)}`;
}

/** With null for what is left out between. */
function firstAndLast(events: readonly RunEvent[], most: number): readonly (RunEvent | null)[] {
  if (events.length <= most) return events;
  return [...events.slice(0, most / 2), null, ...events.slice(-most / 2)];
}

function cells(event: RunEvent | null): readonly Part[] {
  if (event === null) return ['...', '', '', '', '', '', ''];
  const { timeS, kind, policy, domain, from, to, reason } = event;
  return [engineering(timeS, 's'), kind, policy, domain, from, to, reason];
}
