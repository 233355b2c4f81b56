import type { ReportData, SourceData } from '../data/report-data.ts';
import { details, table } from '../elements.ts';
import { html, type Markup, NOTHING } from '../markup.ts';
import { counted, engineering, residualText } from '../numbers.ts';

/** The run's checks and assumptions, the sources of its energies, and the data that the page omits. */
export function checks(data: ReportData): Markup {
  const { conservation, assumptions } = data.summary;
  const { energyRelative, heatRelative, macsDifference } = conservation;
  const rows = [
    ['energy: total against the sum of its parts', residualText(energyRelative)],
    ['heat: in against out and stored', heatRelative === undefined ? 'no thermal model' : residualText(heatRelative)],
    ['MACs: counted against those of the layers', counted(macsDifference, 'differs', 'differ')],
  ];
  return html`${table('Conservation', [{ title: 'balance' }, { title: 'residual', numeric: true }], rows)}
${list('Assumptions', assumptions)}
<h3>Where the energies come from</h3>
${details(counted(data.sources.length, 'figure', 'figures'), sourceTable(data.sources))}
${list('Left out of this page', leftOut(data))}
<h3>To repeat this run</h3>
<p>The hash of its input files is <code>${data.summary.inputsHash}</code>, and its seed ${data.summary.seed}. The same inputs give the same bytes${data.command === null ? '.' : ':'}</p>
${data.command === null ? NOTHING : html`<pre><code>${data.command}</code></pre>`}`;
}

/** A list, folded if it is long. */
function list(title: string, items: readonly string[]): Markup {
  if (items.length === 0) return html`<h3>${title}</h3><p>None.</p>`;
  const all = html`<ul>${items.map(
    (item) => html`<li>${item}</li>
`,
  )}</ul>`;
  return html`<h3>${title}</h3>${items.length > 12 ? details(`${items.length}`, all) : all}`;
}

function sourceTable(sources: readonly SourceData[]): Markup {
  const columns = ['component', 'action', 'part'].map((title) => ({ title }));
  return table(
    'Where the energies come from',
    [...columns, { title: 'energy', numeric: true }, { title: 'source' }, { title: 'assumption' }],
    sources.map((s) => [s.component, s.action, s.part, engineering(s.energyJ, 'J'), s.source, s.assumption]),
  );
}

/** The data in the run's files that the page omits. */
function leftOut({ time, die }: ReportData): string[] {
  const [whole, ...windows] = time.segments;
  const { inferences, events } = time;
  const each = whole?.each ?? 1;
  const names = windows.map(({ name }) => name);
  return [
    ...(each > 1
      ? [
          `${counted(time.epochs, 'epoch', 'epochs')} stand in groups of ${each} with their mean and extremes; every epoch is there ` +
            `around ${names.join(', ')}.`,
        ]
      : []),
    ...(inferences.index.count < inferences.started
      ? [
          `${counted(inferences.started - inferences.index.count, 'inference', 'inferences')} between the quickest and the slowest.`,
        ]
      : []),
    ...(events.complete
      ? []
      : [`${counted(events.total - events.time.count, 'event', 'events')} outside the windows; events.csv has them.`]),
    'Values are rounded to a 4,096th of the range of their column.',
    ...(die ? [] : ['Temperature: the run has no floorplan.']),
  ];
}
