import type { RunResult } from '../../cosim/result.ts';
import { counted } from '../format.ts';
import { html, type Markup, NOTHING } from '../markup.ts';
import { type ChosenBlocks, chooseBlocks } from './blocks.ts';
import { categoryChart, layerChart } from './chart-energy.ts';
import { inferenceChart } from './chart-inferences.ts';
import { powerChart } from './chart-power.ts';
import { settingsCharts } from './chart-settings.ts';
import { shareCharts } from './chart-shares.ts';
import { MOST_GREY_LINES, temperatureChart } from './chart-temperature.ts';
import { checks } from './checks.ts';
import { section } from './elements.ts';
import { eventsLeftOut, eventTables } from './events.ts';
import { heatMap } from './heat-map.ts';
import type { ReportInput } from './input.ts';
import { timeBase } from './plot.ts';
import { STYLE } from './style.ts';
import { factList, verdict } from './verdict.ts';

/** Forbids the page to load anything, so that a mistake of ours would show as a hole and not as a request. */
const POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'";

/** report.html: one file that needs no network and no script. The same input gives the same bytes. */
export function reportHtml(input: ReportInput): string {
  const { result } = input;
  const { name, description } = result.experiment.spec;
  const blocks = chooseBlocks(result);
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
${section('energy', 'Energy', [categoryChart(result), layerChart(result)])}
${section('time', 'Over time', overTime(input, blocks))}
${result.thermal ? section('map', 'Temperature of the die at the end', heatMap(result.thermal, input.floorplan)) : NOTHING}
${section('decisions', 'Decisions', eventTables(result))}
${section('checks', 'Checks', checks(result, input.assumptions, leftOut(result, blocks)))}
</main>
</body>
</html>
`;
  return page.markup;
}

function overTime({ result, marksK }: ReportInput, blocks: ChosenBlocks): readonly Markup[] {
  if (result.trace.epochs === 0) return [html`<p>The run has no epochs.</p>`];
  const base = timeBase(result.trace);
  const { thermal } = result;
  return [
    ...settingsCharts(base, result),
    ...shareCharts(base, result),
    powerChart(base, result, blocks),
    thermal ? temperatureChart(base, result, thermal, blocks, marksK) : NOTHING,
    inferenceChart(base, result),
  ];
}

/** What is in the run's files and not here. */
function leftOut(result: RunResult, { byPeak, hottest, strongest, names }: ChosenBlocks): string[] {
  const { epochs } = result.trace;
  const drawn = epochs > 0 ? timeBase(result.trace).drawn.count : 0;
  const events = eventsLeftOut(result);
  const undrawn = byPeak.length - hottest.length - MOST_GREY_LINES;
  const joined = names.length - strongest.length;
  return [
    ...(drawn < epochs
      ? [
          `${counted(epochs, 'epoch', 'epochs')} are drawn as ${drawn} groups: power and shares by their means, ` +
            'voltage, frequency and temperature by their extremes.',
        ]
      : []),
    ...(joined > 0 ? [`Power of ${counted(joined, 'block', 'blocks')} is drawn as one.`] : []),
    ...(undrawn > 0 ? [`Temperature of the ${counted(undrawn, 'coolest block', 'coolest blocks')}.`] : []),
    ...(events > 0 ? [counted(events, 'event.', 'events.')] : []),
    ...(result.thermal ? [] : ['Temperature: the run has no floorplan.']),
  ];
}
