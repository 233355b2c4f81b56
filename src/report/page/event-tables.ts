import { spaced } from '../charts/decisions.ts';
import type { RunLog } from '../data/model.ts';
import type { ReportData } from '../data/report-data.ts';
import { details, table } from '../elements.ts';
import { html, type Markup, NOTHING, type Part } from '../markup.ts';
import { engineering, groupDigits, type TimeTexts, timeTexts } from '../numbers.ts';
import { sumOf } from '../still/bars.ts';

const MOST_ROWS = 20;

/** The meaning of each kind of event, in the order of the table. */
const MEANINGS: readonly (readonly [string, string])[] = [
  ['decision', 'a policy chose another operating point'],
  ['transition', 'a domain changed its operating point'],
  ['limited', 'a cap or a deadline overruled a choice, as is its duty'],
  ['deferred', 'a decision waited for the end of a change'],
  ['cap saturated', 'a cap was at its lowest points and still above its trip'],
  ['conflict', 'a policy did not get what it asked for'],
  ['state', 'a domain or a component changed its state'],
];

/** How often each kind of event occurred, with the first and last decisions and conflicts. */
export function eventTables(data: ReportData, model: RunLog): Markup {
  const { summary, eventCounts } = data;
  const kinds = [...new Set(eventCounts.map(({ kind }) => kind))].sort((a, b) => placeOf(a) - placeOf(b));
  const rows = kinds.flatMap((kind) =>
    eventCounts
      .filter((count) => count.kind === kind)
      .map(({ policy, count }) => [kind, policy, groupDigits(count), meaningOf(kind)]),
  );
  if (rows.length === 0) return html`<p>No policy decided anything.</p>`;
  const times = timeTexts(summary.simulatedS, data.time.epochS);
  return html`${transitionText(data)}
${table('Events by kind and policy', [{ title: 'event' }, { title: 'policy' }, { title: 'times', numeric: true }, { title: 'meaning' }], rows)}
${part('Conflicts', ['conflict'], data, model, times)}
${part('Saturated caps', ['cap saturated'], data, model, times)}
${part('Limited choices', ['limited'], data, model, times)}
${part('Decisions', ['decision', 'deferred'], data, model, times)}`;
}

/** The energy of the changes; nothing if nothing changed. */
function transitionText({ summary: { energyJ, transitions }, eventCounts }: ReportData): Markup {
  const states = eventCounts.some(({ kind }) => kind === 'state');
  if (transitions === 0 && !states) return NOTHING;
  const what = [...(transitions > 0 ? ['operating points'] : []), ...(states ? ['states'] : [])].join(' and ');
  return html`<p>The changes of ${what} took ${engineering(energyJ.transition, 'J')}.</p>`;
}

function isBad(kind: string): boolean {
  return kind === 'conflict' || kind === 'cap saturated';
}

function placeOf(kind: string): number {
  const place = MEANINGS.findIndex(([name]) => name === kind);
  return place < 0 ? MEANINGS.length : place;
}

function meaningOf(kind: string): string {
  return MEANINGS.find(([name]) => name === kind)?.[1] ?? '';
}

function part(title: string, kinds: readonly string[], data: ReportData, { events }: RunLog, times: TimeTexts): Markup {
  const { timeS, text, texts } = events;
  const all = Array.from(timeS.keys()).filter((i) => kinds.includes(texts[text[i]][0]));
  if (all.length === 0) return NOTHING;
  const columns = [`time, ${times.unit}`, 'domain', 'operating point', 'policy', 'reason'];
  const shown: readonly (number | null)[] =
    all.length <= MOST_ROWS ? all : [...all.slice(0, MOST_ROWS / 2), null, ...all.slice(-MOST_ROWS / 2)];
  // The page keeps only some of very many events.
  const occurred = sumOf(data.eventCounts.map(({ kind, count }) => (kinds.includes(kind) ? count : 0)));
  const most = Math.max(all.length, occurred);
  const gap =
    most > shown.length
      ? `the first and the last ${MOST_ROWS / 2} of ${groupDigits(most)}`
      : most === 1
        ? 'one'
        : `all ${most}`;
  const cells = (i: number | null): readonly Part[] => {
    if (i === null) return ['...', '', '', '', ''];
    const [, policy, domain, from, to, reason] = texts[text[i]];
    return [
      times.number(timeS[i]),
      domain,
      from === '' ? spaced(to) : `${spaced(from)} to ${spaced(to)}`,
      policy,
      reason,
    ];
  };
  const list = table(
    title,
    columns.map((name) => ({ title: name, numeric: name === columns[0] })),
    shown.map(cells),
    { className: 'events', rowClass: () => (isBad(kinds[0]) ? 'conflict' : '') },
  );
  // Trouble stands open; choices that went as they should are a click away.
  return isBad(kinds[0])
    ? html`<h3>${title}</h3><p class="description">${gap}</p>${list}`
    : details(`${title}: ${gap}`, list);
}
