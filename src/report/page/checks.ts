import type { RunResult } from '../../cosim/index.ts';
import { details, table } from '../elements.ts';
import { html, type Markup } from '../markup.ts';
import { counted } from '../numbers.ts';

/** The run's checks and assumptions, and the data that the page omits. */
export function checks(
  { conservation }: RunResult,
  assumptions: readonly string[],
  leftOut: readonly string[],
): Markup {
  const { energyRelative, heatRelative, macsDifference } = conservation;
  const rows = [
    ['energy: total against the sum of its parts', relative(energyRelative)],
    ['heat: in against out and stored', heatRelative === null ? 'no thermal model' : relative(heatRelative)],
    ['MACs: counted against those of the layers', counted(macsDifference, 'differs', 'differ')],
  ];
  return html`${table('Conservation', [{ title: 'balance' }, { title: 'residual', numeric: true }], rows)}
${list('Assumptions', assumptions)}
${list('Left out of this page', leftOut)}`;
}

function relative(residual: number): string {
  return residual === 0 ? '0' : residual.toExponential(1);
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
