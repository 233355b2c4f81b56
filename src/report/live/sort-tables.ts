/// <reference lib="dom" />
import { button } from './elements.ts';

const FACTORS: Readonly<Record<string, number>> = {
  p: 1e-12,
  n: 1e-9,
  µ: 1e-6,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
};

/** Units that begin with a letter that is no prefix. */
const PLAIN = /^(?:|s|J|W|B|V|K|Hz|%|°C)$/;

/** The number at the beginning of a cell: `36.3 mW` is 0.0363. Texts are NaN. */
export function numberIn(text: string): number {
  const parts = /^<?(-?[\d.,]+(?:e[+-]?\d+)?)\s*(\S*)/.exec(text.trim());
  if (!parts) return Number.NaN;
  const [, digits, unit] = parts;
  const factor = PLAIN.test(unit) ? 1 : (FACTORS[unit.charAt(0)] ?? 1);
  return Number(digits.replaceAll(',', '')) * factor;
}

/** Makes the rows of a table follow the column whose title is pressed; pressed again, the other way. */
export function sortable(table: HTMLTableElement): void {
  const body = table.tBodies[0];
  const titles = Array.from(table.tHead?.rows[0]?.cells ?? []);
  titles.forEach((title, column) => {
    const name = title.textContent ?? '';
    const press = button(name, `Sort by ${name}`, () => {
      const descending = title.getAttribute('aria-sort') !== 'descending';
      for (const other of titles) other.removeAttribute('aria-sort');
      title.setAttribute('aria-sort', descending ? 'descending' : 'ascending');
      const rows = Array.from(body.rows);
      rows.sort((a, b) => (descending ? -1 : 1) * compare(cellText(a, column), cellText(b, column)));
      body.append(...rows);
    });
    press.className = 'sort';
    title.replaceChildren(press);
  });
}

function cellText(row: HTMLTableRowElement, column: number): string {
  return row.cells[column]?.textContent ?? '';
}

/** Numbers by value, before texts by their letters. */
function compare(a: string, b: string): number {
  const [x, y] = [numberIn(a), numberIn(b)];
  if (Number.isNaN(x) || Number.isNaN(y))
    return Number.isNaN(x) && Number.isNaN(y) ? (a < b ? 1 : -1) : Number.isNaN(x) ? -1 : 1;
  return x - y;
}
