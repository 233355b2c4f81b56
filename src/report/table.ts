/** A column of a text table. */
export interface Column {
  readonly title: string;
  readonly align: 'left' | 'right';
}

/**
 * The lines of a table with aligned columns and a rule below the header. `footer` rows stand below a second rule. No
 * cell is cut: columns are as wide as their widest cells, with `gap` blanks between them.
 */
export function textTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  footer: readonly (readonly string[])[] = [],
  gap = 2,
): string[] {
  const all = [columns.map((c) => c.title), ...rows, ...footer];
  const widths = columns.map((_, i) => Math.max(...all.map((row) => row[i].length)));
  const line = (cells: readonly string[]): string =>
    columns
      .map(({ align }, i) => (align === 'left' ? cells[i].padEnd(widths[i]) : cells[i].padStart(widths[i])))
      .join(' '.repeat(gap))
      .trimEnd();
  const rule = '-'.repeat(widths.reduce((sum, w) => sum + w, 0) + gap * (columns.length - 1));
  const below = footer.length > 0 ? [rule, ...footer.map(line)] : [];
  return [line(all[0]), rule, ...rows.map(line), ...below];
}
