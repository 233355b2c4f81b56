import { type RunLog, runLog } from '../data/model.ts';
import type { ReportData } from '../data/report-data.ts';
import { section } from '../elements.ts';
import { html, type Markup, NOTHING } from '../markup.ts';
import { blockTable } from './block-table.ts';
import { checks } from './checks.ts';
import { causeChart } from './energy.ts';
import { eventTables } from './event-tables.ts';
import { layerChart } from './layers.ts';
import { SCRIPT, SCRIPT_HASH } from './script.ts';
import { STYLE } from './style.ts';
import { factList, sentence, verdict } from './verdict.ts';

/** Forbids the page to load anything and to run any script but its own, so that a mistake would show as a hole. */
const POLICY = `default-src 'none'; img-src data: blob:; style-src 'unsafe-inline'; script-src '${SCRIPT_HASH}'`;

/**
 * report.html: a single file that needs no network. It needs only `data`, which is plain JSON: `reportData` makes it of a run, and
 * report.json keeps it, so that a report can be drawn again from the files of a run. Equal data give equal bytes.
 */
export function reportHtml(data: ReportData): string {
  const model = runLog(data);
  const { experiment } = data.summary;
  const page = html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8"/>
<meta name="viewport" content="width=device-width, initial-scale=1"/>
<meta http-equiv="Content-Security-Policy" content="${POLICY}"/>
<title>${experiment} - Isotherm</title>
<style>${{ markup: STYLE }}</style>
</head>
<body>
<main>
<header>
<h1>${experiment}</h1>
${data.description === '' ? NOTHING : html`<p class="description">${data.description}</p>`}
${sentence(data, model)}
${verdict(data, model)}${factList(data)}
</header>
${section('time', 'Over time', overTime(model))}
${die(data)}
${section('energy', 'Energy', [causeChart(data), layerChart(data), html`<div id="roofline"></div>`])}
${section('decisions', 'Decisions', eventTables(data, model))}
${section('checks', 'Checks', checks(data))}
</main>
<script type="application/json" id="report-data">${{ markup: scriptJson(data) }}</script>
<script>${{ markup: SCRIPT }}</script>
</body>
</html>
`;
  return page.markup;
}

/** JSON for the inside of a script element: no name in it can end the element. */
function scriptJson(data: ReportData): string {
  return JSON.stringify(data).replaceAll('<', '\\u003c');
}

function overTime({ epochs }: RunLog): Markup {
  if (epochs === 0) return html`<p>The run has no epochs.</p>`;
  return html`<div id="over-time"><noscript><p>The charts over time need a browser that runs the script of this page. trace.csv and events.csv have their data.</p></noscript></div>`;
}

function die(data: ReportData): Markup {
  return data.die ? section('blocks', 'Blocks', blockTable(data, data.die)) : NOTHING;
}
