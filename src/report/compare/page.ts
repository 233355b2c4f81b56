import { section, table } from '../elements.ts';
import { html, type Markup } from '../markup.ts';
import { engineering } from '../numbers.ts';
import { STYLE } from '../page/style.ts';
import type { BarChart } from '../still/bars.ts';
import { STILLS_POLICY, stillMarkup, stillsScript } from '../still/index.ts';
import type { Still } from '../still/stills.ts';
import type { Comparison, ComparisonCell } from './comparison.ts';
import { paretoChart } from './pareto.ts';
import { cellName, inkNotes, inkOf, isLate } from './rows.ts';
import { columnsOf, commonLines, headingLines, referenceRows, shownColumns } from './tables.ts';
import { comparisonSentence } from './verdict.ts';

/** report.html of a comparison: one file that needs no network, and no script to be read. Equal comparisons give equal bytes. */
export function comparisonHtml(comparison: Comparison): string {
  const [title, ...description] = headingLines(comparison);
  return html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8"/>
<meta name="viewport" content="width=device-width, initial-scale=1"/>
<meta http-equiv="Content-Security-Policy" content="${STILLS_POLICY}"/>
<title>${comparison.experiment} - Isotherm</title>
<style>${{ markup: STYLE }}</style>
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
  'Common to all rows',
  commonLines(comparison).map(
    (text) => html`<p>${text}</p>
`,
  ),
)}
</main>
${stillsScript(comparison.cells.flatMap(figuresOf))}</body>
</html>
`.markup;
}

function cellSection(comparison: Comparison, cell: ComparisonCell, index: number): Markup {
  const columns = columnsOf(cell, shownColumns(comparison));
  const rows = cell.rows.map((row) => columns.map(({ text }) => text(row)));
  const references = referenceRows(cell, columns);
  const heading = cell.values.length === 0 ? 'Policies' : headingOf(comparison, cell);
  return section(`cell-${index + 1}`, heading, [
    html`<p class="sentence">${comparisonSentence(cell)}</p>
`,
    figuresOf(cell, index).map(stillMarkup),
    table(
      `Policies, ${heading}`,
      columns.map(({ title, align }) => ({ title, numeric: align === 'right' })),
      [...rows, ...references],
      { className: 'policies', rowClass: (r) => (r < cell.rows.length && isLate(cell.rows[r]) ? 'warning' : '') },
    ),
    ...cell.remarks.map((remark) => html`<p class="note">${remark}</p>`),
    ...lossTables(cell),
  ]);
}

/** The values of a cell, as typed but for a space before the unit: `Deadline 8 ms`. */
function headingOf(comparison: Comparison, cell: ComparisonCell): string {
  const values = cell.values.map((value) => value.replace(/^([\d.]+)([A-Za-zµ]+)$/, '$1 $2'));
  const name = cellName(comparison, { ...cell, values });
  return `${name[0].toUpperCase()}${name.slice(1)}`;
}

/** The figures of a cell: energy over latency, and the energy of each row as a bar with a line at the oracle. */
function figuresOf(cell: ComparisonCell, index: number): Still[] {
  const pareto = paretoChart(cell, `pareto-${index + 1}`);
  const bars = energyBars(cell, `energy-${index + 1}`);
  return [...(pareto ? [pareto] : []), ...(bars.rows.length > 0 ? [bars] : [])];
}

function energyBars(cell: ComparisonCell, id: string): BarChart {
  const { rows, oracle, oracleWithTransitions } = cell;
  const least = oracleWithTransitions ?? oracle;
  return {
    kind: 'bars',
    id,
    title: 'Energy of the window',
    note: [...(least ? [] : ['no oracle']), ...inkNotes(cell)].join('; '),
    quantity: 'energy_j',
    unit: 'J',
    parts: [{ name: 'energy', ink: 'c0' }],
    rows: rows.flatMap((row) =>
      row.figures ? [{ name: row.policy, values: [row.figures.energyJ], ink: inkOf(row) }] : [],
    ),
    mark: least && { name: `oracle ${engineering(least.energyJ, 'J')}`, value: least.energyJ, ink: 'c1' },
  };
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
