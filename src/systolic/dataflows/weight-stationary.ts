import type { Dataflow } from './dataflow.ts';
import { stationaryEvents, stationaryFoldLength } from './stationary-operand.ts';

/**
 * Filter words stay, ifmap words stream, partial sums accumulate over row folds. Wants layers with many output pixels per
 * weight; the TPU's choice. SCALE-Sim v2/v3 `ws`, with the partial sums read back.
 */
export const weightStationary: Dataflow = {
  id: 'ws',
  description: 'weight stationary: each PE keeps one weight, ifmap words and partial sums stream through',
  axes: { rows: 'k', columns: 'n', streamed: 'm' },
  columnOperand: 'filter',
  foldLength: stationaryFoldLength,
  events: (shape) => stationaryEvents(shape, 'filter', 'ifmap'),
};
