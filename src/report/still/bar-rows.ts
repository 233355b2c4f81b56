import { cssColour } from '../drawing/theme.ts';
import { legend } from '../elements.ts';
import { html, type Markup, NOTHING } from '../markup.ts';
import { coordinate, engineering, percent } from '../numbers.ts';
import { type BarChart, type BarRow, barLabel, partShares, sumOf, widest } from './bars.ts';

/** Width of the bar with the largest value, in units of its drawing. */
const BAR_WIDTH = 1000;

/** The legend of bars with several parts, or with a line across them. */
export function barLegend(chart: BarChart): Markup {
  const { parts, mark } = chart;
  const shares = partShares(chart);
  const entries = [
    ...(parts.length > 1 ? parts.map(({ name, ink }, p) => ({ name, colour: cssColour(ink), value: shares[p] })) : []),
    ...(mark ? [{ name: mark.name, colour: cssColour(mark.ink), value: '', line: true }] : []),
  ];
  return entries.length === 0 ? NOTHING : legend(entries);
}

/** A row for each bar: its name, the bar, and its value. */
export function barRows(chart: BarChart): Markup {
  const full = widest(chart);
  const rows = chart.rows.map(
    (row) => html`<div class="row"><span class="name" title="${row.name}">${row.name}</span>
${barSvg(chart, row, full, html` class="bar"`)}<span class="value">${engineering(sumOf(row.values), chart.unit)}</span></div>
`,
  );
  return html`<div class="bars" role="img" aria-label="${barLabel(chart)}">
${rows}</div>`;
}

/** One bar: each part is as long as its share of `full`. */
export function barSvg(
  { parts, mark, unit }: BarChart,
  { name, values, ink }: BarRow,
  full: number,
  attributes: Markup,
): Markup {
  const all = sumOf(values);
  let from = 0;
  const rects = values.map((value, p) => {
    if (!(value > 0)) return NOTHING;
    const width = (BAR_WIDTH * value) / full;
    const share = percent(all > 0 ? value / all : 0);
    const part = parts.length > 1 ? `${name}, ${parts[p].name}` : name;
    const title = `${part}: ${engineering(value, unit)}${parts.length > 1 ? ` (${share})` : ''}`;
    const x = coordinate(from);
    from += width;
    return html`<rect x="${x}" y="0" width="${coordinate(width)}" height="10" style="fill:${cssColour(ink ?? parts[p].ink)}"><title>${title}</title></rect>`;
  });
  const line =
    mark && full > 0
      ? html`<path d="M${coordinate((BAR_WIDTH * mark.value) / full)} 0V10" stroke="${cssColour(mark.ink)}" stroke-width="3" vector-effect="non-scaling-stroke"/>`
      : NOTHING;
  return html`<svg${attributes} viewBox="0 0 ${BAR_WIDTH} 10" preserveAspectRatio="none">${rects}${line}</svg>`;
}
