import type { Dataflow } from './dataflow.ts';
import { stationaryEvents, stationaryFoldLength } from './stationary-operand.ts';

/**
 * Ifmap words stay, filter words stream, partial sums accumulate over row folds. Wants layers with many filters and few
 * output pixels. SCALE-Sim v2/v3 `is`, with the partial sums read back.
 */
export const inputStationary: Dataflow = {
  id: 'is',
  description: 'input stationary: each PE keeps one ifmap word, filter words and partial sums stream through',
  axes: { rows: 'k', columns: 'm', streamed: 'n' },
  columnOperand: 'ifmap',
  foldLength: stationaryFoldLength,
  events: (shape) => stationaryEvents(shape, 'ifmap', 'filter'),
};
