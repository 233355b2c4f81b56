import type { Use } from '../scalesim/layer-report.ts';

/**
 * SCALE-Sim's simulation as data: a layer becomes a `Schedule` (which lines request what), its operands become `Stream`s of
 * addresses, read buffers turn those into fetches at lines, and the main loop gives lines their cycles. A *line* is a cycle
 * of the array without its stalls.
 */

/** R x C processing elements. */
export interface ArraySize {
  readonly rows: number;
  readonly columns: number;
}

/** A matrix of addresses: that of element (s, t) is `spatial[s] + temporal[t]`. */
export interface AddressMatrix {
  readonly spatial: Int32Array;
  readonly temporal: Int32Array;
  /** Addresses lie in [0, span). */
  readonly span: number;
  /** Number of distinct addresses, holes left out. */
  readonly distinct: number;
  /** Whether no address occurs twice and none is a hole. */
  readonly unique: boolean;
  /** 1 for addresses that are no words: a window that hangs over the edge of its ifmap. Null if there are none. */
  readonly holes: Uint8Array | null;
}

/**
 * How an operand enters the array. `skewed`: port p of a fold requests (s, 0), (s, 1) ... in successive lines, one line
 * later than port p - 1. `held`: R lines bring one row of the array each, the last row first. `blocks`: as `skewed`, but of
 * twice the spatial dimension, of which each port requests a whole block, shared by half a block's ports.
 */
export interface Stream {
  readonly kind: 'skewed' | 'held' | 'blocks';
  readonly matrix: AddressMatrix;
  /** Ports it enters by: R or C. */
  readonly ports: number;
  /** Whether row folds or column folds take the next `ports` of the spatial dimension. */
  readonly along: 'rows' | 'columns';
  /** Words of a block, under `blocks`. */
  readonly block?: number;
  /** Lines of a fold before its first skewed request; 0 for what is held. */
  readonly delay: number;
}

/** The folds of a layer, column folds outermost, each `lines` long. */
export interface Schedule {
  readonly array: ArraySize;
  /** Sr, Sc and T: the dimensions over rows, over columns, and in time. */
  readonly overRows: number;
  readonly overColumns: number;
  readonly inTime: number;
  readonly rowFolds: number;
  readonly columnFolds: number;
  readonly lines: number;
  readonly ifmap: Stream;
  readonly filter: Stream;
  /** Whether results leave when all is summed (os) or stream out while the fold runs. */
  readonly drainsAtEnd: boolean;
}

/** A read buffer while the main loop runs. */
export interface ReadBuffer {
  /** The next line at which the buffer has something to do; Infinity if there is none. */
  nextLine: number;
  /** Serves `nextLine` in the cycle given, advances to the line after, and returns the cycle in which the line is served. */
  serve(cycle: number): number;
  /** What was fetched from DRAM, after the last line. */
  finish(): Use;
}
