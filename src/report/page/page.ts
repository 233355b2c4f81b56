import type { RunResult } from '../../cosim/index.ts';
import type { Floorplan } from '../../thermal/floorplan/index.ts';
import { type BlockGroup, blockGroups } from '../charts/block-groups.ts';
import { dieMap } from '../charts/die-map.ts';
import { categoryChart } from '../charts/energy.ts';
import { inferenceChart } from '../charts/inferences.ts';
import { layerChart } from '../charts/layers.ts';
import { componentColours } from '../charts/palette.ts';
import { timeBase } from '../charts/plot.ts';
import { powerChart } from '../charts/power.ts';
import { settingsCharts } from '../charts/settings.ts';
import { shareCharts } from '../charts/shares.ts';
import { temperatureChart } from '../charts/temperature.ts';
import { section } from '../elements.ts';
import { html, type Markup, NOTHING } from '../markup.ts';
import { counted, engineering } from '../numbers.ts';
import { type ReportView, reportView } from '../view.ts';
import { blockTable } from './block-table.ts';
import { checks } from './checks.ts';
import { eventsLeftOut, eventTables } from './event-tables.ts';
import type { ReportInput } from './report-input.ts';
import { STYLE } from './style.ts';
import { factList, verdict } from './verdict.ts';

/** Forbids the page to load anything, so that a mistake would show as a hole and not cause a request. */
const POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'";

/** report.html: a single file that needs no network and no script. Equal inputs give equal bytes. */
export function reportHtml(input: ReportInput): string {
  const { result } = input;
  const view = reportView(result);
  const { name, description } = result.experiment.spec;
  const colours = componentColours(view.componentJ);
  const groups = blockGroups(view, colours);
  const page = html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8"/>
<meta name="viewport" content="width=device-width, initial-scale=1"/>
<meta http-equiv="Content-Security-Policy" content="${POLICY}"/>
<title>${name} - Isotherm</title>
<style>${{ markup: STYLE }}</style>
</head>
<body>
<main>
<header>
<h1>${name}</h1>
${description === '' ? NOTHING : html`<p class="description">${description}</p>`}
${verdict(result)}${factList(input)}
</header>
${section('energy', 'Energy', [categoryChart(result), layerChart(view, colours)])}
${section('time', 'Over time', overTime(view, input.marksK, groups, colours))}
${die(view, input.floorplan, groups)}
${section('decisions', 'Decisions', eventTables(result))}
${section('checks', 'Checks', checks(result, input.assumptions, leftOut(result)))}
</main>
</body>
</html>
`;
  return page.markup;
}

function overTime(
  view: ReportView,
  marksK: RunResult['marksK'],
  groups: readonly BlockGroup[],
  colours: readonly string[],
): readonly Markup[] {
  const { run: result } = view;
  if (result.trace.epochs === 0) return [html`<p>The run has no epochs.</p>`];
  const base = timeBase(result.trace, result.inferences.releaseS.length);
  const { thermal } = result;
  return [
    inferenceChart(base, result),
    powerChart(base, view, groups, colours),
    thermal ? temperatureChart(base, result, thermal, groups, marksK) : NOTHING,
    ...settingsCharts(base, result),
    ...shareCharts(base, result),
  ];
}

function die(view: ReportView, floorplan: Floorplan | null, groups: readonly BlockGroup[]): Markup {
  const { thermal } = view.run;
  if (!thermal) return NOTHING;
  const content = html`<div class="die-and-blocks">${dieMap(thermal, floorplan, groups)}
${floorplan ? blockTable(view, thermal, floorplan) : NOTHING}</div>`;
  return section('map', `The die at its hottest, after ${engineering(thermal.peakTimeS, 's')}`, content);
}

/** The data in the run's files that the page omits. */
function leftOut(result: RunResult): string[] {
  const { epochs } = result.trace;
  const drawn = epochs > 0 ? timeBase(result.trace, result.inferences.releaseS.length).drawn.count : 0;
  const events = eventsLeftOut(result);
  return [
    ...(drawn < epochs
      ? [
          `${counted(epochs, 'epoch', 'epochs')} are drawn as ${drawn} groups: power and shares by their means, ` +
            'voltage and frequency by means and extremes, temperature by its extremes.',
        ]
      : []),
    ...(events > 0 ? [counted(events, 'decision or other event.', 'decisions and other events.')] : []),
    ...(result.thermal ? [] : ['Temperature: the run has no floorplan.']),
  ];
}
