/** A column of a text table. */
export interface Column {
  readonly title: string;
  readonly align: 'left' | 'right';
}

/** Blanks between columns. */
const GAP = 2;

/**
 * The lines of a table with aligned columns and a rule below the header. `footer` rows stand below a second rule. No
 * cell is cut: columns are as wide as their widest cells, with `gap` blanks between them.
 */
export function textTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  footer: readonly (readonly string[])[] = [],
  gap = GAP,
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

/**
 * The same in several tables if one would be wider than `width`. Each begins with the first column; the others stand in as few
 * tables as hold them, in their order. A column that is too wide on its own stays whole.
 */
export function fittedTables(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  footer: readonly (readonly string[])[],
  width: number,
): string[][] {
  const all = [columns.map((c) => c.title), ...rows, ...footer];
  const widths = columns.map((_, i) => Math.max(...all.map((row) => row[i].length)));
  const groups: number[][] = [];
  let taken = 0;
  for (let i = 1; i < columns.length; i++) {
    taken += GAP + widths[i];
    if (groups.length === 0 || taken > width) {
      groups.push([0]);
      taken = widths[0] + GAP + widths[i];
    }
    groups.at(-1)!.push(i);
  }
  return (groups.length === 0 ? [[0]] : groups).map((group) => {
    const part = (row: readonly string[]): string[] => group.map((i) => row[i]);
    const filled = (row: readonly string[]): boolean =>
      part(row)
        .slice(1)
        .some((text) => text !== '');
    return textTable(
      group.map((i) => columns[i]),
      rows.map(part),
      footer.filter(filled).map(part),
    );
  });
}
