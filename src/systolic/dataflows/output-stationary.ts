import { ramp, staggered } from '../fold-events.ts';
import type { Dataflow } from './dataflow.ts';

/**
 * Results stay where they are computed and leave down the columns at the end. Wants layers with many output pixels and
 * filters and a long window. SCALE-Sim v2/v3 `os` (its schedule, including the cycle in which results are written).
 */
export const outputStationary: Dataflow = {
  id: 'os',
  description: 'output stationary: each PE keeps one result, ifmap and filter words stream through',
  axes: { rows: 'm', columns: 'n', streamed: 'k' },
  columnOperand: 'filter',
  foldLength: ({ rows, columns }, t) => t + rows + columns - 2,
  events({ array: { rows: R }, usedRows: ru, usedColumns: cu, streamed: t }) {
    return [
      ...ramp('macs', 0, ru, cu, t),
      ...ramp('ifmap_sram_reads', 0, ru, 1, t),
      ...ramp('filter_sram_reads', 0, 1, cu, t),
      // Row r of column c at c + (t - 1) + (R - 1 - r): lane i is row ru - 1 - i.
      ...ramp('ofmap_sram_writes', t - 1 + R - ru, ru, cu, 1),
      ...ramp('ifmap_reg_writes', 0, ru, cu, t),
      ...ramp('ifmap_reg_reads', 0, ru, cu, t),
      ...ramp('ifmap_reg_reads', 1, ru, cu - 1, t),
      ...ramp('filter_reg_writes', 0, ru, cu, t),
      ...ramp('filter_reg_reads', 0, ru, cu, t),
      ...ramp('filter_reg_reads', 1, ru - 1, cu, t),
      ...ramp('psum_reg_writes', 0, ru, cu, t),
      ...ramp('psum_reg_reads', 1, ru, cu, t - 1),
      // The drain: in column c the values of all rows start to move at c + t - 1; row r is read R - r times, and each read
      // but its last is a write of the row below.
      ...staggered('psum_reg_reads', t - 1, 1, cu, ru),
      ...staggered('psum_reg_reads', t + R - ru, ru, cu, -1),
      ...staggered('psum_reg_writes', t - 1, 1, cu, ru),
      ...staggered('psum_reg_writes', t - 1 + R - ru, ru, cu, -1),
    ];
  },
};
