import { COUNTER_INDEX, type Counts, zeroCounts } from '../base/counters.ts';
import type { FoldShape, MemoryConfig, Operand } from './config.ts';
import type { Dataflow } from './dataflows/dataflow.ts';
import { addEventsBefore, type FoldEvent } from './fold-events.ts';
import { type FoldIndex, streamedLength, usedColumns, usedRows } from './folds.ts';
import { addFilterBits, addOfmapBits } from './memory/accounting.ts';
import type { PsumPlan } from './memory/psum.ts';

/** A fold's part that repeats: its shape and what the array does in it, memory aside. */
export interface FoldKind {
  readonly shape: FoldShape;
  /** Stall-free array cycles. */
  readonly cycles: number;
  readonly events: readonly FoldEvent[];
  /** Width of a filter word, with the place of a sparse one. */
  readonly filterBits: number;
  /** Array-side counts of the whole fold. */
  readonly counts: Counts;
  /** Bits the array moves through each scratchpad's port. */
  readonly portBits: Readonly<Record<Operand, number>>;
}

/** The kind of a fold, made once for each of the few shapes a layer has. */
export function kindOf(kinds: Map<number, FoldKind>, plan: PsumPlan, memory: MemoryConfig, fold: FoldIndex): FoldKind {
  const { grid } = plan;
  const { array } = grid;
  const shape: FoldShape = {
    array,
    usedRows: usedRows(grid, fold.row),
    usedColumns: usedColumns(grid, fold.column),
    streamed: streamedLength(grid, fold.tile),
    readsPsums: plan.accumulates && fold.row > 0,
  };
  const lanes = shape.usedRows * (array.columns + 1) + shape.usedColumns;
  const key = (shape.streamed * (array.rows + 1) * (array.columns + 1) + lanes) * 2 + (shape.readsPsums ? 1 : 0);
  let kind = kinds.get(key);
  if (!kind) {
    kind = makeKind(grid.dataflow, shape, memory, plan.ofmapWordBits);
    kinds.set(key, kind);
  }
  return kind;
}

function makeKind(dataflow: Dataflow, shape: FoldShape, memory: MemoryConfig, ofmapWordBits: number): FoldKind {
  const cycles = dataflow.foldLength(shape.array, shape.streamed);
  const events = dataflow.events(shape);
  const counts = zeroCounts();
  addEventsBefore(counts, events, cycles);
  addOfmapBits(counts, ofmapWordBits);
  addFilterBits(counts, memory.wordBits.filter);
  const at = COUNTER_INDEX;
  return {
    shape,
    cycles,
    events,
    filterBits: memory.wordBits.filter,
    counts,
    portBits: {
      ifmap: counts[at.ifmap_sram_reads] * memory.wordBits.ifmap,
      filter: counts[at.filter_sram_read_bits],
      ofmap: (counts[at.ofmap_sram_reads] + counts[at.ofmap_sram_writes]) * ofmapWordBits,
    },
  };
}
