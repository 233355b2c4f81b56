import type { Use } from '../scalesim/layer-report.ts';

/**
 * The data of SCALE-Sim's simulation. A layer becomes a `Schedule`, which says what each line requests. Its operands
 * become `Stream`s of addresses. Read buffers turn streams into fetches at lines, and the main loop assigns cycles to
 * lines. A *line* is a cycle of the array without its stalls.
 */

/** R x C processing elements. */
export interface ArraySize {
  readonly rows: number;
  readonly columns: number;
}

/** A matrix of addresses. Element (s, t) has the address `spatial[s] + temporal[t]`. */
export interface AddressMatrix {
  readonly spatial: Int32Array;
  readonly temporal: Int32Array;
  /** Addresses lie in [0, span). */
  readonly span: number;
  /** Number of distinct addresses, without holes. */
  readonly distinct: number;
  /** Whether no address occurs twice and none is a hole. */
  readonly unique: boolean;
  /** 1 for addresses without a word, where a window extends beyond the edge of its ifmap. Null if there are none. */
  readonly holes: Uint8Array | null;
}

/**
 * How an operand enters the array. `skewed`: port p of a fold requests (s, 0), (s, 1) ... in successive lines, one line
 * after port p - 1. `held`: each of R lines brings one row of the array, the last row first. `blocks`: as `skewed`, but
 * with twice the spatial dimension; each port requests a whole block, which half a block's ports share.
 */
export interface Stream {
  readonly kind: 'skewed' | 'held' | 'blocks';
  readonly matrix: AddressMatrix;
  /** Number of ports by which it enters: R or C. */
  readonly ports: number;
  /** Whether row folds or column folds advance through the spatial dimension, `ports` at a time. */
  readonly along: 'rows' | 'columns';
  /** Words of a block, for `blocks`. */
  readonly block?: number;
  /** Lines of a fold before its first skewed request; 0 for held operands. */
  readonly delay: number;
}

/** The folds of a layer, each `lines` long. Column folds form the outer loop. */
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
  /** Whether results leave after the whole sum (os), or stream out while the fold runs. */
  readonly drainsAtEnd: boolean;
}

/** A read buffer as the main loop uses it. */
export interface ReadBuffer {
  /** The next line at which the buffer acts; Infinity if there is none. */
  nextLine: number;
  /** Serves `nextLine`, which is due in `cycle`, and advances to the next line. Returns the cycle in which the line is served. */
  serve(cycle: number): number;
  /** The DRAM fetches, to be asked for after the last line. */
  finish(): Use;
}
