import type { ArraySize, Axis, FoldShape } from '../config.ts';
import type { FoldEvent } from '../fold-events.ts';

/**
 * A dataflow decides which matrix axis lies along the array's rows, along its columns and in time, how long a fold
 * takes, and what happens in each of its cycles. Everything else (folds, tiles, memory, time) follows from these and is
 * written once. An implementation is a constant without state.
 */
export interface Dataflow {
  readonly id: string;
  /** One line on what stays in the array. */
  readonly description: string;
  readonly axes: { readonly rows: Axis; readonly columns: Axis; readonly streamed: Axis };
  /** The input that enters at the columns; the other one enters at the rows. */
  readonly columnOperand: 'ifmap' | 'filter';
  /** Stall-free cycles of a fold that streams `streamed` words per lane. */
  foldLength(array: ArraySize, streamed: number): number;
  /** Array-side events of a fold; cycle 0 is the fold's first. */
  events(shape: FoldShape): FoldEvent[];
}
