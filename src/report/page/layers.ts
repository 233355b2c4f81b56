import type { ReportData } from '../data/report-data.ts';
import { details, table } from '../elements.ts';
import { html, type Markup, NOTHING } from '../markup.ts';
import { counted, engineering, percent } from '../numbers.ts';
import { LAYER_SPLITS, layerBars } from '../still/energy-bars.ts';
import { barLegend, barRows } from '../still/index.ts';

/** Energy of the layers as bars: by component, or by cause at the reader's choice; and a table of all layers. */
export function layerChart(data: ReportData): Markup {
  const { layers, summary } = data;
  const charts = LAYER_SPLITS.map((by) => [by, layerBars(data, by)] as const);
  const choices = LAYER_SPLITS.map(
    (
      by,
      i,
    ) => html`<input type="radio" name="split" id="by-${by}"${i === 0 ? html` checked=""` : NOTHING}/><label for="by-${by}">by ${by}</label>
`,
  );
  const per = 1 / Math.max(1, summary.inferences);
  return html`<figure class="chart layers" id="chart-layers">
<figcaption><span>Layers</span> <span class="note">${charts[0][1].note}</span></figcaption>
${choices}${charts.map(([by, chart]) => html`<div class="split by-${by}">${barLegend(chart)}${barRows(chart)}</div>`)}
${details(`All ${counted(layers.length, 'layer', 'layers')} as a table`, layerTable(data, per))}
</figure>
`;
}

function layerTable({ layers, components }: ReportData, per: number): Markup {
  const hasDensity = layers.some(({ wPerMm2 }) => wPerMm2 !== undefined);
  const figures = (titles: readonly string[]) => titles.map((title) => ({ title, numeric: true }));
  return table(
    'Time, traffic and energy of the layers by component',
    [
      { title: 'layer' },
      ...figures(['energy', 'time', 'stalled']),
      { title: 'waits for' },
      ...figures(['DRAM', 'MACs', ...(hasDensity ? ['W/mm²'] : []), ...components.map(({ name }) => name)]),
    ],
    layers.map(({ name, energyJ, timeS, stallS, waitsFor, dramBytes, macs, wPerMm2, componentJ }) => [
      name,
      engineering(per * energyJ, 'J'),
      engineering(per * timeS, 's'),
      timeS > 0 ? percent(stallS / timeS) : '-',
      waitsFor ?? '',
      engineering(per * dramBytes, 'B'),
      engineering(per * macs, ''),
      ...(hasDensity ? [wPerMm2?.toPrecision(3) ?? ''] : []),
      ...componentJ.map((joules) => engineering(per * joules, 'J')),
    ]),
    { className: 'sortable' },
  );
}
