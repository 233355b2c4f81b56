import type { ArraySize, FoldShape } from '../config.ts';
import { type FoldEvent, ramp, staggered } from '../fold-events.ts';

type Input = 'ifmap' | 'filter';

/** Fill the array row by row (R cycles), then stream t words per row through the skew of R + C - 2 more cycles. */
export function stationaryFoldLength({ rows, columns }: ArraySize, t: number): number {
  return 2 * rows + columns + t - 2;
}

/** A fold in which `held` stays in the PEs, `streamed` moves along the rows and partial sums move down the columns. */
export function stationaryEvents(shape: FoldShape, held: Input, streamed: Input): FoldEvent[] {
  const { array, usedRows: ru, usedColumns: cu, streamed: t, readsPsums } = shape;
  const R = array.rows;
  return [
    // Filling: the word of row r enters the top of its column in cycle R - 1 - r (lane i is row ru - 1 - i) and moves down
    // until cycle R - 1, when all are in place. All columns fill together.
    ...staggered(`${held}_sram_reads`, R - ru, ru, 1, cu),
    ...staggered(`${held}_sram_reads`, R - ru + 1, ru, 1, -cu),
    ...staggered(`${held}_reg_writes`, R - ru, ru, 1, cu),
    ...staggered(`${held}_reg_writes`, R, 1, 1, -cu * ru),
    ...staggered(`${held}_reg_reads`, R - ru + 1, ru - 1, 1, cu),
    ...staggered(`${held}_reg_reads`, R, 1, 1, -cu * (ru - 1)),
    // Computing.
    ...ramp('macs', R, ru, cu, t),
    ...ramp(`${held}_reg_reads`, R, ru, cu, t),
    ...ramp(`${streamed}_sram_reads`, R, ru, 1, t),
    ...ramp(`${streamed}_reg_writes`, R, ru, cu, t),
    ...ramp(`${streamed}_reg_reads`, R, ru, cu, t),
    ...ramp(`${streamed}_reg_reads`, R + 1, ru, cu - 1, t),
    // Partial sums pass all R rows, used or not, and leave at the bottom.
    ...ramp('psum_reg_writes', R, R, cu, t),
    ...ramp('psum_reg_reads', R + 1, R - 1, cu, t),
    ...ramp('ofmap_sram_writes', 2 * R - 1, 1, cu, t),
    ...(readsPsums ? ramp('ofmap_sram_reads', 2 * R - 1, 1, cu, t) : []),
  ];
}
