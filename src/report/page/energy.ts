import type { ReportData } from '../data/report-data.ts';
import { cssColour } from '../drawing/theme.ts';
import { legend } from '../elements.ts';
import { html, type Markup } from '../markup.ts';
import { engineering } from '../numbers.ts';
import { partShares, widest } from '../still/bars.ts';
import { causeBars } from '../still/energy-bars.ts';
import { barSvg } from '../still/index.ts';

/** The total energy of the run by cause. */
export function causeChart(data: ReportData): Markup {
  const chart = causeBars(data);
  const [total] = chart.rows;
  const shares = partShares(chart);
  const entries = chart.parts.map(({ name, ink }, p) => ({
    name,
    colour: cssColour(ink),
    value: `${engineering(total.values[p], 'J')} (${shares[p]})`,
  }));
  const label = `Energy of the run: ${entries.map(({ name, value }) => `${name} ${value}`).join(', ')}`;
  return html`<figure class="chart" id="chart-energy">
<figcaption><span>By cause <span class="unit">${engineering(widest(chart), 'J')}</span></span></figcaption>
${barSvg(chart, total, widest(chart), html` class="bar thick" role="img" aria-label="${label}"`)}
${legend(entries)}
</figure>
`;
}
