import type { Layer } from '../workload/index.ts';
import type { MemoryModel } from './memory-model.ts';

/** R x C processing elements. */
export interface ArraySize {
  readonly rows: number;
  readonly columns: number;
}

/** The three operands of a matrix product that have a scratchpad each. */
export const OPERANDS = ['ifmap', 'filter', 'ofmap'] as const;
export type Operand = (typeof OPERANDS)[number];

/** The default memory model's parameters; docs/methods/memory.md. */
export interface MemoryConfig {
  /** Word widths in bits; psum is a partial sum held in the ofmap scratchpad. */
  readonly wordBits: { readonly ifmap: number; readonly filter: number; readonly ofmap: number; readonly psum: number };
  /** Scratchpad capacities in bytes. */
  readonly scratchpadBytes: Readonly<Record<Operand, number>>;
  /** How ws and is treat partial sums that do not fit: split T, or pass them through DRAM. */
  readonly psum: 'accumulate' | 'spill';
  readonly prefetchAcrossLayers: boolean;
  /** Retention, order of the folds, and look-ahead. Default: `DEFAULT_MEMORY_MODEL`. */
  readonly model?: MemoryModel | undefined;
}

export interface SystolicConfig {
  readonly array: ArraySize;
  /** An id of the registry in dataflows/. */
  readonly dataflow: string;
  readonly memory: MemoryConfig;
  /** The part of a layer's folds that a mapping fixes; dataflow and memory model choose the rest. */
  readonly folds?: FoldChoice | undefined;
}

/** A choice of a layer's folds. */
export interface FoldChoice {
  /** Their order, by the name that `orderName` gives it. */
  readonly order?: string | undefined;
  /** The length of a T tile. */
  readonly streamTile?: number | undefined;
}

/** Clocks and bandwidths at one moment. Frequencies in Hz, port widths in bits per cycle, bandwidth in bytes/s. */
export interface ArrayClocks {
  readonly arrayHz: number;
  readonly scratchpadHz: Readonly<Record<Operand, number>>;
  readonly portBits: Readonly<Record<Operand, number>>;
  readonly dramBytesPerS: number;
  readonly dramLatencyS: number;
}

/** A fold's shape: everything its array-side counts depend on. */
export interface FoldShape {
  readonly array: ArraySize;
  /** Rows and columns in use. */
  readonly usedRows: number;
  readonly usedColumns: number;
  /** Length of the streamed dimension. */
  readonly streamed: number;
  /** Whether the fold adds to partial sums that an earlier row fold left in the ofmap scratchpad. */
  readonly readsPsums: boolean;
  /** For many folds taken together: their shapes, with their shares of the MACs. */
  readonly mix?: readonly { readonly shape: FoldShape; readonly share: number }[];
}

/** A matrix axis: M output pixels, N filters, K window words. */
export type Axis = 'm' | 'n' | 'k';

export type { Layer };
