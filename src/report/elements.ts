import { html, type Markup, NOTHING, type Part } from './markup.ts';
import { unbroken } from './numbers.ts';

export interface LegendItem {
  readonly colour: string;
  readonly name: string;
  readonly value: string;
  readonly line?: boolean;
}

export function legend(items: readonly LegendItem[]): Markup {
  return html`<ul class="legend">${items.map(legendItem)}</ul>`;
}

function legendItem({ colour, name, value, line }: LegendItem): Markup {
  const kind = line ? ' line' : '';
  return html`<li><span class="key${kind}" style="--key:${colour}"></span>${name} <b>${unbroken(value)}</b></li>`;
}

export interface TableColumn {
  readonly title: string;
  readonly numeric?: boolean;
}

/** A table that scrolls on its own if it is wider than the page. */
export function table(
  label: string,
  columns: readonly TableColumn[],
  rows: readonly (readonly Part[])[],
  { className = '', rowClass = () => '' }: { className?: string; rowClass?: (row: number) => string } = {},
): Markup {
  const kind = (i: number): Markup => (columns[i].numeric ? html` class="number"` : NOTHING);
  const row = (cells: readonly Part[], r: number): Markup => {
    const own = rowClass(r);
    const attribute = own === '' ? NOTHING : html` class="${own}"`;
    return html`<tr${attribute}>${cells.map((cell, i) => html`<td${kind(i)}>${cell}</td>`)}</tr>
`;
  };
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${label}"><table${className === '' ? NOTHING : html` class="${className}"`}>
<thead><tr>${columns.map(({ title }, i) => html`<th scope="col"${kind(i)}>${title}</th>`)}</tr></thead>
<tbody>
${rows.map(row)}</tbody></table></div>`;
}

export function details(summary: string, content: Markup): Markup {
  return html`<details><summary>${summary}</summary>${content}</details>`;
}

export function section(id: string, title: string, content: Part): Markup {
  return html`<section aria-labelledby="${id}"><h2 id="${id}">${title}</h2>
${content}
</section>
`;
}
