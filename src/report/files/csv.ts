import { nineDigits } from '../numbers.ts';

/**
 * Rows of cells as CSV with LF line ends. Numbers are `nineDigits` in their shortest form; texts are quoted where
 * necessary (RFC 4180).
 */
export function writeCsv(columns: readonly string[], rows: Iterable<readonly (string | number)[]>): string {
  const lines = [columns.map(textCell).join(',')];
  for (const row of rows)
    lines.push(row.map((cell) => (typeof cell === 'number' ? String(nineDigits(cell)) : textCell(cell))).join(','));
  return `${lines.join('\n')}\n`;
}

function textCell(text: string): string {
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
