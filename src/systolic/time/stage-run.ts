import type { Counts } from '../../base/counters.ts';
import type { Operand } from '../config.ts';
import type { FoldKind } from '../fold-kind.ts';

/**
 * `count` equal stages of the pipeline: a fold computes while the words of the next arrive and the results of the one
 * before leave. In `fill`, `drain` and `reduce` no PE computes: words come, go, or partial sums of several arrays are added up. Bytes, bits and counts are of one stage.
 */
export interface StageRun {
  readonly kind: 'fill' | 'compute' | 'drain' | 'reduce';
  /** Index into the list of schedules. */
  readonly layer: number;
  readonly count: number;
  readonly cycles: number;
  readonly portBits: Readonly<Record<Operand, number>>;
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** The folds that compute; null if no PE works. Their counts follow the cycles. */
  readonly fold: FoldKind | null;
  /** Width of the words in the ofmap scratchpad while it runs. */
  readonly ofmapWordBits: number;
  /** Counts of what crosses DRAM, evenly over the stage. */
  readonly traffic: Counts;
  /** The part of `traffic` that belongs to the layer after (words that arrive for it) or before (results that leave). */
  readonly ofNext: Counts | null;
  readonly ofPrevious: Counts | null;
  /** Where a stage is a pass: what it reads, some of which may be there before it begins. */
  readonly queue?: QueuedReads;
}

/** The bytes that a pass moves (docs/methods/memory-next-use.md, "Time"). */
export interface QueuedReads {
  readonly ifmap: QueuedOperand;
  readonly filter: QueuedOperand;
  /** Bytes that move evenly and cannot be read ahead. */
  readonly otherBytes: number;
  /** The first pass of a layer: its wait is the layer's fill, and ifmap words of the layer before have waited for it. */
  readonly isFirst: boolean;
  /** Whether there is no space to ask early for all that it cannot begin without, so that DRAM's latency shows. */
  readonly isLate: boolean;
  /** Whether filters may have come while the layer before worked. */
  readonly carriesFilters: boolean;
  /** In a layer's last pass: bytes of the next layer's filters that there is space for. */
  readonly nextFilterBytes: number;
}

export interface QueuedOperand {
  readonly bytes: number;
  /** Without which the pass cannot begin. */
  readonly preBytes: number;
  /** Space for what is read ahead. */
  readonly spaceBytes: number;
  /** Bytes that later passes of the layer read, after those of this stage. */
  readonly laterBytes: number;
  /** Its tiles pass through the scratchpad instead of lying in it. */
  readonly streams: boolean;
}

export const NO_BITS = { ifmap: 0, filter: 0, ofmap: 0 } as const;
