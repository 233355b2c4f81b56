import type { SourcePieces } from '../../base/source.ts';
import { readTable, type TypedColumn } from './table.ts';

/** The tables of a run, without their ending. */
export const RUN_TABLES = ['trace', 'events', 'inferences', 'layers', 'activity', 'ert'] as const;

/** The columns of these tables that hold texts (docs/formats/outputs.md); all others hold numbers. */
const TEXTS = new Set([
  ...['layer', 'kind', 'policy', 'domain', 'from', 'to', 'reason'],
  ...['waits_for', 'fold_order', 'component', 'action', 'source', 'assumption'],
]);

/** A table of a run by columns; none if it is empty. Errors: those of `readTable`. */
export function typedColumns(source: SourcePieces): TypedColumn[] {
  return readTable(source, (name) => (TEXTS.has(name) ? 'text' : 'number or empty'));
}
