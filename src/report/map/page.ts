import { section, table } from '../elements.ts';
import { html, type Markup, NOTHING } from '../markup.ts';
import { groupDigits } from '../numbers.ts';
import { STYLE } from '../page/style.ts';
import type { BarChart } from '../still/bars.ts';
import { STILLS_POLICY, stillMarkup, stillsScript } from '../still/index.ts';
import type { Plot } from '../still/plot.ts';

/** A tensor in a memory: the words of its tile, and how often each word that arrives is used there. */
export interface NestTile {
  readonly tensor: string;
  readonly words: number;
  /** Undefined in the outermost memory, where nothing arrives. */
  readonly reuse?: number | undefined;
}

/** A memory with its loops, the outermost first. */
export interface NestLevel {
  readonly name: string;
  readonly instances: number;
  readonly capacityWords: number;
  readonly tiles: readonly NestTile[];
  readonly loops: readonly { readonly text: string; readonly isSpatial: boolean }[];
}

/** The data that a report of mappings shows; parts that a job does not have are empty. */
export interface MapReport {
  readonly title: string;
  readonly sentences: readonly string[];
  readonly facts: readonly (readonly [name: string, value: string])[];
  /** Each with the name of its layer, or none if there is one only. */
  readonly nests: readonly { readonly name: string; readonly levels: readonly NestLevel[] }[];
  readonly bars: readonly BarChart[];
  readonly plots: readonly Plot[];
  readonly tables: readonly {
    readonly id: string;
    readonly title: string;
    readonly columns: readonly string[];
    readonly rows: readonly (readonly (string | number)[])[];
  }[];
}

const OWN_STYLE = `
.nest { margin: 0; padding: 0; list-style: none; border-left: 3px solid var(--c0); }
.nest .level { padding: .5rem .8rem; background: var(--panel); margin: 0 0 .5rem; }
.nest .level b { margin-right: .5rem; }
.nest .tiles { color: var(--muted); font-size: .85rem; }
.nest code { display: block; white-space: pre-wrap; padding-left: calc(var(--depth) * .8rem); }
.nest code.across { color: var(--bad); }
@media (max-width: 40rem) { th { white-space: normal; } th, td { padding-right: .4rem; } table { font-size: .75rem; } }
`;

/** report.html of a mapping or of a search for one: one file that needs no network, and no script to be read. Equal data give equal bytes. */
export function mapReportHtml(report: MapReport): string {
  const { title, sentences, facts } = report;
  const figures = [...report.bars, ...report.plots];
  return html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8"/>
<meta name="viewport" content="width=device-width, initial-scale=1"/>
<meta http-equiv="Content-Security-Policy" content="${STILLS_POLICY}"/>
<title>${title} - Isotherm</title>
<style>${{ markup: STYLE + OWN_STYLE }}</style>
</head>
<body>
<main>
<header>
<h1>${title}</h1>
${sentences.map(
  (text) => html`<p class="description">${text}</p>
`,
)}<dl class="facts">${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
</header>
${
  report.nests.length > 0
    ? section(
        'nest',
        'Loops and tiles',
        report.nests.map(
          ({ name, levels }) => html`${name === '' ? NOTHING : html`<h3>${name}</h3>`}${nestMarkup(levels)}`,
        ),
      )
    : NOTHING
}
${figures.length > 0 ? section('figures', 'Figures', figures.map(stillMarkup)) : NOTHING}
${report.tables.map(({ id, title: heading, columns, rows }) =>
  section(
    id,
    heading,
    table(
      heading,
      columns.map((column, i) => ({ title: column, numeric: i > 0 && typeof rows[0]?.[i] === 'number' })),
      rows.map((row) => row.map((cell) => (typeof cell === 'number' ? numberText(cell) : cell))),
    ),
  ),
)}
</main>
${figures.length > 0 ? stillsScript(figures) : NOTHING}</body>
</html>
`.markup;
}

function numberText(value: number): string {
  const shown = Number.isInteger(value) ? value : Number(value.toPrecision(6));
  return Math.abs(shown) < 1e15 ? groupDigits(shown) : String(shown);
}

function nestMarkup(levels: readonly NestLevel[]): Markup {
  let depth = 0;
  const level = ({ name, instances, capacityWords, tiles, loops }: NestLevel): Markup => {
    const size = Number.isFinite(capacityWords) ? ` of ${groupDigits(capacityWords)}` : '';
    const held = tiles.reduce((sum, { words }) => sum + words, 0);
    const count = instances > 1 ? ` x ${groupDigits(instances)}` : '';
    const parts = tiles.map(
      ({ tensor, words, reuse }) =>
        `${tensor} ${groupDigits(words)}${reuse === undefined ? '' : ` (each word used ${reuseText(reuse)})`}`,
    );
    const words =
      tiles.length === 0
        ? NOTHING
        : html` ${groupDigits(held)}${size} words<div class="tiles">${parts.join(' · ')}</div>`;
    return html`<li class="level"><b>${name}${count}</b>${words}${loops.map(
      ({ text, isSpatial }) =>
        html`<code${isSpatial ? html` class="across"` : NOTHING} style="--depth:${depth++}">${text}</code>`,
    )}</li>
`;
  };
  return html`<ul class="nest">${levels.map(level)}</ul>`;
}

/** How often each word is used: `1 time`, `12.5 times`. */
export function reuseText(reuse: number): string {
  const times = String(Number(reuse.toPrecision(3)));
  return `${times} ${times === '1' ? 'time' : 'times'}`;
}
