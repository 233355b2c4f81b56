import type { SourceText } from '../../base/source.ts';
import { numbersIn, tableOf, textsIn } from './table.ts';

/** A column of a run's table. An empty cell of a column of numbers is NaN. */
export type TypedColumn =
  | { readonly name: string; readonly numbers: Float64Array }
  | { readonly name: string; readonly texts: readonly string[] };

/** The tables of a run, without their ending. */
export const RUN_TABLES = ['trace', 'events', 'layers', 'activity', 'ert'] as const;

/** The columns of these tables that hold texts (docs/formats/outputs.md); all others hold numbers. */
const TEXTS = new Set([
  ...['layer', 'kind', 'policy', 'domain', 'from', 'to', 'reason'],
  ...['waits_for', 'fold_order', 'component', 'action', 'source', 'assumption'],
]);

/** A table of a run by columns. Errors: those of `tableOf` and `numbersIn`. */
export function typedColumns(source: SourceText): TypedColumn[] {
  if (source.text === '') return [];
  const table = tableOf(source);
  return table.columns.map((name) =>
    TEXTS.has(name) ? { name, texts: textsIn(table, name) } : { name, numbers: numbersIn(table, name, Number.NaN) },
  );
}
