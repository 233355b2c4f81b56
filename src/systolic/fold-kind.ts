import { addCounts, COUNTER_INDEX, type Counts, zeroCounts } from '../base/counters.ts';
import { type FoldShape, type MemoryConfig, OPERANDS, type Operand } from './config.ts';
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
  /** The folds of a pass, in order; a pass has no `events` of its own. */
  readonly parts?: readonly KindRun[];
}

/** Equal folds, or equal stretches of folds, in a row. */
export interface KindRun {
  readonly kind: FoldKind;
  readonly count: number;
}

/** Adds `factor` times the array's events before a cycle of a fold or a pass to `counts`. */
export function addKindBefore(counts: Counts, { parts, events }: FoldKind, cycle: number, factor = 1): void {
  if (!parts) {
    addEventsBefore(counts, events, cycle, factor);
    return;
  }
  let left = cycle;
  for (const { kind, count } of parts) {
    if (left <= 0) return;
    const whole = Math.min(count, Math.floor(left / kind.cycles));
    if (whole > 0) addKindBefore(counts, kind, kind.cycles, factor * whole);
    left -= whole * kind.cycles;
    if (whole === count) continue;
    addKindBefore(counts, kind, left, factor);
    return;
  }
}

/** The first or the last fold of a pass; a fold itself. */
export function edgeFold(kind: FoldKind, edge: 'first' | 'last'): FoldKind {
  if (!kind.parts) return kind;
  return edgeFold(kind.parts[edge === 'first' ? 0 : kind.parts.length - 1].kind, edge);
}

/** Folds and stretches of them one after the other, as one. */
export function joinKinds(parts: readonly KindRun[]): FoldKind {
  if (parts.length === 1 && parts[0].count === 1) return parts[0].kind;
  const { macs } = COUNTER_INDEX;
  const counts = zeroCounts();
  const portBits = { ifmap: 0, filter: 0, ofmap: 0 };
  let cycles = 0;
  for (const { kind, count } of parts) {
    cycles += count * kind.cycles;
    addCounts(counts, kind.counts, count);
    for (const operand of OPERANDS) portBits[operand] += count * kind.portBits[operand];
  }
  const mix = parts.flatMap(({ kind, count }) => {
    const share = (count * kind.counts[macs]) / counts[macs];
    return (kind.shape.mix ?? [{ shape: kind.shape, share: 1 }]).map((own) => ({ ...own, share: own.share * share }));
  });
  const [{ kind }] = parts;
  return { shape: { ...kind.shape, mix }, cycles, events: [], filterBits: kind.filterBits, counts, portBits, parts };
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
