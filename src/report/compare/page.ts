import { section, table } from '../elements.ts';
import { html, type Markup, NOTHING } from '../markup.ts';
import { coordinate, engineering } from '../numbers.ts';
import { CONTENT_POLICY, STYLE } from '../page/style.ts';
import type { Comparison, ComparisonCell } from './comparison.ts';
import { paretoPicture } from './pareto.ts';
import { cellName, isLate } from './rows.ts';
import { commonLines, headingLines, referenceRows, shownColumns } from './tables.ts';

/** report.html of a comparison: one file, without scripts or network. Equal comparisons give equal bytes. */
export function comparisonHtml(comparison: Comparison): string {
  const [title, ...description] = headingLines(comparison);
  return html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8"/>
<meta name="viewport" content="width=device-width, initial-scale=1"/>
<meta http-equiv="Content-Security-Policy" content="${CONTENT_POLICY}"/>
<title>${comparison.experiment} - Isotherm</title>
<style>${{ markup: `${STYLE}${PICTURE_STYLE}` }}</style>
</head>
<body>
<main>
<header>
<h1>${title}</h1>
${description.map((text) => html`<p class="description">${text}</p>`)}
</header>
${comparison.cells.map((cell, i) => cellSection(comparison, cell, i))}
${section(
  'common',
  'What all rows have in common',
  commonLines(comparison).map(
    (text) => html`<p>${text}</p>
`,
  ),
)}
</main>
</body>
</html>
`.markup;
}

function cellSection(comparison: Comparison, cell: ComparisonCell, index: number): Markup {
  const columns = shownColumns(comparison);
  const rows = cell.rows.map((row) => columns.map(({ text }) => text(row)));
  const references = referenceRows(cell, columns);
  const heading = cell.values.length === 0 ? 'Policies' : cellName(comparison, cell);
  return section(`cell-${index + 1}`, heading, [
    pareto(cell),
    energyBars(cell),
    table(
      `Policies, ${heading}`,
      columns.map(({ title, align }) => ({ title, numeric: align === 'right' })),
      [...rows, ...references],
      { rowClass: (r) => (r < cell.rows.length && isLate(cell.rows[r]) ? 'warning' : '') },
    ),
    ...cell.remarks.map((remark) => html`<p class="note">${remark}</p>`),
    ...lossTables(cell),
  ]);
}

/** Widths of the picture on wide and on narrow screens, px. */
const PICTURES = { wide: 900, narrow: 350 } as const;

/** Energy over latency, once for wide screens and once for narrow ones. */
function pareto(cell: ComparisonCell): Markup {
  const pictures = Object.entries(PICTURES).map(([name, width]) => [name, paretoPicture(cell, width)] as const);
  if (pictures.some(([, picture]) => picture === null)) return NOTHING;
  const note =
    'the line joins rows that no other one beats; grey rows are late, those in another colour were over the limit';
  return html`<figure><figcaption>Energy and speed <span class="note">${note}</span></figcaption>
${pictures.map(([name, picture]) => html`<div class="pareto-${name}">${{ markup: picture! }}</div>`)}
</figure>
`;
}

/** One of the two pictures shows. */
const PICTURE_STYLE = `.pareto-wide svg,.pareto-narrow svg{width:100%;height:auto;display:block}
@media (max-width:600px){.pareto-wide{display:none}}
@media (min-width:601px){.pareto-narrow{display:none}}`;

const WIDTH = 1000;

/** The energy of each row as a bar, with a line at the oracle. */
function energyBars({ rows, oracle, oracleWithTransitions }: ComparisonCell): Markup {
  const ran = rows.flatMap((row) => (row.figures ? [{ row, energyJ: row.figures.energyJ }] : []));
  const fullJ = Math.max(0, ...ran.map(({ energyJ }) => energyJ));
  if (!(fullJ > 0)) return NOTHING;
  const least = oracleWithTransitions ?? oracle;
  const at = (energyJ: number): string => coordinate((WIDTH * energyJ) / fullJ);
  const bars = ran.map(({ row, energyJ }) => {
    const colour = isLate(row) ? 'var(--other)' : 'var(--c0)';
    const mark = least
      ? html`<path d="M${at(least.energyJ)} 0V10" stroke="var(--c1)" stroke-width="3" vector-effect="non-scaling-stroke"/>`
      : NOTHING;
    const title = `${row.policy}: ${engineering(energyJ, 'J')}${isLate(row) ? ', late' : ''}`;
    return html`<tr><td>${row.policy}</td><td class="wide"><svg viewBox="0 0 ${WIDTH} 10" preserveAspectRatio="none" width="100%" height="14" role="img" aria-label="${title}"><rect x="0" y="0" width="${at(energyJ)}" height="10" fill="${colour}"><title>${title}</title></rect>${mark}</svg></td><td class="number">${engineering(energyJ, 'J')}</td></tr>
`;
  });
  const legend = least ? 'the line marks the oracle' : 'no oracle';
  return html`<figure><figcaption>Energy of the window <span class="note">${legend}; grey rows are late</span></figcaption>
<table class="layers"><tbody>${bars}</tbody></table></figure>
`;
}

/** For each row, the layers that cost most against the oracle. */
function lossTables({ rows }: ComparisonCell): Markup[] {
  const time = (seconds: number): string => engineering(seconds, 's');
  return rows.flatMap(({ policy, losses = [] }) => {
    if (losses.length === 0) return [];
    const cells = losses.map(({ what, lostJ, timeS, oracleTimeS, oracleClocks }) => {
      return [what, engineering(lostJ, 'J'), time(timeS), time(oracleTimeS), oracleClocks];
    });
    const columns = [
      { title: 'layer' },
      { title: 'lost', numeric: true },
      { title: 'time', numeric: true },
      { title: "oracle's time", numeric: true },
      { title: "oracle's clocks" },
    ];
    return [
      html`<details><summary>Where ${policy} loses against the oracle</summary>${table(`Losses of ${policy}`, columns, cells)}</details>
`,
    ];
  });
}
